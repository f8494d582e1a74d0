"""Packages that lie in a folder: whose they are, which are comparable on what, and a page of them without ranking."""

import json
from collections.abc import Iterator, Mapping, Sequence
from functools import partial
from importlib import resources
from pathlib import Path
from typing import Any

import jinja2

from jobreport.domain import municipalities
from jobreport.domain.texts import texts_of
from jobreport.errors import InputRefused, Problem, refuse, speaking
from jobreport.intake import checks
from jobreport.intake.checks import comparable, packages
from jobreport.intake.checks.comparable import Fitted, Own
from jobreport.intake.checks.packages import LIST
from jobreport.intake.formats.package import Package, QuestionFacts
from jobreport.page import fonts
from jobreport.setup.codebook import Indicator, Question, Scale
from jobreport.setup.params_model import Survey, Wave
from jobreport.wording.numbers import decimal

PAGE = "index.html"
_texts = partial(texts_of, "gather")


def gather(files: Sequence[Path], params_path: Path | None = None, language: str | None = None) -> str:
    """Tell what packages hold, and what of each is comparable with one's own survey, or with the first package.

    Raises
    ------
    InputRefused
        If any is no package, or two are of one municipality.
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
    """Of what `comparable.stated` says: days, answers, response and who ordered it, or that they are not stated."""
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
    return Question(scale=scale, **facts.model_dump(exclude={"labels", "positive", "negative"}))


def shelf(files: Sequence[Path], folder: Path, language: str = "da") -> Path:
    """Write into a folder the page and list of packages that lie there; ``jobreport fetch packages`` reads the list."""
    read = packages.read_files(files)
    refuse(read.problems, language)
    words = _texts(language)["index"]
    rows, listed = [], []
    for each in sorted(read.packages, key=lambda package: municipalities.name(package.code, language)):
        fitted = comparable.fitted(each, of_package(each))
        told = stated(fitted, comparable.stated(fitted), language)
        labels = ", ".join(own.label.get(language, own.name) for own in each.codebook.indicators)
        simulated = words["simulated"] if each.survey.simulated else words["asked"]
        name, file = municipalities.name(each.code, language), Path(each.where).name
        cells = (labels, told["days"], told["n"], told["rate"], told["commissioner"], simulated)
        rows.append({"name": name, "file": file, "cells": cells, "simulated": each.survey.simulated})
        listed.append({"file": file, "sha256": each.sha256})
    environment = jinja2.Environment(autoescape=True, undefined=jinja2.StrictUndefined, trim_blocks=True)
    template = resources.files("jobreport.prepare").joinpath("shelf.html.j2").read_text(encoding="utf-8")
    shown = environment.from_string(template).render(
        language=language, words=words, style=fonts.font_face_css(), rows=rows
    )
    (folder / PAGE).write_text(shown, encoding="utf-8", newline="\n")
    text = json.dumps({"packages": listed}, ensure_ascii=False, indent=1)
    (folder / LIST).write_text(f"{text}\n", encoding="utf-8", newline="\n")
    return folder / PAGE
