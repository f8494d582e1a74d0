"""Asked or not, known or not, shown or not: what a report says of questions that not everybody was asked."""

import itertools

import pytest

import jobreport
from jobreport.errors import InputRefused
from jobreport.estimate.measures import measures_of
from jobreport.prepare import check
from jobreport.setup.codebook import Indicator, Question, Scale

pytestmark = pytest.mark.usefixtures("computed_once", "undrawn")

ONE_ITEM = "  - {name: meaning, label: {da: Mening, en: Meaning}, items: [meaning]}\n"


def answers(each=20):
    """Ishøj and Tårnby in two waves; every answer to either question by the same number of people, 'don't know' too.

    Who says both is not alike in both waves: else the second would be a copy of the first.
    """
    asked = itertools.product(("2021", "2022"), ("183", "185"), range(1, 7), range(each))
    grades = "123458"
    return [
        {"id": f"{number}", "runde": wave, "kommune": code, "q1": f"{answer}",
         "q2": grades[(answer + place + (wave == "2022")) % 6], "ydelse": f"{number % 2 + 1}",
         "dato": f"{wave}-03-10", "vægt": "1"}
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
@pytest.mark.dear
def test_a_single_question_stands_under_its_indicators_name_in_check_and_on_the_page(own, language, name):
    """153 of 153 was the case in the field: an indicator of one question whose name is another than its own."""
    one = "  - {name: trust, label: {da: Tillid, en: Trust}, items: [meaning]}\n"
    own.codebook, own.language = own.codebook.replace(ONE_ITEM, one), language
    study = jobreport.load(own.write())
    told = check.check(own.write())
    assert f"  {name} i Ishøj: 2021: n = 100, 2022: n = 100" in told.replace(" in Ishøj", " i Ishøj")
    page = said(study.indicator("trust"))
    assert "100 svar" in page or "100 answers" in page
    assert "20" in page
    assert said(study.figure("distribution", "meaning")) == said(study.figure("distribution", "trust"))
    assert said(study.table("estimates", "meaning")) == said(study.table("estimates", "trust"))
    assert name in said(study.datasheet())


@pytest.mark.dear
def test_a_question_of_an_index_can_be_drawn_by_its_own_name(own):
    both = "  - {name: trust, label: {da: Tillid, en: Trust}, items: [satisfaction, meaning]}\n"
    own.codebook = own.codebook.replace(ONE_ITEM, both)
    study = jobreport.load(own.write())
    assert "100 svar" in said(study.figure("distribution", "meaning"))
    assert "100" in said(study.table("estimates", "satisfaction"))


@pytest.mark.dear
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


# ---------------------------------------------------------------- asked in one wave only

EVENT = """
events:
  - event: left
    label: {{da: Ishøj forlader jobcentret, en: Ishøj leaves the jobcentre}}
    date: '2022-01-01'
    treated: ['183']
    comparison: all
"""
SILENT = {
    "da": ("for få har svaret", "ingen klar ændring i meningen", "færre end"),
    "en": ("too few people", "too few answered", "no clear change in the meaning", "fewer than"),
}


def only_in(project, question, wave):
    """Say in the codebook that a question was put in one wave only, and empty its column in the other."""
    column = {"satisfaction": "q1", "meaning": "q2"}[question]
    project.codebook = project.codebook.replace(
        f"    column: {column}\n", f"    column: {column}\n    waves: ['{wave}']\n"
    )
    project.rows = [row | ({} if row["runde"] == wave else {column: ""}) for row in project.rows]


UNASKED = [  # (by default every two of a language, a wave and an event or none meet)
    pytest.param(language, wave, event, marks=[pytest.mark.slow] * (((language == "da") == (wave == "2021")) != event))
    for language, wave, event in itertools.product(("da", "en"), ("2021", "2022"), (True, False))
]


def every_section(study):
    told = [study.front(), study.response_basis(), study.indicator("satisfaction"), study.indicator("meaning")]
    told += [study.before_after()] if study.has("event") else []
    return " ".join(said(block) for block in (*told, study.priorities(), study.comparison()))


@pytest.mark.parametrize(("language", "wave", "event"), UNASKED)
@pytest.mark.dear
def test_what_was_not_asked_hides_nothing_and_is_called_neither_few_nor_unchanged(own, language, wave, event):
    """Of 960 rows 480 were hidden; the page said 'ingen klar ændring' and 'for få har svaret'."""
    only_in(own, "meaning", wave)
    own.language, own.params = language, own.params + (EVENT if event else "")
    other = {"2021": "2022", "2022": "2021"}[wave]
    not_asked = {"da": "ikke stillet", "en": "not asked"}[language]
    study = jobreport.load(own.write())
    told = check.check(own.write())  # (after all of its municipalities are computed, so that both take them)
    assert f"{other}: {not_asked}" in told
    assert study.results.released.counts() == {"estimates": 0, "changes": 0, "diagnostics": 0}
    unasked = study.estimates(indicator="meaning", wave=other)
    assert set(unasked["reason"]) == {"not_asked"}
    assert unasked[["n", "estimate", "ci_low"]].isna().all(axis=None)
    page = every_section(study)
    assert [words for words in SILENT[language] if words in page] == []
    assert not_asked in said(study.table("estimates", "meaning"))
    assert "100" in said(study.figure("distribution", "meaning"))
    assert f"{other} ({not_asked})" in said(study.figure("distribution", "meaning"))
    changes = study.changes()
    shown = changes[changes["indicator"].eq("meaning")]  # (between rounds there is none: it was asked in one alone)
    assert set(shown["reason"]) == ({"not_asked"} if event else set())
    assert shown["change"].isna().all()


@pytest.mark.dear
def test_two_questions_each_asked_once_hide_nothing(own):
    """All 1,338 rows were hidden."""
    only_in(own, "meaning", "2021")
    only_in(own, "satisfaction", "2022")
    own.params += EVENT
    study = jobreport.load(own.write())
    assert sum(study.results.released.counts().values()) == 0
    page = every_section(study)
    assert "ændring i" not in said(study.front())
    assert "Der er ingen andre kommuner" not in page
    assert page.count("ikke blev stillet i alle målinger") >= 2


@pytest.mark.parametrize(
    ("unasked", "asked"), [((), True), (("a",), True), (("a", "b"), False), (("a", "b", "c"), False)]
)
def test_an_index_needs_half_of_its_questions_asked(unasked, asked):
    """One of three is under half: nobody could have a value."""
    scale = Scale("grad", {"da": ("nej", "lidt", "ja")}, 1, 1)
    items = tuple(Question(name, {}, scale, waves=("2021",) if name in unasked else ()) for name in "abc")
    index = next(each for each in measures_of(Indicator("trust", {}, items)) if each.name == "index")
    assert index.asked_in("2021")
    assert index.asked_in("2022") is asked


# ---------------------------------------------------------------- asked in other words


def in_other_words(project, more=""):
    """Let the first wave have another wording, which withholds the comparison until somebody vouches for it."""
    own = '    in_wave: {"2021": {wording: {da: "Er du tilfreds?"}}}\n'
    project.codebook = project.codebook.replace("    column: q1\n", "    column: q1\n" + own)
    project.codebook = project.codebook.replace("items: [satisfaction]}", f"items: [satisfaction]{more}}}")
    project.params += EVENT


@pytest.mark.parametrize("more", ["", ", comparable: false, reason: Ordlyden blev ændret}"[:-1]], ids=["found", "said"])
@pytest.mark.dear
def test_a_changed_wording_says_so_wherever_the_comparison_would_stand(own, more):
    """Nothing was said, and the first figure set the two years side by side."""
    in_other_words(own, more)
    study = jobreport.load(own.write())
    reason = "Ordlyden blev ændret" if more else "Bølgerne er ikke ens"
    assert set(study.changes(indicator="satisfaction")["reason"]) == {"not_comparable"}
    assert "Før og efter kan ikke sammenlignes" in said(study.front())
    assert reason in said(study.indicator("satisfaction"))
    assert reason in said(study.before_after())
    drawn = said(study.figure("distribution", "satisfaction"))
    assert "Kun 2022 er vist" in drawn
    assert "2021" not in drawn
    assert "en kurve for »Tilfredshed«" in said(study.figure("paths", "satisfaction"))
    assert "kan ikke sammenlignes med hinanden" in said(study.table("estimates", "satisfaction"))
    assert "ændring i" not in said(study.front()).replace("ændring i meningen", "")


@pytest.mark.dear
def test_a_comparison_somebody_vouches_for_prints_the_reason(own):
    in_other_words(own, ", comparable: true, reason: Ordene betyder det samme")
    study = jobreport.load(own.write())
    assert "Ordene betyder det samme." in said(study.indicator("satisfaction"))
    assert study.changes(indicator="satisfaction", method="change")["change"].notna().any()


@pytest.mark.dear
def test_an_event_beside_which_the_answers_are_only_described_says_so(own):
    own.params += EVENT.replace("2022-01-01'", "2020-01-01'") + "    waves_before: []\n    waves_after: []\n"
    study = jobreport.load(own.write())
    assert "sammenlignes ikke før og efter begivenheden" in said(study.before_after())
    assert "ingen begivenhed" not in said(study.front())


# ---------------------------------------------------------------- what was asked has its own name

OTHER_WORDS = {
    "Hvor tilfreds er du samlet set med forløbet i jobcentret?": "Får du svar inden for 5 dage?",
    "I hvilken grad kan du se meningen med aktiviteterne?": "Min sagsbehandler lytter til mig",
    "{da: Tilfredshed, en: Satisfaction}": "{da: Svar til tiden, en: Answers in time}",
    "{da: Mening, en: Meaning}": "{da: Sagsbehandleren lytter, en: The caseworker listens}",
}
THE_PROJECTS_WORDS = {
    "da": ("tilfredsheden", "svar om tilfredshed", "meningen", "Mening", "mening med"),
    "en": ("satisfaction", "meaning", "Meaning"),
}


@pytest.mark.parametrize(("language", "event"), [("da", True), ("en", True), ("da", False)])
@pytest.mark.dear
def test_a_question_is_nowhere_given_a_name_that_it_was_not_asked_under(own, language, event):
    """»Min sagsbehandler lytter til mig« was printed as »Lyttet til, når planen lægges«, for its key is a known one."""
    for asked, other in OTHER_WORDS.items():
        own.codebook = own.codebook.replace(asked, other)
    own.language, own.params = language, own.params + (EVENT if event else "")
    study = jobreport.load(own.write())
    drawn = [study.figure(kind, "satisfaction") for kind in ("distribution", "paths", "groups")]
    page = " ".join([every_section(study), *map(said, (*drawn, study.table("estimates", "meaning")))])
    asked = ("Får du svar inden for 5 dage?", "Min sagsbehandler lytter til mig")
    assert [words for words in asked if words not in page] == []
    assert [words for words in THE_PROJECTS_WORDS[language] if words in page] == []
