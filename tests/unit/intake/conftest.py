"""Tiny survey files in every form they arrive in, all holding the same made-up answers.

``write_survey("csv_windows_1252")`` writes the answers of ``made_up_answers`` and returns the path (a
folder for SurveyXact's three files); ``write_codebook("csv_windows_1252")`` the codebook that reads it.
However it is written, preparing it must give ``made_up_responses``.
"""

import zipfile
from collections.abc import Callable
from pathlib import Path
from xml.sax.saxutils import escape

import pandas as pd
import pyreadstat
import pytest
import yaml

from jobreport.simulate import Design, as_exported, draw_country, responses
from jobreport.simulate.answers import COLUMNS
from jobreport.simulate.country import GROUPS, ITEMS

DEMO = Path(__file__).parents[3] / "data" / "demo"
NAMES = {"183": "Ishøj", "187": "Vallensbæk", "730": "Randers"}
# Numbers stand in the file (as in data/demo/codebook.yml), or the answers' Danish texts.
CODED = (
    "csv_utf8", "csv_excel_utf8", "csv_windows_1252", "csv_utf16_tab", "xlsx", "ods", "sav", "parquet",
    "surveyxact_utf16", "surveyxact_windows_1252", "surveyxact_xlsx",
)  # fmt: skip
LABELLED = ("csv_labels_utf8", "csv_labels_windows_1252", "xlsx_labels", "ods_labels")


@pytest.fixture(scope="session")
def made_up_responses() -> pd.DataFrame:
    """Canonical responses: 120 answers from Ishøj, Vallensbæk and Randers in six waves."""
    design = Design(answers=120, municipalities=tuple(NAMES), effects={}, mix_change={})
    return responses(draw_country(design, seed=3))


@pytest.fixture(scope="session")
def made_up_answers(made_up_responses: pd.DataFrame) -> pd.DataFrame:
    """The same as an export holds them: numbers, empty where nobody answered."""
    return as_exported(made_up_responses)


@pytest.fixture
def write_survey(tmp_path: Path, made_up_answers: pd.DataFrame) -> Callable[..., Path]:
    """Write a survey file; ``frame`` replaces the coded answers, for instance with a mistake in them."""

    def write(form: str, frame: pd.DataFrame | None = None) -> Path:
        coded = made_up_answers if frame is None else frame
        return WRITERS[form](_labelled(coded) if form in LABELLED else coded, tmp_path)

    return write


@pytest.fixture
def write_codebook(tmp_path: Path) -> Callable[[str], Path]:
    """Write the codebook of a form: the demonstration's, with texts for numbers where they stand."""

    def write(form: str) -> Path:
        book = _demo_codebook()
        if form in LABELLED:
            _with_text_codes(book)
        path = tmp_path / "codebook.yml"
        path.write_text(yaml.safe_dump(book, allow_unicode=True, sort_keys=False), encoding="utf-8")
        return path

    return write


def _demo_codebook() -> dict:
    return yaml.load((DEMO / "codebook.yml").read_text(encoding="utf-8"), Loader=yaml.BaseLoader)


def _with_text_codes(book: dict) -> None:
    for question in book["questions"]:
        question["codes"] = list(book["scales"][question["scale"]]["labels"]["da"])
        for answer in question["dont_know"]:
            answer["code"] = answer["label"]["da"]
    for group in book["groups"].values():
        for value in group["values"]:
            value["code"] = value["label"]["da"]


def _texts() -> dict[str, dict[int, str]]:
    """Column to number to Danish text, as the demonstration's codebook has them."""
    book = _demo_codebook()
    texts = {}
    for question in book["questions"]:
        labels = book["scales"][question["scale"]]["labels"]["da"]
        texts[question["column"]] = dict(zip(map(int, question["codes"]), labels, strict=True))
        texts[question["column"]] |= {int(answer["code"]): answer["label"]["da"] for answer in question["dont_know"]}
    for group in book["groups"].values():
        texts[group["column"]] = {int(value["code"]): value["label"]["da"] for value in group["values"]}
    return texts


def _labelled(coded: pd.DataFrame) -> pd.DataFrame:
    """Texts for numbers, and municipalities by name as survey tools often have them."""
    frame = coded.copy()
    for column, texts in _texts().items():
        frame[column] = coded[column].astype("Int64").astype(object).map(texts)
    frame["municipality_code"] = coded["municipality_code"].map(lambda code: f"{NAMES.get(code, code)} Kommune")
    return frame


def _csv(name: str, **how: str) -> Callable[[pd.DataFrame, Path], Path]:
    def write(frame: pd.DataFrame, folder: Path) -> Path:
        path = folder / name
        frame.to_csv(path, index=False, lineterminator="\r\n", **how)
        return path

    return write


def _xlsx(frame: pd.DataFrame, folder: Path) -> Path:
    path = folder / "svar.xlsx"
    frame.to_excel(path, index=False)
    return path


def _parquet(frame: pd.DataFrame, folder: Path) -> Path:
    path = folder / "svar.parquet"
    frame.to_parquet(path, index=False)
    return path


def _sav(frame: pd.DataFrame, folder: Path) -> Path:
    """SPSS with value labels; "ved ikke" is declared user-missing, as agencies like to do."""
    path = folder / "svar.sav"
    numbers = frame.astype(dict.fromkeys(COLUMNS.values(), "float64")).astype({"simulated": "int8"})
    doubt = {column: [{"lo": 8, "hi": 8}] for column in COLUMNS.values()}
    pyreadstat.write_sav(numbers, path, variable_value_labels=_texts(), missing_ranges=doubt)
    return path


def _ods(frame: pd.DataFrame, folder: Path) -> Path:
    """The least that is an OpenDocument spreadsheet; numbers are numbers, empty cells are empty."""

    def cell(value: object) -> str:
        if pd.isna(value):
            return "<table:table-cell/>"
        text = f"<text:p>{escape(str(value))}</text:p>"
        if isinstance(value, str | bool):
            return f'<table:table-cell office:value-type="string">{text}</table:table-cell>'
        return f'<table:table-cell office:value-type="float" office:value="{value}">{text}</table:table-cell>'

    rows = [list(frame.columns), *frame.astype(object).to_numpy().tolist()]
    body = "".join(f"<table:table-row>{''.join(map(cell, row))}</table:table-row>" for row in rows)
    spaces = " ".join(
        f'xmlns:{name}="urn:oasis:names:tc:opendocument:xmlns:{name}:1.0"' for name in ("office", "table", "text")
    )
    kind = "application/vnd.oasis.opendocument.spreadsheet"
    path = folder / "svar.ods"
    with zipfile.ZipFile(path, "w") as package:
        package.writestr("mimetype", kind)
        package.writestr(
            "META-INF/manifest.xml",
            '<manifest:manifest xmlns:manifest="urn:oasis:names:tc:opendocument:xmlns:manifest:1.0">'
            f'<manifest:file-entry manifest:full-path="/" manifest:media-type="{kind}"/>'
            '<manifest:file-entry manifest:full-path="content.xml" manifest:media-type="text/xml"/>'
            "</manifest:manifest>",
        )
        package.writestr(
            "content.xml",
            f'<office:document-content {spaces} office:version="1.2"><office:body><office:spreadsheet>'
            f'<table:table table:name="Svar">{body}</table:table>'
            "</office:spreadsheet></office:body></office:document-content>",
        )
    return path


def _surveyxact(frame: pd.DataFrame) -> dict[str, pd.DataFrame]:
    """SurveyXact's three tables: people who did not answer are rows too, their status says so."""
    silent = frame.iloc[:12].assign(**dict.fromkeys(COLUMNS.values(), pd.NA), respondent_id=range(9001, 9013))
    dataset = pd.concat([frame.assign(stato_2=0, stato_4=1), silent.assign(stato_2=1, stato_4=0)])
    dataset = dataset.assign(stato_1=0, stato_3=0, stato_5=0, simulated=1)
    texts = _texts()
    wording = {question["column"]: question["wording"]["da"] for question in _demo_codebook()["questions"]}
    labels = [(column, number, f"{text} ") for column in texts for number, text in texts[column].items()]
    structure = [
        (column, column, "Closed", "Single", wording.get(column, column), number, text)
        for column, number, text in labels
    ]
    kinds = ["questionName", "variableName", "questionType", "subType", "questionText", "choiceValue", "choiceText"]
    return {
        "dataset": dataset,
        "structure": pd.DataFrame(structure, columns=kinds),
        "labels": pd.DataFrame(labels),
    }


def _surveyxact_folder(encoding: str, delimiter: str, decimal: str) -> Callable[[pd.DataFrame, Path], Path]:
    def write(frame: pd.DataFrame, folder: Path) -> Path:
        target = folder / "surveyxact"
        target.mkdir()
        for name, table in _surveyxact(frame).items():
            text = table.to_csv(index=False, header=name != "labels", sep=delimiter, decimal=decimal)
            (target / f"{name}.csv").write_text(text, encoding=encoding, newline="")
        return target

    return write


def _surveyxact_workbook(frame: pd.DataFrame, folder: Path) -> Path:
    path = folder / "surveyxact.xlsx"
    tables = _surveyxact(frame)
    with pd.ExcelWriter(path) as workbook:
        tables["dataset"].to_excel(workbook, sheet_name="Dataset", index=False)
        tables["structure"].to_excel(workbook, sheet_name="Structure", index=False)
        tables["labels"].to_excel(workbook, sheet_name="Labels", index=False, header=False)
    return path


WRITERS: dict[str, Callable[[pd.DataFrame, Path], Path]] = {
    "csv_utf8": _csv("svar.csv", encoding="utf-8"),
    "csv_excel_utf8": _csv("svar.csv", encoding="utf-8-sig", sep=";", decimal=","),
    "csv_windows_1252": _csv("svar.csv", encoding="cp1252", sep=";", decimal=","),
    "csv_utf16_tab": _csv("svar.csv", encoding="utf-16", sep="\t"),
    "csv_labels_utf8": _csv("svar.csv", encoding="utf-8"),
    "csv_labels_windows_1252": _csv("svar.csv", encoding="cp1252", sep=";", decimal=","),
    "xlsx": _xlsx,
    "xlsx_labels": _xlsx,
    "ods": _ods,
    "ods_labels": _ods,
    "sav": _sav,
    "parquet": _parquet,
    "surveyxact_utf16": _surveyxact_folder("utf-16", "\t", "."),
    "surveyxact_windows_1252": _surveyxact_folder("cp1252", ";", ","),
    "surveyxact_xlsx": _surveyxact_workbook,
}


@pytest.fixture(params=sorted(WRITERS))
def survey_form(request: pytest.FixtureRequest) -> str:
    """Each form in turn."""
    return request.param


@pytest.fixture(scope="session")
def canonical_columns() -> tuple[str, ...]:
    """Columns of responses that every form must give alike."""
    return ("wave", "municipality_code", "weight", *GROUPS, *ITEMS)
