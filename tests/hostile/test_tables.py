"""Hostile cells in registers, published figures, claims and counts: refused by row, or kept as text."""

import csv
from pathlib import Path

import pytest

from jobreport.errors import refuse
from jobreport.intake.formats import contract, published, register
from tests.hostile.refusals import ACCEPTED, outcome
from tests.hostile.texts import TEXTS

DATA = Path(__file__).parents[2] / "data"
NOT_NUMBERS = {
    "nan": "nan", "infinity": "inf", "overflow": "1e999", "underscore": "1_0", "fullwidth": "１２", "arabic": "٣",
    "hexadecimal": "0x10", "endless": "9" * 5000, "script": "<script>", "formula": "=1+1", "format": "{0}", "plus": "+",
    "exponent": "1e", "point": ".", "minus": "\u22125", "space": "1 000", "apostrophe": "1'000", "percent": "59%",
    "fraction": "1/2", "bidi": "\u202e5", "cpr": "010180-1234",
}  # fmt: skip
NUMBERS = {
    ("register", "value"), ("benchmarks", "n"), ("benchmarks", "n_invited"), ("benchmarks", "response_rate"),
    ("benchmarks", "value"), ("benchmarks", "lower"), ("benchmarks", "upper"), ("invited", "n_invited"),
    ("invited", "n_answered"), ("margins", "count"),
}  # fmt: skip
PLACES = {("register", "municipality_code"), ("invited", "municipality_code"), ("margins", "municipality_code"),
          ("jobcentres", "municipality_code"), ("jobcentres", "jobcentre_municipality_code"),
          ("benchmarks", "municipality_code"), ("claims", "municipality_code")}  # fmt: skip
NO_PLACES = {
    "script": "<script>", "traversal": "../183", "negative": "-183", "long": "1" * 5000, "fullwidth": "１８３",
    "format": "{0.__class__}", "none": "999", "region": "Region Sjælland", "formula": "=183", "cpr": "010180-1234",
}  # fmt: skip
IMPOSSIBLE = {
    ("benchmarks", "n", "-1"): "count_impossible", ("benchmarks", "n", "1.5"): "count_impossible",
    ("benchmarks", "n_invited", "-1"): "count_impossible", ("benchmarks", "value", "59"): "benchmark_share",
    ("benchmarks", "value", "-0.1"): "benchmark_share", ("benchmarks", "lower", "0.9"): ACCEPTED,
    ("benchmarks", "response_rate", "41"): "benchmark_share", ("benchmarks", "measure", "median"): "benchmark_share",
    ("benchmarks", "approximate", "2"): "table_not_yes_no", ("claims", "is_survey", "0"): "table_not_yes_no",
    ("benchmarks", "source", ""): "published_blank", ("claims", "basis_da", ""): "published_blank",
    ("invited", "n_invited", "-1"): "count_impossible", ("invited", "n_invited", "9"): "answered_above_invited",
    ("invited", "n_population", "29"): "invited_above_population", ("invited", "n_population", ""): ACCEPTED,
    ("invited", "n_population", "-1"): "count_impossible",
    ("invited", "n_answered", "0.5"): "count_impossible", ("margins", "count", "-1"): "count_impossible",
    ("register", "value", "5,0"): "register_decimal_comma",
}  # fmt: skip
TEXT = {("register", "source"), ("benchmarks", "text_da"), ("benchmarks", "reference"), ("claims", "claim_da")}


def own(name: str) -> list[list[str]]:
    """Header and first row of one of the project's own tables."""
    with (DATA / name).open(encoding="utf-8", newline="") as file:
        return [row for row in csv.reader(file) if not row[0].startswith("#")][:2]


def figures(file: Path, name: str):
    """Rows of a register, without the areas that are no municipalities."""
    (frame, _), problems = register.read(file, name)
    return frame, problems


TABLES = {
    "register": (figures, [list(register.COLUMNS), ["183", "2021", "s", "5.0", "pct", "S", "T", "2026-01-01"]]),
    "benchmarks": (published.read_benchmarks, own("benchmarks.csv")),
    "claims": (published.read_claims, own("claims.csv")),
    "jobcentres": (contract.read_jobcentres, own("jobcentres.csv")),
    "invited": (
        contract.read_invited,
        [[*contract.INVITED_COLUMNS, contract.POPULATION], ["2021", "183", "", "", "30", "10", "90"]],
    ),
    "margins": (contract.read_margins, [list(contract.MARGIN_COLUMNS), ["2021", "183", "g", "k", "30"]]),
}
CASES = {f"{t}/{c}/{n}": (t, c, v, "table_not_a_number") for t, c in sorted(NUMBERS) for n, v in NOT_NUMBERS.items()}
CASES |= {
    f"{t}/{c}/{n}": (t, c, v, "table_municipality_unknown") for t, c in sorted(PLACES) for n, v in NO_PLACES.items()
}
CASES["register/municipality_code/region"] = ("register", "municipality_code", "Region Sjælland", ACCEPTED)
CASES |= {f"{t}/{c}/{v or 'blank'}": (t, c, v, key) for (t, c, v), key in IMPOSSIBLE.items()}


def read(folder: Path, table: str, column: str, cell: str):
    """Write the table with one cell changed and read it back."""
    reader, (header, row) = TABLES[table]
    row = [cell if name == column else value for name, value in zip(header, row, strict=True)]
    with (folder / "t.csv").open("w", encoding="utf-8", newline="") as file:
        csv.writer(file).writerows([header, row])
    frame, problems = reader(folder / "t.csv", "t.csv")
    refuse(problems)
    return frame


@pytest.fixture(scope="module")
def folder(tmp_path_factory):
    """Where each test writes its table anew."""
    return tmp_path_factory.mktemp("tables")


@pytest.mark.parametrize("name", CASES)
def test_a_hostile_cell(name, folder):
    table, column, cell, expected = CASES[name]
    assert expected in outcome(lambda: read(folder, table, column, cell), ("010180",))


@pytest.mark.parametrize("name", [name for name in TEXTS if name not in ("no_break_space", "byte_order_mark")])
@pytest.mark.parametrize(("table", "column"), sorted(TEXT))
def test_a_hostile_text_is_kept_as_it_was_written(table, column, name, folder):
    assert read(folder, table, column, TEXTS[name])[column].tolist() == [TEXTS[name].strip()]
