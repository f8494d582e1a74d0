"""What others have published, as plain text: every survey with its base and reservations, every claim as what it is."""

from __future__ import annotations

import re
from collections.abc import Iterator, Mapping
from functools import partial
from pathlib import Path
from typing import Any

import pandas as pd

from jobreport.domain.texts import texts_of
from jobreport.errors import Problem, refuse
from jobreport.intake.formats import published
from jobreport.intake.formats.contract import NOT_STATED
from jobreport.report.results import with_intervals
from jobreport.wording.numbers import decimal

_SENTENCE = re.compile(r"(?<=\.) (?=[A-ZÆØÅ\"])")
BENCHMARKS, CLAIMS = "data/benchmarks.csv", "data/claims.csv"


def published_list(root: Path, language: str) -> str:
    """List the published figures and claims of a project.

    Parameters
    ----------
    root
        The project folder.
    language
        'da' or 'en'.

    Raises
    ------
    InputRefused
        With every entry that has no source or base, or a figure that cannot be one.
    """
    problems = [
        Problem("file_missing", name, {"field": role, "file": name})
        for role, name in (("benchmarks", BENCHMARKS), ("claims", CLAIMS))
        if not (root / name).is_file()
    ]
    refuse(problems, language)
    benchmarks, problems = published.read_benchmarks(root / BENCHMARKS, BENCHMARKS)
    claims, further = published.read_claims(root / CLAIMS, CLAIMS)
    refuse(problems + further, language)
    said = _texts(language)
    figures = with_intervals(benchmarks)
    lines = [said["surveys"], ""]
    for _, survey in (figures if figures is not None else benchmarks).groupby(["source", "dated"], sort=False):
        lines += [*_survey(survey, said, language), ""]
    lines += [said["claims"], ""]
    for _, claim in claims.iterrows():
        lines += [*_claim(claim, said, language), ""]
    return "\n".join(lines).rstrip()


_texts = partial(texts_of, "published")


def _survey(survey: pd.DataFrame, said: Mapping[str, Any], language: str) -> Iterator[str]:
    """One survey: what its figures have in common, then each figure, then its reservations once."""
    first = survey.iloc[0]
    yield said["survey"].format(source=first["source"], dated=_stated(first["dated"], said))
    for name in ("publisher", "commissioner", "evaluated_party", "population", "mode"):
        told = dict.fromkeys(_stated(_own(row, name, language), said) for _, row in survey.iterrows())
        yield said["field"].format(name=said["fields"][name], text="; ".join(told))
    for _, row in survey.iterrows():
        yield said["figure"].format(**_figure(row, said, language))
    notes = [note for _, row in survey.iterrows() for note in _SENTENCE.split(_own(row, "quality_notes", language))]
    yield said["field"].format(name=said["fields"]["notes"], text=" ".join(dict.fromkeys(notes)))
    references = "; ".join(dict.fromkeys(survey["reference"]))
    yield said["field"].format(name=said["fields"]["reference"], text=references)


def _figure(row: pd.Series, said: Mapping[str, Any], language: str) -> dict[str, str]:
    share = row["measure"] == "share"
    scale = 100 if share else 1
    places = 2 if not share else int(row["value"] != round(row["value"], 2))  # as published: 59 or 67.9 pct.
    interval = said["no_interval"]
    if pd.notna(row["ci_low"]):
        ends = (decimal(100 * row[end], 0, language) for end in ("ci_low", "ci_high"))
        interval = said["interval"].format(**dict(zip(("low", "high"), ends, strict=True)))
    return {
        "about": said["about"] if row["approximate"] else "",
        "value": decimal(scale * row["value"], places, language),
        "unit": said["per_cent"] if share else "",
        "text": _own(row, "text", language),
        "interval": interval,
        "n": _count(row["n"], said, language),
        "invited": _count(row["n_invited"], said, language),
        "scale": said["scales"].get(row["scale_kind"], _stated(row["scale_kind"], said)),
        "box": said["boxes"].get(row["box"], _stated(row["box"], said)),
        "computed": said["computed"] if row["computed"] else "",
    }


def _claim(claim: pd.Series, said: Mapping[str, Any], language: str) -> Iterator[str]:
    who, what = _own(claim, "claimed_by", language), _own(claim, "claim", language)
    yield said["claim"].format(who=who, dated=_stated(claim["dated"], said), claim=what)
    for name in ("basis", "reply", "status", "notes"):
        yield said["field"].format(name=said["fields"][name], text=_stated(_own(claim, name, language), said))


def _own(row: pd.Series, name: str, language: str) -> str:
    """A cell in the language asked for, where the table has it in both."""
    return str(row[f"{name}_{language}" if f"{name}_{language}" in row else name])


def _stated(text: str, said: Mapping[str, Any]) -> str:
    acts = said["acts"]  # what the evaluated party did itself stands in the file in the words of the params
    if set(text.lower().split()) <= set(acts):
        return ", ".join(acts[word] for word in text.lower().split())
    return str(said["not_stated"]) if text == NOT_STATED else text


def _count(value: float, said: Mapping[str, Any], language: str) -> str:
    return str(said["not_stated"]) if pd.isna(value) else decimal(value, 0, language)
