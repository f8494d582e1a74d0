"""A refusal in the form speaks to a person without files, and leads to a field."""

import re

import pytest

pytest.importorskip("ipywidgets")

from jobreport import errors
from jobreport.desk.form import refusals
from jobreport.domain.texts import LANGUAGES, texts_of
from jobreport.errors import Problem
from tests.house import PACKAGE

RAISED = ("setup", "intake", "release", "compare")  # what a check of what the form wrote can come to
OF_FILES = re.compile(r"params|kodebog|jobreport |--|YAML|codes|dont_know|in_wave|recodes|answered_on|from og to")
NEVER = re.compile(  # what the form never writes, or is about a file that a person gave it
    r"yaml_|key_|text_|mapping_|list_|below_|above_|checksum_|register_|earlier_|frozen_|control_|replicates|package|"
    r"declared_|signer_|aggregate_|output_|manifest_|file_(missing|outside)|survey_file|wave_without_file|scale_(unknown|"
    r"codes)|codebook_key|recode_|indicator_item|column_(left_out|missing)|status_|nobody_|comparison_contains|"
    r"question_wave|municipality_without_figures|jobcentres_needed|simulated_ok|params_|sheet_missing|file_(question|wave)_|"
    r"units?_(without_persons|wave_unknown|undeclared|elsewhere|and_margins|alone|none|column_missing)|fixed_and|comparable_|zip_|table_not_answers|scale_boxes|codebook_answer|encoding_mixed"
)


def raised():
    """Keys of the problems that a check can find, by the modules that name them."""
    sources = [path.read_text(encoding="utf-8") for room in RAISED for path in (PACKAGE / room).rglob("*.py")]
    return [key for key in errors.texts("da") if any(f'"{key}"' in source for source in sources)]


def test_every_refusal_that_speaks_of_files_has_a_sentence_of_the_form():
    own = texts_of("refusals", "da")["sentences"]
    told = {key: errors.texts("da")[key] for key in raised() if key not in own and not NEVER.match(key)}
    assert [key for key, text in told.items() if OF_FILES.search(f"{text['what']} {text['do']}")] == []


@pytest.mark.parametrize("language", LANGUAGES)
def test_a_sentence_speaks_of_no_file_that_the_form_wrote_and_needs_only_the_facts_of_the_refusal(language):
    for key, sentence in texts_of("refusals", language)["sentences"].items():
        assert not re.search(r"params|kodebog|codebook|jobreport|recodes|dont_know|\.yml|--", sentence), key
        facts = {name for text in errors.texts(language)[key].values() for name in re.findall(r"\{(\w+)", text)}
        assert set(re.findall(r"\{(\w+)", sentence)) <= facts, key


def test_every_field_that_a_refusal_leads_to_belongs_to_a_step():
    assert set(refusals.FIELDS) <= set(texts_of("refusals", "da")["sentences"])
    placed = {field: refusals.step(field) for field in refusals.FIELDS.values()}
    assert {field for field, place in placed.items() if place == refusals.FILES} == {"sheet", "leave_out"}


def test_a_refusal_names_the_round_by_its_field_and_days_as_people_write_them():
    facts = {"wave": "Måling 1", "from": "2024-03-28", "to": "2024-03-01"}
    (found,) = refusals.told([Problem("wave_ends_before_start", "params/x.yml", facts)], "da", {"Måling 1": "2024"})
    assert found.text == "Målingen Måling 1 begynder 28. marts 2024 og slutter 1. marts 2024. Ret dagene."
    assert found.field == "wave.2024.first"
    person = Problem("personal_data_in_text", "params/x.yml", {"key": "survey.description.mode"})
    (found,) = refusals.told([person], "en")
    assert found.field == "about.mode"
