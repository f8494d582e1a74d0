"""A small made-up survey in every form that survey systems export, and a small project that is opened."""

from __future__ import annotations

import csv
import io
import shutil
import textwrap
import unicodedata
from collections.abc import Callable
from contextlib import AbstractContextManager
from dataclasses import dataclass, field, replace
from functools import cache
from pathlib import Path

import pandas as pd
import pytest

import jobreport
from jobreport.errors import InputRefused
from jobreport.intake import checks
from jobreport.make import package
from jobreport.report.study import Study
from jobreport.setup import params
from jobreport.simulate import Design, as_exported, draw_country, responses

SATISFACTION = {"1": "Meget tilfreds", "2": "Tilfreds", "3": "Hverken tilfreds eller utilfreds", "4": "Utilfreds",
                "5": "Meget utilfreds", "6": "Ved ikke"}  # fmt: skip
DEGREE = {
    "1": "Slet ikke",
    "2": "I lav grad",
    "3": "I nogen grad",
    "4": "I høj grad",
    "5": "I meget høj grad",
    "8": "Ved ikke",
}
BENEFIT = {"1": "Dagpenge", "2": "Sygedagpenge"}
LABELS = {"q1": SATISFACTION, "q2": DEGREE, "ydelse": BENEFIT}
QUESTIONS = {
    "id": "Løbenummer",
    "runde": "Runde",
    "kommune": "Kommune",
    "q1": "Hvor tilfreds er du samlet set med forløbet i jobcentret?",
    "q2": "I hvilken grad kan du se meningen med aktiviteterne?",
    "ydelse": "Ydelse",
    "dato": "Dato",
    "vægt": "Vægt",
    "bemærkning": "Har du andet at tilføje?",
}
CODEBOOK = """
columns: {respondent_id: id, wave: runde, municipality_code: kommune, weight: vægt, answered_on: dato}
scales:
  tilfredshed:
    labels: {da: [Meget utilfreds, Utilfreds, Hverken tilfreds eller utilfreds, Tilfreds, Meget tilfreds]}
    positive: 2
    negative: 2
  grad:
    labels: {da: [Slet ikke, I lav grad, I nogen grad, I høj grad, I meget høj grad]}
    positive: 2
    negative: 2
questions:
  - name: satisfaction
    column: q1
    wording: {da: "Hvor tilfreds er du samlet set med forløbet i jobcentret?"}
    scale: tilfredshed
    codes: [5, 4, 3, 2, 1]
    dont_know: [{code: 6, label: {da: Ved ikke, en: Don't know}}]
  - name: meaning
    column: q2
    wording: {da: "I hvilken grad kan du se meningen med aktiviteterne?"}
    scale: grad
    codes: [1, 2, 3, 4, 5]
    dont_know: [{code: 8, label: {da: Ved ikke, en: Don't know}}]
indicators:
  - {name: satisfaction, label: {da: Tilfredshed, en: Satisfaction}, items: [satisfaction]}
  - {name: meaning, label: {da: Mening, en: Meaning}, items: [meaning]}
groups:
  benefit_group:
    column: ydelse
    label: {da: Ydelse, en: Benefit}
    values:
      - {code: 1, key: dagpenge, label: {da: Dagpenge, en: Unemployment benefit}}
      - {code: 2, key: sygedagpenge, label: {da: Sygedagpenge, en: Sickness benefit}}
"""
PARAMS = """
name: own
language: {language}
municipality_code: '183'
survey:
  file: {file}
  codebook: params/own-codebook.yml
  waves:
    - {{wave: '2021', from: '2021-01-01', to: '2021-12-31'}}
    - {{wave: '2022', from: '2022-01-01', to: '2022-12-31'}}
"""


def people() -> list[dict[str, str]]:
    """Forty answers: two waves, Ishøj and Tårnby, every answer given, one question left out by one person."""
    made = []
    for number in range(40):
        wave = "2021" if number < 20 else "2022"
        made.append(
            {
                "id": f"{number % 25 + 1}",
                "runde": wave,
                "kommune": "183" if number % 2 else "185",
                "q1": f"{number % 6 + 1}",
                "q2": "" if number == 7 else "8" if number % 7 == 6 else f"{number % 5 + 1}",
                "ydelse": f"{number % 2 + 1}",
                "dato": f"{wave}-03-{number % 20 + 10:02d}",
                "vægt": f"{0.5 + number / 16}",
                "bemærkning": "Jeg synes, at det tog alt for lang tid at få svar" if number % 3 == 0 else "",
            }
        )
    return made


@dataclass
class Project:
    """A project folder with one survey, and what happens when it is read."""

    folder: Path
    rows: list[dict[str, str]] = field(default_factory=people)
    codebook: str = CODEBOOK
    params: str = PARAMS
    file: str = "svar.csv"
    language: str = "da"

    def write(self, content: bytes | None = None) -> Path:
        """Write params, codebook and the survey file (by default the rows as UTF-8 with semicolons)."""
        (self.folder / "params").mkdir(exist_ok=True)
        (self.folder / "params" / "own-codebook.yml").write_text(textwrap.dedent(self.codebook), encoding="utf-8")
        path = self.folder / "params" / "own.yml"
        path.write_text(self.params.format(file=self.file, language=self.language), encoding="utf-8")
        if content is not None or not (self.folder / self.file).exists():
            (self.folder / self.file).write_bytes(delimited(self.rows) if content is None else content)
        return path

    def read(self, content: bytes | None = None) -> checks.Inputs:
        """Write everything and read it back."""
        return checks.read_inputs(params.read(self.write(content)))

    def refusal(self, content: bytes | None = None) -> InputRefused:
        """Write everything and return the refusal."""
        path = self.write(content)
        with pytest.raises(InputRefused) as caught:
            checks.read_inputs(checks.read_params(path))
        return caught.value


def delimited(
    rows: list[dict[str, str]], delimiter: str = ";", encoding: str = "utf-8", newline: str = "\r\n"
) -> bytes:
    """Rows as delimited text."""
    text = io.StringIO(newline="")
    writer = csv.DictWriter(text, list(rows[0]), delimiter=delimiter, lineterminator=newline)
    writer.writeheader()
    writer.writerows(rows)
    return text.getvalue().encode(encoding)


def labelled(rows: list[dict[str, str]]) -> list[dict[str, str]]:
    """The same rows with label texts instead of codes."""
    return [{name: LABELS.get(name, {}).get(cell, cell) for name, cell in row.items()} for row in rows]


def decomposed(rows: list[dict[str, str]]) -> list[dict[str, str]]:
    """The same rows with municipalities by name, in Unicode's decomposed form (as on a Mac), headers too."""
    names = {"183": "Ishøj Kommune", "185": "Tårnby Kommune"}
    nfd = [{**row, "kommune": names[row["kommune"]]} for row in rows]
    return [{unicodedata.normalize("NFD", k): unicodedata.normalize("NFD", v) for k, v in row.items()} for row in nfd]


def typed(rows: list[dict[str, str]]) -> pd.DataFrame:
    """The rows with numbers as numbers and blanks as missing."""
    frame = pd.DataFrame(rows)
    for name in ("id", "q1", "q2", "ydelse", "vægt", "kommune"):
        frame[name] = pd.to_numeric(frame[name])
    return frame.assign(bemærkning=frame["bemærkning"].mask(frame["bemærkning"] == "", None))


def surveyxact(rows: list[dict[str, str]], status: bool = True) -> dict[str, list[list[str]]]:
    """The three tables of a SurveyXact export: trailing spaces in labels, no header over them."""
    names = list(rows[0])
    stato = [f"stato_{number}" for number in range(1, 6)] if status else []
    dataset = [names + stato]
    dataset += [[*row.values(), *(["0", "0", "0", "1", "0"] if status else [])] for row in rows]
    header = ["questionName", "variableName", "questionType", "subType", "questionText", "choiceValue", "choiceText"]
    structure = [header]
    for name in names:
        kind = ["Closed", "Single"] if name in LABELS else ["Open", "String" if name == "bemærkning" else "Number"]
        structure.append([name, name, *kind, QUESTIONS[name], "", ""])
    for number, label in enumerate(
        ("Ny", "Distribueret", "Nogle svar", "Gennemført", "Frafaldet")[: len(stato)], start=1
    ):
        structure.append(["statoverall", f"stato_{number}", "Closed", "Multiple", "Samlet status", str(number), label])
    labels = [[name, code, f"{label}  "] for name, table in LABELS.items() for code, label in table.items()]
    labels += [[name, code, label] for name in stato for code, label in (("0", "Ikke valgt"), ("1", "Valgt"))]
    return {"dataset": dataset, "structure": structure, "labels": labels}


def as_text(rows: list[list[str]], delimiter: str, encoding: str) -> bytes:
    """Rows without a header of their own as delimited text."""
    text = io.StringIO(newline="")
    csv.writer(text, delimiter=delimiter, lineterminator="\r\n").writerows(rows)
    return text.getvalue().encode(encoding)


@pytest.fixture
def project(tmp_path):
    return Project(tmp_path)


@pytest.fixture(scope="session")
def forms():
    """The functions above, for tests that write a survey in another form."""
    return {
        "people": people, "delimited": delimited, "labelled": labelled, "decomposed": decomposed, "typed": typed,
        "surveyxact": surveyxact, "as_text": as_text, "labels": LABELS, "questions": QUESTIONS, "codebook": CODEBOOK,
        "project": Project,
    }  # fmt: skip


PROJECT = Path(__file__).parents[2]
PLACES = ("183", "187", "730", "101", "151", "153", "155", "157")
WAVES = ("2020-2", "2021-1", "2021-2", "2022-1", "2022-2", "2023-1")


@pytest.fixture(scope="session")
def demo_project(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """The folder of a demo_project with ``params/demo.yml``, which a test may add files to."""
    root = tmp_path_factory.mktemp("lab")
    (root / "data" / "demo").mkdir(parents=True)
    design = Design(answers=2400, municipalities=PLACES, effects={}, mix_change={})
    answers = as_exported(responses(draw_country(design, seed=5)))
    answers.to_parquet(root / "data" / "demo" / "responses.parquet", index=False)
    for name in ("data/demo/codebook.yml", "data/benchmarks.csv", "data/jobcentres.csv", "params/demo.yml"):
        (root / name).parent.mkdir(exist_ok=True)
        text = (PROJECT / name).read_text(encoding="utf-8")
        (root / name).write_text(text.replace("data/demo/invited.csv", "null"), encoding="utf-8")
    return root


@pytest.fixture(scope="session")
def small_project(demo_project: Path, tmp_path_factory: pytest.TempPathFactory) -> Path:
    """The same of four municipalities and the rounds around the event: computed in a third of the time."""
    root = tmp_path_factory.mktemp("small")
    shutil.copytree(demo_project, root, dirs_exist_ok=True)
    design = Design(answers=400, municipalities=PLACES[:4], waves=WAVES[2:4], effects={}, mix_change={})
    answers = as_exported(responses(draw_country(design, seed=5)))
    answers.to_parquet(root / "data" / "demo" / "responses.parquet", index=False)
    lines = (root / "params" / "demo.yml").read_text(encoding="utf-8").splitlines(keepends=True)
    kept = [line for line in lines if "{wave: " not in line or any(f"wave: '{wave}'" in line for wave in WAVES[2:4])]
    (root / "params" / "demo.yml").write_text("".join(kept), encoding="utf-8")
    return root


@pytest.fixture(scope="session")
def plain_project(small_project: Path, tmp_path_factory: pytest.TempPathFactory) -> Path:
    """The same whose codebook knows no groups: computed in half the time of that."""
    root = shutil.copytree(small_project, tmp_path_factory.mktemp("plain"), dirs_exist_ok=True)
    codebook = root / "data" / "demo" / "codebook.yml"
    codebook.write_text(codebook.read_text(encoding="utf-8").partition("\ngroups:\n")[0], encoding="utf-8")
    return root


@pytest.fixture(scope="session")
def small_study(small_project: Path, remembering: Callable[[], AbstractContextManager[None]]) -> Study:
    """That project's report, opened."""
    with remembering():
        return jobreport.load(small_project / "params" / "demo.yml")


@pytest.fixture(scope="session")
def plain_inputs(plain_project: Path) -> checks.Inputs:
    """What is read of the plain_project; nobody alters it."""
    return checks.read_inputs(params.read(plain_project / "params" / "demo.yml"))


@pytest.fixture(scope="session")
def demo_inputs(demo_project: Path) -> checks.Inputs:
    """What is read of the demo_project; nobody alters it."""
    return checks.read_inputs(params.read(demo_project / "params" / "demo.yml"))


@pytest.fixture(scope="session")
def demo_package(demo_inputs: checks.Inputs) -> Callable[[str], dict[str, bytes]]:
    """A function: code of a municipality to the files of its package of the demo_project, made once."""

    @cache
    def made(code: str) -> dict[str, bytes]:
        chosen = demo_inputs.params.model_copy(update={"municipality_code": code})
        return package.members(replace(demo_inputs, params=chosen))

    return lambda code: dict(made(code))


@pytest.fixture(scope="session")
def study(demo_project: Path, remembering: Callable[[], AbstractContextManager[None]]) -> Study:
    """The demo_project's report, opened."""
    with remembering():
        return jobreport.load(demo_project / "params" / "demo.yml")
