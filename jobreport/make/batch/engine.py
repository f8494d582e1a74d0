"""The loop of a batch: computations first, reports as soon as their computation is there, failures once more."""

from __future__ import annotations

from collections.abc import Callable, Sequence
from dataclasses import dataclass, field
from pathlib import Path
from typing import TYPE_CHECKING, Any

from jobreport.make.batch import worker
from jobreport.make.batch.jobs import Job
from jobreport.make.batch.worker import FAILED, Order, Outcome
from jobreport.setup.params import Params

if TYPE_CHECKING:
    from distributed import Client, Future

ATTEMPTS = 2


@dataclass(frozen=True)
class Group:
    """Params that share a computation.

    Parameters
    ----------
    params
        The params files.
    places
        Municipalities that get rows by group; None is every one in the data.
    folder
        Where the computation is kept.
    computation
        Checksum of all that it depends on.
    reports
        Gives the jobs once the computation is there.
    overviews
        The national overview of the computation, one job per language.
    """

    params: tuple[Params, ...]
    places: tuple[str, ...] | None
    folder: Path
    computation: str
    reports: Callable[[Path], Sequence[Job]]
    overviews: tuple[Job, ...] = ()


@dataclass
class Told:
    """What the loop tells while it runs."""

    planned: Callable[[int], None]  # how many more reports
    done: Callable[[Outcome], None]
    language: str = "da"


@dataclass
class _Task:
    """Something that was submitted, and how often."""

    name: str
    submit: Callable[[], Future[Any]]
    then: Callable[[Outcome], None]
    attempts: int = 1


@dataclass
class Engine:
    """Submits work and follows it to its end."""

    client: Client
    since: float
    resume: bool
    preloaded: bool
    told: Told
    outcomes: list[Outcome] = field(default_factory=list)
    _running: dict[Future[Any], _Task] = field(default_factory=dict)

    def run(self, groups: Sequence[Group]) -> list[Outcome]:
        """Do everything; the order of the outcomes is that of their names."""
        from distributed import as_completed

        self._completed = as_completed(loop=self.client.loop, raise_errors=False)
        for group in groups:
            self._start(self._of_group(group))
        for future in self._completed:
            self._finish(future)
        return sorted(self.outcomes, key=lambda outcome: outcome.name)

    def _of_group(self, group: Group) -> _Task:
        orders = [Order.of(params, self.told.language) for params in group.params]

        def submit() -> Future[Any]:
            arguments = (orders, group.places, str(group.folder), group.computation)
            return self.client.submit(worker.compute, *arguments, pure=False, priority=1)

        def then(outcome: Outcome) -> None:
            if outcome.status != worker.MADE:
                self.told.planned(len(group.params))
                for params in group.params:
                    self._tell(Outcome(params.name, outcome.status, outcome.reason))
                return
            jobs = group.reports(group.folder)
            overviews = group.overviews
            self.told.planned(len(jobs) + len(overviews))
            for job in jobs:
                self._start(self._of_job(job, group.folder))
            for job in overviews:
                self._start(self._of_overview(job, group.folder))

        return _Task(group.params[0].name, submit, then)

    def _of_job(self, job: Job, computed: Path) -> _Task:
        arguments: tuple[Any, ...] = (
            Order.of(job.params, self.told.language),
            str(job.folder),
            str(computed),
            job.content,
        )

        def submit() -> Future[Any]:
            since = 0.0 if self.resume else self.since
            return self.client.submit(worker.make, *arguments, since=since, preloaded=self.preloaded, pure=False)

        return _Task(job.name, submit, self._tell)

    def _of_overview(self, job: Job, computed: Path) -> _Task:
        arguments = (Order.of(job.params, self.told.language), str(job.folder), str(computed))

        def submit() -> Future[Any]:
            return self.client.submit(worker.overview, *arguments, preloaded=self.preloaded, pure=False)

        return _Task(job.name, submit, self._tell)

    def _start(self, task: _Task) -> None:
        future = task.submit()
        self._running[future] = task
        self._completed.add(future)

    def _finish(self, future: Future[Any]) -> None:
        task = self._running.pop(future)
        outcome = _outcome(future, task.name)
        future.release()
        if outcome.status == FAILED and task.attempts < ATTEMPTS:
            task.attempts += 1
            self._start(task)
        else:
            task.then(outcome)

    def _tell(self, outcome: Outcome) -> None:
        self.outcomes.append(outcome)
        self.told.done(outcome)


def _outcome(future: Future[Any], name: str) -> Outcome:
    """What a task said; if its workers died under it, that."""
    if future.status == "finished":
        found: Outcome = future.result()
        return found
    return Outcome(name, FAILED, type(future.exception()).__name__)
