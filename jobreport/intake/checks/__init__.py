"""Read everything that a params file names, find every breach, report all at once; repair nothing."""

from __future__ import annotations

from collections.abc import Collection, Iterator, Sequence
from dataclasses import dataclass, fields, replace
from functools import partial
from pathlib import Path
from typing import TYPE_CHECKING

import pandas as pd

from jobreport.domain import municipalities
from jobreport.errors import InputRefused, Problem, refuse
from jobreport.intake.checks import comments, comparable, packages, printable, rules, strangers, survey
from jobreport.intake.checks.aggregates import Counted
from jobreport.intake.checks.comparable import Fitted
from jobreport.intake.formats import contract, earlier, logo, published, register
from jobreport.intake.formats.around import Aside
from jobreport.intake.formats.content import Content, InputFile, Reading
from jobreport.intake.formats.earlier import Earlier
from jobreport.intake.formats.logo import Logo
from jobreport.intake.formats.package import Package
from jobreport.setup import codebook as codebooks
from jobreport.setup import frozen as plans
from jobreport.setup import params as params_file
from jobreport.setup.codebook import Codebook
from jobreport.setup.frozen import Frozen, Plan
from jobreport.setup.params_model import DeclaredEqual, Params

if TYPE_CHECKING:
    from jobreport.intake.formats.timestamp import Stamp

WITHOUT_FIGURES = "municipality_without_figures"
OF_THE_MUNICIPALITY = frozenset({"municipality_without_answers", WITHOUT_FIGURES})  # keys that concern one report


@dataclass(frozen=True)
class Context:
    """What stands around the answers and holds none of them; ``files`` are those it was read from."""

    params: Params
    codebook: Codebook | None  # None without a survey
    benchmarks: pd.DataFrame | None  # this and the rest: None where the params name no file
    claims: pd.DataFrame | None
    files: tuple[InputFile, ...] = ()
    earlier: Earlier | None = None  # the report before this one
    frozen: Frozen | None = None  # the plan that was written down before the answers came
    quotations: pd.DataFrame | None = None  # of comments, each approved by somebody
    logo: Logo | None = None  # of whom the params name as the sender


@dataclass(frozen=True, kw_only=True)
class Inputs(Context):
    """Everything a report is computed from, checked; ``files`` are all that were read, each with its checksum."""

    responses: pd.DataFrame | None  # one row per respondent and wave; None without a survey
    # the answers to each question of a survey that is given as a table of counts; else empty
    counted: tuple[Counted, ...]
    # wave, municipality_code, group_by, group, n_invited, n_answered; None where not stated
    invited: pd.DataFrame | None
    margins: pd.DataFrame | None  # wave, municipality_code, group_by, group, count; None without weighting to margins
    # shares and means of a survey that is given as a table (see `jobreport.estimate.indicators`); None otherwise
    aggregates: pd.DataFrame | None
    registers: pd.DataFrame  # municipality_code, period, series, value, unit, source, table, retrieved; may be empty
    jobcentres: pd.DataFrame | None  # None where the params name no file
    dropped: tuple[str, ...]  # free-text columns of the survey that were dropped at the door
    # regions and other larger areas of the register files, whose rows are not read
    areas_left_out: tuple[str, ...] = ()
    # other municipalities' packages, held against this survey; that of a municipality with answers is not among them
    packages: tuple[Fitted, ...] = ()
    # what stands in the files of the survey and is no answer, such as a row of totals
    aside: tuple[tuple[str, Aside], ...] = ()

    @property
    def context(self) -> Context:
        """What stands around the answers, and none of them."""
        return Context(**{each.name: getattr(self, each.name) for each in fields(Context) if each.name != "files"})

    @property
    def own_survey(self) -> comparable.Own | None:
        """What packages are held against; None without answers of persons."""
        if self.params.survey is None or self.codebook is None or self.responses is None:
            return None
        groups = {name: group.values for name, group in self.codebook.groups.items()}
        said = self.params.declared_equal, self.params.signers
        return comparable.Own(self.params.survey, self.codebook.indicators, groups, *said)


def read_params(path: Path | str) -> Params:
    """Read a params file; if it is refused, say in the same go what is wrong with the data it names.

    Raises
    ------
    InputRefused
        With every problem of the params, and of the files that its unbroken parts name.
    """
    try:
        return params_file.read(path)
    except params_file.ParamsRefused as refused:
        problems = [*refused.problems, *_beyond(refused.rest)]
        raise params_file.ParamsRefused(problems, refused.language, refused.rest) from None


def _beyond(rest: Params) -> list[Problem]:
    # Find what is wrong with the data, but for what a broken municipality or event makes look wrong.
    try:
        read_inputs(rest)
    except InputRefused as refused:
        return [problem for problem in refused.problems if problem.key not in OF_THE_MUNICIPALITY]
    return []


def read_inputs(params: Params, beside: Sequence[Problem] = ()) -> Inputs:
    """Read and validate everything that a params file names.

    ``beside``: problems found elsewhere, such as in the folder to write to, that are to be told in the same go.

    Raises
    ------
    InputRefused
        With every problem in every file.
    """
    reading = Reading(params)
    reading.problems += beside
    context = _context(reading)
    registers, areas = _registers(reading)
    jobcentres = reading.take("jobcentres", params.jobcentres, contract.read_jobcentres)
    found = survey.Read()
    if params.survey is not None:
        found = survey.read(params, params.survey, context.codebook, jobcentres)
        reading.problems += found.problems
        reading.files += found.files
    book, responses = context.codebook, found.responses
    if book is not None:
        of_comments = comments.Coding(params, book)
        responses = of_comments.added(reading, responses)
        reading.problems += of_comments.fit(context.quotations, responses)
    reading.problems += _unprintable(context, registers)
    others = _packages(reading, found)
    refuse(reading.problems, params.language)
    book = book and book.commented_in(comments.waves_of(responses, book.comments))
    files = tuple(sorted(set(reading.files), key=lambda file: (file.path, file.role)))
    made = Inputs(
        **vars(replace(context, codebook=book, files=files)),
        responses=responses,
        counted=found.counted,
        invited=found.invited,
        margins=found.margins,
        aggregates=found.aggregates,
        registers=registers,
        jobcentres=jobcentres,
        dropped=found.dropped,
        areas_left_out=areas,
        aside=found.aside,
    )
    own = made.own_survey
    return made if own is None else replace(made, packages=tuple(comparable.fitted(each, own) for each in others))


def _packages(reading: Reading, found: survey.Read) -> list[Package]:
    params, answers = reading.params, found.responses
    if params.packages and answers is None:
        if params.survey is None or found.counted or found.aggregates is not None:  # (else answers have own problems)
            reading.problems.append(Problem("packages_without_answers", params.where))
        return []
    read = packages.read(params.root, params.packages, params.where)
    codes = {package.code for package in read.packages}
    reading.problems += [*read.problems, *_without_package(params.declared_equal, codes, params.where)]
    reading.problems += packages.unsigned(read.packages, params.signers, params.where)
    if answers is None or not params.packages:
        return []
    here = set(answers["municipality_code"].astype(str))
    reading.problems += rules.absent(here | codes, rules.treated(params.events), params.where)
    others = [package for package in read.packages if package.code not in here]
    named = {package.where for package in others}
    reading.files += [file for file in read.files if file.path in named]
    return others


def _without_package(declared: Sequence[DeclaredEqual], codes: Collection[str], where: str) -> Iterator[Problem]:
    for each in declared:
        if each.municipality_code not in codes:
            name = municipalities.name(each.municipality_code)
            yield Problem("declared_without_package", where, {"name": name})


def _unprintable(context: Context, registers: pd.DataFrame) -> Iterator[Problem]:
    params = context.params
    yield from printable.of_params(params)
    if context.codebook is not None and params.survey is not None and params.survey.codebook is not None:
        yield from printable.of_codebook(context.codebook, params.survey.codebook)
    yield from printable.of_table(context.benchmarks, params.benchmarks or params.where)
    yield from printable.of_table(context.claims, params.claims or params.where)
    yield from printable.of_table(context.quotations, params.where)
    named = ", ".join(dict.fromkeys(series.file for series in params.registers))
    yield from printable.of_table(registers[["series", "unit", "source", "table"]], named)


def read_context(params: Params) -> Context:
    """Read what stands around the answers: codebook, published figures and claims.

    Raises
    ------
    InputRefused
        With every problem in these files.
    """
    reading = Reading(params)
    context = _context(reading)
    refuse(reading.problems, params.language)
    return context


def _context(reading: Reading) -> Context:
    params = reading.params

    def codebook_of(content: Content, where: str) -> tuple[Codebook | None, list[Problem]]:
        found, problems = codebooks.load(content.data, where, params.language)
        if found is None:
            return None, problems
        wrong = list(strangers.outcomes(params, found.indicators))
        told = {event.outcome.indicator: event.outcome.measure for event in params.events if event.outcome}
        return (found if wrong else found.telling(told)), [*problems, *wrong]

    named = params.survey.codebook if params.survey is not None else None
    quoted = params.survey.comments.quotations if params.survey is not None and params.survey.comments else None
    return Context(
        earlier=earlier.read(reading),
        frozen=_frozen(reading),
        logo=reading.take("logo", params.sender.logo if params.sender is not None else None, logo.read),
        params=params,
        codebook=reading.take("codebook", named, codebook_of),
        benchmarks=reading.take("benchmarks", params.benchmarks, published.read_benchmarks),
        claims=reading.take("claims", params.claims, published.read_claims),
        quotations=reading.take("quotations", quoted, comments.read_quotations),
        files=tuple(reading.files),
    )


def _frozen(reading: Reading) -> Frozen | None:
    named = reading.params.frozen
    if named is None:
        return None

    def plan_of(content: Content, where: str) -> tuple[Plan | None, list[Problem]]:
        found, problems = plans.load(content.data, where)
        known = {} if found is None else found.model_dump(mode="json", exclude={"checksums", "data"})
        return found, [*problems, *printable.of_texts(known, where)]

    def time_of(content: Content, where: str) -> tuple[Stamp | None, list[Problem]]:
        from jobreport.intake.formats import timestamp  # (certificates take long to import, and few have any)

        found = timestamp.read(content.data)
        if found is None:
            return None, [Problem("timestamp_unreadable", where)]
        return found, [*printable.of_texts({"signer": found.signer}, where)]

    plan = reading.take("frozen", named.file, plan_of)
    sha256 = next((file.sha256 for file in reading.files if file.role == "frozen"), "")
    stamp = reading.take("timestamp", named.timestamp, time_of)
    if plan is None:
        return None
    of_another = stamp is not None and stamp.sha256 != sha256
    wrong = {"frozen_other": named.sha256 not in (None, sha256), "timestamp_other": of_another}
    reading.problems += [Problem(key, named.file) for key, so in wrong.items() if so]
    return Frozen(plan, sha256) if stamp is None else Frozen(plan, sha256, stamp.day, stamp.signer)


def _registers(reading: Reading) -> tuple[pd.DataFrame, tuple[str, ...]]:
    params = reading.params
    areas: set[str] = set()
    kept = [pd.DataFrame(columns=list(register.COLUMNS))]
    for file in dict.fromkeys(series.file for series in params.registers):
        described = tuple(series for series in params.registers if series.file == file)
        before = len(reading.problems)
        read = reading.take("register", file, partial(register.read, described=described))
        cells = reading.problems[before:]
        if read is None:
            continue
        frame, larger = read
        areas.update(larger)
        for series in described:
            breaches = register.breaches(frame, series, params.event_of(series), file)
            reading.problems += register.of_their_own(breaches, cells)
            kept.append(frame[frame["series"] == series.series])
    found = pd.concat(kept[1:], ignore_index=True) if len(kept) > 1 else kept[0]
    reading.problems += _without_figures(params, found)
    return found, tuple(sorted(areas))


def _without_figures(params: Params, registers: pd.DataFrame) -> list[Problem]:
    code = params.municipality_code
    if params.survey is not None or registers.empty or code in set(registers["municipality_code"]):
        return []
    return [Problem(WITHOUT_FIGURES, params.where, {"code": code, "name": municipalities.name(code)})]
