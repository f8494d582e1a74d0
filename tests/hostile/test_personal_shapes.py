"""A hundred ways of writing a person's number or address are found in five kinds of file, and what is none passes.

Each way stands in a column of its own, so that a file is read once.
"""

from __future__ import annotations

import html
from collections.abc import Callable
from pathlib import Path

import pandas as pd
import pyarrow as pa
import pyreadstat
import pytest

from jobreport.errors import MASKED, Problem
from jobreport.intake.checks import admission, personal
from jobreport.intake.formats.tables import read_table
from tests.hostile import files

SEPARATORS = (
    *("", "-", " ", " - ", "–", "—", "‑", "‒", "−", ".", "/", "_", "\u00a0", "\u2009", "\u202f", "\u00ad-", "\u200b-"),
    *("-\u200d", "\u2060", "--", "\u2010", "\u3000", "－", "\u200e-", "\u2066-\u2069", "~", ":", "·", "\\", "|", "*"),
    *("⁃", "ー", "+", "="),
)
DAYS = ("01.01.80", "01/01/80", "01-01-80", "01 01 80")
DIGITS = (
    "٠١٢٣٤٥٦٧٨٩",
    "۰۱۲۳۴۵۶۷۸۹",
    "०१२३४५६७८९",
    "০১২৩৪৫৬৭৮৯",
    "๐๑๒๓๔๕๖๗๘๙",
    "０１２３４５６７８９",
    "𝟎𝟏𝟐𝟑𝟒𝟓𝟔𝟕𝟖𝟗",
    "߀߁߂߃߄߅߆߇߈߉",
)
AROUND = ("Cpr: {}.", "({})", "x,{},y", "'{}", '="{}"', "DK{}", "Per Prøve {}", "{};2", "[{}]", "<{}>", "nr.{}", "«{}»")
MAILS = (
    *("per@x.dk", "PER@X.DK", "Per <per@x.dk>", "mailto:per@x.dk", "per＠x.dk", "per\u200b@x.dk", "p.e.r@x.dk"),
    *("per+a@x.dk", "per@mail.x.dk", "per@ål.dk", "per@x.co.uk", "per@x.dk;ane@y.dk", "'per@x.dk'", "per@x.dk."),
    *("\u202eper@x.dk", "per@x．dk", "per@xn--l-1fa.dk", "per@１.dk", "per@x.museum", "p@x.dk", "per@\u200bx.dk"),
)
PERSONAL = (
    *(f"010180{separator}1234" for separator in SEPARATORS),
    *(f"{day}{separator}1234" for day in DAYS for separator in ("-", " ", " - ", "–")),
    *("010180-1234".translate(str.maketrans("0123456789", digits)) for digits in DIGITS),
    *(around.format("010180-1234") for around in AROUND),
    *(
        "610180-1234",
        "290200-1234",
        "311299 4321",
        "0101801234.0",
        "1.01801234E+8",
        "1,01801234e8",
        "101801234",
        "DK-010180-1234",
    ),
    *MAILS,
)
INNOCENT = (
    *("321380-1234", "011380-1234", "300280-1234", "000180-1234", "12345678", "2022-01-01 12:00:00", "20220101120000"),
    *("0.0101801234", "3.0101801234", "18301", "+45 12 34 56 78", "1.234.567,89", "DK5000400440116243", "01-01-2024"),
    *("2024-01-01T10:20:30", "01.01.24 10:20", "12 11 10 12 34", "192.168.10.1234", "a010180b1234", "1.5E+3", "2,5"),
    *("Meget tilfreds", "@ishoej", "per@", "@x.dk", "per@x", "18-29 år", "3 af 5", "kl. 12-13", "§ 8, stk. 2", "100 %"),
    *("99", "-1", "a@b", "2021-2", "uge 12", "Ishøj/Vallensbæk", "x" * 3000, "0" * 40, "1" * 11, "12345-6789-0"),
    *("e-mail", "J.nr. 15/1020", "1/2/3", "ja; nej", "010180", "1234", "01.01.80", "01-01-1980", "١٢٣٤", "👍"),
)


def _xml(texts: list[str]) -> list[str]:
    return [html.escape(text) for text in texts]


def _xlsx(names: list[str], texts: list[str], _folder: Path) -> bytes:
    def line(number: int, held: list[str]) -> str:
        cells = (
            f'<c r="{files_column(place)}{number}" t="inlineStr"><is><t xml:space="preserve">{text}</t></is></c>'
            for place, text in enumerate(_xml(held))
        )
        return files.row(str(number), *cells)

    return files.xlsx(line(1, names) + line(2, texts))


def files_column(place: int) -> str:
    """Letters of a column of a sheet: A, B, ..., AA."""
    first, second = divmod(place, 26)
    return (chr(64 + first) if first else "") + chr(65 + second)


def _ods(names: list[str], texts: list[str], _folder: Path) -> bytes:
    lines = ("".join(files.ods_cell(text) for text in _xml(held)) for held in (names, texts))
    return files.ods("".join(files.ods_row(line) for line in lines))


def _parquet(names: list[str], texts: list[str], _folder: Path) -> bytes:
    return files.parquet(pa.table({name: [text] for name, text in zip(names, texts, strict=True)}))


def _sav(names: list[str], texts: list[str], folder: Path) -> bytes:
    path = folder / "made.sav"
    pyreadstat.write_sav(pd.DataFrame([texts], columns=names), str(path))
    return path.read_bytes()


def _csv(names: list[str], texts: list[str], folder: Path) -> bytes:
    path = folder / "made.csv"
    pd.DataFrame([texts], columns=names).to_csv(path, sep="\t", index=False)
    return path.read_bytes()


FORMS: dict[str, Callable[[list[str], list[str], Path], bytes]] = {
    "csv": _csv, "xlsx": _xlsx, "ods": _ods, "parquet": _parquet, "sav": _sav,
}  # fmt: skip


def found_in(form: str, shapes: tuple[str, ...], folder: Path) -> set[str]:
    """The shapes that are found, each in a column of its own beside one that holds nothing."""
    names = [f"c{place}" for place in range(len(shapes))]
    file = folder / f"svar.{form}"
    file.write_bytes(FORMS[form](names, list(shapes), folder))
    table = read_table(file, file.name)
    assert list(table.frame.columns) == names
    found = {finding.column for finding in admission.found_in(table)}
    return {shape for name, shape in zip(names, shapes, strict=True) if name in found}


def test_there_are_a_hundred_ways_and_half_as_many_that_are_none():
    assert len(set(PERSONAL)) >= 100
    assert len(set(INNOCENT)) >= 50


@pytest.mark.parametrize("form", FORMS)
def test_what_is_a_persons_is_found_in_any_writing(form, tmp_path):
    assert set(PERSONAL) - found_in(form, PERSONAL, tmp_path) == set()


@pytest.mark.parametrize("form", FORMS)
def test_what_is_nobodys_passes(form, tmp_path):
    assert found_in(form, INNOCENT, tmp_path) == set()


@pytest.mark.parametrize("shape", PERSONAL)
def test_what_is_a_persons_is_found_in_a_label_a_question_a_header_and_masked_in_a_message(shape):
    labels = personal.in_labels(["a", "b"], {"a": {"1": shape}}, {"b": shape})
    assert {finding.column for finding in labels} == {"a", "b"} or shape.isdigit() or "E" in shape.upper()[2:]
    for where in (f"data/{shape}.csv", "x.csv"):
        text = Problem("sheets_several", where, {"sheets": [shape, "Ark1"]}).text()
        assert shape not in text or shape not in PLAIN


PLAIN = frozenset(shape for shape in PERSONAL if personal.holds_cpr(shape) or "@" in shape)
"""What is a person's beyond doubt: a number of nine digits in a message may be anything."""


LIKE = frozenset({"300280-1234", "0.0101801234", "3.0101801234"})
"""Numbers of ten digits that are nobody's: a message does without them all the same."""


def test_a_message_without_persons_stands_as_it_is():
    for shape in set(INNOCENT) - LIKE:
        assert MASKED not in Problem("sheets_several", "x.csv", {"sheets": [shape]}).text()
