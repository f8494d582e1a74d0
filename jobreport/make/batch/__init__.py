"""Many reports: on one machine or many, each by itself, nothing done twice, nothing stopped by one that fails."""

import shutil
from collections.abc import Callable, Iterable, Sequence
from concurrent.futures import Future
from dataclasses import dataclass, field
from functools import partial
from pathlib import Path
from textwrap import indent
from typing import Any

from jobreport.errors import BatchIncomplete, Problem, refuse, speaking
from jobreport.intake.formats.key import Key
from jobreport.make import exchange
from jobreport.make.batch import cluster, jobs, shown, worker
from jobreport.make.batch.cluster import Pool, Remote
from jobreport.make.batch.jobs import Job
from jobreport.make.batch.shown import Follower, texts
from jobreport.make.batch.worker import FAILED, REFUSED, Order, Outcome
from jobreport.report.results import digest
from jobreport.setup.params import Params

OUTPUTS, SHARED, LOG, MARKER = "outputs", ".shared", "batch.log", ".batch-began"
MUNICIPALITY, UNIT = EACH = "municipality", "unit"  # what reports are fanned out over
BATCH = "batch"  # what is locked in the folder of all reports


@dataclass(frozen=True)
class Options:
    """How a batch is run."""

    out: Path | None = None  # folder of all reports; None is ``outputs`` of the first params file's project
    each: str | None = None  # a report for each municipality in the data (`MUNICIPALITY`), or for each unit (`UNIT`)
    languages: tuple[str, ...] = ()  # of every report; empty is the one that its params name
    workers: int | None = None  # on this machine; None is as many as cores, memory and reports give work to
    scheduler: cluster.Scheduler | None = None  # to use instead
    resume: bool = False  # keep what is there and has not changed
    preloaded: bool = True  # fork kernels from a parent that has imported everything, where that is possible


ATTEMPTS = 2


@dataclass(frozen=True)
class Group:
    """Params that share a computation."""

    params: tuple[Params, ...]
    places: tuple[str, ...] | None  # municipalities that get rows by group; None is every one in the data
    folder: Path  # where the computation is kept
    computation: str  # checksum of all that it depends on
    reports: Callable[[Path], Sequence[Job]]  # gives the jobs once the computation is there
    overviews: tuple[Job, ...] = ()  # the national overview of the computation, one job per language


@dataclass
class _Task:
    name: str
    submit: Callable[[], Future[Any]]
    then: Callable[[Outcome], None]
    attempts: int = 1


@dataclass
class Engine:
    """Submits work and follows it to its end."""

    hands: Pool | Remote
    since: float
    resume: bool
    preloaded: bool
    told: Follower
    outcomes: list[Outcome] = field(default_factory=list)
    _running: dict[Future[Any], _Task] = field(default_factory=dict)

    def run(self, groups: Sequence[Group]) -> list[Outcome]:
        """Do everything; the order of the outcomes is that of their names."""
        for group in groups:
            self._start(self._of_group(group))
        for future in self.hands.completed():
            self._finish(future)
        return sorted(self.outcomes, key=lambda outcome: outcome.name)

    def _of_group(self, group: Group) -> _Task:
        orders = [Order.of(params, self.told.language) for params in group.params]
        given = (orders, group.places, str(group.folder), group.computation)
        submit = partial(self.hands.submit, worker.compute, *given, alone=True)
        return _Task(group.params[0].name, submit, partial(self._computed, group))

    def _computed(self, group: Group, outcome: Outcome) -> None:
        made = outcome.status == worker.MADE
        reports = group.reports(group.folder) if made else ()
        self.told.planned(len(reports) + len(group.overviews) if made else len(group.params))
        for params in () if made else group.params:
            self._tell(Outcome(params.name, outcome.status, outcome.reason))
        for job in group.overviews if made else ():  # first: each takes longer than a report, and nobody should wait
            self._start(self._of_job(worker.overview, job, group.folder))
        for job in reports:
            since = 0.0 if self.resume else self.since
            self._start(self._of_job(worker.make, job, group.folder, content=job.content, since=since))

    def _of_job(self, work: Callable[..., Outcome], job: Job, computed: Path, **named: Any) -> _Task:
        given = (Order.of(job.params, self.told.language), str(job.folder), str(computed))
        submit = partial(self.hands.submit, work, *given, **named, preloaded=self.preloaded)
        return _Task(job.name, submit, self._tell)

    def _start(self, task: _Task) -> None:
        self._running[task.submit()] = task

    def _finish(self, future: Future[Any]) -> None:
        task = self._running.pop(future)
        error = future.exception()
        outcome = future.result() if error is None else Outcome(task.name, FAILED, type(error).__name__)
        if outcome.status == FAILED and task.attempts < ATTEMPTS:
            task.attempts += 1
            self._start(task)
        else:
            task.then(outcome)

    def _tell(self, outcome: Outcome) -> None:
        self.outcomes.append(outcome)
        self.told.done(outcome)


def run(files: Sequence[Path], options: Options, tell: Callable[[str], None] = lambda line: None) -> str:
    """Make many reports and an index of them, and say in one line how it went.

    Nobody else makes a batch in the same folder meanwhile. ``tell``: is told what should be known before it begins.

    Raises
    ------
    BatchIncomplete
        If some were refused or failed, with the reason of each; all others are made.
    InputRefused
        If two reports would have the same name, the workers are not what they must be, another batch writes to the
        folder, or the folder holds files that the batch would replace and did not make.
    """
    read = jobs.by_unit(jobs.read(files)) if options.each == UNIT else jobs.read(files)
    language = _language(read, options.languages)
    if options.scheduler is not None and not options.scheduler.protected:
        tell(texts(language)["unprotected"].format(address=options.scheduler.address))
    root = read.params[0].root.resolve() if read.params else Path.cwd()
    out = (options.out or root / OUTPUTS).resolve()
    with speaking(language), exchange.locked(out / BATCH, language):
        refuse(_in_the_way(out))
        for params in read.params:
            Key(params).hold()
        for unfinished in (out / SHARED).glob(".*"):  # (of a batch that was killed)
            shutil.rmtree(unfinished, ignore_errors=True)
        (out / LOG).unlink(missing_ok=True)
        (out / MARKER).touch()
        return _made(read, options, out, language)


def _language(read: jobs.Inputs, languages: Sequence[str]) -> str:
    found = set(languages) or {params.language for params in read.params}
    found = found or {refusal.refused.language for refusal in read.refused}
    return found.pop() if len(found) == 1 else "da"


def _in_the_way(out: Path) -> list[Problem]:
    own = (shown.PAGE, LOG, SHARED, *(f"{name}.parquet" for name in shown.TIDY))
    taken = [] if (out / MARKER).exists() else [name for name in own if (out / name).exists()]
    return [Problem("output_holds_others", str(out), {"count": len(taken), "names": taken})] if taken else []


def _made(read: jobs.Inputs, options: Options, out: Path, language: str) -> str:
    refused = [Outcome(one.name, REFUSED, one.refused.text(language)) for one in read.refused]
    fixed = None if options.each == MUNICIPALITY else len(read.params) * max(1, len(options.languages))
    workers = options.workers or cluster.fitting(fixed)
    with cluster.hands(workers, options.scheduler, out / MARKER, preloaded=options.preloaded) as hands:
        follower = Follower(out / LOG, hands.size, language)
        follower.planned(len(refused))
        for outcome in refused:
            follower.done(outcome)
        began = (out / MARKER).stat().st_mtime
        engine = Engine(hands, began, options.resume, options.preloaded, follower)
        groups = _groups(read, options, out)
        with follower.shown():
            outcomes = [*engine.run(groups), *refused]
    shown.write_tables([group.folder for group in groups if (group.folder / worker.STATED).exists()], out)
    line = follower.end(shown.write_index(outcomes, out, language))
    _refuse_incomplete(outcomes, line, language)
    return line


def _groups(read: jobs.Inputs, options: Options, out: Path) -> list[Group]:
    # Put together what can share a computation; a fanned-out file plans its reports when its data are known.
    def of(params: Iterable[Params]) -> list[Job]:
        return jobs.jobs(tuple(params), options.languages, out, read.checksums)

    if options.each == MUNICIPALITY:
        return [
            _fanned(params, of, out, jobs.overviews(params, options.languages, out, number))
            for number, params in enumerate(read.params, start=1)
        ]
    together: dict[str, list[Job]] = {}
    for job in of(read.params):
        together.setdefault(job.computation, []).append(job)
    groups = []
    for number, (computation, group) in enumerate(together.items(), start=1):
        places = jobs.places_of(group)
        folder = out / SHARED / digest(f"{computation} {' '.join(places)}".encode())
        params = tuple({job.params.name: job.params for job in group}.values())
        several = len(group) > 1 and params[0].unit is None
        overviews = jobs.overviews(params[0], options.languages, out, number) if several else ()
        groups.append(Group(params, places, folder, computation, partial(_planned, tuple(group)), overviews))
    return groups


def _planned(group: tuple[Job, ...], _computed: Path) -> Sequence[Job]:
    return group


def _fanned(params: Params, of: jobs.Plan, out: Path, overviews: tuple[Job, ...]) -> Group:
    def reports(computed: Path) -> Sequence[Job]:
        return of(jobs.for_municipality(params, code) for code in worker.municipalities_of(computed))

    (one, *_) = of([params])
    return Group((params,), None, out / SHARED / one.computation, one.computation, reports, overviews)


def _refuse_incomplete(outcomes: Sequence[Outcome], line: str, language: str) -> None:
    lost = [outcome for outcome in outcomes if outcome.status in (REFUSED, FAILED)]
    if lost:
        head = texts(language)["incomplete"].format(count=len(lost), all=len(outcomes))
        told = [f"{outcome.name}\n{indent(outcome.reason, '  ', lambda _: True)}" for outcome in lost]
        raise BatchIncomplete("\n\n".join([head, *told, line]))
