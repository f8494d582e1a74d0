"""Registers, published figures, claims and counts: what is shipped is true to its source, what is wrong is refused."""

import csv
from pathlib import Path

import pandas as pd
import pytest

from jobreport.errors import InputRefused
from jobreport.intake import checks
from jobreport.intake.formats import contract, published, register
from jobreport.intake.formats.delimited import decode
from jobreport.setup import params

PROJECT = Path(__file__).parents[3]
STATBANK = PROJECT.parent / "shared" / "reference" / "statbank" / "unemployment_yearly.csv"
COUNTRY = [5.008, 4.567, 4.133, 4.192, 3.850, 3.658, 4.592, 3.617, 2.525, 2.775, 2.892]


@pytest.fixture(scope="module")
def unemployment():
    (frame, _), problems = register.read(PROJECT / "data" / "register" / "unemployment.csv", "u.csv")
    assert problems == []
    return frame


def test_register_holds_every_municipality_and_year(unemployment):
    assert len(unemployment) == 99 * 11
    assert unemployment.groupby("period").size().to_dict() == {str(year): 99 for year in range(2014, 2025)}
    assert unemployment["value"].between(0.5, 15).all()


def test_register_equals_its_source(unemployment):
    if not STATBANK.exists():
        pytest.skip("the reference figures of StatBank are not here")
    with STATBANK.open(encoding="utf-8", newline="") as file:
        source = {
            (row["municipality_code"], row["year"]): float(row["unemployment_pct"]) for row in csv.DictReader(file)
        }
    own = unemployment[unemployment["municipality_code"] != "000"]
    assert {(row.municipality_code, row.period): row.value for row in own.itertuples()} == source


def test_country_and_ishoej_as_published(unemployment):
    country = unemployment[unemployment["municipality_code"] == "000"].sort_values("period")
    assert country["value"].tolist() == COUNTRY
    ishoej = unemployment[unemployment["municipality_code"] == "183"].set_index("period")["value"]
    assert round(ishoej["2021"], 2) == 6.41
    assert round(ishoej["2022"], 2) == 4.60


def test_published_surveys_as_the_sources_have_them():
    frame, problems = published.read_benchmarks(PROJECT / "data" / "benchmarks.csv", "b.csv")
    assert problems == []
    value = frame.set_index("benchmark")["value"]
    parts = [f"marselisborg_2023_{answer}" for answer in ("satisfied", "neither", "dissatisfied")]
    assert value[parts].sum() == pytest.approx(1)
    assert value["kl_2025_norddjurs_satisfaction"] == 3.88
    assert value["psykiatrifonden_2019_burden"] == 0.679
    computed = frame[frame["computed"]]
    assert computed["benchmark"].tolist() == ["marselisborg_2023_meaning_high"]
    assert set(frame.loc[frame["measure"] == "mean", "scale_kind"]) == {"gennemsnit_1_5"}
    assert not (frame[["quality_notes_da", "quality_notes_en", "reference", "commissioner", "dated"]] == "").any().any()


def test_claims_are_no_surveys_and_say_so():
    frame, problems = published.read_claims(PROJECT / "data" / "claims.csv", "c.csv")
    assert problems == []
    assert not frame["is_survey"].any()
    assert set(frame.loc[frame["checkable"], "checked_with"]) == {"unemployment", "higher_education"}
    assert set(frame.loc[~frame["checkable"], "status_da"]) == {"ikke efterprøvet"}
    facebook = frame[frame["claim"].str.startswith("facebook")]
    assert facebook["reply_by_da"].tolist() == ["Vallensbæk Kommune"] * 2


def test_jobcentres_hold_facts_only():
    frame, problems = contract.read_jobcentres(PROJECT / "data" / "jobcentres.csv", "j.csv")
    assert problems == []
    assert set(frame["municipality_code"]) == {"183", "187"}


HEADER = ",".join(register.COLUMNS)
SERIES = {"series": "u", "file": "u.csv", "label": "L", "unit": "pct", "before": ["2021"], "after": ["2022"]}
EVENT = {"event": "e", "label": "E", "date": "2022-01-01", "treated": ["183"]}


def refused(tmp_path, rows, series=None, event=None):
    text = "\n".join([HEADER, *rows])
    (tmp_path / "u.csv").write_text(text, encoding="utf-8")
    mapping = {
        "name": "x",
        "municipality_code": "183",
        "events": [EVENT | (event or {})],
        "registers": [SERIES | (series or {})],
    }
    with pytest.raises(InputRefused) as caught:
        checks.read_inputs(params.from_mapping(mapping, tmp_path))
    return {problem.key for problem in caught.value.problems}


def row(code="183", period="2021", value="5.0", series="u", unit="pct"):
    return f"{code},{period},{series},{value},{unit},S,T,2026-01-01"


WHOLE = [row(code, period) for code in ("183", "101") for period in ("2020", "2021", "2022")]


@pytest.mark.parametrize(
    ("rows", "change", "event", "key"),
    [
        ([*WHOLE, row("999")], {}, {}, "table_municipality_unknown"),
        ([*WHOLE, row()], {}, {}, "register_row_twice"),
        ([*WHOLE, row(period="2023", value="5,0x")], {}, {}, "rows_uneven"),
        ([*WHOLE, row(period="2023", value="fem")], {}, {}, "table_not_a_number"),
        (WHOLE, {"series": "v"}, {}, "register_series_absent"),
        (WHOLE, {"unit": "persons"}, {}, "register_unit_differs"),
        (WHOLE, {"before": ["2019"]}, {}, "register_period_absent"),
        (WHOLE, {"before": ["2019"]}, {}, "event_outside_register"),
        (WHOLE, {"before": ["2028"], "after": ["2030"]}, {"date": "2030-01-01"}, "event_outside_register"),
        (WHOLE, {}, {"treated": ["185"]}, "register_municipality_absent"),
        (WHOLE, {}, {"comparison": ["101", "151"]}, "register_municipality_absent"),
        ([*WHOLE[:1], row(value=""), *WHOLE[2:]], {}, {}, "register_value_missing"),
    ],
)
def test_registers_that_are_refused(tmp_path, rows, change, event, key):
    assert key in refused(tmp_path, rows, change, event)


def test_register_from_danish_excel(tmp_path):
    """Semicolons and Windows-1252, as Excel saves; the decimal point stays."""
    text = "\n".join([HEADER, row("183"), row("185")]).replace(",", ";").replace("S;T", "Jobindsats, Tårnby;T")
    (tmp_path / "u.csv").write_bytes(text.encode("cp1252"))
    (frame, _), problems = register.read(tmp_path / "u.csv", "u.csv")
    assert problems == []
    assert frame["source"].tolist() == ["Jobindsats, Tårnby"] * 2


def test_column_missing_from_a_table(tmp_path):
    (tmp_path / "u.csv").write_text("municipality_code,period\n183,2021\n", encoding="utf-8")
    with pytest.raises(InputRefused) as caught:
        register.read(tmp_path / "u.csv", "u.csv")
    assert [problem.key for problem in caught.value.problems] == ["table_column_missing"]


@pytest.mark.parametrize(
    ("column", "cell", "key"),
    [("value", "59", "benchmark_share"), ("measure", "median", "benchmark_share"),
     ("approximate", "måske", "table_not_yes_no"),
     ("n", "mange", "table_not_a_number"), ("benchmark", "marselisborg_2023_neither", "table_key_twice")],
)  # fmt: skip
def test_benchmarks_that_are_refused(tmp_path, column, cell, key):
    frame = pd.read_csv(PROJECT / "data" / "benchmarks.csv", dtype=str, keep_default_na=False)
    frame.loc[0, column] = cell
    frame.to_csv(tmp_path / "b.csv", index=False)
    assert key in [problem.key for problem in published.read_benchmarks(tmp_path / "b.csv", "b.csv")[1]]


@pytest.mark.parametrize("encoding", ["utf-8", "utf-8-sig", "cp1252", "utf-16", "utf-16-le", "utf-16-be"])
def test_encodings_are_told_apart(encoding):
    text = "kommune;svar\nIshøj;Æblegrød på ås\n" * 3
    assert decode(text.encode(encoding), "x")[0].lstrip("\ufeff") == text
