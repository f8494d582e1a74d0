"""Numbers as answers, a battery under a common label, and several choices: all by the codebook, right to the number."""

from __future__ import annotations

import csv
import random
from pathlib import Path

import pandas as pd
import pytest

import jobreport
from jobreport.errors import InputRefused
from jobreport.figures import shares
from jobreport.report.study import Study
from jobreport.setup import codebook as codebooks

pytestmark = pytest.mark.usefixtures("computed_once")

BOOK = """
columns: {wave: runde, municipality_code: kommune}
scales:
  anbefale: {numbers: [0, 10], positive: 2, negative: 7}
  aar: {numbers: [0, 40], positive: 35, negative: 1, unit: {da: år, en: years}}
  fire: {labels: {da: [Aldrig, Sjældent, Ofte, Altid], en: [Never, Seldom, Often, Always]}, positive: 2, negative: 2}
  kryds: {labels: {da: [Ikke valgt, Valgt], en: [Not chosen, Chosen]}, positive: 1, negative: 1}
questions:
  - {name: recommend, column: anbefaler, wording: {da: "Vil du anbefale os?", en: "Recommend us?"}, scale: anbefale}
  - {name: years, column: antal, wording: {da: "Hvor mange år?", en: "How many years?"}, scale: aar}
  - {name: listened, column: lytte, wording: {da: "Lyttede vi?", en: "Did we hear?"}, scale: fire, codes: [1, 2, 3, 4]}
  - {name: answered, column: svare, wording: {da: "Svarede vi?", en: "Did we reply?"}, scale: fire, codes: [1, 2, 3, 4]}
  - {name: by_mail, column: mail, wording: {da: Mail, en: Mail}, scale: kryds, codes: [0, 1]}
  - {name: by_phone, column: ring, wording: {da: Telefon, en: Telephone}, scale: kryds, codes: [0, 1]}
indicators:
  - {name: recommend, label: {da: Anbefaling, en: Recommendation}, items: [recommend], told: mean, front: true}
  - {name: years, label: {da: Tid i systemet, en: Time in the system}, items: [years], told: mean, front: true}
  - {name: contact, label: {da: Kontakten, en: The contact}, items: [listened, answered], together: battery}
  - {name: how, label: {da: Hvordan vi mødtes, en: How we met}, items: [by_mail, by_phone], together: choices}
"""
PARAMS = """
name: slags
municipality_code: '253'
survey:
  file: svar.csv
  codebook: params/bog.yml
  waves:
    - {wave: '2024', from: '2024-03-01', to: '2024-03-28'}
    - {wave: '2025', from: '2025-03-01', to: '2025-03-28'}
"""


@pytest.fixture(scope="module")
def numbered(tmp_path_factory: pytest.TempPathFactory) -> Path:
    root = tmp_path_factory.mktemp("slags")
    (root / "params").mkdir()
    (root / "params" / "bog.yml").write_text(BOOK, encoding="utf-8")
    (root / "params" / "slags.yml").write_text(PARAMS, encoding="utf-8")
    draw = random.Random(3)
    with (root / "svar.csv").open("w", encoding="utf-8", newline="") as file:
        lines = csv.writer(file)
        lines.writerow(["runde", "kommune", "anbefaler", "antal", "lytte", "svare", "mail", "ring"])
        for wave in (2024, 2025):
            for at in range(150):
                numbers = min(10, max(0, round(draw.gauss(7 + (wave == 2025), 2)))), int(draw.expovariate(0.3)) % 41
                battery = draw.choice((1, 2, 3, 4)), draw.choice((2, 3, 4, ""))
                crosses = ("", "") if at % 10 == 0 else draw.choice(((1, ""), ("", 1), (1, 1)))
                lines.writerow([wave, 253, *numbers, *battery, *crosses])
    return root


@pytest.fixture(scope="module", params=["da", "en"])
def study(numbered: Path, request: pytest.FixtureRequest) -> Study:
    return jobreport.load(numbered / "params" / "slags.yml", language=request.param)


@pytest.fixture(scope="module")
def now(numbered: Path) -> pd.DataFrame:
    return pd.read_csv(numbered / "svar.csv").query("runde == 2025")


def level(study: Study, name: str, measure: str, category: str = "") -> pd.Series:
    told = study.estimates(indicator=name, measure=measure, wave="2025", group_by="", municipality_code="253")
    return told[told["category"].eq(category)].iloc[0]


def said(block) -> str:
    return " ".join(" ".join(block.lines()).split())


@pytest.mark.usefixtures("undrawn")
@pytest.mark.parametrize(
    ("name", "column", "unit"), [("recommend", "anbefaler", "points_0_10"), ("years", "antal", "points_0_40")]
)
@pytest.mark.dear
def test_a_number_is_told_by_its_mean_in_its_own_unit(
    study: Study, now: pd.DataFrame, name: str, column: str, unit: str
) -> None:
    mean = level(study, name, "mean")
    assert mean["estimate"] == pytest.approx(now[column].mean(), abs=0.005)
    assert (mean["unit"], mean["n"]) == (unit, len(now))
    told = study.changes(event="", indicator=name, measure="mean", method="change", adjustment="", group_by="")
    assert len(told) >= 1
    mark = "," if study.params.language == "da" else "."
    assert f"{now[column].mean():.2f}".replace(".", mark) in said(study.front())


@pytest.mark.usefixtures("undrawn")
def test_years_are_told_as_years(study: Study, now: pd.DataFrame) -> None:
    mark, word = (",", "år") if study.params.language == "da" else (".", "years")
    mean = f"{now['antal'].mean():.2f}".replace(".", mark)
    assert f"{mean} {word}" in said(study.each_indicator()).replace("\u00a0", " ")


@pytest.mark.usefixtures("undrawn")
def test_no_number_of_years_is_said_to_be_positive(study: Study) -> None:
    word = "Tid i systemet: " if study.params.language == "da" else "Time in the system: "
    for chapter in (study.details, study.priorities, study.each_indicator):
        assert f"{word}positive" not in said(chapter())
        assert f"{word}positiv" not in said(chapter())
    drivers = study.diagnostics(diagnostic="drivers")
    assert "years" not in set(drivers["category"])


@pytest.mark.parametrize(
    ("size", "negative", "positive", "colours"),
    [
        (5, 2, 2, [0, 1, 2, 3, 4]),
        (4, 2, 2, [0, 1, 3, 4]),
        (7, 2, 2, [0, 1, 2, 2, 2, 3, 4]),
        (11, 7, 2, [0, 0, 0, 0, 1, 1, 1, 2, 2, 3, 4]),
        (3, 1, 1, [0, 2, 4]),
        (2, 1, 1, [0, 4]),
    ],
)
def test_an_answer_has_the_colour_of_its_box(size: int, negative: int, positive: int, colours: list[int]) -> None:
    scale = codebooks.Scale("s", {"da": tuple(map(str, range(size)))}, positive, negative)
    question = codebooks.Question("q", {}, scale)
    assert [shares._shade(place, question) for place in range(size)] == colours


@pytest.mark.usefixtures("undrawn")
def test_a_battery_stands_under_its_common_label_and_has_no_index(study: Study, now: pd.DataFrame) -> None:
    told = said(study.each_indicator())
    common = "Kontakten" if study.params.language == "da" else "The contact"
    assert told.index(common) < told.index("Lyttede vi" if study.params.language == "da" else "Did we hear")
    assert "contact" not in set(study.estimates()["indicator"])
    assert level(study, "answered", "share", "positive")["n"] == now["svare"].notna().sum()
    assert level(study, "listened", "share", "positive")["estimate"] == pytest.approx(
        (now["lytte"] >= 3).mean(), abs=5e-4
    )


def test_a_blank_beside_a_chosen_one_is_not_chosen_and_all_blank_is_no_answer(study: Study, now: pd.DataFrame) -> None:
    somebody = now[["mail", "ring"]].notna().any(axis=1)
    for name, column in (("by_mail", "mail"), ("by_phone", "ring")):
        row = level(study, name, "share", "positive")
        assert row["n"] == somebody.sum() == 135
        assert row["estimate"] == pytest.approx(now.loc[somebody, column].eq(1).mean(), abs=5e-4)


@pytest.mark.usefixtures("drawn_wide")
@pytest.mark.dear
def test_every_chapter_is_written(study: Study, request: pytest.FixtureRequest) -> None:
    if study.params.language == "en":  # (figures are the same in both languages but for their words)
        request.getfixturevalue("undrawn")
    for chapter in (
        study.front,
        study.each_indicator,
        study.details,
        study.response_basis,
        study.response_checks,
        study.priorities,
        study.comparison,
        study.method,
        study.datasheet,
        study.description,
    ):
        assert chapter().html()


@pytest.mark.parametrize(
    ("old", "new", "key"),
    [
        ("items: [by_mail, by_phone]", "items: [by_mail, listened]", "choices_not_two"),
        ("together: battery", "told: share", "indicator_told"),
        ("numbers: [0, 40]", "numbers: [0, 4000]", "scale_long"),
        ("numbers: [0, 40]", "numbers: [x, 40]", "number_expected"),
        ("numbers: [0, 40], ", "", "scale_sizes"),
        ("told: mean, front", "told: median, front", "choice_invalid"),
    ],
)
def test_what_a_codebook_may_not_say_of_kinds(tmp_path: Path, old: str, new: str, key: str) -> None:
    assert old in BOOK
    (tmp_path / "bog.yml").write_text(BOOK.replace(old, new, 1), encoding="utf-8")
    with pytest.raises(InputRefused) as caught:
        codebooks.read(tmp_path / "bog.yml")
    assert key in {problem.key for problem in caught.value.problems}
