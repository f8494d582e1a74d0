"""One file of answers by its codebook: what a cell means is said once, to the checks and to the reading."""

import textwrap

import pandas as pd
import pytest

from jobreport.intake import coded
from jobreport.intake.checks import read_inputs, read_params
from jobreport.setup import codebook as codebooks
from jobreport.setup import coding

BOOK = """
columns: {wave: w, municipality_code: m}
scales:
  ja: {labels: {da: [Nej, Måske, Ja], en: ['No', Maybe, 'Yes']}, positive: 1, negative: 1}
questions:
  - {name: q, column: a, wording: {da: Q}, scale: ja, codes: [3, [2, 02], 1], missing: [9],
     dont_know: [{code: 8, label: Ved ikke}]}
  - {name: r, column: b, wording: {da: R}, scale: ja, codes: [1, 2, 3]}
indicators:
  - {name: one, label: One, items: [q]}
  - {name: both, label: Both, items: [q, r]}
"""


@pytest.fixture
def book(tmp_path):
    """A codebook of BOOK with one text in it replaced."""

    def read(old="", new=""):
        path = tmp_path / "book.yml"
        path.write_text(textwrap.dedent(BOOK.replace(old, new, 1) if old else BOOK), encoding="utf-8")
        return codebooks.read(path, "book.yml")

    return read


def read_by(book, raw):
    return coded.of(raw, coded.keys(raw, book), book)


def test_codes_labels_and_spellings_mean_the_same(book):
    """q is numbered with 1 as the best: 'Ja', 1, 1.0 and ' JA ' are all the most positive of three."""
    cells = ["1", 1.0, "Ja", " JA ", "yes", "2", "02", "Måske", "3", "nej", "8", "ved ikke", "9", "", None]
    raw = pd.DataFrame({"w": "1", "m": "183", "a": cells, "b": [None] * len(cells)})
    found = read_by(book(), raw).responses()["q"].tolist()
    assert found == [3, 3, 3, 3, 3, 2, 2, 2, 1, 1, 0, 0, -1, -1, -1]


def test_direction_is_that_of_the_codes(book):
    raw = pd.DataFrame({"w": "1", "m": "183", "a": ["1", "3"], "b": ["1", "3"]})
    made = read_by(book(), raw).responses()
    assert made[["q", "r"]].to_numpy().tolist() == [[3, 1], [1, 3]]


def test_question_asked_in_some_waves_only(book):
    raw = pd.DataFrame({"w": ["1", "2"], "m": "183", "a": ["1", "1"], "b": ["1", "1"]})
    made = read_by(book("codes: [1, 2, 3]}", "codes: [1, 2, 3], waves: ['2']}"), raw).responses()
    assert made["r"].tolist() == [-1, 1]


def test_waves_and_municipalities_are_ordered_and_recoded(book):
    recodes = "municipality_code: m}\nrecodes: {municipality_code: {1: '183', 2: Tårnby}}"
    raw = pd.DataFrame({"w": ["b", "a"], "m": [1, 2], "a": "1", "b": "1"})
    made = read_by(book("municipality_code: m}", recodes), raw).responses(("b", "a"))
    assert made["wave"].cat.categories.tolist() == ["b", "a"]
    assert made["municipality_code"].tolist() == ["183", "185"]


def test_what_nobody_knows_is_kept_beside_the_codes(book):
    """An unknown cell counts as not answered and is known to be unknown, by its row in the file."""
    raw = pd.DataFrame({"w": ["1", "2", "1"], "m": "183", "a": ["1", "7", "x"], "b": "1"}, index=[0, 2, 5])
    file = read_by(book(), raw)
    unknown = {(each.item.name, row) for each in file.asked for row in each.cells.index[each.coded.unknown]}
    assert unknown == {("q", 2), ("q", 5)}
    assert file.responses()["q"].tolist() == [3, -1, -1]


def test_who_did_not_answer_is_in_no_wave_of_the_answers(book):
    raw = pd.DataFrame({"w": ["1", "2"], "m": "183", "a": "1", "b": "1"})
    keys = coded.keys(raw, book()).of(pd.Series([True, False]))
    made = coded.of(raw[:1], keys, book()).responses()
    assert made["wave"].cat.categories.tolist() == ["1"]


def test_every_answer_is_coded_once(project, monkeypatch):
    """Checks and `responses` share one coding: each question is coded once a wave, each grouping once a file."""
    seen, code = [], coding.code

    def noting(column, table, missing):
        seen.append((column.name, len(column)))
        return code(column, table, missing)

    monkeypatch.setattr(coding, "code", noting)
    inputs = read_inputs(read_params(project.write()))
    waves = inputs.responses["wave"].value_counts()
    assert sorted(seen) == sorted([(q, n) for q in ("q1", "q2") for n in waves] + [("ydelse", int(waves.sum()))])
