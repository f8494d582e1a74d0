"""What the design itself obliges a report to say: the pandemic, what else changed, who was chosen and how."""

from datetime import date

import pytest

from jobreport.page import plain
from jobreport.setup.params_model import Params
from jobreport.wording.surroundings import Surroundings, about_event, in_pandemic
from jobreport.wording.texts import read_texts
from jobreport.wording.writer import Writer
from tests.unit import view_rows as made
from tests.unit.said import said

YEARS = {"before": ["2021"], "after": ["2022"]}


def told(language="da", series=None, event=None, survey=None):
    chosen = {"name": "x", "municipality_code": "183", "language": language}
    chosen["events"] = [made.EVENT | (event or {})]
    chosen["registers"] = [made.SERIES | series] if series else []
    chosen["survey"] = survey
    labels = Writer(read_texts(language), Params.model_validate(chosen))
    group = Surroundings.of(labels).answer("unemployment" if series else None)
    return [plain(item) for item in group.blocks[1].items]


@pytest.mark.parametrize(
    ("before", "after", "said"),
    [(["2021"], ["2022"], True), (["2018"], ["2019"], False), (["2020M02"], ["2022M02"], False),
     (["2020M03"], ["2022M03"], True), (["2021K4"], ["2022K4"], True), (["2019"], ["2022"], False)],
)  # fmt: skip
def test_the_pandemic_is_named_when_a_compared_period_touches_it(before, after, said):
    lines = told(series={"before": before, "after": after})
    assert any("Pandemien" in line for line in lines) is said


def test_waves_of_a_survey_are_looked_at_too():
    waves = [
        {"wave": "a", "from": "2021-03-01", "to": "2021-04-01"},
        {"wave": "b", "from": "2022-03-01", "to": "2022-04-01"},
    ]
    survey = {"file": "x.csv", "codebook": "c.yml", "waves": waves}
    assert "The pandemic" in told("en", survey=survey)[0]
    waves[0] |= {"from": "2019-03-01", "to": "2019-04-01"}
    assert not any("pandemic" in line for line in told("en", survey=survey))


def test_what_else_changed_is_not_stated_unless_somebody_states_it():
    assert told(series={})[-1] == "Andet, der ændrede sig samtidig: ikke oplyst."
    changed = told(series={}, event={"other_changes": {"da": "Ny ledelse i 2022.", "en": "New management in 2022."}})
    assert changed[-1] == "Andet, der ændrede sig samtidig: Ny ledelse i 2022."


def test_a_chosen_comparison_is_named_with_its_rule():
    lines = told("en", series={}, event={"comparison": ["101", "147"], "comparison_rule": "the 2 nearest"})
    assert lines[-2:] == [
        "The comparison is with chosen municipalities: København and Frederiksberg.",
        "How they were chosen, before the results were seen: the 2 nearest.",
    ]
    assert told("en", series={}, event={"comparison": ["101", "147"]})[-1].endswith("not stated.")


@pytest.mark.parametrize(("left_out", "said"), [(None, "Det tæller med som før."), (["a"], "Det er holdt ude.")])
def test_what_was_measured_while_the_event_was_known_to_come_is_told(left_out, said):
    waves = [
        {"wave": name, "from": f"{day}-01", "to": f"{day}-28"}
        for name, day in (("a", "2019-03"), ("b", "2021-10"), ("c", "2022-03"))
    ]
    survey = {"file": "x.csv", "codebook": "c.yml", "waves": waves}
    event = {"announced": "2021-06-01", "waves_before": left_out, "waves_after": left_out and ["c"]}
    (line,) = [line for line in told(survey=survey, event=event) if "blev kendt" in line]
    assert line.startswith("Begivenheden blev kendt den 1. juni 2021, før den skete. Det, der er målt imellem (b), ")
    assert line.endswith(said)
    assert not any("blev kendt" in line for line in told(survey=survey))
    assert not any("blev kendt" in line for line in told(survey=survey, event=event | {"announced": "2021-11-01"}))


def test_a_year_of_official_figures_may_foresee_the_event_too():
    (line,) = [line for line in told("en", series=YEARS, event={"announced": "2021-06-01"}) if "became known" in line]
    assert "What was measured between (2021) may be marked" in line


# ---------------------------------------------------------------- which rows a report is about

LATER = made.EVENT | {"event": "later", "date": "2023-01-01", "treated": ["751"], "exposed": []}


def rows_about(table, **params):
    survey = {"survey": {"file": "a.csv", "codebook": "b.yml", "waves": WAVES}}
    return list(about_event(table, made.labels(**survey | params).params).index)


WAVES = [{"wave": year, "from": f"{year}-03-01", "to": f"{year}-03-31"} for year in ("2019", "2021", "2022")]
CHANGES = made.frame(
    made.change(),
    made.change(event="later"),
    made.change(event="", wave_before="2019"),
    made.change(event="", wave_before="2021"),
    made.register_change("183", "treated", "points", event="later"),
    made.change(event="", wave_before="2019", municipality_code="187"),
    made.change(event="", wave_before="2019", indicator="meaning"),
)


@pytest.mark.parametrize(
    ("params", "kept"),
    [
        ({}, [0, 4]),
        ({"events": [made.EVENT, LATER], "municipality_code": "751"}, [1, 4]),
        ({"events": [], "registers": []}, [3, 4, 5, 6]),
        ({"events": [made.EVENT | {"event": "of_nobody"}]}, [3, 4, 5, 6]),
        ({"survey": None}, [0, 1, 2, 3, 4, 5, 6]),
    ],
)
def test_a_report_is_about_its_own_event_or_else_about_what_changed_since_the_round_before(params, kept):
    """Official figures keep theirs; since the round before is told place by place and indicator by indicator."""
    assert rows_about(CHANGES, **params) == kept


def test_windows_of_another_event_are_left_out_and_single_rounds_stay():
    waves = ("2019", "2019+2021", "2021+2022", "2022")
    levels = made.frame(
        *(made.estimate(wave=wave) for wave in waves), made.estimate(wave="2020+2021", measure="register")
    )
    both = {"events": [made.EVENT, LATER | {"date": "2021-01-01"}]}
    assert rows_about(levels) == [0, 1, 2, 3, 4]
    assert rows_about(levels, **both) == [0, 1, 3, 4]
    assert rows_about(levels, **both, municipality_code="751") == [0, 2, 3, 4]


def test_every_event_that_a_municipality_had_no_part_in_is_noted_and_where_the_others_stand():
    both = {"events": [made.EVENT, LATER | {"label": {"da": "Valg", "en": "Election"}}], "registers": []}
    note = "note: {} var ikke med i det, der skete ({}). Tallene viser kun kommunens egen udvikling."
    told = {code: said(Surroundings, lambda w: w.elsewhere(), both | {"municipality_code": code}).splitlines()
            for code in ("183", "187", "751", "101")}  # fmt: skip
    ishoej, election = "Ishøj forlader jobcentret", "Valg"
    assert told == {
        "183": [note.format("Ishøj", election)], "187": [note.format("Vallensbæk", election)],
        "751": [note.format("Aarhus", ishoej)],
        "101": [note.format("København", ishoej), note.format("København", election)],
    }  # fmt: skip
    elsewhere = (
        "note: Rapporten er skrevet om begivenheden {}. Sammenligninger før og efter {} står kun i changes.csv og "
    )
    assert said(Surroundings, lambda w: w.other_events(), both) == f"{elsewhere.format(ishoej, election)}regnearket."
    aarhus = said(Surroundings, lambda w: w.other_events(), both | {"municipality_code": "751"})
    assert aarhus == f"{elsewhere.format(election, ishoej)}regnearket."
    assert said(Surroundings, lambda w: w.other_events()) == ""


def test_without_an_event_nothing_stands_around_it():
    assert said(Surroundings, lambda w: w.answer(), {"events": [], "registers": []}) == ""
    assert said(Surroundings, lambda w: w.answer()).splitlines() == [
        "question: Det skal man også vide:", "Andet, der ændrede sig samtidig: ikke oplyst.",
    ]  # fmt: skip


def test_a_series_is_told_of_with_what_stood_around_its_own_event():
    events = [made.EVENT, LATER | {"other_changes": {"da": "Ny lov 5.", "en": "New law 5."}, "announced": "2022-06-01"}]
    params = {
        "events": events,
        "registers": [made.SERIES | {"event": "later", "before": ["2021", "2022"], "after": ["2023"]}],
    }
    lines = said(Surroundings, lambda w: w.answer("unemployment"), params).splitlines()
    assert lines[1].startswith("Pandemien falder i de perioder")
    assert lines[2].startswith(
        "Begivenheden blev kendt den 1. juni 2022, før den skete. Det, der er målt imellem (2022),"
    )
    assert lines[3] == "Andet, der ændrede sig samtidig: Ny lov 5."


@pytest.mark.parametrize(
    ("span", "touched"),
    [
        (("2020-03-12", "2020-03-12"), False),
        (("2020-03-12", "2020-03-13"), True),
        (("2021-12-31", "2022-06-30"), True),
        (("2022-01-01", "2022-06-30"), False),
    ],
)
def test_the_pandemic_begins_and_ends_on_its_days(span, touched):
    assert in_pandemic([tuple(map(date.fromisoformat, span))]) is touched
