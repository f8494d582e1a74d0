"""Another survey than that of jobcentres: the codebook decides what there is, its name and what is main."""

from __future__ import annotations

import csv
import random
import shutil
from collections.abc import Sequence
from pathlib import Path

import pytest

import jobreport
from jobreport.figures import narrow
from jobreport.make import writing
from jobreport.page import Block
from jobreport.page.inline import numbers
from jobreport.report.study import Study
from tests.pages import html_texts

pytestmark = pytest.mark.usefixtures("computed_once", "drawn_wide")

ASKED = {
    "help": ("Hjælpen", "The help"),
    "staff": ("Medarbejderne", "The staff"),
    "on_time": ("Til tiden", "On time"),
    "say": ("Medbestemmelse", "Having a say"),
}
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
"""
PARAMS = """
name: pleje
municipality_code: '253'
survey:
  file: svar.csv
  codebook: params/kodebog.yml
  waves:
    - {wave: '2024', from: '2024-03-01', to: '2024-03-28'}
    - {wave: '2025', from: '2025-03-01', to: '2025-03-28'}
"""


def codebook(indicators: Sequence[str] = tuple(ASKED)) -> str:
    asked = [
        f'  - {{name: {name}, column: {name}, wording: {{da: "{da}?", en: "{en}?"}}, scale: tilfredshed}}'
        for name, (da, en) in ASKED.items()
    ]
    told = [
        f"  - {{name: {name}, label: {{da: {da}, en: {en}}}, items: [{name}], front: {str(name == 'on_time').lower()}}}"
        for name, (da, en) in ASKED.items()
        if name in indicators
    ]
    return "\n".join([CODEBOOK.rstrip(), *asked, "indicators:", *told, ""])


@pytest.fixture(scope="module")
def folder(tmp_path_factory: pytest.TempPathFactory) -> Path:
    root = tmp_path_factory.mktemp("pleje")
    (root / "params").mkdir()
    (root / "params" / "kodebog.yml").write_text(codebook(), encoding="utf-8")
    (root / "params" / "pleje.yml").write_text(PARAMS, encoding="utf-8")
    draw = random.Random(7)
    with (root / "svar.csv").open("w", encoding="utf-8", newline="") as file:
        lines = csv.writer(file)
        lines.writerow(["runde", "kommune", *ASKED])
        for wave, shift in (("2024", 0.0), ("2025", 0.8)):
            for _ in range(120):
                person = draw.gauss(2.2 + shift, 1)
                given = [min(4, max(0, round(draw.gauss(person, 0.8)))) for _ in ASKED]
                lines.writerow([wave, "253", *(ANSWERS[answer] for answer in given)])
    return root


@pytest.fixture(scope="module", params=["da", "en"])
def study(folder: Path, request: pytest.FixtureRequest) -> Study:
    return jobreport.load(folder / "params" / "pleje.yml", language=request.param)


def text_of(block: Block) -> str:
    return read(block.html())


def read(page: str) -> str:
    return " ".join(" ".join(shown.text for shown in html_texts(page)).split())


def chapters(study: Study) -> list[Block]:
    told = (study.front, study.missing, study.response_basis, study.each_indicator, study.before_after)
    rest = (study.priorities, study.comparison, study.published, study.claims, study.method, study.datasheet)
    return [chapter() for chapter in (*told, *rest)]


@pytest.fixture(scope="module")
def pages(study: Study) -> list[str]:
    """The chapters as they stand on the page, the front first and all indicators fourth."""
    with pytest.MonkeyPatch.context() as patch:
        patch.setattr(narrow, "svg", lambda *_: "")
        return [chapter.html() for chapter in chapters(study)]


@pytest.mark.dear
def test_a_report_on_elder_care_knows_no_jobcentre(study: Study, pages: list[str]) -> None:
    said = " ".join(map(read, pages)).lower()
    assert "jobcent" not in said + " ".join(pages).lower()
    assert not {"tillid", "meningsfulde", "trust", "meaningful"} & set(said.split())
    assert study.front_matter()["title"] in ("Ældreplejen i Greve", "Elder care in Greve")


@pytest.mark.dear
def test_every_indicator_has_a_chapter_in_the_order_of_the_codebook(study: Study, pages: list[str]) -> None:
    said = read(pages[3])
    places = [said.index(label[study.params.language == "en"]) for label in ASKED.values()]
    assert places == sorted(places)


def test_what_is_marked_is_a_card_and_the_rest_a_line_of_a_table(study: Study, pages: list[str]) -> None:
    front = pages[0]
    cards = front[front.index('class="key-figures"') :]
    assert cards[: cards.index("</ul>")].count("<li>") == 1
    table = front[front.index("<table") :]
    labels = [label[study.params.language == "en"] for name, label in ASKED.items() if name != "on_time"]
    assert all(f"{label}:" in table for label in labels)


def test_the_card_tells_the_change_since_the_last_round_and_no_cause(pages: list[str]) -> None:
    said = read(pages[0])
    assert ("Steg siden 2024 mere" in said) or ("Rose since 2024 by more" in said)
    assert not any(word in said.lower() for word in ("effekt", "virkning", "skyldes", "effect", "caused", "because of"))


@pytest.mark.usefixtures("undrawn")
@pytest.mark.dear
def test_the_ends_of_a_scale_of_four_answers_stand_in_a_cell(folder: Path, tmp_path: Path) -> None:
    """Else the audit would refuse the report: the mean of such a question was bound to the words of its answers."""
    root = shutil.copytree(folder, tmp_path / "four")
    for name in ("svar.csv", "params/kodebog.yml"):
        text = (root / name).read_text(encoding="utf-8")
        text = text.replace("Utilfreds, Hverken-eller", "Utilfreds").replace("Dissatisfied, Neither", "Dissatisfied")
        text = text.replace("dissatisfied, Dissatisfied, Neither", "dissatisfied, Dissatisfied")
        (root / name).write_text(text.replace("Hverken-eller", "Tilfreds"), encoding="utf-8")
    found = jobreport.load(root / "params" / "pleje.yml")
    known = writing.cells_of(found.results, found.front_matter())
    blocks = [leaf for chapter in (found.details(), found.each_indicator()) for leaf in chapter.leaves()]
    told = [number for leaf in blocks for parts in leaf.all_parts() for number in numbers(parts)]
    ends = [number for number in told if number.row.endswith((".lowest", ".highest"))]
    assert ends
    assert {str(known.value((each.table, each.row, each.column))) for each in ends} == {each.text for each in ends}


DRAWN = {
    "clusters": ("cluster: hold", "", "Svarene hører sammen i 12 klynger"),
    "strata": ("stratum: lag", "", "Svarene er trukket i 3 lag hver for sig"),
    "replicates": ("", "  replicates: {columns: 'repw*', kind: jk1}\n", "regnet af 8 sæt gentagelsesvægte"),
}


@pytest.mark.parametrize("kind", DRAWN)
@pytest.mark.dear
def test_how_the_answers_were_drawn_is_told_and_moves_the_interval(folder: Path, tmp_path: Path, kind: str) -> None:
    """From a column of the file, by codebook and params, to the printed sentence and the standard error."""
    column, given, said = DRAWN[kind]
    root = shutil.copytree(folder, tmp_path / kind)
    lines = (root / "svar.csv").read_text(encoding="utf-8").splitlines()
    weights = [",".join("0" if r == i % 8 else "1.142857" for r in range(8)) for i in range(len(lines))]
    drawn = [f"{i // 10 % 12},{i % 3},{weights[i]}" for i in range(len(lines) - 1)]
    names = "hold,lag," + ",".join(f"repw{r}" for r in range(8))
    told = [f"{line},{more}" for line, more in zip(lines, [names, *drawn], strict=True)]
    (root / "svar.csv").write_text("\n".join(told) + "\n", encoding="utf-8")
    (root / "params" / "kodebog.yml").write_text(codebook(["help"]), encoding="utf-8")  # (the others cost time)
    for path, old, new in (
        ("kodebog.yml", "municipality_code: kommune}", f"municipality_code: kommune, {column}}}"),
        ("pleje.yml", "  waves:\n", f"{given}  waves:\n"),
    ):
        text = (root / "params" / path).read_text(encoding="utf-8")
        (root / "params" / path).write_text(text.replace(old, new), encoding="utf-8")
    found, plain = (jobreport.load(each / "params" / "pleje.yml", language="da") for each in (root, folder))
    assert said in text_of(found.response_checks())
    assert "Alt i alt er usikkerheden om" in text_of(found.response_checks())
    errors = [study.estimates(indicator="help", measure="index")["standard_error"] for study in (found, plain)]
    assert (abs(errors[0].to_numpy() - errors[1].to_numpy()) > 1e-4).any()
