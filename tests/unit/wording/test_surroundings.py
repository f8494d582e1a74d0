"""What the design itself obliges a report to say: the pandemic, what else changed, who was chosen and how."""

import pytest

from jobreport.page import plain
from jobreport.setup.params_model import Params
from jobreport.wording import Writer, read_texts
from jobreport.wording.surroundings import Surroundings
from tests.unit import view_rows as made

YEARS = {"before": ["2021"], "after": ["2022"]}


def told(language="da", series=None, event=None, survey=None):
    chosen = {"name": "x", "municipality_code": "183", "language": language}
    chosen["events"] = [made.EVENT | (event or {})]
    chosen["registers"] = [made.SERIES | series] if series else []
    chosen["survey"] = survey
    labels = Writer(read_texts(language), Params.model_validate(chosen), None)
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
