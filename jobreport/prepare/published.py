"""What others have published, as plain text: every survey with its base and reservations, every claim as what it is."""

import re
from collections.abc import Iterator
from dataclasses import dataclass
from pathlib import Path

import pandas as pd

from jobreport.domain.shipped import shipped
from jobreport.domain.texts import Words, texts_of
from jobreport.errors import Problem, refuse
from jobreport.intake.formats import published
from jobreport.intake.formats.contract import NOT_STATED
from jobreport.report.results import with_intervals
from jobreport.wording.numbers import decimal

_SENTENCE = re.compile(r"(?<=\.) (?=[A-ZÆØÅ\"])")
BENCHMARKS, CLAIMS = "data/benchmarks.csv", "data/claims.csv"


def published_list(root: Path | None, language: str) -> str:
    """List the published figures and claims of a project.

    ``root``: the project folder; what came with the program is listed where none is named.

    Raises
    ------
    InputRefused
        With every entry that has no source or base, or a figure that cannot be one.
    """
    if root is None:
        root = Path() if Path(BENCHMARKS).is_file() or Path(CLAIMS).is_file() else shipped("")
    problems = [
        Problem("file_missing", name, {"field": role, "file": name})
        for role, name in (("benchmarks", BENCHMARKS), ("claims", CLAIMS))
        if not (root / name).is_file()
    ]
    refuse(problems, language)
    benchmarks, problems = published.read_benchmarks(root / BENCHMARKS, BENCHMARKS)
    claims, further = published.read_claims(root / CLAIMS, CLAIMS)
    refuse(problems + further, language)
    listing = Listing(language)
    figures = with_intervals(benchmarks)
    lines = [listing.said["surveys"], ""]
    for _, survey in (figures if figures is not None else benchmarks).groupby(["source", "dated"], sort=False):
        lines += [*listing.survey(survey), ""]
    lines += [listing.said["claims"], ""]
    for _, claim in claims.iterrows():
        lines += [*listing.claim(claim), ""]
    return "\n".join(lines).rstrip()


@dataclass(frozen=True)
class Listing:
    """Writes surveys and claims in one language."""

    language: str

    @property
    def said(self) -> Words:
        """Words of the list."""
        return texts_of("published", self.language)

    def survey(self, survey: pd.DataFrame) -> Iterator[str]:
        """One survey: what its figures have in common, then each figure, then its reservations once."""
        first = survey.iloc[0]
        yield self.said["survey"].format(source=first["source"], dated=self._stated(first["dated"]))
        for name in ("publisher", "commissioner", "evaluated_party", "population", "mode"):
            told = dict.fromkeys(self._stated(self._own(row, name)) for _, row in survey.iterrows())
            yield self.said["field"].format(name=self.said["fields"][name], text="; ".join(told))
        for _, row in survey.iterrows():
            yield self.said["figure"].format(**self._figure(row))
        notes = [note for _, row in survey.iterrows() for note in _SENTENCE.split(self._own(row, "quality_notes"))]
        yield self.said["field"].format(name=self.said["fields"]["notes"], text=" ".join(dict.fromkeys(notes)))
        references = "; ".join(dict.fromkeys(survey["reference"]))
        yield self.said["field"].format(name=self.said["fields"]["reference"], text=references)

    def _figure(self, row: pd.Series) -> dict[str, str]:
        share = row["measure"] == "share"
        scale = 100 if share else 1
        places = 2 if not share else int(row["value"] != round(row["value"], 2))  # as published: 59 or 67.9 pct.
        interval = self.said["no_interval"]
        if pd.notna(row["ci_low"]):
            ends = (self._decimal(100 * row[end], 0) for end in ("ci_low", "ci_high"))
            interval = self.said["interval"].format(**dict(zip(("low", "high"), ends, strict=True)))
        return {
            "about": self.said["about"] if row["approximate"] else "",
            "value": self._decimal(scale * row["value"], places),
            "unit": self.said["per_cent"] if share else "",
            "text": self._own(row, "text"),
            "interval": interval,
            "n": self._count(row["n"]),
            "invited": self._count(row["n_invited"]),
            "scale": self.said["scales"].get(row["scale_kind"], self._stated(row["scale_kind"])),
            "box": self.said["boxes"].get(row["box"], self._stated(row["box"])),
            "computed": self.said["computed"] if row["computed"] else "",
        }

    def claim(self, claim: pd.Series) -> Iterator[str]:
        """One claim: who said it, on what basis, what was answered, and what can be said of it."""
        who, what = self._own(claim, "claimed_by"), self._own(claim, "claim")
        yield self.said["claim"].format(who=who, dated=self._stated(claim["dated"]), claim=what)
        for name in ("basis", "reply", "status", "notes"):
            yield self.said["field"].format(name=self.said["fields"][name], text=self._stated(self._own(claim, name)))

    def _own(self, row: pd.Series, name: str) -> str:
        return str(row[f"{name}_{self.language}" if f"{name}_{self.language}" in row else name])

    def _stated(self, text: str) -> str:
        acts = self.said["acts"]  # what the evaluated party did itself stands in the file in the words of the params
        if set(text.lower().split()) <= set(acts):
            return ", ".join(acts[word] for word in text.lower().split())
        return str(self.said["not_stated"]) if text == NOT_STATED else text

    def _count(self, value: float) -> str:
        return str(self.said["not_stated"]) if pd.isna(value) else self._decimal(value, 0)

    def _decimal(self, value: float, places: int) -> str:
        return decimal(value, places, self.language)
