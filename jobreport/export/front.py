"""What steers a page around the report's own words: the notebook's metadata and the words of the language."""

from __future__ import annotations

import datetime
from collections.abc import Mapping
from dataclasses import dataclass
from functools import partial
from typing import Any

from babel.dates import format_date
from nbformat import NotebookNode

from jobreport.domain.texts import LANGUAGES, texts_of
from jobreport.errors import ExportFailed
from jobreport.page import Number, Parts
from jobreport.page.inline import check_parts

LOCALES = {"da": "da_DK", "en": "en_GB"}


@dataclass(frozen=True)
class Front:
    """Front matter of a report.

    Parameters
    ----------
    title, subtitle : str
        As the params name them; the whole line is bound to the params.
    language : {'da', 'en'}
    date : datetime.date
        The date of the report: latest date in the data, or as the params say.
    simulated : bool
        Whether any answer was made up.
    authors : tuple of str
        Who made or commissioned the report, for the file's properties.
    description : str
        One line for the file's properties.
    """

    title: str
    subtitle: str
    language: str
    date: datetime.date
    simulated: bool
    authors: tuple[str, ...]
    description: str

    @property
    def words(self) -> dict[str, str]:
        """The words around the report in its language."""
        return words(self.language)

    @property
    def title_parts(self) -> Parts:
        """The title, bound to the params."""
        return (Number(self.title, "params", "report", "title"),)

    @property
    def subtitle_parts(self) -> Parts:
        """The subtitle, bound to the params; nothing if there is none."""
        return (Number(self.subtitle, "params", "report", "subtitle"),) if self.subtitle else ()

    @property
    def date_parts(self) -> Parts:
        """'Opgjort 31. december 2024', with the date bound to the params."""
        written = format_date(self.date, "long", locale=LOCALES[self.language])
        before, after = self.words["report_date"].split("{date}")
        parts = (before, Number(written, "params", "report", "report_date"), after)
        check_parts(parts)
        return tuple(part for part in parts if part)


words = partial(texts_of, "export")


def read(notebook: NotebookNode) -> Front:
    """Front matter from ``notebook.metadata['jobreport']``.

    Raises
    ------
    ExportFailed
        If it is missing or incomplete.
    """
    given = notebook.metadata.get("jobreport")
    if given is None:
        raise ExportFailed("the notebook's metadata hold no 'jobreport': title, language, date, simulated")
    return check(given)


def check(given: Mapping[str, Any]) -> Front:
    """Front matter from a plain mapping, checked.

    Raises
    ------
    ExportFailed
        If a needed key is missing or is of another kind than text, ISO date or bool.

    Examples
    --------
    >>> check({"title": "X", "language": "da", "date": "2024-12-31", "simulated": False}).words["table"]
    'Tabel'
    """
    language = given.get("language")
    if language not in LANGUAGES:
        raise ExportFailed(f"metadata jobreport.language is {language!r}; expected one of {LANGUAGES}")
    if not isinstance(given.get("simulated"), bool):
        raise ExportFailed("metadata jobreport.simulated must be true or false: what is made up is always stamped")
    return Front(
        title=_text(given, "title", needed=True),
        subtitle=_text(given, "subtitle"),
        language=language,
        date=_date(given.get("date")),
        simulated=given["simulated"],
        authors=tuple(given.get("authors", ())),
        description=_text(given, "description"),
    )


def _text(given: Mapping[str, Any], key: str, *, needed: bool = False) -> str:
    value = given.get(key) or ""
    if not isinstance(value, str) or (needed and not value.strip()):
        raise ExportFailed(f"metadata jobreport.{key} is {value!r}; expected text")
    return value


def _date(value: object) -> datetime.date:
    try:
        return datetime.date.fromisoformat(str(value))
    except ValueError as error:
        raise ExportFailed(f"metadata jobreport.date is {value!r}; expected a date such as '2024-12-31'") from error
