"""Asked or not, known or not, shown or not: what a report says of questions that not everybody was asked."""

import itertools

import pytest

import jobreport
from jobreport import check
from jobreport.errors import InputRefused

ONE_ITEM = "  - {name: meaning, label: {da: Mening, en: Meaning}, items: [meaning]}\n"


def answers(each=20):
    """Ishøj and Tårnby in two waves; every answer to either question by the same number of people, 'don't know' too."""
    asked = itertools.product(("2021", "2022"), ("183", "185"), range(1, 7), range(each))
    grades = "123458"
    return [
        {"id": f"{number}", "runde": wave, "kommune": code, "q1": f"{answer}", "q2": grades[(answer + place) % 6],
         "ydelse": f"{number % 2 + 1}", "dato": f"{wave}-03-10", "vægt": "1"}
        for number, (wave, code, answer, place) in enumerate(asked)
    ]  # fmt: skip


@pytest.fixture
def own(project):
    project.rows = answers()
    return project


def said(block):
    """Every word and number of a block, as text."""
    return " ".join("\n".join(block.lines()).replace("\u00a0", " ").split())


@pytest.mark.parametrize(("language", "name"), [("da", "Tillid"), ("en", "Trust")])
def test_a_single_question_stands_under_its_indicators_name_in_check_and_on_the_page(own, language, name):
    """153 of 153 was the case in the field: an indicator of one question whose name is another than its own."""
    one = "  - {name: trust, label: {da: Tillid, en: Trust}, items: [meaning]}\n"
    own.codebook, own.language = own.codebook.replace(ONE_ITEM, one), language
    told = check.check(own.write())
    assert f"  {name} i Ishøj: 2021: n = 100, 2022: n = 100" in told.replace(" in Ishøj", " i Ishøj")
    study = jobreport.load(own.write())
    page = said(study.indicator("trust"))
    assert "n = 100" in page
    assert "20" in page
    assert said(study.figure("distribution", "meaning")) == said(study.figure("distribution", "trust"))
    assert said(study.table("estimates", "meaning")) == said(study.table("estimates", "trust"))
    assert name in said(study.datasheet())


def test_a_question_of_an_index_can_be_drawn_by_its_own_name(own):
    both = "  - {name: trust, label: {da: Tillid, en: Trust}, items: [satisfaction, meaning]}\n"
    own.codebook = own.codebook.replace(ONE_ITEM, both)
    study = jobreport.load(own.write())
    assert "100 svar" in said(study.figure("distribution", "meaning"))
    assert "100" in said(study.table("estimates", "satisfaction"))


def test_a_question_in_two_indicators_has_its_figures_once(own):
    both = "  - {name: trust, label: {da: Tillid, en: Trust}, items: [satisfaction, meaning]}\n"
    own.codebook = own.codebook.replace(ONE_ITEM, both)
    rows = jobreport.load(own.write()).estimates(
        indicator="satisfaction", category="positive", wave="2021", municipality_code="183", group_by=""
    )
    assert len(rows) == 1


def test_an_indicator_may_not_bear_the_name_of_another_question(own):
    other = "  - {name: satisfaction, label: {da: Mening, en: Meaning}, items: [meaning]}\n"
    own.codebook = own.codebook.replace(
        "  - {name: satisfaction, label: {da: Tilfredshed, en: Satisfaction}, items: [satisfaction]}\n", other
    ).replace(ONE_ITEM, ONE_ITEM.replace("items: [meaning]", "items: [satisfaction]"))
    with pytest.raises(InputRefused) as caught:
        check.check(own.write())
    assert {problem.key for problem in caught.value.problems} == {"codebook_name_twice"}
