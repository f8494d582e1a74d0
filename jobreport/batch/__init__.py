"""Many reports: on one machine or many, each by itself, nothing done twice, nothing stopped by one that fails."""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from functools import partial
from pathlib import Path

from jobreport.batch import cluster, index, jobs, shared, tidy
from jobreport.batch.engine import Engine, Group, Told
from jobreport.batch.jobs import Job
from jobreport.batch.progress import Follower, texts
from jobreport.batch.work import FAILED, REFUSED, Outcome
from jobreport.errors import BatchIncomplete
from jobreport.params import Params
from jobreport.results import digest

OUTPUTS, SHARED, LOG, MARKER = "outputs", ".shared", "batch.log", ".batch-began"


@dataclass(frozen=True)
class Options:
    """How a batch is run.

    Parameters
    ----------
    out
        Folder of all reports; None is ``outputs`` of the first params file's project.
    each_municipality
        Fan every params file out over the municipalities in its data.
    languages
        Languages of every report; empty is the one that its params name.
    workers
        Processes on this machine; None is one for each core.
    scheduler
        A Dask scheduler to use instead.
    resume
        Keep what is there and has not changed.
    preloaded
        Fork kernels from a parent that has imported everything, where that is possible.
    """

    out: Path | None = None
    each_municipality: bool = False
    languages: tuple[str, ...] = ()
    workers: int | None = None
    scheduler: cluster.Scheduler | None = None
    resume: bool = False
    preloaded: bool = True


def run(files: Sequence[Path], options: Options) -> str:
    """Make many reports and an index of them.

    Returns
    -------
    str
        How it went, in one line.

    Raises
    ------
    BatchIncomplete
        If some were refused or failed, with the reason of each; all others are made.
    InputRefused
        If two reports would have the same name, or the workers are not what they must be.
    """
    read = jobs.read(files)
    root = read.params[0].root.resolve() if read.params else Path.cwd()
    out = (options.out or root / OUTPUTS).resolve()
    out.mkdir(parents=True, exist_ok=True)
    (out / LOG).unlink(missing_ok=True)
    (out / MARKER).touch()
    with cluster.client(options.workers, options.scheduler) as client:
        cluster.check_workers(client, out / MARKER)
        follower = Follower(out / LOG, len(client.scheduler_info(n_workers=-1)["workers"]))
        follower.planned(len(read.refused))
        for refusal in read.refused:
            follower.done(Outcome(refusal.name, REFUSED, refusal.reason))
        told = Told(follower.planned, follower.done)
        began = (out / MARKER).stat().st_mtime
        engine = Engine(client, began, options.resume, options.preloaded, told)
        groups = _groups(read, options, out)
        with follower.shown():
            outcomes = engine.run(groups)
    outcomes += [Outcome(refusal.name, REFUSED, refusal.reason) for refusal in read.refused]
    computed = [group.folder for group in groups if (group.folder / shared.STATED).exists()]
    tidy.write(computed, out)
    page = index.write(outcomes, out)
    line = follower.end(page)
    _refuse_incomplete(outcomes, line)
    return line


def _groups(read: jobs.Inputs, options: Options, out: Path) -> list[Group]:
    """Put together what can share a computation; a fanned-out file plans its reports when its data are known."""

    def of(params: Iterable[Params]) -> list[Job]:
        return jobs.jobs(tuple(params), options.languages, out, read.checksums)

    if options.each_municipality:
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
        overviews = jobs.overviews(params[0], options.languages, out, number) if len(group) > 1 else ()
        groups.append(Group(params, places, folder, partial(_planned, tuple(group)), overviews))
    return groups


def _planned(group: tuple[Job, ...], _computed: Path) -> Sequence[Job]:
    return group


def _fanned(params: Params, of: jobs.Plan, out: Path, overviews: tuple[Job, ...]) -> Group:
    def reports(computed: Path) -> Sequence[Job]:
        return of(jobs.for_municipality(params, code) for code in shared.municipalities_of(computed))

    (one, *_) = of([params])
    return Group((params,), None, out / SHARED / one.computation, reports, overviews)


def _refuse_incomplete(outcomes: Sequence[Outcome], line: str) -> None:
    """Say of each report that was not made why."""
    lost = [outcome for outcome in outcomes if outcome.status in (REFUSED, FAILED)]
    if lost:
        head = texts("da")["incomplete"].format(count=len(lost), all=len(outcomes))
        told = [f"{outcome.name}\n{_indented(outcome.reason)}" for outcome in lost]
        raise BatchIncomplete("\n\n".join([head, *told, line]))


def _indented(text: str) -> str:
    return "\n".join(f"  {line}" for line in text.splitlines())
