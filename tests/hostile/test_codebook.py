"""Hostile codebooks: one place of a right codebook holds what it must not, and the refusal names it."""

import copy

import pytest
import yaml

from jobreport.setup import codebook as codebooks
from tests.hostile.refusals import ACCEPTED, outcome
from tests.hostile.texts import TEXTS

RIGHT = yaml.safe_load("""
columns: {wave: w, municipality_code: m}
recodes: {municipality_code: {A: '183'}}
fixed: {}
scales:
  s: {labels: {da: [Nej, Måske, Ja]}, positive: 1, negative: 1}
questions:
  - name: q
    column: a
    wording: {da: Q}
    scale: s
    codes: ['3', ['2', '02'], '1']
    missing: ['9']
    dont_know: [{code: '8', label: V}]
    in_wave: {'1': {column: b}}
    waves: ['1', '2']
indicators:
  - {name: i, label: I, items: [q], comparable: true, reason: x}
groups:
  g: {column: g, label: G, values: [{code: '1', key: k, label: K}], missing: []}
answered: []
invited: []
date_format: YYYY-MM-DD
allowed: []
open_questions: []
""")
WIDE = "9" * 5000
CASES = {
    "nothing": ("", {}, "yaml_not_mapping"),
    "a list": ("", [], "yaml_not_mapping"),
    "an unknown key": ("", {"a": {"b": "c"}}, "unknown_key_unlike"),
    "columns null": ("columns", None, "value_empty"),
    "columns list": ("columns", [], "mapping_expected"),
    "columns text": ("columns", "a", "mapping_expected"),
    "column list": ("columns.wave", [], "text_expected"),
    "column mapping": ("columns.wave", {"a": "b"}, "text_expected"),
    "recodes of an unknown key": ("recodes", {"a": {"b": "c"}}, "codebook_key_unknown"),
    "recodes null": ("recodes", None, "value_empty"),
    "recodes list": ("recodes", [], "mapping_expected"),
    "recode mapping": ("recodes.municipality_code.A", {}, "text_expected"),
    "fixed of an unknown key": ("fixed", {"__class__": "x"}, "codebook_key_unknown"),
    "fixed and column": ("fixed", {"wave": "1"}, "fixed_and_column"),
    "no scales": ("scales", {}, "scale_unknown"),
    "scales null": ("scales", None, "value_empty"),
    "scales list": ("scales", [], "mapping_expected"),
    "scale empty": ("scales.s", {}, "key_missing"),
    "scale text": ("scales.s", "x", "mapping_expected"),
    "labels empty": ("scales.s.labels", {}, "scale_sizes"),
    "labels list": ("scales.s.labels", ["Nej"], "mapping_expected"),
    "labels text": ("scales.s.labels.da", "Nej", "list_expected"),
    "labels of nothing": ("scales.s.labels.da", [], "scale_sizes"),
    "one label": ("scales.s.labels.da", ["Ja"], "scale_sizes"),
    "label blank": ("scales.s.labels.da.0", " ", "codebook_answer_blank"),
    "label empty": ("scales.s.labels.da.1", "", "codebook_answer_blank"),
    "label null": ("scales.s.labels.da.1", None, "value_empty"),
    "label list": ("scales.s.labels.da.1", ["a"], "text_expected"),
    "labels alike": ("scales.s.labels.da", ["x"] * 50, "scale_label_twice"),
    "labels alike but for case": ("scales.s.labels.da", ["x", "X ", "y"], "scale_label_twice"),
    "positive zero": ("scales.s.positive", "0", "below_minimum"),
    "positive negative": ("scales.s.positive", "-1", "below_minimum"),
    "positive large": ("scales.s.positive", "9", "scale_boxes"),
    "positive endless": ("scales.s.positive", WIDE, "number_expected"),
    "positive infinite": ("scales.s.positive", "inf", "number_expected"),
    "positive exponent": ("scales.s.positive", "1e999", "number_expected"),
    "positive text": ("scales.s.positive", "<script>", "number_expected"),
    "positive list": ("scales.s.positive", ["1"], "number_expected"),
    "questions null": ("questions", None, "value_empty"),
    "questions mapping": ("questions", {"a": "b"}, "list_expected"),
    "questions of texts": ("questions", ["x"] * 50, "mapping_expected"),
    "question empty": ("questions.0", {}, "key_missing"),
    "question null": ("questions.0", None, "value_empty"),
    "name traversal": ("questions.0.name", "../x", "name_invalid"),
    "name markup": ("questions.0.name", "<script>", "name_invalid"),
    "name divider": ("questions.0.name", "a|b", "name_invalid"),
    "name long": ("questions.0.name", "x" * 5000, "name_invalid"),
    "name format string": ("questions.0.name", "{0.__class__}", "name_invalid"),
    "name reserved": ("questions.0.name", "nul", "name_invalid"),
    "name of a key column": ("questions.0.name", "wave", "codebook_name_twice"),
    "scale unknown": ("questions.0.scale", "{x}", "scale_unknown"),
    "wording blank": ("questions.0.wording", " ", "label_invalid"),
    "wording third language": ("questions.0.wording", {"de": "x"}, "label_invalid"),
    "codes none": ("questions.0.codes", [], "scale_codes"),
    "codes nested": ("questions.0.codes", [[["1"]], "2", "3"], "text_expected"),
    "codes text": ("questions.0.codes", "123", "list_expected"),
    "code empty": ("questions.0.codes.0", "", "codebook_answer_blank"),
    "code blank": ("questions.0.codes.0", " ", "codebook_answer_blank"),
    "code of nothing": ("questions.0.codes.0", [], "codebook_answer_blank"),
    "code twice": ("questions.0.codes.0", "1", "code_twice"),
    "code twice as a decimal": ("questions.0.codes.0", "1,0", "code_twice"),
    "code mapping": ("questions.0.codes.0", {"a": "b"}, "list_expected"),
    "don't know blank": ("questions.0.dont_know.0.code", "", "codebook_answer_blank"),
    "don't know twice": ("questions.0.dont_know.0.code", "1", "code_twice"),
    "don't know label null": ("questions.0.dont_know.0.label", None, "label_invalid"),
    "missing twice": ("questions.0.missing", ["1"], "code_twice"),
    "missing blank": ("questions.0.missing", [""], ACCEPTED),
    "wave unknown key": ("questions.0.in_wave.1", {"__init__": "x"}, "unknown_key_unlike"),
    "wave list": ("questions.0.in_wave", [], "mapping_expected"),
    "waves text": ("questions.0.waves", "1", "list_expected"),
    "superscript codes": ("questions.0.in_wave.1", {"codes": ["²", "¹", "³"]}, ACCEPTED),
    "endless codes": ("questions.0.in_wave.1", {"codes": [WIDE, "1", "2"]}, ACCEPTED),
    "indicators null": ("indicators", None, "value_empty"),
    "indicator empty": ("indicators.0", {}, "key_missing"),
    "indicator name": ("indicators.0.name", "a/b", "name_invalid"),
    "indicator without items": ("indicators.0.items", [], "list_empty"),
    "indicator of nobody's question": ("indicators.0.items", ["x"], "indicator_item_unknown"),
    "comparable text": ("indicators.0.comparable", "perhaps", "bool_expected"),
    "comparable mapping": ("indicators.0.comparable", {}, "bool_expected"),
    "groups list": ("groups", ["x"], "mapping_expected"),
    "group without values": ("groups.g.values", [], "list_empty"),
    "group name divider": ("groups", {"a|b": RIGHT["groups"]["g"]}, "separator_inside"),
    "group name blank": ("groups", {"": RIGHT["groups"]["g"]}, "separator_inside"),
    "group name of a key": ("groups", {"wave": RIGHT["groups"]["g"]}, "codebook_name_twice"),
    "group key divider": ("groups.g.values.0.key", "a|b", "separator_inside"),
    "group key wildcard": ("groups.g.values.0.key", "*", "separator_inside"),
    "group key blank": ("groups.g.values.0.key", "", "separator_inside"),
    "group code blank": ("groups.g.values.0.code", "", "codebook_answer_blank"),
    "group code twice": ("groups.g.missing", ["1"], "code_twice"),
    "answered without column": ("answered", ["1"], "status_open"),
    "date format": ("date_format", "%Y", "choice_invalid"),
    "open question": ("open_questions", ["{0.__class__}"] * 50, "codebook_open_question"),
    "proposal": ("questions.0.proposal", True, "proposal_open"),
}


def with_value(place: str, value: object) -> object:
    """The right codebook with one value at one place."""
    if not place:
        return value
    book = copy.deepcopy(RIGHT)
    *way, last = [int(part) if part.isdigit() and part != "1" else part for part in place.split(".")]
    holder = book
    for part in way:
        holder = holder[part]
    holder[int(last) if isinstance(holder, list) else last] = value
    return book


def read(folder, book):
    file = folder / "b.yml"
    file.write_text(yaml.safe_dump(book, allow_unicode=True), encoding="utf-8")
    return codebooks.read(file, "b.yml")


def test_the_right_codebook_is_right(tmp_path):
    assert [item.name for item in read(tmp_path, RIGHT).items] == ["q"]


@pytest.mark.parametrize("name", CASES)
def test_a_hostile_codebook(name, tmp_path):
    place, value, expected = CASES[name]
    found = outcome(lambda: read(tmp_path, with_value(place, value)))
    assert expected in found


@pytest.mark.parametrize("name", TEXTS)
def test_a_hostile_label_is_kept_as_it_was_written(name, tmp_path):
    book = with_value("scales.s.labels.da.1", TEXTS[name])
    book["questions"][0]["wording"] = {"da": TEXTS[name]}
    question = read(tmp_path, book).items[0]
    assert question.scale.labels["da"][1] == question.wording["en"] == TEXTS[name]
