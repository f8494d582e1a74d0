"""Packages of other municipalities: which files they are, and numbers in them that cannot all be true."""

from collections.abc import Callable, Iterator, Mapping, Sequence
from dataclasses import dataclass, replace
from pathlib import Path

import numpy as np
import pandas as pd

from jobreport.domain import municipalities
from jobreport.domain.texts import both
from jobreport.errors import InputRefused, Problem
from jobreport.intake.formats import content, package
from jobreport.intake.formats.content import InputFile
from jobreport.intake.formats.package import Package
from jobreport.setup.params_model import Signer

ROLE = "package"
LIST = "index.json"
"""Names and checksums of the packages of a shared folder."""
NEAR = 1e-4
"""Relative error that rounding to seven digits leaves of a difference of two figures."""
BOXES = ("positive", "neutral", "negative")
MOST = 200
"""Packages of one report: twice as many as there are municipalities."""


@dataclass(frozen=True)
class Read:
    """The packages of a report, their files and every problem."""

    packages: tuple[Package, ...]
    files: tuple[InputFile, ...]
    problems: tuple[Problem, ...]


def read(root: Path, patterns: Sequence[str], where: str) -> Read:
    """Read every package that some patterns name, and refuse what is no package, or two of one municipality.

    In a pattern '*' stands for any part of a name; nothing outside ``root`` is read.
    """
    found = {pattern: _named(root, pattern) for pattern in patterns}
    problems = [Problem("package_missing", where, {"file": pattern}) for pattern, paths in found.items() if not paths]
    named = {path.relative_to(root.resolve()).as_posix(): path for paths in found.values() for path in paths}
    read = _all(named, where)
    return replace(read, problems=(*problems, *read.problems))


def read_files(files: Sequence[Path]) -> Read:
    """Read packages by their paths, as `read` does."""
    return _all({path.as_posix(): path for path in files}, ", ".join(path.as_posix() for path in files[:1]))


def _all(named: Mapping[str, Path], where: str) -> Read:
    if len(named) > MOST:
        return Read((), (), (Problem("package_many", where, {"count": len(named), "most": MOST}),))
    read = [_one(path, name) for name, path in named.items()]
    found = [each for each, _ in read if each is not None]
    problems = [*(problem for _, wrong in read for problem in wrong), *_twice(found, where)]
    files = tuple(InputFile(ROLE, each.where, each.sha256) for each in found)
    return Read(tuple(sorted(found, key=lambda each: each.code)), files, tuple(problems))


def _named(root: Path, pattern: str) -> list[Path]:
    root = root.resolve()
    if Path(pattern).is_absolute() or ".." in Path(pattern).parts:
        return []
    try:
        found = [path.resolve() for path in root.glob(pattern)]
    except (ValueError, OSError, NotImplementedError):
        return []
    return sorted(path for path in found if path.is_file() and path.is_relative_to(root))


def _one(path: Path, where: str) -> tuple[Package | None, list[Problem]]:
    try:
        held = content.read(path, where, package.MEGABYTES)
    except InputRefused as refused:
        return None, list(refused.problems)
    read, problems = package.read(held, where)
    return read, [*problems, *(contradictions(read) if read is not None else ())]


def _twice(found: Sequence[Package], where: str) -> Iterator[Problem]:
    by_code: dict[str, list[str]] = {}
    for each in found:
        by_code.setdefault(each.code, []).append(each.where)
    for code, files in by_code.items():
        if len(files) > 1:
            yield Problem("package_twice", where, {"name": municipalities.name(code), "files": files})


def unsigned(found: Sequence[Package], signers: Sequence[Signer], where: str) -> Iterator[Problem]:
    """Find packages that are not signed with the key that their municipality gave, and keys of which there are none."""
    by_code = {package.code: package for package in found}
    for each in signers:
        name, read = municipalities.name(each.municipality_code), by_code.get(each.municipality_code)
        if read is None:
            yield Problem("signer_without_package", where, {"name": name})
        elif read.signed_by != each.key:
            yield Problem("package_signer", read.where, {"name": name})


def contradictions(read: Package) -> list[Problem]:
    """Find what cannot be true of a package's numbers: a line for each rule that is broken, with its first row."""
    found: list[Problem] = []
    for rule, file, row, count in (*_of_estimates(read), *_of_moments(read), *_of_people(read)):
        facts = {"rule": both(f"package.{rule}"), "file": file, "row": row, "count": count}
        found.append(Problem("package_contradicts", read.where, facts))
    return found


def measures_of(codebook: package.CodebookFacts) -> set[tuple[str, str, str]]:
    """Every (indicator, measure, category) that there can be figures of."""
    sizes = {question.name: len(next(iter(question.labels.values()), ())) for question in codebook.questions}
    found: set[tuple[str, str, str]] = set()
    for indicator in codebook.indicators:
        alone = len(indicator.items) == 1
        for item in indicator.items:
            name = indicator.name if alone else item
            categories = [*BOXES, *(f"answer_{answer}" for answer in range(1, sizes.get(item, 0) + 1))]
            found |= {(name, "share", category) for category in categories}
            found |= {(name, measure, "") for measure in ("mean", "index", "dont_know")}
        found |= {(indicator.name, measure, "") for measure in ("mean", "index")}
    return found


Broken = tuple[str, str, int, int]


def _told(file: str, rules: dict[str, pd.Series]) -> Iterator[Broken]:
    for rule, wrong in rules.items():
        rows = np.flatnonzero(wrong.to_numpy(dtype=bool, na_value=False))
        if len(rows):
            yield rule, file, int(rows[0]) + 2, len(rows)


def _float(table: pd.DataFrame) -> Callable[[str], pd.Series]:
    return lambda name: table[name].astype("float64")


def _of_estimates(read: Package) -> Iterator[Broken]:
    table, survey = read.tables["estimates"], read.survey
    value = _float(table)
    estimate, low, high, n = (value(name) for name in ("estimate", "ci_low", "ci_high", "n"))
    answered, invited, error = value("n_answered"), value("n_invited"), value("standard_error")
    share, hidden = table["unit"].eq("share"), table["flag"].eq("suppressed")
    numbers = table[[*_NUMBERS]].notna().any(axis=1)
    waves = {wave.wave for wave in survey.waves}
    groups = [("", ""), *((by, group) for by, values in read.codebook.groups.items() for group in values)]
    known = pd.MultiIndex.from_frame(table[["group_by", "group"]]).isin(groups)
    asked = pd.MultiIndex.from_frame(table[["indicator", "measure", "category"]]).isin(list(measures_of(read.codebook)))
    key = ["indicator", "measure", "category", "wave", "group_by", "group"]
    yield from _told(
        "estimates.csv",
        {
            "other_municipality": table["municipality_code"].ne(read.code),
            "unknown_row": pd.Series(~asked | ~known) | ~table["wave"].isin(waves),
            "row_twice": table.duplicated(key),
            "simulated": table["simulated"].ne(survey.simulated),
            "hidden_number": hidden & numbers,
            "flag": ~table["flag"].isin(["", "uncertain", "suppressed"]),
            "under_threshold": ~hidden & estimate.notna() & n.lt(survey.suppress_below),
            "base": n.isna() & estimate.notna() | n.gt(answered) | answered.gt(invited) | n.lt(0),
            "effective": value("n_effective").gt(n * (1 + NEAR)),
            "range": estimate.lt(0) | share & estimate.gt(1) | estimate.gt(100) | error.lt(0),
            "interval": (low - estimate).gt(NEAR) | (estimate - high).gt(NEAR) | low.lt(-NEAR) | high.gt(100 + NEAR),
        },
    )
    yield from _told("estimates.csv", {"boxes": _boxes(table, estimate), "groups": _groups(table, n)})


_NUMBERS = ("n_invited", "n_answered", "n", "n_effective", "estimate", "standard_error", "ci_low", "ci_high")


def _boxes(table: pd.DataFrame, estimate: pd.Series) -> pd.Series:
    boxes = table["measure"].eq("share") & table["category"].isin(BOXES)
    key = [table[name] for name in ("indicator", "wave", "group_by", "group")]
    sums = estimate.where(boxes).groupby(key).transform("sum", min_count=3)
    return boxes & (sums - 1).abs().gt(NEAR)


def _groups(table: pd.DataFrame, n: pd.Series) -> pd.Series:
    # The groups of a grouping hold no more answers than everybody gave.
    item = ["indicator", "measure", "category", "wave"]
    whole = n.where(table["group_by"].eq("")).groupby([table[name] for name in item]).transform("max")
    of_groups = n.groupby([table[name] for name in (*item, "group_by")]).transform("sum")
    return table["group_by"].ne("") & of_groups.gt(whole)


_DOMAIN = ["indicator", "measure", "category", "group_by", "group", "wave"]


def _of_moments(read: Package) -> Iterator[Broken]:
    table, estimates = read.tables["moments"], read.tables["estimates"]
    value = _float(table)
    single = table["wave"].eq(table["other_wave"])
    shown = estimates[estimates["estimate"].notna()].set_index(_DOMAIN)[["n", "n_effective", "estimate"]]
    shown = shown[~shown.index.duplicated()].astype("float64")
    beside = table[_DOMAIN].join(shown, on=_DOMAIN)
    weighted = table["weighted"].eq(package.WEIGHTED)
    apart = (value("estimate") - beside["estimate"]).abs().gt(NEAR * (1 + beside["estimate"].abs()))
    apart |= (value("n_effective") - beside["n_effective"]).abs().gt(NEAR * beside["n_effective"])
    later = [wave.wave for wave in read.survey.waves]
    place = {wave: i for i, wave in enumerate(later)}
    first, second = (table[name].map(place) for name in ("wave", "other_wave"))
    needed = [single & value(name).isna() for name in package.MOMENTS[8:] if name != "tilt_back"]
    needed += [~single & value(name).isna() for name in ("n", "scatter", "tilt", "tilt_back", "base")]
    n, spread = value("n"), value("spread")
    yield from _told(
        "moments.csv",
        {
            "unknown_row": ~table["weighted"].isin([package.WEIGHTED, package.UNWEIGHTED])
            | first.isna()
            | second.isna(),
            "row_twice": table.duplicated([*_DOMAIN, "weighted", "other_wave"]),
            "empty": np.logical_or.reduce(needed) | first.gt(second),
            "not_shown": beside["estimate"].isna(),
            "other_estimate": single & weighted & (apart | n.ne(beside["n"])),
            "range": n.lt(read.survey.suppress_below) | value("weight").le(0) | value("base").lt(0) | spread.lt(0),
            "scatter": single & value("scatter").lt(0) | _beyond(table, single),
            "effective": single & value("n_effective").gt(n * (1 + NEAR)),
        },
    )


def _beyond(table: pd.DataFrame, single: pd.Series) -> pd.Series:
    # Sums of products of two waves that are larger than the sums of squares of both allow (Cauchy and Schwarz).
    key = [*_DOMAIN, "weighted"]
    alone = table[single & ~table.duplicated([*key, "other_wave"])]
    wrong = pd.Series(False, table.index)
    squares = alone.set_index(key)[["scatter", "base"]].astype("float64")
    first = table[key].join(squares, on=key)
    second = table[key].assign(wave=table["other_wave"]).join(squares, on=key)
    for name in ("scatter", "base"):
        limit = first[name] * second[name]
        wrong |= ~single & (table[name].astype("float64") ** 2).gt(limit * (1 + NEAR) + 1e-18)
    return wrong


def _of_people(read: Package) -> Iterator[Broken]:
    table = read.tables["people"]
    n, single = table["n"].astype("float64"), table["wave"].eq(table["other_wave"])
    waves = {wave.wave for wave in read.survey.waves}
    alone = dict(zip(table["wave"][single], n[single], strict=True))
    fewest = pd.concat([table[name].map(alone) for name in ("wave", "other_wave")], axis=1).min(axis=1)
    answered = read.tables["moments"]
    most = answered[answered["group_by"].eq("")].groupby("wave")["n"].max().astype("float64")
    yield from _told(
        "people.csv",
        {
            "unknown_row": ~table["wave"].isin(waves) | ~table["other_wave"].isin(waves),
            "row_twice": table.duplicated(["wave", "other_wave"]),
            "base": n.gt(fewest) | n.isna() | single & n.lt(table["wave"].map(most)),
            "range": n.lt(read.survey.suppress_below),
        },
    )
    if missing := set(answered["wave"]) - set(alone):
        yield "empty", "people.csv", 1, len(missing)
