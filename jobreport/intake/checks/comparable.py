"""Which questions of a package were asked as one's own were, and in which of one's own waves.

Equal is what has the same fingerprint; what differs is left out with its reason, unless a person has declared it equal
and said why. What is counted otherwise (order of answers, positive box, don't know in the base) is never equal.
"""

import re
from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass
from typing import Any

import pandas as pd

from jobreport.intake.formats.package import Package, QuestionFacts, WaveFacts
from jobreport.intake.formats.signature import fingerprint
from jobreport.setup.codebook import Indicator, Question
from jobreport.setup.coding import normal
from jobreport.setup.params_model import DeclaredEqual, Signer, Survey, Wave

OF_SURVEY = ("target_population", "mode")
BESIDE = ("selection", "weighting")
"""What a survey states that makes no other question of it, but is told beside its figures."""
_ENDING = re.compile(r"[\s?.!:]+$")


@dataclass(frozen=True)
class Difference:
    """What differs; ``indicator`` is '' where it is of the whole survey, ``reason`` why it was declared equal."""

    indicator: str
    what: str
    reason: Mapping[str, str] | None = None

    @property
    def leaves_out(self) -> bool:
        """Whether something is left out for it."""
        return self.reason is None


@dataclass(frozen=True)
class Fitted:
    """A package beside one's own survey."""

    package: Package
    waves: Mapping[str, str]  # its waves -> one's own, those that share days
    names: Mapping[str, str]  # its names of indicators and questions -> one's own, of those that are compared
    groups: tuple[str, ...]  # groupings with the same values
    differences: tuple[Difference, ...]  # what is left out, or declared equal, and why
    # what its survey states otherwise, without being another question: 'selection', 'weighting'
    beside: tuple[str, ...]
    # 'known' with the key that the municipality gave, 'other' with a key that nobody told of, 'none' not at all
    signed: str = "none"

    @property
    def compared(self) -> bool:
        """Whether anything of the package is compared."""
        return bool(self.waves and self.names)


@dataclass(frozen=True)
class Own:
    """What packages are held against: the own survey, its indicators and the values of its groups."""

    survey: Survey
    indicators: tuple[Indicator, ...]
    groups: Mapping[str, Mapping[str, Mapping[str, str]]]
    declared: tuple[DeclaredEqual, ...] = ()
    signers: tuple[Signer, ...] = ()


def fitted(package: Package, own: Own) -> Fitted:
    """Hold a package against one's own survey."""
    waves = matched_waves(package.survey.waves, own.survey)
    declared: dict[tuple[str, str], Mapping[str, str]] = {
        (each.what, each.indicator or ""): each.reason
        for each in own.declared
        if each.municipality_code == package.code
    }

    def judged(indicator: str, kinds: Sequence[str]) -> Iterator[Difference]:
        for kind in kinds:
            yield Difference(indicator, kind, declared.get((kind, indicator), declared.get((kind, ""))))

    whole = list(judged("", list(_of_survey(package, own.survey, waves))))
    found, names = list(whole), {}
    for indicator in own.indicators:
        theirs = _counterpart(indicator, package)
        if theirs is None:
            found += judged(indicator.name, ["not_asked"])
            continue
        items = [(item, package.questions[name]) for item, name in zip(indicator.items, theirs[1], strict=True)]
        own_kinds = list(
            judged(indicator.name, list(dict.fromkeys(k for pair in items for k in _unlike(*pair, waves))))
        )
        found += own_kinds
        if not any(each.leaves_out for each in (*whole, *own_kinds)):
            names[theirs[0]] = indicator.name
            names |= {question.name: item.name for item, question in items if len(items) > 1}
    beside, signed = _beside(package, own.survey), _signed(package, own.signers)
    return Fitted(package, waves, names, _same_groups(package, own), tuple(found), beside, signed)


def _signed(package: Package, signers: Sequence[Signer]) -> str:
    if package.signed_by is None:
        return "none"
    given = {each.municipality_code: each.key for each in signers}
    return "known" if given.get(package.code) == package.signed_by else "other"


def matched_waves(waves: Sequence[WaveFacts], survey: Survey) -> dict[str, str]:
    """Match each wave to the own wave that it shares most days with, each own wave once.

    Examples
    --------
    >>> from jobreport.setup.params_model import Wave
    >>> own = Survey(codebook="c", waves=[Wave(**{"wave": "2021", "from": "2021-01-01", "to": "2021-12-31"})])
    >>> theirs = WaveFacts(**{"wave": "forår", "from": "2021-03-01", "to": "2021-04-30"})
    >>> matched_waves([theirs], own)
    {'forår': '2021'}
    """
    shared = [
        (-theirs.days_shared(own.from_, own.to), theirs.wave, own.wave)
        for theirs in waves
        for own in survey.waves
        if own.from_ and own.to
    ]
    found: dict[str, str] = {}
    for days, theirs_wave, own_wave in sorted(shared):
        if days < 0 and theirs_wave not in found and own_wave not in found.values():
            found[theirs_wave] = own_wave
    return found


def _of_survey(package: Package, survey: Survey, waves: Mapping[str, str]) -> Iterator[str]:
    if package.survey.simulated != survey.simulated:
        yield "simulated"
    if not waves:
        yield _why_no_wave(package.survey.waves, survey.waves)
    for name in OF_SURVEY:
        if _differ(getattr(package.survey.description, name), getattr(survey.description, name)):
            yield name


def _why_no_wave(theirs: Sequence[WaveFacts], own: Sequence[Wave]) -> str:
    # No days in common is known only where both stated theirs.
    stated = [any(wave.from_ and wave.to for wave in waves) for waves in (own, theirs)]
    return "dates" if all(stated) else "their_days" if stated[0] else "own_days"


def _differ(theirs: Mapping[str, str] | None, own: Mapping[str, str] | None) -> bool:
    # Whether both are stated, and in no language alike; what is not stated cannot be held against anything.
    if theirs is None or own is None:
        return False
    return not any(_plain(theirs.get(language, "")) == _plain(text) for language, text in own.items())


def _beside(package: Package, survey: Survey) -> tuple[str, ...]:
    description = package.survey.description
    return tuple(name for name in BESIDE if _differ(getattr(description, name), getattr(survey.description, name)))


def _plain(text: str) -> str:
    return _ENDING.sub("", normal(text))


def _counterpart(indicator: Indicator, package: Package) -> tuple[str, tuple[str, ...]] | None:
    # Name of the package's indicator, and of its questions in one's own order: by what was asked, else by name.
    by_wording = {_plain(question.wording.get("da", "")): name for name, question in package.questions.items()}
    asked = tuple(by_wording.get(_plain(item.wording.get("da", "")), item.name) for item in indicator.items)
    for name, theirs in package.indicators.items():
        if sorted(theirs.items) == sorted(asked) and all(item in package.questions for item in asked):
            return name, asked
    return None


def _unlike(own: Question, theirs: QuestionFacts, waves: Mapping[str, str]) -> Iterator[str]:
    asked = {
        wave: mine for wave, mine in waves.items() if own.asked_in(mine) and (not theirs.waves or wave in theirs.waves)
    }
    if waves and not asked:
        yield "not_asked"
    if any(
        _wordings(own.wording_in(mine)).isdisjoint(_wordings(_wording(theirs, wave))) for wave, mine in asked.items()
    ):
        yield "wording"
    mine, labels = ([_plain(label) for label in each.get("da", ())] for each in (own.scale.labels, theirs.labels))
    if mine != labels:
        yield "order" if sorted(mine) == sorted(labels) else "labels"
    if (own.scale.positive, own.scale.negative) != (theirs.positive, theirs.negative):
        yield "box"
    if own.has_dont_know != any(theirs.dont_know.values()):
        yield "dont_know"
    if own.dont_know_in_base != theirs.dont_know_in_base:
        yield "base"


def _wording(question: QuestionFacts, wave: str) -> Mapping[str, str]:
    own = {normal(label): wording for label, wording in question.wave_wording.items()}
    return own.get(normal(wave), question.wording)


def _wordings(wording: Mapping[str, str]) -> set[str]:
    # The Danish wording; of a question that was asked in another language alone, that one.
    return {_plain(wording["da"])} if "da" in wording else {_plain(text) for text in wording.values()}


def _same_groups(package: Package, own: Own) -> tuple[str, ...]:
    return tuple(
        name
        for name, values in own.groups.items()
        if {key: _plain(label.get("da", "")) for key, label in values.items()}
        == {key: _plain(label.get("da", "")) for key, label in package.codebook.groups.get(name, {}).items()}
    )


def stated(fitted: Fitted) -> dict[str, Any]:
    """What a report says of a package: who ordered the survey, how many answered last, what is and is not compared."""
    survey, table = fitted.package.survey, fitted.package.tables["estimates"]
    commissioner = survey.description.commissioner
    latest = max(fitted.waves, key=lambda wave: fitted.waves[wave], default=survey.waves[-1].wave)
    last = table[table["group_by"].eq("") & table["wave"].eq(latest)]
    n, invited = (last[name].max() for name in ("n_answered", "n_invited"))
    counts: dict[str, Any] = {"n": None if pd.isna(n) else int(n)}
    counts["rate"] = None if pd.isna(n) or pd.isna(invited) or not invited else float(round(100 * n / invited, 1))
    return {
        "municipality_code": fitted.package.code,
        "file": fitted.package.where,
        "commissioner": None if commissioner is None else dict(commissioner),
        **counts,
        "suppress_below": survey.suppress_below,
        "compared": sorted(set(fitted.names.values())) if fitted.compared else [],
        "differences": [
            {"indicator": each.indicator, "what": each.what, "reason": dict(each.reason) if each.reason else None}
            for each in fitted.differences
        ],
        "beside": list(fitted.beside),
        "signed": fitted.signed,
        "signed_by": None if fitted.package.signed_by is None else fingerprint(fitted.package.signed_by),
    }
