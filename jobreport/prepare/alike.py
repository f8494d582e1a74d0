"""Municipalities that resemble another before an event, chosen by a stated rule before any result is seen.

The list is written into the params as ``comparison``, and the rule beside it as ``comparison_rule``: a reader
sees both, and a later run cannot choose again.
"""

import math
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from functools import partial
from pathlib import Path
from textwrap import indent

import numpy as np
import pandas as pd

from jobreport.domain import municipalities, periods
from jobreport.domain.texts import LANGUAGES, both, texts_of
from jobreport.errors import Problem, refuse
from jobreport.intake.formats import register
from jobreport.setup import params, yaml_writer
from jobreport.setup.params_model import Event, Params

YEARS = 3
COUNT = 20
SIZES = ("persons",)


@dataclass(frozen=True)
class Nearest:
    """The municipalities chosen, and what the choice rests on."""

    found: pd.DataFrame  # municipality_code, distance; the nearest first
    series: tuple[str, ...]  # series, first, last: names of the series, and the first and last period used
    first: str
    last: str
    without: tuple[str, ...]  # municipalities that lack a figure and could not be placed


def nearest(registers: Mapping[str, pd.DataFrame], event: Event, count: int = COUNT) -> Nearest:
    """Find the municipalities nearest to the treated in their register profile before an event.

    Every series is averaged over the three years before the event (numbers of persons as logarithms) and divided by
    its standard deviation over the municipalities. The distance is the root of the mean squared difference from the
    treated, where each register counts the same however many series it holds. The exposed are never chosen.

    Parameters
    ----------
    registers
        Register rows by a name; the series of one register share its weight.
    event
        Its treated, exposed and date.
    count
        How many to choose; ties go to the lower code.

    Raises
    ------
    InputRefused
        If a register has no figures before the event, or none for the treated.
    """
    tables = {name: _profile(rows, event) for name, rows in registers.items()}
    problems = [
        Problem("profile_empty", name, {"event": event.event, "date": event.date.isoformat()})
        for name, (table, _) in tables.items()
        if table.empty or not set(event.treated) <= set(table.dropna().index)
    ]
    refuse(problems)
    squares = [_squared(table, event.treated) for table, _ in tables.values()]
    together = pd.concat(squares, axis=1)
    candidates = together.drop(index=[*event.treated, *event.exposed], errors="ignore")
    distance = candidates.dropna().mean(axis=1).pow(0.5).rename("distance")
    table = distance.rename_axis("municipality_code").reset_index()
    table = table.sort_values(["distance", "municipality_code"], ignore_index=True).head(count)
    used = sorted(period for _, listed in tables.values() for period in listed)
    series = tuple(name for one, _ in tables.values() for name in one.columns)
    without = tuple(sorted(set(candidates.index) - set(distance.index)))
    return Nearest(table, series, used[0], used[-1], without)


def _profile(rows: pd.DataFrame, event: Event) -> tuple[pd.DataFrame, list[str]]:
    years = {str(event.date.year - back) for back in range(1, YEARS + 1)}
    days = {period: periods.span(period) for period in rows["period"].unique()}
    used = sorted(p for p, span in days.items() if span is not None and span[1] < event.date and p[:4] in years)
    kept = rows[rows["period"].isin(used) & (rows["municipality_code"] != municipalities.COUNTRY_CODE)]
    value = kept["value"].where(~kept["unit"].isin(SIZES), np.log(kept["value"].where(kept["value"] > 0)))
    means = kept.assign(value=value).pivot_table(
        index="municipality_code",
        columns="series",
        values="value",
        aggfunc=lambda v: v.mean(skipna=False),
        dropna=False,
    )
    return means, used


def _squared(profile: pd.DataFrame, treated: Sequence[str]) -> pd.Series:
    standard = (profile - profile.mean()) / profile.std(ddof=1).replace(0, math.nan)
    return (standard - standard.loc[list(treated)].mean()).pow(2).mean(axis=1, skipna=False)


def comparable(params_path: Path, *, files: Sequence[str] = (), event: str | None = None, count: int = COUNT) -> str:
    """Write the rule, the list, and the lines to put into the params.

    ``files``: registers to place the municipalities by, counted from the project folder; none is those in the params.
    ``event``: key of the event; None is the first.

    Raises
    ------
    InputRefused
        With every problem of the params and the registers.
    """
    chosen = params.read(params_path)
    known = [one.event for one in chosen.events]
    if not known or event not in (None, *known):
        facts: dict[str, object] = {"event": event or both("none"), "known": known or both("none")}
        refuse([Problem("profile_event", chosen.where, facts)], chosen.language)
    return _written(nearest(_read(chosen, files), chosen.event(event), count), chosen, chosen.event(event))


def _read(chosen: Params, files: Sequence[str]) -> dict[str, pd.DataFrame]:
    named = list(dict.fromkeys(files or [series.file for series in chosen.registers if chosen.event_of(series)]))
    problems = [Problem("file_missing", chosen.where, {"field": "--register", "file": file})
                for file in named if not chosen.resolve(file).is_file()]  # fmt: skip
    if not named:
        problems.append(Problem("profile_without_register", chosen.where))
    refuse(problems, chosen.language)
    read = {}
    for file in named:
        described = tuple(series for series in chosen.registers if series.file == file)
        (read[file], _), found = register.read(chosen.resolve(file), file, described)
        problems += found
    refuse(problems, chosen.language)
    return read


def _written(found: Nearest, chosen: Params, event: Event) -> str:
    texts = {language: _texts(language) for language in LANGUAGES}
    said = texts[chosen.language]
    facts = {"count": len(found.found), "series": ", ".join(found.series), "first": found.first, "last": found.last}
    rules = {language: text["rule"].format(**facts) for language, text in texts.items()}
    placed = zip(found.found["municipality_code"].astype(str), found.found["distance"], strict=True)
    rows = [said["line"].format(code=code, name=municipalities.name(code), distance=away) for code, away in placed]
    codes = sorted(found.found["municipality_code"].astype(str))
    without = [said["without"].format(codes=", ".join(found.without))] if found.without else []
    label = event.label[chosen.language]
    lines = yaml_writer.sections({"comparison": codes}) + yaml_writer.sections({"comparison_rule": rules})
    fragment = indent(lines.rstrip(), " " * 4)
    return "\n".join(
        [said["head"].format(event=label), rules[chosen.language], "", *rows, *without, "", said["put"], fragment]
    )


_texts = partial(texts_of, "comparable")
