"""Where the work of a batch is done, and the loop that hands it out.

That is in processes on this machine, or by the workers of a Dask scheduler that is already there. Computations come
first, reports as soon as their computation is there, failures once more.

Who reaches a scheduler can have it run any program, as the user who started it; the loopback address keeps out no
other user of the machine. So the processes of this machine speak TLS with a key made for this batch, which is held
in memory and seen by nobody else, and no page about them is served.
"""

from __future__ import annotations

import logging
import multiprocessing
import tempfile
from collections.abc import Callable, Iterator, Sequence
from contextlib import contextmanager
from dataclasses import dataclass, field
from pathlib import Path
from typing import TYPE_CHECKING, Any

from jobreport.errors import InputRefused, Problem, refuse
from jobreport.make import parent
from jobreport.make.batch import worker
from jobreport.make.batch.jobs import Job
from jobreport.make.batch.worker import FAILED, Order, Outcome
from jobreport.report.results import code_checksum, lock_checksum
from jobreport.setup.params import Params

if TYPE_CHECKING:
    from distributed import Client, Future
    from distributed.security import Security

LOOPBACK = "127.0.0.1"
FILES_OF_TLS = 3
ROOM = 10**9  # bytes that a worker takes while it makes a report of a million answers
ONE_THREAD = {  # workers share the cores by themselves; one arena lets threads use each other's free memory
    "OPENBLAS_NUM_THREADS": "1",
    "OMP_NUM_THREADS": "1",
    "MALLOC_ARENA_MAX": "1",
}


NO_PAGES: dict[str, object] = {"distributed.scheduler.http.routes": [], "distributed.worker.http.routes": []}


@dataclass(frozen=True)
class Scheduler:
    """A scheduler that runs already.

    Parameters
    ----------
    address
        Such as ``tls://host:8786``.
    tls
        Files of the authority, the certificate and the key that it is reached with; none for an unprotected one.
    """

    address: str
    tls: tuple[Path, ...] = ()

    @property
    def protected(self) -> bool:
        """Whether only those who have a certificate reach it.

        Examples
        --------
        >>> Scheduler("tcp://host:8786").protected, Scheduler("tls://host:8786").protected
        (False, True)
        """
        return self.address.startswith("tls://")

    def security(self) -> Security | None:
        """What a client shows the scheduler, and asks of it."""
        from distributed.security import Security

        if not self.protected:
            return None
        authority, certificate, key = (str(file) for file in self.tls)
        return Security(tls_ca_file=authority, tls_client_cert=certificate, tls_client_key=key, require_encryption=True)


def fitting(reports: int | None = None) -> int:
    """Return how many workers this machine has cores and memory for, and that many reports give work to.

    Parameters
    ----------
    reports
        That are to be made; None where nobody knows before the data are read.

    Examples
    --------
    >>> fitting(1), fitting() >= fitting(2) >= 1
    (1, True)
    """
    from dask import system as processors
    from distributed import system  # (both know the limits of a container)

    cores, held = int(processors.CPU_COUNT), int(system.MEMORY_LIMIT) // ROOM
    return max(1, min(cores, held, reports or cores))


@contextmanager
def client(workers: int | None, scheduler: Scheduler | None) -> Iterator[Client]:
    """Connect to a scheduler, or start one on the loopback address with so many workers; None is what fits here."""
    import dask
    from distributed import Client, LocalCluster
    from distributed.security import Security

    if scheduler is not None:
        with _connected(scheduler) as found:
            yield found
        return
    own = Security.temporary()
    logging.getLogger("distributed").setLevel(logging.CRITICAL)  # what a worker that dies under us has to say, we say
    with (
        tempfile.TemporaryDirectory(prefix="jobreport-", ignore_cleanup_errors=True) as scratch,
        dask.config.set(NO_PAGES | {"temporary-directory": scratch}),
        LocalCluster(
            n_workers=workers or fitting(),
            threads_per_worker=1,
            processes=True,
            host=LOOPBACK,
            protocol="tls",
            security=own,
            dashboard_address=f"{LOOPBACK}:0",  # (of the server that Dask starts in any case, and that has no pages)
            scheduler_kwargs={"dashboard": False},
            memory_limit=0,
            local_directory=scratch,
            env=ONE_THREAD | {"DASK_LOGGING__DISTRIBUTED": "critical"},
            silence_logs=logging.CRITICAL,
        ) as cluster,
        Client(cluster, security=own, set_as_default=False) as found,
    ):
        try:
            yield found
        except KeyboardInterrupt:
            _stop_at_once()
            raise


def _stop_at_once() -> None:
    # End the workers: closed in good order they would first finish their reports.
    for process in multiprocessing.active_children():
        process.kill()


def _connected(scheduler: Scheduler) -> Client:
    from distributed import Client

    refuse(_without_files(scheduler))
    try:
        return Client(scheduler.address, security=scheduler.security(), set_as_default=False, timeout=10)
    except (OSError, ValueError, TypeError) as error:
        raise InputRefused([Problem("batch_no_scheduler", scheduler.address)]) from error


def _without_files(scheduler: Scheduler) -> list[Problem]:
    if scheduler.protected != (len(scheduler.tls) == FILES_OF_TLS):
        return [Problem("batch_tls_files", scheduler.address, {"count": len(scheduler.tls)})]
    return [Problem("batch_tls_unreadable", file.name) for file in scheduler.tls if not file.is_file()]


def check_workers(found: Client, marker: Path) -> None:
    """Refuse workers that run another program or do not see the folder.

    Raises
    ------
    InputRefused
        With every such worker: their reports would not be the same, or would go astray.
    """
    expected = _identity(str(marker))
    other = {where: said for where, said in found.run(_identity, str(marker)).items() if said != expected}
    problems = []
    for where, (code, lock, sees) in sorted(other.items()):
        key = "batch_worker_blind" if not sees else "batch_worker_differs"
        problems.append(Problem(key, where, {"folder": marker.parent.name, "code": code[:12], "lock": lock[:12]}))
    refuse(problems)


def make_ready(found: Client) -> None:
    """Start what kernels are forked from, so that it has its libraries when the first report is due."""
    found.run(parent.prepare)


def _identity(marker: str) -> tuple[str, str, bool]:
    return code_checksum(), lock_checksum(), Path(marker).exists()


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
            for job in overviews:  # first, for each takes longer than a report, and nobody should wait for it alone
                self._start(self._of_overview(job, group.folder))
            for job in jobs:
                self._start(self._of_job(job, group.folder))

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
    if future.status == "finished":
        found: Outcome = future.result()
        return found
    return Outcome(name, FAILED, type(future.exception()).__name__)
