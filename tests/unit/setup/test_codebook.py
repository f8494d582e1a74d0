"""What a codebook file means, and what it may not say."""

import textwrap
from pathlib import Path

import pandas as pd
import pytest

from jobreport.errors import InputRefused
from jobreport.setup import codebook as codebooks
from jobreport.setup import coding

PROJECT = Path(__file__).parents[3]
BOOK = """
columns: {wave: w, municipality_code: m}
scales:
  ja: {labels: {da: [Nej, Måske, Ja], en: ['No', Maybe, 'Yes']}, positive: 1, negative: 1}
  nej: {labels: {da: [Aldrig, Somme tider, Altid]}, positive: 1, negative: 1}
  nul: {labels: {da: ['0', '1', '2']}, positive: 1, negative: 1}
  fire: {labels: {da: [A, B, C, D]}, positive: 2, negative: 2}
questions:
  - {name: q, column: a, wording: {da: Q}, scale: ja, codes: [3, [2, 02], 1], missing: [9],
     dont_know: [{code: 8, label: Ved ikke}]}
  - {name: r, column: b, wording: {da: R}, scale: ja, codes: [1, 2, 3]}
indicators:
  - {name: one, label: One, items: [q]}
  - {name: both, label: Both, items: [q, r]}
"""


def read(tmp_path, text=BOOK, **replaced):
    for old, new in replaced.items():
        assert SPOTS[old] in text, old
        text = text.replace(SPOTS[old], new, 1)
    path = tmp_path / "book.yml"
    path.write_text(textwrap.dedent(text), encoding="utf-8")
    return codebooks.read(path, "book.yml")


SPOTS = {
    "codes": "codes: [3, [2, 02], 1]",
    "scale": "scale: ja, codes: [1, 2, 3]",
    "labels": "labels: {da: [A, B, C, D]}",
    "boxes": "positive: 2, negative: 2",
    "items": "items: [q, r]",
    "name": "name: r,",
    "indicator": "name: both,",
    "columns": "columns: {wave: w, municipality_code: m}",
    "second": "codes: [1, 2, 3]}",
}


@pytest.mark.parametrize(
    ("spot", "new", "key"),
    [
        ("codes", "codes: [3, 2]", "scale_codes"),
        ("codes", "codes: [3, 2, 2]", "code_twice"),
        ("codes", "codes: [3, 2, 8]", "code_twice"),
        ("scale", "scale: jo, codes: [1, 2, 3]", "scale_unknown"),
        ("labels", "labels: {da: [A, B, C, D], en: [A, B, C]}", "scale_sizes"),
        ("labels", "labels: {da: [A]}", "scale_sizes"),
        ("labels", "labels: {da: [A, B, C, a]}", "scale_label_twice"),
        ("boxes", "positive: 3, negative: 2", "scale_boxes"),
        ("boxes", "positive: 0, negative: 2", "below_minimum"),
        ("items", "items: [q, s]", "indicator_item_unknown"),
        ("items", "items: []", "list_empty"),
        ("name", "name: q,", "codebook_name_twice"),
        ("name", "name: wave,", "codebook_name_twice"),
        ("indicator", "name: one,", "codebook_name_twice"),
        ("columns", "columns: {wave: w}\nfixed: {municipality: '183'}", "codebook_key_unknown"),
        ("columns", "columns: {wave: w}\nrecodes: {municipality_code: {1: '183'}}", "recode_without_column"),
        ("columns", "columns: {wave: w}\nfixed: {wave: '1'}", "fixed_and_column"),
        ("columns", "columns: {wave: w, status: s}", "status_open"),
        ("columns", "columns: {wave: w}\nanswered: [4]", "status_open"),
        ("columns", "columns: {wave: w}\nopen_questions: [Hvor bor de]", "codebook_open_question"),
        ("columns", "columns: {wave: w, proposal: true}", "proposal_open"),
        ("second", "codes: [1, 2, 3], in_wave: {'2': {scale: fire, codes: [1, 2, 3, 4]}}}", "wave_scale_size"),
        ("scale", "scale: fire, codes: [1, 2, 3, 4]", "indicator_scales"),
        ("scale", "scale: nul, codes: [0, 1, 2]", "indicator_scales"),
        ("second", "codes: [1, 2, 3], in_wave: {'2': {scale: nul, codes: [0, 1, 2]}}}", "wave_scale_size"),
        ("second", "codes: [1, 2, 3], proposal: true}", "proposal_open"),
    ],
)
def test_what_a_codebook_may_not_say(tmp_path, spot, new, key):
    with pytest.raises(InputRefused) as caught:
        read(tmp_path, **{spot: new})
    assert key in {problem.key for problem in caught.value.problems}


def test_what_is_empty_and_what_is_not_confirmed_are_told_in_one_go(tmp_path):
    with pytest.raises(InputRefused) as caught:
        read(tmp_path, columns="columns: {wave: w, proposal: true}\nfixed: {municipality_code: null}")
    assert [problem.key for problem in caught.value.problems] == ["value_empty", "proposal_open"]


@pytest.mark.parametrize(
    ("labels", "ends", "turned"),
    [
        ([*map(str, range(11))], (0, 10), False),
        (["0 - Slet ikke", "1", "2", "3", "4 - I høj grad"], (0, 4), False),
        (["Slet ikke", *map(str, range(1, 10)), "Helt sikkert"], (0, 10), False),
        (["-2", "-1", "0", "1", "2"], (-2, 2), False),
        (["Slet ikke", "I lav grad", "I høj grad", "Helt"], (1, 4), False),
        (["0-1 år", "1-2 år", "2-3 år"], (1, 3), False),
        (["5 - Elendig", "4", "3", "2", "1 - Fin"], (1, 5), True),
    ],
)
def test_means_are_on_the_numbers_that_the_answers_are_called_by(labels, ends, turned):
    scale = codebooks.Scale("skala", {"da": tuple(labels), "en": tuple("abcdefghijk"[: len(labels)])}, 1, 1)
    assert (scale.lowest, scale.highest, scale.numbers_turned) == (*ends, turned)


@pytest.mark.parametrize(
    ("other", "comparable"),
    [
        ("in_wave: {'2': {column: c}}", True),
        ("in_wave: {'2': {codes: [7, 8, 9]}}", True),
        ("in_wave: {'2': {codes: [3, 2, 1]}}", False),
        ("in_wave: {'2': {wording: {da: Andet}}}", False),
        ("in_wave: {'2': {scale: nej}}", False),
    ],
)
def test_another_wording_scale_or_order_stops_the_comparison(tmp_path, other, comparable):
    found = read(tmp_path, second=f"codes: [1, 2, 3], {other}}}").indicator("both")
    assert (found.comparable, bool(found.reason)) == (comparable, not comparable)


def test_an_index_of_items_asked_in_different_waves_is_not_compared(tmp_path):
    found = read(tmp_path, second="codes: [1, 2, 3], waves: ['2']}")
    assert not found.indicator("both").comparable
    assert found.indicator("one").comparable


def test_text_of_cells():
    assert [coding.normal(cell) for cell in (5, 5.0, "5,0", " A\u00a0 b ", "a\u030a", None, float("nan"), True)] == [
        "5", "5", "5", "a b", "å", "", "", "true",
    ]  # fmt: skip
    assert coding.plain(" aB ") == "aB"


def test_the_demonstration_codebook_is_whole():
    book = codebooks.read(PROJECT / "data" / "demo" / "codebook.yml")
    assert [indicator.name for indicator in book.indicators] == ["satisfaction", "trust", "meaning"]
    assert [len(indicator.items) for indicator in book.indicators] == [1, 3, 1]
    assert all(item.scale.size == 5 and set(item.wording) == {"da", "en"} for item in book.items)


@pytest.mark.parametrize("held", [object, "category"])
def test_cells_of_the_same_text_are_one_category_and_only_those_that_occur(held):
    column = pd.Series(["b", " A", None, "a", "c"], dtype=object).astype(held)[:4]
    found = coding.texts(column)
    assert (found.cat.categories.tolist(), found.tolist()) == (["", "a", "b"], ["b", "a", "", "a"])
    assert coding.texts(column, lambda text: text or None).isna().tolist() == [False, False, True, False]


def test_a_compact_column_is_coded_as_it_was():
    column = pd.Series([5, "5,0", None, "7", "x"], dtype=object)
    for held in (column, coding.compact(column)):
        coded = coding.code(held, {"5": 1, "7": 2}, -1)
        assert (coded.codes.tolist(), coded.unknown.tolist()) == ([1, 1, -1, 2, -1], [False] * 4 + [True])
        assert coding.apply(held, str).tolist() == ["5", "5", "", "7", "x"]
