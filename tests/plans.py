"""A small survey to freeze the plan of: four rounds before an event, two after, eleven municipalities."""

import csv
import datetime
import shutil
from collections.abc import Sequence
from pathlib import Path

import pytest

from jobreport.prepare import freeze, rehearsal

OTHERS = ("101", "147", "151", "153", "155", "157", "159", "161", "163", "165")
WAVES = ("2019", "2020", "2021", "2022", "2023", "2024")
BEFOREHAND = datetime.date(2022, 12, 15)
ANSWERS = ("Meget utilfreds", "Utilfreds", "Hverken-eller", "Tilfreds", "Meget tilfreds")
CODEBOOK = """
subject: {da: Ældreplejen, en: Elder care}
columns: {wave: runde, municipality_code: kommune}
scales:
  tilfredshed:
    labels:
      da: [Meget utilfreds, Utilfreds, Hverken-eller, Tilfreds, Meget tilfreds]
      en: [Very dissatisfied, Dissatisfied, Neither, Satisfied, Very satisfied]
    positive: 2
    negative: 2
questions:
  - {name: help, column: help, wording: {da: "Er hjælpen god?", en: "Is the help good?"}, scale: tilfredshed}
  - {name: weather, column: weather, wording: {da: "Er vejret godt?", en: "Is the weather good?"}, scale: tilfredshed}
indicators:
  - {name: help, label: {da: Hjælpen, en: The help}, in_sentence: {da: hjælpen, en: the help}, items: [help]}
  - {name: weather, label: {da: Vejret, en: The weather}, in_sentence: {da: vejret, en: the weather}, items: [weather]}
"""
PARAMS = """
name: pleje
municipality_code: '253'
report_date: '2024-04-01'
unchanged_margin: 5
survey:
  file: svar.csv
  codebook: params/kodebog.yml
  planned: {invited: 300, response: 40}
  waves:
    - {wave: '2019', from: '2019-03-01', to: '2019-03-28'}
    - {wave: '2020', from: '2020-03-01', to: '2020-03-28'}
    - {wave: '2021', from: '2021-03-01', to: '2021-03-28'}
    - {wave: '2022', from: '2022-03-01', to: '2022-03-28'}
    - {wave: '2023', from: '2023-03-01', to: '2023-03-28'}
    - {wave: '2024', from: '2024-03-01', to: '2024-03-28'}
  description:
    target_population: {da: Borgere med hjemmehjælp, en: Citizens with home care}
    frame: {da: Kommunens omsorgssystem, en: The municipality's records}
    mode: {da: Brev, en: Letter}
events:
  - event: nyt_hold
    label: {da: Et nyt hold, en: A new team}
    date: '2023-01-01'
    treated: ['253']
    comparison: ['101', '147', '151', '153', '155', '157', '159', '161', '163', '165']
    comparison_rule: {da: Kommuner i samme region, en: Municipalities of the same region}
    outcome: {indicator: help, measure: share}
    negative_control: weather
"""


def project(root: Path, waves: tuple[str, ...] = WAVES[:4]) -> Path:
    """Write params, codebook and the answers of some rounds; return the params file."""
    (root / "params").mkdir(parents=True)
    (root / "params" / "kodebog.yml").write_text(CODEBOOK, encoding="utf-8")
    params = root / "params" / "pleje.yml"
    params.write_text(PARAMS, encoding="utf-8")
    collect(root, waves)
    return params


def collect(root: Path, waves: tuple[str, ...] = WAVES, *, help_rose: float = 0.0, weather_rose: float = 0.0) -> None:
    """Write 120 answers of every municipality and round, laid out evenly, in which the treated may have risen."""
    with (root / "svar.csv").open("w", encoding="utf-8", newline="") as file:
        lines = csv.writer(file)
        lines.writerow(["runde", "kommune", "help", "weather"])
        for place, code in enumerate((*OTHERS, "253")):
            for at, wave in enumerate(waves):
                rose = [each * (code == "253" and wave >= "2023") for each in (help_rose, weather_rose)]
                level = 0.45 + 0.02 * ((place * 3 + at * 2) % 7)
                for number in range(120):
                    given = [ANSWERS[3 if number < 120 * (level + each) else number % 3] for each in rose]
                    lines.writerow([wave, code, *given])


def named(params: Path, block: str) -> None:
    """Add lines to a params file, or replace some: 'old => new'."""
    text = params.read_text(encoding="utf-8")
    old, arrow, new = block.partition(" => ")
    params.write_text(text.replace(old, new) if arrow else f"{text}\n{block}\n", encoding="utf-8")


def frozen(root: Path, said: dict[str, dict[str, str]], curve: Sequence[dict[str, object]] = ()) -> Path:
    """Freeze the plan of a project beforehand, without playing what it may come to; return the params file."""
    params = project(root)
    with pytest.MonkeyPatch.context() as patch:
        patch.setattr(rehearsal, "play", lambda *_: rehearsal.Played(said, [*curve]))
        freeze.freeze(params, "Analysekontoret", today=BEFOREHAND)
    return params


def copied(written: Path, to: Path, block: str) -> Path:
    """Copy such a project to a folder, with the lines that name its plan."""
    shutil.copytree(written.parents[1], to)
    params = to / "params" / "pleje.yml"
    named(params, block)
    return params
