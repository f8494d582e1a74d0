"""Packages that lie in a folder: whose they are, and which of them are comparable on what, and why not."""

from collections.abc import Iterator, Mapping, Sequence
from functools import partial
from pathlib import Path
from typing import Any

from jobreport.domain import municipalities
from jobreport.domain.texts import texts_of
from jobreport.errors import InputRefused, Problem, refuse, speaking
from jobreport.intake import checks
from jobreport.intake.checks import comparable, packages
from jobreport.intake.checks.comparable import Fitted, Own
from jobreport.intake.formats.package import Package, QuestionFacts
from jobreport.setup.codebook import Indicator, Question, Scale
from jobreport.setup.params_model import Survey, Wave
from jobreport.wording.numbers import decimal

_texts = partial(texts_of, "gather")


def gather(files: Sequence[Path], params_path: Path | None = None, language: str | None = None) -> str:
    """Tell what packages hold, and what of each is comparable with one's own survey, or with the first package.

    ``params_path``: a params file whose survey the packages are held against. ``language``: language of what is told;
    the default is Danish, or that of the params. InputRefused if any is no package, or two are of one municipality.
    """
    params = checks.read_params(params_path) if params_path is not None else None
    told_in = language or (params.language if params is not None else "da")
    with speaking(told_in):
        read = packages.read_files(files)
        refuse(read.problems, told_in)
        own = of_package(read.packages[0]) if params is None else checks.read_inputs(params).own_survey
        if own is None:
            raise InputRefused([Problem("packages_without_answers", str(params_path))], told_in)
    others = [comparable.fitted(package, own) for package in read.packages]
    whose = municipalities.name((params or read.packages[0].survey).municipality_code, told_in)
    head = _texts(told_in)["head"].format(count=len(others), whose=whose)
    return "\n".join([head, *(line for each in others for line in lines(each, own.indicators, told_in))])


def lines(fitted: Fitted, asked: Sequence[Indicator], language: str) -> Iterator[str]:
    """Tell of one package: whose it is, what is compared, and what is left out or declared equal, and why."""
    words, facts, kinds = _texts(language), comparable.stated(fitted), texts_of("report", language)["told"]["what"]
    labels = {each.name: each.label.get(language, each.name) for each in asked}
    yield words["package"].format(
        name=municipalities.name(fitted.package.code, language),
        file=fitted.package.where,
        waves=len(fitted.package.survey.waves),
        **stated(fitted, facts, language),
    )
    yield words["signed"][facts["signed"]].format(key=facts["signed_by"])
    compared = [label for name, label in labels.items() if name in facts["compared"]]
    yield words["compared"].format(names=", ".join(compared) or words["nothing"])
    for each in fitted.differences:
        reason = each.reason.get(language, "") if each.reason else ""
        name = labels.get(each.indicator, words["survey"])
        key = "left_out" if each.leaves_out else "declared"
        yield words[key].format(name=name, what=kinds[each.what], reason=reason)
    for beside in fitted.beside:
        yield words["beside"].format(what=kinds[beside])


def stated(fitted: Fitted, facts: Mapping[str, Any], language: str) -> dict[str, object]:
    """Days, answers, response and who ordered the survey, or that it is not stated.

    ``facts``: what `comparable.stated` says of it.
    """
    words, waves = _texts(language), fitted.package.survey.waves
    days = [day.isoformat() for wave in waves for day in (wave.from_, wave.to) if day is not None]
    rate = None if facts["rate"] is None else decimal(facts["rate"], 1, language)
    stated = {
        "days": words["days"].format(first=min(days), last=max(days)) if days else None,
        "n": facts["n"],
        "rate": rate,
        "commissioner": (facts["commissioner"] or {}).get(language),
    }
    return {name: words["not_stated"] if value is None else value for name, value in stated.items()}


def of_package(package: Package) -> Own:
    """Take what packages are held against from one of them."""
    questions = {name: _question(facts) for name, facts in package.questions.items()}
    indicators = tuple(
        Indicator(each.name, each.label, tuple(questions[item] for item in each.items))
        for each in package.codebook.indicators
    )
    facts = package.survey
    waves = tuple(Wave(wave=wave.wave, from_=wave.from_, to=wave.to) for wave in facts.waves)
    survey = Survey(codebook="-", simulated=facts.simulated, waves=waves, description=facts.description)
    return Own(survey, indicators, package.codebook.groups)


def _question(facts: QuestionFacts) -> Question:
    scale = Scale("", facts.labels, facts.positive, facts.negative)
    return Question(
        name=facts.name,
        wording=facts.wording,
        scale=scale,
        dont_know=facts.dont_know,
        dont_know_in_base=facts.dont_know_in_base,
        waves=facts.waves,
        wave_wording=facts.wave_wording,
    )
