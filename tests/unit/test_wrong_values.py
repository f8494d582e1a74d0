"""Every value that an analyst gives is refused where it is wrong, with what there is: functions and methods of a study.

Each parameter of each has a case here; a new one without a case fails.
"""

from inspect import signature

import numpy as np
import pandas as pd
import pytest

import jobreport
from jobreport.errors import InputRefused
from jobreport.report.study import Study

pytestmark = pytest.mark.usefixtures("computed_once")

PEOPLE = pd.DataFrame(
    {
        "year": [2023] * 40 + [2024] * 40,
        "glad": [0, 1] * 20 + [0, 1, 1, 1] * 10,
        "sex": ["k", "m"] * 40,
        "who": [*range(40)] * 2,
        "n": 1,
        "below": -1.0,
        "nought": 0,
        "mixed": [1, "ja"] * 40,
        "blank": None,
    }
)
WHEN = {"period": "year", "before": 2023, "after": 2024}
FUNCTIONS = {name: getattr(jobreport, name) for name in jobreport.__all__ if not name.startswith("__")}
METHODS = {name: getattr(Study, name) for name in dir(Study) if not name.startswith("_")}
YES_OR_NO = {"labelled", "of_all", "released", "tidy"}
OF_THE_HOUSE = {"on", "heading_above"}  # one takes a class, the other any cell of a notebook


def _share(**wrong):
    return lambda: jobreport.share(**{"frame": PEOPLE, "question": "glad"} | wrong)


def _mean(**wrong):
    return lambda: jobreport.mean(**{"frame": PEOPLE, "question": "glad"} | wrong)


def _change(**wrong):
    return lambda: jobreport.change(**{"frame": PEOPLE, "question": "glad"} | WHEN | wrong)


THERE = "there are year, glad, sex"
OF_FUNCTIONS = [  # function, parameter, a call with a wrong value, what is told
    ("load", "path", lambda: jobreport.load("nowhere"), "nowhere"),
    ("load", "values", lambda: jobreport.load("demo", languge="en"), r"languge(.|\n)*language"),
    ("load", "values", lambda: jobreport.load("demo", municipality_code="Malmø"), "Malmø"),
    ("share", "answers", _share(answers=9), "glad: 9 is none of 0, 1"),
    ("share", "answers", _share(answers=[]), "glad: name at least one of 0, 1"),
    ("mean", "ends", _mean(ends=(0, 0.5)), "from 0 to 1 lie outside 0 to 0.5"),
    ("mean", "ends", _mean(ends=5), "ends: 5 is not two numbers"),
    ("change", "answers", _change(answers=[1, 9]), "glad: 9 is none of 0, 1"),
    ("change", "ends", _change(ends=(2, 3)), "lie outside 2 to 3"),
    ("change", "period", _change(period="when"), f"no column when; {THERE}"),
    ("change", "period", _change(period="mixed"), "words and numbers are mixed"),
    ("change", "before", _change(before=1999), "year: 1999 is none of 2023, 2024"),
    ("change", "before", _change(before=2024), "year: a period must stand once"),
    ("change", "after", _change(after="2024"), "year: '2024' is none of 2023, 2024"),
    ("change", "after", _change(after=[]), "year: name at least one of 2023, 2024"),
    ("change", "person", _change(person="cpr"), f"no column cpr; {THERE}"),
    ("change", "person", _change(person="nought"), "nought: 78 rows are of somebody who is there already"),
]
for _name, _call in (("share", _share), ("mean", _mean), ("change", _change)):
    OF_FUNCTIONS += [
        (_name, "frame", _call(frame=PEOPLE["glad"]), "Series: a pandas.DataFrame is needed"),
        (_name, "frame", _call(frame=pd.concat([PEOPLE, PEOPLE[["glad"]]], axis=1)), "glad: the column must be there"),
        (_name, "question", _call(question="gald"), f"no column gald; {THERE}"),
        (_name, "question", _call(question="blank"), "blank: it is blank in every row"),
        (_name, "question", _call(question="mixed"), "mixed: words and numbers are mixed"),
        (_name, "question", _call(frame=PEOPLE.assign(glad=np.int8(-1))), "glad: codes below 1 are no answers"),
        (_name, "by", _call(by=["sex", "age"]), f"no column age; {THERE}"),
        (_name, "by", _call(by=["sex", "sex"]), "sex: the column must .* be named for one thing"),
        (_name, "weight", _call(weight="w"), f"no column w; {THERE}"),
        (_name, "weight", _call(weight="below"), "below: 80 weights are missing, no numbers or below 0"),
        (_name, "weight", _call(weight="sex"), "sex: 80 weights are missing, no numbers or below 0"),
        (_name, "weight", _call(weight="nought"), "nought: every weight is 0"),
        (_name, "strata", _call(strata="area"), f"no column area; {THERE}"),
        (_name, "cluster", _call(cluster="team"), f"no column team; {THERE}"),
    ]
OF_FUNCTIONS += [
    ("mean", "question", _mean(question="sex"), "sex: words have no mean"),
    ("mean", "question", _mean(frame=PEOPLE.assign(glad=np.inf)), "glad: an answer is infinite"),
    ("share", "by", _share(by="n"), "n: what comes out has a column of that name"),
]

OF_METHODS = [  # method, parameter, a call with a wrong value, what is told
    ("add_indicator", "name", lambda study: study.add_indicator("trust", ["trust_met"]), "taken are .*meaning"),
    ("add_indicator", "name", lambda study: study.add_indicator(5, ["trust_met"]), "5 is no new name"),
    ("add_indicator", "items", lambda study: study.add_indicator("ours", ["s_99"]), "there are .*trust_met"),
    ("add_indicator", "items", lambda study: study.add_indicator("ours", 5), "5: no such question"),
    ("add_indicator", "label", lambda study: study.add_indicator("ours", "trust_met", label=5), "5 is not a text"),
    ("add_indicator", "positive", lambda study: study.add_indicator("ours", "trust_met", positive=1), "met 2 of 5"),
    ("changes", "where", lambda study: study.changes(method="effekt"), "effect"),
    ("diagnostics", "where", lambda study: study.diagnostics(diagnostic="drive"), "drivers"),
    ("estimates", "where", lambda study: study.estimates(wave="1999"), "2022-1"),
    ("estimates", "where", lambda study: study.estimates(n="mange"), "n: 'mange' is none of"),
    ("estimates", "where", lambda study: study.estimates(municipality="Malmø"), "Ishøj"),
    ("all_estimates", "where", lambda study: study.all_estimates(indicator="Tillid"), "trust"),
    ("indicator", "name", lambda study: study.indicator("tilfredshed"), "satisfaction"),
    ("plot", "indicator", lambda study: study.plot("tillid"), "satisfaction, trust"),
    ("plot", "municipality", lambda study: study.plot("trust", municipality=["Ishøj", "Malmø"]), "'Malmø' is none of"),
    ("plot", "ax", lambda study: study.plot("trust", ax=(1, 2)), "tuple is no axes"),
    ("table", "name", lambda study: study.table("paths", "trust"), "estimates, groups"),
    ("table", "indicator", lambda study: study.table("estimates", "tillid"), "trust"),
    ("table", "where", lambda study: study.table("groups", "trust"), "gender"),
    ("figure", "name", lambda study: study.figure("pie", "trust"), "paths, distribution"),
    ("figure", "indicator", lambda study: study.figure("paths", ["trust"]), "satisfaction, trust"),
    ("figure", "where", lambda study: study.figure("paths", "trust", kommune="183"), "municipality"),
    ("figure", "where", lambda study: study.figure("paths", "trust", municipality=["Ishøj", "730"]), "none of .*730"),
    ("has", "what", lambda study: study.has("effect"), "survey, groups, event"),
    ("chapter", "name", lambda study: study.chapter("event"), "before_after, register"),
    ("with_", "values", lambda study: study.with_(event=[]), "events"),
    ("with_", "values", lambda study: study.with_(municipality_code="Malmø"), "Malmø"),
]


def asking(functions):
    """Every parameter that takes a value which can be wrong."""
    return {
        (name, parameter)
        for name, function in functions.items()
        if callable(function) and name not in OF_THE_HOUSE
        for parameter in signature(function).parameters
        if parameter not in YES_OR_NO | {"self"}
    }


@pytest.mark.parametrize(("functions", "cases"), [(FUNCTIONS, OF_FUNCTIONS), (METHODS, OF_METHODS)])
def test_every_parameter_has_a_wrong_value_here(functions, cases):
    assert asking(functions) == {case[:2] for case in cases}


@pytest.mark.parametrize(("name", "parameter", "call", "told"), OF_FUNCTIONS)
def test_a_function_refuses_it_with_what_there_is(demo_project, name, parameter, call, told):
    with pytest.raises((TypeError, KeyError, ValueError, InputRefused), match=told) as refused:
        call()
    assert type(refused.value) is not TypeError or parameter == "frame"


@pytest.mark.parametrize(("name", "parameter", "call", "told"), OF_METHODS)
def test_a_method_of_a_study_refuses_it_with_what_there_is(study, name, parameter, call, told):
    with pytest.raises((TypeError, KeyError, ValueError, InputRefused), match=told):
        call(study)


@pytest.mark.dear
def test_answers_of_persons_are_refused_where_there_are_none():
    with pytest.raises(KeyError, match="no answers of persons"):
        jobreport.load("ishoej").unsafe_responses(labelled=True)
