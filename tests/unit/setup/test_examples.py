"""The codebooks to begin with: each reads its small made-up file, and says where a wording is to be filled in."""

from __future__ import annotations

import csv
from pathlib import Path

import pytest

import jobreport
from jobreport.report.study import Study
from tests.unit.report.test_any_survey import text_of

pytestmark = pytest.mark.usefixtures("computed_once", "undrawn")

EXAMPLES = Path(__file__).parents[3] / "data" / "examples"
NAMES = sorted(path.stem for path in EXAMPLES.glob("*.yml"))
ASKED = {"btu": 7, "kl": 6, "lup": 2, "plejehjem": 4}
OPENED = [  # (each in one language by default, and in the other with the slow tests)
    pytest.param(name, language, marks=[pytest.mark.slow] * ((place + at) % 2))
    for place, name in enumerate(NAMES)
    for at, language in enumerate(("da", "en"))
]
OWN = "plejehjem"  # its questions were written for the example


def study_of(name: str, language: str, table: str = "") -> Study:
    with (EXAMPLES / f"{name}.csv").open(encoding="utf-8") as file:
        waves = sorted({row["runde"] for row in csv.DictReader(file)})
    rounds = [{"wave": wave, "from": f"{wave}-03-01", "to": f"{wave}-03-28"} for wave in waves]
    files = {"file": f"data/examples/{table or name}.csv", "codebook": f"data/examples/{name}.yml"}
    files |= {"aggregates": True} if table else {}
    survey = {**files, "simulated": True, "waves": rounds}
    return jobreport.load(name=name, municipality_code="253", language=language, survey=survey, events=[])


@pytest.mark.parametrize(("name", "language"), OPENED)
@pytest.mark.dear
def test_a_codebook_to_begin_with_tells_a_change_of_each_of_its_indicators(name: str, language: str) -> None:
    study = study_of(name, language)
    assert len(study.indicators()) == ASKED[name]
    told = study.changes(event="", municipality_code="253", method="change", adjustment="", group_by="")
    assert set(study.indicators()["indicator"]) <= set(told["indicator"])
    open_wording = "ordlyd udfyldes" if language == "da" else "to be filled in"
    assert (open_wording in text_of(study.each_indicator())) is (name != OWN)


@pytest.mark.parametrize("language", ["da", "en"])
@pytest.mark.dear
def test_the_themes_of_kl_may_come_as_means(language: str) -> None:
    study = study_of("kl", language, "kl-gennemsnit")
    told = study.estimates(measure="mean", municipality_code="253", wave="2025")
    assert set(told["indicator"]) == set(study.indicators()["indicator"])
    assert study.front().html().count("<li>") >= len(study.results.codebook.cards)


def test_every_kind_is_there() -> None:
    assert NAMES == sorted(ASKED)
