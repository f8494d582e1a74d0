"""Freeze, collect, report: the demonstration as it would have been done, with one departure, from the command line."""

import json

import pandas as pd
import pytest
import yaml

from tests.end_to_end.typed import Copy, copied

pytestmark = pytest.mark.slow

BEFOREHAND = """
import datetime, pathlib, sys
from jobreport.prepare import freeze
made = freeze.freeze(pathlib.Path("params/demo.yml"), "Analysekontoret", today=datetime.date(2021, 12, 15))
sys.stdout.buffer.write(made.encode("utf-8"))
"""


@pytest.fixture(scope="module")
def frozen(tmp_path_factory):
    """A project whose plan was frozen when only the rounds before the event had answers; then all answers came."""
    copy = Copy(copied(tmp_path_factory.mktemp("freeze") / "jobreport"), {})
    params, answers = copy.root / "params" / "demo.yml", copy.root / "data" / "demo" / "responses.parquet"
    text = params.read_text(encoding="utf-8")
    whole = answers.read_bytes()
    everything = pd.read_parquet(answers)
    everything[everything["wave"] < "2022"].to_parquet(answers)
    done = copy.python("-c", BEFOREHAND)
    assert done.returncode == 0, done.stdout + done.stderr
    answers.write_bytes(whole)
    sha256 = done.stdout.split("SHA-256): ")[1].split()[0]
    block = f"frozen: {{file: params/demo.frozen.yml, sha256: {sha256}, held_by: Byrådets sekretariat}}"
    text = text.replace("unchanged_margin: 5", "unchanged_margin: 4")
    params.write_text(f"{text}\n{block}\n", encoding="utf-8")
    return copy


def test_the_report_names_the_one_departure_and_is_verified(frozen):
    made = frozen.run("run", "params/demo.yml")
    assert made.returncode == 0, made.stderr
    folder = frozen.output("demo")
    facts = json.loads((folder / "manifest.json").read_text(encoding="utf-8"))
    plan = facts["frozen"]
    assert plan["departures"] == [{"section": "smallest", "path": "matters", "then": "5", "now": "4"}]
    assert plan["too_late"] == []
    assert {file["file"]: file["role"] for file in facts["inputs"]}["params/demo.frozen.yml"] == "frozen"
    page = (folder / "report.html").read_text(encoding="utf-8")
    assert "Fastlagt på forhånd" in page
    assert "en af dem, der blev skrevet ned på forhånd" in page
    assert frozen.run("verify", "outputs/demo").returncode == 0


def test_the_sentences_were_all_written_down_and_none_can_be_taken_for_a_result(frozen):
    held = yaml.safe_load((frozen.root / "params" / "demo.frozen.yml").read_text(encoding="utf-8"))
    assert {each["case"] for each in held["sentences"]} >= {"none", "rise", "fall", "few"}
    for each in held["sentences"]:
        assert each["da"].startswith("SIMULERET, IKKE ET RESULTAT: ")
        assert each["en"].startswith("SIMULATED, NOT A RESULT: ")
        assert not any(letter.isdigit() for letter in (each["da"] + each["en"]).replace("95", ""))


def test_a_plan_of_today_does_not_count_for_answers_of_then(frozen):
    done = frozen.run("freeze", "params/demo.yml", "--sign-by", "Analysekontoret", "--out", "params/late.frozen.yml")
    assert done.returncode == 0, done.stderr
    assert "tæller ikke som fastlagt på forhånd" in done.stdout
    params = frozen.root / "params" / "late.yml"
    text = (frozen.root / "params" / "demo.yml").read_text(encoding="utf-8").split("\nfrozen:")[0]
    params.write_text(f"{text}\nfrozen: {{file: params/late.frozen.yml}}\n", encoding="utf-8")
    told = frozen.run("check", "params/late.yml").stdout
    assert "Den tæller ikke som fastlagt på forhånd" in told
    assert "filen med svar var der allerede" in told
