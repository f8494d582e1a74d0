"""Municipalities chosen because they were alike before: the rule by hand, and nothing from after the event."""

import math
import shutil
from datetime import date
from pathlib import Path

import pandas as pd
import pytest
import yaml

from jobreport.desk import cli
from jobreport.errors import InputRefused
from jobreport.prepare.alike import comparable, nearest
from jobreport.setup import params
from jobreport.setup.params_model import Event

PROJECT = Path(__file__).parents[3]
EVENT = Event(event="e", label="E", date=date(2022, 1, 1), treated=("183",), exposed=("187",))


def register(values, series="unemployment", unit="pct", period="2021"):
    rows = [(code, period, series, value, unit) for code, value in values.items()]
    return pd.DataFrame(rows, columns=["municipality_code", "period", "series", "value", "unit"])


def test_distance_by_hand():
    """Mean 4, standard deviation 2 over 2, 4, 6; persons as logarithms: 1, 2, 3 with standard deviation 1."""
    unemployment = register({"183": 2.0, "101": 4.0, "147": 6.0})
    people = register({"183": math.e, "101": math.e**3, "147": math.e**2}, "population", "persons")
    found = nearest({"a": unemployment, "b": people}, EVENT, 5)
    distances = dict(zip(found.found["municipality_code"], found.found["distance"], strict=True))
    assert distances["101"] == pytest.approx(math.sqrt((1**2 + 2**2) / 2))
    assert distances["147"] == pytest.approx(math.sqrt((2**2 + 1**2) / 2))
    assert (found.series, found.first, found.last) == (("unemployment", "population"), "2021", "2021")


def test_a_register_of_five_series_counts_as_much_as_one_of_one():
    education = pd.concat([register({"183": 1.0, "101": 2.0, "147": 3.0}, f"education_{n}") for n in range(5)])
    unemployment = register({"183": 1.0, "101": 3.0, "147": 2.0})
    found = nearest({"a": education, "b": unemployment}, EVENT).found
    assert found["distance"].tolist() == pytest.approx([math.sqrt(2.5)] * 2)
    assert found["municipality_code"].tolist() == ["101", "147"]  # a tie goes to the lower code


def test_what_happened_after_plays_no_part():
    before = register({"183": 2.0, "101": 4.0, "147": 6.0, "187": 2.0})
    after = register({"183": 9.0, "101": 0.0, "147": 9.0, "187": 9.0}, period="2022")
    old = register({"183": 9.0, "101": 0.0, "147": 9.0, "187": 9.0}, period="2018")
    found = nearest({"a": pd.concat([before, after, old])}, EVENT).found
    assert found.equals(nearest({"a": before}, EVENT).found)
    assert "187" not in set(found["municipality_code"])


def test_a_municipality_without_a_figure_is_named_and_not_placed():
    found = nearest({"a": register({"183": 2.0, "101": None, "147": 6.0, "151": 5.0})}, EVENT)
    assert found.without == ("101",)
    assert "101" not in set(found.found["municipality_code"])


def test_no_figures_before_the_event_is_refused():
    with pytest.raises(InputRefused) as refused:
        nearest({"a": register({"183": 2.0, "101": 4.0}, period="2022")}, EVENT)
    assert [problem.key for problem in refused.value.problems] == ["profile_empty"]


@pytest.mark.parametrize("language", ["da", "en"])
def test_the_printed_lines_are_params_that_are_accepted(language, tmp_path):
    source = yaml.safe_load((PROJECT / "params/ishoej.yml").read_text(encoding="utf-8"))
    (tmp_path / "params").mkdir()
    file = tmp_path / "params/x.yml"
    shutil.copy(PROJECT / "data/register/unemployment.csv", tmp_path)
    source["registers"] = [source["registers"][0] | {"file": "unemployment.csv"}]
    source |= {"language": language, "benchmarks": None, "claims": None, "jobcentres": None}
    file.write_text(yaml.safe_dump(source), encoding="utf-8")
    fragment = comparable(file, count=12)
    fragment = fragment[fragment.index("    comparison:") :]
    source["events"][0] |= yaml.safe_load(fragment)
    chosen = params.from_mapping(source, tmp_path)
    assert len(chosen.events[0].comparison) == 12
    assert "unemployment" in chosen.events[0].comparison_rule[language]
    assert not {"183", "187"} & set(chosen.events[0].comparison)


@pytest.mark.dear
def test_the_commands_answer_and_refuse_with_exit_codes(capsys, tmp_path, monkeypatch):
    monkeypatch.chdir(PROJECT)
    assert cli.main(["comparable", "params/ishoej.yml", "--count", "3"]) == 0
    assert 'comparison: ["' in capsys.readouterr().out
    assert cli.main(["comparable", "params/ishoej.yml", "--event", "nothing"]) == 2
    assert cli.main(["published", "--language", "en"]) == 0
    said = capsys.readouterr().out
    assert "59% satisfied or very satisfied" in said
    assert "67.9%" in said
    assert "Vallensbæk rejects the picture" in said
    assert cli.main(["published", "--project", str(tmp_path)]) == 2
    assert cli.main(["fetch"]) == 0
    assert cli.main(["fetch", "statbank", "weather"]) == 2
