"""Designs of surveys and the small files that each of them is: what a municipality may bring, in every combination.

``covering`` picks the designs so that every value of a property meets every value of every other one at least once.
"""

from __future__ import annotations

import json
from collections.abc import Sequence
from dataclasses import dataclass, fields
from itertools import combinations
from pathlib import Path
from typing import Any

import numpy as np
import pandas as pd

TREATED, EXPOSED = "183", "187"
NEAR = ("151", "153", "157", "159", "161", "163", "165", "167", "169", "173", "175", "185")  # one region
FAR = ("259", "330", "461", "561", "621", "730", "751", "787", "813", "851", "101", "400")  # all five
PERIODS = ("2020-1", "2020-2", "2021-1", "2021-2", "2022-1", "2022-2")
HALVES = {"1": ("01-01", "06-30"), "2": ("07-01", "12-31")}
QUESTIONS = {"satisfaction": "s", "trust_met": "t", "trust_listened": "t", "trust_situation": "t", "meaning": "m"}
INDICATORS = {
    "satisfaction": ("Tilfredshed", ["satisfaction"]),
    "trust": ("Tillid", ["trust_met", "trust_listened", "trust_situation"]),
    "meaning": ("Mening", ["meaning"]),
}
GROUPS = {"benefit_group": ("dagpenge", "sygedagpenge", "jobparate"), "gender": ("kvinde", "mand")}
VALUES: dict[str, tuple[Any, ...]] = {
    "municipalities": (1, 2, 3, 4, 5, 6, 7, 10, 13),
    "waves": (1, 2, 3, 4, 6),
    "answers": (40, 12, 1),
    "groups": (2, 0, 1),
    "spread": ("any", "alike", "alike_after", "twins", "positive", "no_answer"),
    "whose": ("treated", "comparison", "exposed"),
    "event": (True, False),
    "second_event": (False, True),
    "weights": ("none", "column", "margins"),
    "register": ("none", "few", "alike", "all"),
    "questions": (5, 1, 2, 3),
    "invited": (False, True),
    "same_people": (False, True),
    "one_region": (False, True),
    "gap": (False, True),
    "exposed": (True, False),
    "language": ("da", "en"),
}


@dataclass(frozen=True)
class Design:
    """What one survey is; each field holds one of `VALUES`.

    Parameters
    ----------
    answers
        In every municipality and wave.
    groups
        How many columns divide the respondents.
    spread
        How people answer: anyhow; all alike; alike from the event on; the same to all questions; all positively;
        nobody the last question.
    whose
        The report is about the municipality of the event, the exposed or another (the first there is).
    register
        An official series of the same few municipalities, of those with figures that never move, or of all 98.
    second_event
        To the last municipality something happened before the last wave.
    gap
        The last municipality has no answers in the last wave.
    """

    municipalities: int = 5
    waves: int = 2
    answers: int = 40
    groups: int = 2
    spread: str = "any"
    whose: str = "treated"
    event: bool = True
    second_event: bool = False
    weights: str = "none"
    register: str = "none"
    questions: int = 5
    invited: bool = False
    same_people: bool = False
    one_region: bool = False
    gap: bool = False
    exposed: bool = True
    language: str = "da"

    def __str__(self) -> str:
        changed = ((f.name, getattr(self, f.name)) for f in fields(self) if getattr(self, f.name) != f.default)
        return ",".join(f"{name}={value}" for name, value in changed) or "plain"

    @property
    def codes(self) -> tuple[str, ...]:
        """Municipalities in the file."""
        others = NEAR if self.one_region else FAR
        return (TREATED, *((EXPOSED,) if self.exposed else ()), *others)[: self.municipalities]

    @property
    def own(self) -> str:
        """Municipality of the report."""
        wanted = [EXPOSED] if self.whose == "exposed" and self.exposed else []
        wanted += [code for code in self.codes if code not in (TREATED, EXPOSED)] if self.whose != "treated" else []
        return next((code for code in wanted if code in self.codes), TREATED)

    @property
    def periods(self) -> tuple[str, ...]:
        """Names of the waves."""
        return PERIODS[: self.waves]

    @property
    def after(self) -> tuple[str, ...]:
        """Waves from the event on: the last half."""
        return self.periods[self.waves // 2 :]

    @property
    def margins(self) -> bool:
        """Whether answers are weighted to known counts: of groups that are known."""
        return self.weights == "margins" and self.groups > 0

    @property
    def has_event(self) -> bool:
        """Whether the params have an event: one wave has no before."""
        return self.event and self.waves > 1

    @property
    def has_register(self) -> bool:
        """Whether the params have an official series: its windows belong to an event."""
        return self.register != "none" and self.has_event

    @property
    def refused(self) -> str:
        """Key of the problem for which the design is refused; '' if it is not."""
        if not self.gap:
            return ""
        if self.municipalities == 1:
            return "wave_empty" if self.waves > 1 else ""
        return "municipality_without_answers" if self.waves == 1 and self.own == self.codes[-1] else ""

    @property
    def asked(self) -> dict[str, str]:
        """Questions with their scales."""
        return dict(list(QUESTIONS.items())[: self.questions])


def covering(values: dict[str, tuple[Any, ...]] = VALUES) -> list[Design]:
    """Designs in which every two values of two properties meet, found greedily; always the same."""
    names = list(values)
    places = {name: range(len(of)) for name, of in values.items()}
    left = {((a, x), (b, y)) for a, b in combinations(names, 2) for x in places[a] for y in places[b]}
    rng = np.random.default_rng(13)
    found: list[Design] = []
    while left:
        ordered = sorted(left)
        tried = (_filled(values, left, ordered, rng) for _ in range(20))
        best = max(tried, key=lambda row: len(left & _pairs(names, row)))
        left -= _pairs(names, best)
        found.append(Design(**{name: values[name][place] for name, place in zip(names, best, strict=True)}))
    return found


def _pairs(names: Sequence[str], row: Sequence[int]) -> set[Any]:
    return set(combinations(zip(names, row, strict=True), 2))


def _filled(
    values: dict[str, tuple[Any, ...]], left: set[Any], ordered: Sequence[Any], rng: np.random.Generator
) -> list[int]:
    """One row: begun with a pair that is still to meet, the rest chosen one by one to meet as many as they can."""
    names = list(values)
    at = {name: place for place, name in enumerate(names)}
    start = dict(ordered[int(rng.integers(len(ordered)))])
    for i in rng.permutation(len(names)):
        name = names[i]
        if name in start:
            continue
        before = [other for other in start.items() if at[other[0]] < i]
        after = [other for other in start.items() if at[other[0]] > i]
        options = []
        for place in range(len(values[name])):
            own = (name, place)
            met = sum((other, own) in left for other in before) + sum((own, other) in left for other in after)
            options.append((met, rng.random(), place))
        start[name] = max(options)[2]
    return [start[name] for name in names]


COVERING = tuple(covering())


def few(given: Sequence[Design]) -> tuple[Design, ...]:
    """The given designs and of the covering ones those that bring a value no other has, most new values first."""
    chosen = list(given)
    missing = {(name, value) for name, values in VALUES.items() for value in values}.difference(*map(held, chosen))
    while missing:
        chosen.append(max(COVERING, key=lambda design: len(missing & held(design))))
        missing -= held(chosen[-1])
    return tuple(chosen)


def held(design: Design) -> set[tuple[str, Any]]:
    """Every property of a design with its value."""
    return {(name, getattr(design, name)) for name in VALUES}


# ------------------------------------------------------------------------------------------------ files


def write(design: Design, root: Path, name: str = "grid") -> Path:
    """Write a design's files below ``root``, their names beginning with ``name``, and return its params file."""
    (root / "params").mkdir(parents=True, exist_ok=True)
    people = responses(design)
    tables = {"svar": people, "invited": _invited(people)}
    tables |= {"margins": _margins(design)} if design.margins else {}
    tables |= {"register": _register(design)} if design.has_register else {}
    for role, table in tables.items():
        table.to_csv(root / f"{name}-{role}.csv", index=False)
    _dump(codebook(design), root / f"{name}-codebook.yml")
    path = root / "params" / f"{name}.yml"
    _dump(params(design, name), path)
    return path


def _dump(content: dict[str, Any], path: Path) -> None:
    path.write_text(json.dumps(content, ensure_ascii=False), encoding="utf-8")  # which is YAML too


def responses(design: Design) -> pd.DataFrame:
    """One row a respondent; answers are 1 to 5, the last the most positive, 8 is 'ved ikke'."""
    rng = np.random.default_rng(7)
    places = [(wave, code) for wave in design.periods for code in design.codes]
    if design.gap and len(places) > 1:
        places.pop()
    table = pd.DataFrame(places, columns=["wave", "municipality_code"])
    table = table.loc[table.index.repeat(design.answers)].reset_index(drop=True)
    n = len(table)
    person = table.groupby(["wave", "municipality_code"]).cumcount()
    if design.same_people:
        table["respondent_id"] = "p" + table["municipality_code"] + "-" + (10_007 * (1 + person)).astype(str)
    for column, keys in list(GROUPS.items())[: design.groups]:
        drawn = rng.integers(len(keys), size=n) + 1
        table[column] = drawn[person] if design.same_people else drawn  # who answers again is who he was
    if design.weights == "column":
        table["weight"] = rng.uniform(0.5, 2, n).round(2)
    return table.assign(**_answers(design, table["wave"].isin(design.after).to_numpy(), rng))


def _answers(design: Design, after: np.ndarray, rng: np.random.Generator) -> dict[str, np.ndarray]:
    names, n = list(design.asked), len(after)
    drawn = rng.choice([1, 2, 3, 4, 5, 8], p=[0.08, 0.14, 0.22, 0.32, 0.2, 0.04], size=(n, len(names)))
    alike = {"alike": np.ones(n, dtype=bool), "alike_after": after}.get(design.spread, np.zeros(n, dtype=bool))
    drawn[alike] = 4
    if design.spread == "twins":
        drawn[:] = drawn[:, :1]
    if design.spread == "positive":
        drawn = np.clip(drawn, 4, 5)
    answers = dict(zip(names, drawn.T.astype(object), strict=True))
    if design.spread == "no_answer":
        answers[names[-1]] = np.where(after, 8, answers[names[-1]])
    return answers


def codebook(design: Design) -> dict[str, Any]:
    """What the file means."""
    columns = {"wave": "wave", "municipality_code": "municipality_code"}
    columns |= {"respondent_id": "respondent_id"} if design.same_people else {}
    columns |= {"weight": "weight"} if design.weights == "column" else {}
    scale = {"labels": {"da": ["Slet ikke", "Lidt", "Nogen", "Meget", "Helt"]}, "positive": "2", "negative": "2"}
    questions = [
        {
            "name": name, "column": name, "wording": {"da": f"Hvad siger du om {name}?"}, "scale": kind,
            "codes": ["1", "2", "3", "4", "5"], "dont_know": [{"code": "8", "label": {"da": "Ved ikke"}}],
        }
        for name, kind in design.asked.items()
    ]  # fmt: skip
    indicators = [
        {"name": name, "label": {"da": label}, "items": [item for item in items if item in design.asked]}
        for name, (label, items) in INDICATORS.items()
    ]
    groups = {
        column: {
            "column": column, "label": {"da": column},
            "values": [{"code": str(i), "key": key, "label": {"da": key}} for i, key in enumerate(keys, start=1)],
        }
        for column, keys in list(GROUPS.items())[: design.groups]
    }  # fmt: skip
    return {
        "columns": columns,
        "scales": dict.fromkeys(sorted(set(design.asked.values())), scale),
        "questions": questions,
        "indicators": [indicator for indicator in indicators if indicator["items"]],
        **({"groups": groups} if groups else {}),
    }


def params(design: Design, name: str) -> dict[str, Any]:
    """Params of the report."""
    survey = {"file": f"{name}-svar.csv", "codebook": f"{name}-codebook.yml"}
    survey |= {"margins": f"{name}-margins.csv"} if design.margins else {}
    survey |= {"invited": f"{name}-invited.csv"} if design.invited else {}
    waves = [{"wave": wave, "from": _day(wave, 0), "to": _day(wave, 1)} for wave in design.periods]
    exposed = [EXPOSED] if EXPOSED in design.codes else []
    event = {"event": "e", "label": "Et skift", "date": _day(design.after[0], 0), "treated": [TREATED]}
    series = {"series": "ledighed", "file": f"{name}-register.csv", "label": "Ledighed", "unit": "pct_of_labour_force"}
    before, after = _years(design)
    second = {"event": "f", "label": "Et andet skift", "date": _day(design.periods[-1], 0)}
    events = [event | ({"exposed": exposed} if exposed else {}), second | {"treated": [design.codes[-1]]}]
    series |= {"event": "e", "before": [before], "after": [after], "source": "Danmarks Statistik"}
    return {
        "name": name,
        "language": design.language,
        "municipality_code": design.own,
        "report_date": "2023-01-01",
        "survey": survey | {"waves": waves},
        "events": events[: 1 + design.second_event] if design.has_event else [],
        "registers": [series] if design.has_register else [],
    }


def _day(wave: str, end: int) -> str:
    year, half = wave.split("-")
    return f"{year}-{HALVES[half][end]}"


def _years(design: Design) -> tuple[str, str]:
    """The last whole year before the event, and the first after it."""
    year, half = (int(part) for part in design.after[0].split("-"))
    return str(year - 1), str(year if half == 1 else year + 1)


def _margins(design: Design) -> pd.DataFrame:
    """Known counts of everybody, and of the first group column where there is one."""
    column, keys = next(iter(GROUPS.items()))
    counts = dict(zip(keys, (100, 150, 200), strict=True))
    rows = [(w, c, column, key, n) for w in design.periods for c in design.codes for key, n in counts.items()]
    return pd.DataFrame(rows, columns=["wave", "municipality_code", "group_by", "group", "count"])


def _invited(people: pd.DataFrame) -> pd.DataFrame:
    answered = people.groupby(["wave", "municipality_code"]).size()
    rows = [(*place, "", "", int(n) * 2, int(n)) for place, n in answered.items()]
    return pd.DataFrame(rows, columns=["wave", "municipality_code", "group_by", "group", "n_invited", "n_answered"])


def _register(design: Design) -> pd.DataFrame:
    from jobreport.domain import municipalities

    codes = list(design.codes) if design.register != "all" else [m.code for m in municipalities.all_municipalities()]
    rng = np.random.default_rng(3)
    first, last = (int(year) for year in _years(design))
    years = [str(year) for year in range(first - design.waves + 1, last + 1)]
    move = 0.0 if design.register == "alike" else 1.0
    rows = [(c, y, round(4 + move * rng.normal(0, 0.7), 3)) for c in ["000", *codes] for y in years]
    table = pd.DataFrame(rows, columns=["municipality_code", "period", "value"])
    fixed = {"series": "ledighed", "unit": "pct_of_labour_force", "source": "Danmarks Statistik", "table": "AUP01"}
    return table.assign(**fixed, retrieved="2023-01-01")
