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
