"""Any file with one row per respondent to one table: cells as they stand, with the labels it brings."""

from collections.abc import Mapping
from dataclasses import replace
from datetime import date, datetime
from functools import partial
from io import BytesIO
from pathlib import Path
from typing import Any

import numpy as np
import pandas as pd
import pyarrow as pa

from jobreport.domain.texts import both
from jobreport.errors import InputRefused, Problem, refuse
from jobreport.intake.formats import around, delimited, headers, surveyxact
from jobreport.intake.formats import content as contents
from jobreport.intake.formats.around import Aside
from jobreport.intake.formats.content import Content, RawTable
from jobreport.intake.formats.delimited import check_names, clean_name
from jobreport.setup import plugins
from jobreport.setup.coding import normal

TEXT_FILES = (".csv", ".txt", ".tsv")
WORKBOOKS = (".xlsx", ".xlsm", ".xlsb", ".xls", ".ods")
_FIRST_DAY, _LAST_DAY = np.datetime64("0001-01-01", "s"), np.datetime64("10000-01-01", "s")
SAME = 4  # times that each text of a column stands on average, from which it is held once
SMALL = 16  # bits
KNOWN = (*TEXT_FILES, *WORKBOOKS, ".parquet", ".zip")

_SPSS_DAYS = ("DATE", "ADATE", "EDATE", "JDATE", "SDATE", "QYR", "MOYR", "WKYR")
_SPSS_TIMES = ("DATETIME", "YMDHMS")
_SPSS_FIRST = np.datetime64("1582-10-14T00:00:00", "s")  # SPSS counts seconds from here
_SPSS_PACKED = 1_032  # cells that a byte can hold: each is a byte at least, which zlib packs no tighter
_SPSS_MOST = 1e13  # seconds; some 300,000 years


def read_table(
    file: Path | Content,
    where: str,
    sheet: str | None = None,
    megabytes: int = contents.MEGABYTES,
    *,
    each_once: bool = False,
) -> RawTable:
    """Read a survey file of any known kind, or the folder of a SurveyXact export; none larger than that.

    Parameters
    ----------
    file, where, sheet, megabytes
        The file, how messages name it, the sheet of a workbook, and the largest size.
    each_once
        Where a file may hold millions of answers, and few of a column differ, give them as a category.

    Raises
    ------
    InputRefused
        If the file is not what its name says, or cannot be read without guessing.
    """
    table = _read(contents.of_answers(file, where, megabytes), where, sheet, each_once=each_once)
    if table.frame.shape[1] == 0 or table.frame.shape[0] == 0:
        raise InputRefused([Problem("file_without_rows", where)])
    return _of_tool(table)


def _of_tool(table: RawTable) -> RawTable:
    found = around.tool([str(name) for name in table.frame.columns]) if not table.layout else None
    if found is None:
        return table
    table = replace(table, layout=found["name"])
    done = around.finished(table.frame, found)
    if done is None:
        return table
    name, cells, labels = done
    frame = table.frame.assign(**{name: cells})
    return replace(table, frame=frame, labels={**table.labels, name: labels}, kinds={**table.kinds, name: "status"})


def _read(content: Content, where: str, sheet: str | None, *, each_once: bool) -> RawTable:
    suffix = content.suffix
    if content.parts is not None:
        return surveyxact.from_files(content.parts, where)
    if suffix in TEXT_FILES:
        rows, encoding = delimited.read_rows(content.data, where)
        rows, aside, questions = _answers(rows)
        return RawTable(delimited.frame(rows, where), where, f"CSV, {encoding}", {}, questions, aside=tuple(aside))
    if suffix in WORKBOOKS:
        return _workbook(content, where, sheet)
    if suffix == ".parquet":
        return _parquet(content.data, where, each_once=each_once)
    if suffix[1:] in plugins.found(plugins.READERS):
        read: RawTable = plugins.named(plugins.READERS, suffix[1:], where)(content.data, where)
        return read
    facts = {"suffix": suffix or both("without_ending"), "known": known()}
    raise InputRefused([Problem("file_kind_unknown", where, facts)])


def _answers(rows: list[list[Any]]) -> tuple[list[list[Any]], list[Aside], dict[str, str]]:
    headed, questions = headers.one(rows)
    return *around.bare(headed), {clean_name(name): text for name, text in questions.items()}


def read_sheets(data: bytes, where: str) -> tuple[dict[str, list[list[Any]]], list[str]]:
    """Read all sheets of a workbook (Excel or OpenDocument) that hold anything, and name those that nobody sees."""
    import python_calamine as calamine

    try:
        contents.workbook(data, where)
        book = calamine.CalamineWorkbook.from_filelike(BytesIO(data))
        sheets = {name: book.get_sheet_by_name(name).to_python(skip_empty_area=False) for name in book.sheet_names}
        for name, errors in contents.errors_in(data).items():
            for row, column, shown in errors:
                sheets[name][row][column] = shown
    except (InputRefused, KeyboardInterrupt):
        raise
    except BaseException:  # a damaged file can end calamine in a panic, which is no Exception
        raise InputRefused([Problem("workbook_unreadable", where)]) from None
    hidden = [each.name for each in book.sheets_metadata if each.visible != calamine.SheetVisibleEnum.Visible]
    return {name: rows for name, rows in sheets.items() if any(cell != "" for row in rows for cell in row)}, hidden


def _workbook(content: Content, where: str, sheet: str | None) -> RawTable:
    sheets, hidden = read_sheets(content.data, where)
    if sheet is None and surveyxact.is_export(sheets):
        return surveyxact.from_sheets(sheets, where)
    seen, keys = around.answers_sheet(sheets, hidden)
    if sheet is None and len(seen) > 1:
        raise InputRefused([Problem("sheets_several", where, {"sheets": seen})])
    if not seen or (sheet is not None and sheet not in sheets):
        facts = {"sheet": sheet or both("none"), "sheets": list(sheets) or both("none")}
        raise InputRefused([Problem("sheet_missing" if sheets else "file_empty", where, facts)])
    taken = sheet if sheet is not None else seen[0]
    rows, aside, questions = _answers(sheets[taken])
    frame = delimited.sheet_frame(rows, where)
    labels = around.key_labels([sheets[name] for name in keys], [str(name) for name in frame.columns])
    others = {"hidden": [name for name in hidden if name in sheets and name != taken], "keys": keys}
    aside += [Aside(kind, tuple(names)) for kind, names in others.items() if names]
    return RawTable(frame, where, content.suffix[1:].upper(), labels, questions, aside=tuple(aside))


def known() -> list[str]:
    """Endings of the files that can be read, also by what other packages add."""
    return [*KNOWN, *(f".{name}" for name in plugins.found(plugins.READERS))]


def read_spss(data: bytes, where: str) -> RawTable:
    """Read a file of SPSS: cells, labels, questions and what it declares as missing; what a reader added must give.

    Raises
    ------
    InputRefused
        If the bytes are no such file, or hold more than is read.
    """
    import pyreadstat

    try:
        _, meta = pyreadstat.read_sav(BytesIO(data), metadataonly=True)
        contents.columns(meta.number_columns or 0, where)
        contents.cells(meta.number_rows or 0, meta.number_columns or 0, where)
        if (meta.number_rows or 0) * (meta.number_columns or 0) > _SPSS_PACKED * len(data):
            raise InputRefused([Problem("spss_unreadable", where)])  # the reader would make room for them first
        frame, meta = _spss_cells(data)
    except InputRefused:
        raise
    except Exception:  # the reader of a damaged file ends in errors of every kind
        raise InputRefused([Problem("spss_unreadable", where)]) from None
    names = [clean_name(name) for name in frame.columns]
    check_names(names, where)
    renamed = dict(zip(frame.columns, names, strict=True))
    frame.columns = pd.Index(names)
    labels = {
        renamed[column]: {normal(code): str(label).strip() for code, label in table.items()}
        for column, table in meta.variable_value_labels.items()
    }
    questions = {renamed[name]: text for name, text in meta.column_names_to_labels.items() if text}
    return RawTable(frame, where, "SPSS", labels, questions, {}, _user_missing(frame, meta, renamed))


def _user_missing(frame: pd.DataFrame, meta: Any, renamed: Mapping[str, str]) -> dict[str, tuple[str, ...]]:
    there = {name: frame[renamed[name]].dropna().unique() for name in meta.missing_ranges}
    return {
        renamed[name]: tuple(normal(value) for value in there[name] if any(_within(value, part) for part in ranges))
        for name, ranges in meta.missing_ranges.items()
    }


def _within(value: Any, part: Mapping[str, Any]) -> bool:
    try:
        return bool(part["lo"] <= value <= part["hi"])
    except TypeError:
        return False


def _parquet(data: bytes, where: str, *, each_once: bool) -> RawTable:
    import pyarrow.parquet as pq

    columns: dict[str, pd.Series] = {}
    try:
        file = pq.ParquetFile(pa.BufferReader(data))
        said = file.metadata
        contents.columns(said.num_columns, where)
        contents.cells(said.num_rows, said.num_columns, where)
        schema = file.schema_arrow.remove_metadata()  # what pandas noted there may be damaged too
        kinds = {"column_nested": pa.types.is_nested, "column_of_bytes": _is_bytes}
        odd = {key: [each.name for each in schema if is_odd(each.type)] for key, is_odd in kinds.items()}
        refuse([Problem(key, where, {"columns": names[:5]}) for key, names in odd.items() if names])
        names = [clean_name(name) for name in schema.names]
        check_names(names, where)
        texts = [each.name for each in schema if each_once and _is_text(each.type)]
        # (Arrow keeps a thread that it has begun, and a process with threads cannot fork: `jobreport.make.beside`)
        file = pq.ParquetFile(pa.BufferReader(data), pre_buffer=False, read_dictionary=texts)
        for name, own in zip(names, schema.names, strict=True):
            cells = file.read([own], use_threads=False).column(own)
            cells.validate(full=True)  # a damaged file can hold text that is none
            table = pa.table({name: _plain_dates(_each_once(cells) if each_once else cells)})
            columns[name] = table.to_pandas(use_threads=False)[name]
            pa.default_memory_pool().release_unused()
    except (pa.ArrowException, LookupError, OSError, ValueError):  # also of a time zone that is none
        raise InputRefused([Problem("parquet_unreadable", where)]) from None
    return RawTable(pd.DataFrame(columns, pd.RangeIndex(said.num_rows), copy=False), where, "Parquet")


def _each_once(cells: Any) -> Any:
    if pa.types.is_integer(cells.type) and cells.type.bit_width <= SMALL and cells.null_count:
        return cells.dictionary_encode()
    if pa.types.is_dictionary(cells.type) and SAME * sum(len(part.dictionary) for part in cells.chunks) > len(cells):
        return cells.cast(cells.type.value_type)
    return cells


def _plain_dates(cells: Any) -> Any:
    if not (pa.types.is_date(cells.type) or pa.types.is_timestamp(cells.type)):
        return cells
    days = cells.cast(pa.timestamp("s"), safe=False).to_numpy()
    if ((days < _FIRST_DAY) | (days >= _LAST_DAY)).any():
        texts = [None if np.isnat(day) else str(day).replace("T", " ") for day in days]
        return pa.chunked_array([pa.array(texts, type=pa.string())])
    return cells


def _is_text(kind: Any) -> bool:
    return bool(pa.types.is_string(kind) or pa.types.is_large_string(kind))


def _is_bytes(kind: Any) -> bool:
    held = kind.value_type if pa.types.is_dictionary(kind) else kind
    return bool(pa.types.is_binary(held) or pa.types.is_large_binary(held) or pa.types.is_fixed_size_binary(held))


def _spss_cells(data: bytes) -> tuple[pd.DataFrame, Any]:
    # Read cells and what the file says of them; a date that no calendar has stays as text, for a message to name.
    import pyreadstat

    reader = partial(pyreadstat.read_sav, apply_value_formats=False, user_missing=True)
    try:
        return reader(BytesIO(data), disable_datetime_conversion=False)
    except (OverflowError, ValueError):
        frame, meta = reader(BytesIO(data), disable_datetime_conversion=True)
    for name, kind in meta.original_variable_types.items():
        letters = (kind or "").rstrip("0123456789.")
        if letters in (*_SPSS_DAYS, *_SPSS_TIMES):
            whole = letters in _SPSS_DAYS
            read = [spss_day(seconds, whole=whole) for seconds in frame[name]]
            frame[name] = pd.Series(read, index=frame.index, dtype=object)
    return frame, meta


def spss_day(seconds: float, *, whole: bool) -> date | str | None:
    """Read a date, or date and time, as SPSS counts it; what no calendar has becomes text.

    Examples
    --------
    >>> spss_day(13928630400.0, whole=True), spss_day(588208867200.0, whole=True), spss_day(float("nan"), whole=True)
    (datetime.date(2024, 3, 1), '20222-05-20', None)
    """
    if np.isnan(seconds):
        return None
    if abs(seconds) > _SPSS_MOST:
        return "?"
    found = _SPSS_FIRST + np.timedelta64(int(seconds), "s")
    made = found.astype(datetime)
    if not isinstance(made, datetime):  # NumPy gives a number where the calendar ends
        return str(found)[: -len("T00:00:00")] if whole else str(found).replace("T", " ")
    return made.date() if whole else made
