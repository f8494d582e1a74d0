"""SurveyXact's export: a data set, its structure and its labels, as three text files or one workbook.

The three files may be UTF-16 with tabs or Windows-1252 with ';' or ',' and are all called .csv. The
labels have no header. A multiple choice is one 0/1 column per choice. The status of the respondent
stands in the columns ``stato_1`` … ``stato_5`` (or ``statoverall_1`` …) and becomes one column.
"""

import re
from collections.abc import Mapping
from typing import Any

import pandas as pd

from jobreport.errors import InputRefused, Problem
from jobreport.intake.formats import delimited
from jobreport.intake.formats.content import PARTS, RawTable
from jobreport.intake.formats.delimited import clean_name
from jobreport.setup.coding import normal

SURVEYXACT = "SurveyXact"
STATUS = "status"
STATUSES = {"1": "Ny", "2": "Distribueret", "3": "Nogle svar", "4": "Gennemført", "5": "Frafaldet"}
_STATUS_COLUMN = re.compile(r"(?:stato|statoverall)_([1-5])")
_DATASET_SHEET = re.compile(r"dataset(?:\s*\((\d+)\))?")


def is_export(sheets: Mapping[str, Any]) -> bool:
    """Tell whether the sheets of a workbook are those of an export."""
    names = [name.strip().lower() for name in sheets]
    return "structure" in names and "labels" in names and any(map(_DATASET_SHEET.fullmatch, names))


def from_files(files: Mapping[str, tuple[str, bytes]], where: str) -> RawTable:
    """Read the three files of an export: name and bytes of each."""
    if absent := [part for part in PARTS if part not in files]:
        raise InputRefused([Problem("export_incomplete", where, {"parts": absent})])
    read = {part: delimited.read_rows(files[part][1], f"{where}/{files[part][0]}") for part in PARTS}
    rows, encoding = read["dataset"]
    dataset = delimited.frame(rows, f"{where}/{files['dataset'][0]}")
    return _export(dataset, read["structure"][0], read["labels"][0], where, f"SurveyXact, {encoding}")


def from_sheets(sheets: Mapping[str, list[list[Any]]], where: str) -> RawTable:
    """Read the sheets of an export's workbook; a large data set is split over several sheets."""
    by_name = {name.strip().lower(): rows for name, rows in sheets.items()}
    parts = {match: rows for name, rows in by_name.items() if (match := _DATASET_SHEET.fullmatch(name))}
    ordered = [rows for _, rows in sorted(parts.items(), key=lambda part: int(part[0][1] or 0))]
    known = {clean_name(row[1]) for row in by_name["structure"][1:] if len(row) > 1}
    dataset = _joined(ordered, known, where)
    return _export(dataset, by_name["structure"], by_name["labels"], where, "SurveyXact, XLSX")


def _joined(sheets: list[list[list[Any]]], known: set[str], where: str) -> pd.DataFrame:
    whole = delimited.sheet_frame(sheets[0], where).reset_index(drop=True)
    for rows in sheets[1:]:
        names = {clean_name(cell) for cell in rows[0]} - {""}
        headed = rows if names & known else [list(whole.columns), *rows]
        part = delimited.sheet_frame(headed, where).reset_index(drop=True)
        if list(part.columns) == list(whole.columns):
            whole = pd.concat([whole, part], ignore_index=True)
        elif names <= known and not names & set(whole.columns) and len(part) == len(whole):
            whole = pd.concat([whole, part], axis=1)
        else:
            raise InputRefused([Problem("export_sheets_differ", where)])
    return whole


def _export(
    dataset: pd.DataFrame, structure: list[list[Any]], labels: list[list[Any]], where: str, form: str
) -> RawTable:
    questions, kinds, choices = _structure(structure, where)
    unknown = [name for name in dataset.columns if name not in kinds]
    if len(unknown) == len(dataset.columns):
        raise InputRefused([Problem("export_structure_foreign", where)])
    frame, status_labels = _with_status(dataset)
    texts = _labels(labels, set(dataset.columns))
    for name in choices:
        texts[name] = {"0": "Ikke valgt", "1": "Valgt"} | texts.get(name, {})
    if status_labels:
        texts[STATUS] = status_labels
        kinds[STATUS] = "status"
        questions[STATUS] = "Samlet status"
    kept = set(frame.columns)
    return RawTable(
        frame,
        where,
        form,
        {name: table for name, table in texts.items() if name in kept},
        {name: text for name, text in questions.items() if name in kept},
        {name: kind for name, kind in kinds.items() if name in kept},
        layout=SURVEYXACT,
    )


def _structure(rows: list[list[Any]], where: str) -> tuple[dict[str, str], dict[str, str], list[str]]:
    header = [clean_name(cell).lower() for cell in rows[0]]
    needed = ("variablename", "questiontype", "subtype", "questiontext", "choicetext")
    if any(name not in header for name in needed):
        raise InputRefused([Problem("export_structure_foreign", where)])
    place = {name: header.index(name) for name in needed}
    questions, kinds, choices = {}, {}, []
    for row in rows[1:]:
        cells = {name: _text(row[at]) if at < len(row) else "" for name, at in place.items()}
        name = clean_name(cells["variablename"])
        kinds[name] = _kind(cells["questiontype"], cells["subtype"])
        parts = [cells["questiontext"]]
        if kinds[name] == "multiple":
            choices.append(name)
            parts.append(cells["choicetext"])
        questions[name] = " - ".join(part for part in parts if part)
    return questions, kinds, choices


def _kind(question_type: str, sub_type: str) -> str:
    if question_type.lower() == "open":
        return "text" if sub_type.lower() in ("string", "text", "memo", "") else "number"
    return "multiple" if sub_type.lower() == "multiple" else "single"


def _labels(rows: list[list[Any]], names: set[str]) -> dict[str, dict[str, str]]:
    texts: dict[str, dict[str, str]] = {}
    for row in rows:
        name = clean_name(row[0]) if row else ""
        if name in names and len(row) > 2:
            texts.setdefault(name, {})[normal(row[1])] = _text(row[2])
    return texts


def _text(cell: object) -> str:
    return re.sub(r"\s+", " ", "" if cell is None else str(cell)).strip()


def _with_status(frame: pd.DataFrame) -> tuple[pd.DataFrame, dict[str, str]]:
    # Turn the five 0/1 status columns into one; which of several is chosen counts as unknown.
    found = {match[1]: name for name in frame.columns if (match := _STATUS_COLUMN.fullmatch(str(name).lower()))}
    if len(found) < len(STATUSES) or STATUS in frame.columns:
        return frame, {}
    chosen = pd.concat({code: frame[name].map(normal) == "1" for code, name in sorted(found.items())}, axis=1)
    status = chosen.idxmax(axis=1).where(chosen.sum(axis=1) == 1, None)
    rest = frame.drop(columns=list(found.values()))
    return pd.concat([rest, status.rename(STATUS)], axis=1), dict(STATUSES)
