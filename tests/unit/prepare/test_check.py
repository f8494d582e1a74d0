"""`jobreport check` says in a few lines what the report will be able to say."""

from pathlib import Path

import pytest

from jobreport.prepare import check

PROJECT = Path(__file__).parents[3]


@pytest.mark.parametrize(("language", "name"), [("da", "Ledighed"), ("en", "Unemployment")])
def test_each_indicator_and_scale_gets_one_line_in_the_readers_words(language, name):
    told = check.check(PROJECT / "params" / "ishoej.yml", language).splitlines()
    lines = [line for line in told if line.startswith(f"  {name}, ")]
    assert len(lines) == len(set(lines)) == 2
    assert not [line for line in told if "unemployment" in line]


def test_a_comparison_that_is_hidden_is_not_counted(demo_project):
    threshold = (demo_project / "params" / "demo.yml").read_text(encoding="utf-8")
    hidden = threshold.replace("suppress_below: 5", "suppress_below: 500")
    assert hidden != threshold
    (demo_project / "params" / "hidden.yml").write_text(hidden, encoding="utf-8")
    told = check.check(demo_project / "params" / "hidden.yml", "da")
    assert "Sammenligningen vises ikke: for få har svaret." in told
    assert "<NA>" not in told
