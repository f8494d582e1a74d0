"""What an analyst takes out of a study: tables that say of what kind each row is, tidy ones, answers with labels."""

from __future__ import annotations

import re
from collections.abc import Callable, Mapping, Sequence
from dataclasses import replace
from typing import TYPE_CHECKING, Any

import numpy as np
import pandas as pd

from jobreport.domain import municipalities
from jobreport.domain.released import MEASURED, WINDOWS, spans_waves
from jobreport.domain.texts import LANGUAGES
from jobreport.page import STAMP
from jobreport.release.answers import listed
from jobreport.setup.codebook import Codebook, Indicator
from jobreport.wording.writer import Writer

if TYPE_CHECKING:
    from matplotlib.axes import Axes

Wanted = object  # a value, or several of them
LISTED = 20  # values that a refusal names
KIND, PERIOD = "kind", "period"
KINDS: Mapping[str, list[object]] = {KIND: ["indicator", "question", "series"], PERIOD: ["wave", "window"]}
PLACES: Mapping[str, Callable[[str], str]] = {"municipality_code": str, "municipality": municipalities.name}
PER_CENT = 100.0
NOT_PER_CENT = frozenset({"p_value", "p_smallest_possible", "p_adjusted", "n_effective"})
NAMED = ("indicator", "municipality", "group_by", "group")
"""Columns that a tidy table has the reader's words in; each with its key beside it, ``..._key``."""


def with_kinds(table: pd.DataFrame, writer: Writer) -> pd.DataFrame:
    """Add what a row is about and when.

    With ``kind`` 'indicator', 'question' (of an indicator of several) or 'series' (official figures), and ``period``
    'wave' or 'window' (several waves together; of a change, before or after).
    """
    indicators = {*writer.reported}
    official = table["measure"].eq("register")
    kind = np.where(official, "series", np.where(table["indicator"].isin(indicators), "indicator", "question"))
    waves = [table[name].astype(str) for name in WINDOWS if name in table]
    several = np.logical_or.reduce([[spans_waves(wave) for wave in column.tolist()] for column in waves])
    return table.assign(**{KIND: kind, PERIOD: np.where(several, "window", "wave")})


def tidy(table: pd.DataFrame, writer: Writer) -> pd.DataFrame:
    """Return rows as one draws and reads them: a wave each, per cent, the reader's words.

    Rows of several waves together are left out of estimates and diagnostics. What is a share is in per cent (of a
    change percentage points, ``unit`` 'pct'). ``indicator``, ``municipality``, ``group_by`` and ``group`` are labels,
    and ``indicator_key`` and so on what they were.
    """
    rows = table[table[PERIOD].eq("wave")] if "wave" in table else table
    shares = rows["unit"].eq("share")
    for column in (name for name in MEASURED if name in rows and name not in NOT_PER_CENT):
        rows = rows.assign(**{column: rows[column].mask(shares, rows[column] * PER_CENT)})
    rows = rows.assign(unit=rows["unit"].mask(shares, "pct"), municipality_key=rows["municipality_code"])
    keys: dict[str, Any] = {f"{name}_key": rows[name] for name in NAMED if name != "municipality"}
    labels: dict[str, Any] = {
        "indicator": rows["indicator"].map(writer.indicator),
        "municipality": rows["municipality_code"].map(writer.municipality),
        "group_by": [writer.grouping(column) if column else "" for column in rows["group_by"]],
        "group": [writer.group(*pair) for pair in zip(rows["group_by"], rows["group"], strict=True)],
    }
    return rows.assign(**keys, **labels).reset_index(drop=True)


def labelled(responses: pd.DataFrame, writer: Writer) -> pd.DataFrame:
    """Answers in words, each question's in the order of its scale, with answers that nobody gave as well.

    Questions are ordered categories from the least positive on; no answer and "don't know" are blank. Groups have their
    labels.
    """
    codebook, language = writer.codebook, writer.language
    words: dict[str, Any] = {}
    for item in codebook.items:
        labels = item.scale.labels[language]
        scale = pd.CategoricalDtype([*labels], ordered=True)
        words[item.name] = responses[item.name].map(dict(enumerate(labels, start=1))).astype(scale)
    for column, group in codebook.groups.items():
        if column in responses:
            names = {value: labels[language] for value, labels in group.values.items()}
            words[column] = responses[column].cat.rename_categories(names)
    return responses.assign(**words)


def draw(rows: pd.DataFrame, axes: Axes) -> Axes:
    """Draw tidy estimates over the waves with their intervals, a line for each municipality; say what is made up.

    ``rows``: of one measure, as from `tidy`.

    Raises
    ------
    TypeError
        If these are no axes.
    """
    if not hasattr(axes, "errorbar"):
        raise TypeError(f"ax: {type(axes).__name__} is no axes; `figure, ax = pyplot.subplots()` makes them")
    waves = sorted(rows["wave"].astype(str).unique())
    for name, own in rows.groupby("municipality", sort=False):
        place = [waves.index(wave) for wave in own["wave"].astype(str)]
        beside = [own["estimate"] - own["ci_low"], own["ci_high"] - own["estimate"]]
        axes.errorbar(place, own["estimate"], beside, marker="o", capsize=2, label=str(name))
    axes.set_xticks(range(len(waves)), waves)
    axes.set_title(str(rows["indicator"].iloc[0]))
    axes.set_ylabel(str(rows["unit"].iloc[0]))
    axes.legend()
    if rows["simulated"].any():
        stamp = " / ".join(STAMP.values())
        axes.annotate(stamp, (1, 0), xycoords="axes fraction", ha="right", va="bottom", fontsize="small")
    return axes


def picked(table: pd.DataFrame, where: Mapping[str, Wanted], known: Mapping[str, list[object]]) -> pd.DataFrame:
    """Rows that hold what is asked for.

    ``where``: column -> a value, or several. ``known``: what each of these columns holds anywhere.

    Raises
    ------
    KeyError
        If there is no such column or value, with those there are.
    """
    unknown = sorted(set(where) - set(table.columns))
    if unknown:
        raise KeyError(f"no column {', '.join(unknown)}; there are {', '.join(table.columns)}")
    for column, wanted in {name: _wanted(name, given, known[name]) for name, given in where.items()}.items():
        table = table[table[column].isin(wanted)]
    return table.reset_index(drop=True)


def _wanted(column: str, given: Wanted, known: list[object]) -> list[object]:
    asked = listed(given)
    if column in PLACES:
        asked = [PLACES[column](code) if (code := municipalities.recognise(value)) else value for value in asked]
    missing = [value for value in asked if value not in known]
    if missing:
        raise KeyError(f"{column}: {', '.join(map(repr, missing))} is none of {_some(known)}")
    return asked


def _some(known: list[object]) -> str:
    shown = ", ".join(map(repr, known[:LISTED]))
    return shown if len(known) <= LISTED else f"{shown} and {len(known) - LISTED} more"


def with_indicator(
    codebook: Codebook, name: str, items: Sequence[str], label: str, positive: int | None = None
) -> Codebook:
    """Return the codebook with one more indicator of questions that it holds.

    Parameters
    ----------
    name
        A new name: small letters, digits and underscores.
    items
        Names of its questions, all with equally many answers.
    label
        What readers see, in either language.
    positive
        How many of the top answers are positive; what the codebook says, for a second definition beside it would
        let a hidden answer be found by subtraction.

    Raises
    ------
    ValueError
        If the name is taken or none, a question is unknown, or the scales do not go together; with what there is.

    Examples
    --------
    >>> from jobreport.setup.codebook import Question, Scale
    >>> scale = Scale("grad", {"da": ("a", "b", "c"), "en": ("a", "b", "c")}, 1, 1)
    >>> book = Codebook((Indicator("trust", {}, (Question("s_1", {}, scale),)),))
    >>> [indicator.name for indicator in with_indicator(book, "kontakt", ["s_1"], "Kontakt").indicators]
    ['trust', 'kontakt']
    """
    if not isinstance(label, str):
        raise ValueError(f"label: {label!r} is not a text")
    known = {item.name: item for item in codebook.items}
    taken = {*known, *(indicator.name for indicator in codebook.indicators)}
    if not re.fullmatch("[a-z][a-z0-9_]*", str(name)) or name in taken:
        raise ValueError(f"{name!r} is no new name of small letters, digits and _; taken are {', '.join(taken)}")
    if missing := [item for item in items if item not in known]:
        raise ValueError(f"{', '.join(map(str, missing))}: no such question; there are {', '.join(known)}")
    asked = tuple(known[item] for item in dict.fromkeys(items))
    scales = {(item.scale.lowest, item.scale.size, item.scale.positive) for item in asked}
    if len(scales) != 1 or (positive is not None and {positive} != {count for *_, count in scales}):
        said = ", ".join(f"{item.name} {item.scale.positive} of {item.scale.size}" for item in asked)
        raise ValueError(f"the questions must have the same answers and as many positive: {said or 'none named'}")
    reasons = [each.reason for each in codebook.indicators if not each.comparable and {*each.items} & {*asked}]
    alike = not reasons and len({item.waves for item in asked}) == 1
    labels = dict.fromkeys(LANGUAGES, label)
    return replace(
        codebook, indicators=(*codebook.indicators, Indicator(name, labels, asked, alike, "; ".join(reasons)))
    )
