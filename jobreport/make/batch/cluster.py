"""Where the work is done: processes on this machine, or the workers of a Dask scheduler that is already there.

Who reaches a scheduler can have it run any program, as the user who started it; the loopback address keeps out no
other user of the machine. So the processes of this machine speak TLS with a key made for this batch, which is held
in memory and seen by nobody else, and no page about them is served.
"""

from __future__ import annotations

import logging
import multiprocessing
import os
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass
from pathlib import Path
from typing import TYPE_CHECKING

from jobreport.errors import InputRefused, Problem, refuse
from jobreport.make import fingerprint
from jobreport.report.results import lock_checksum

if TYPE_CHECKING:
    from distributed import Client
    from distributed.security import Security

LOOPBACK = "127.0.0.1"
FILES_OF_TLS = 3
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


@contextmanager
def client(workers: int | None, scheduler: Scheduler | None) -> Iterator[Client]:
    """Connect to a scheduler, or start one on the loopback address with as many workers as there are cores."""
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
        dask.config.set(NO_PAGES),
        LocalCluster(
            n_workers=workers or os.cpu_count() or 1,
            threads_per_worker=1,
            processes=True,
            host=LOOPBACK,
            protocol="tls",
            security=own,
            dashboard_address=f"{LOOPBACK}:0",
            memory_limit=0,
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
    """End the workers: closed in good order they would first finish their reports."""
    for worker in multiprocessing.active_children():
        worker.kill()


def _connected(scheduler: Scheduler) -> Client:
    from distributed import Client

    refuse(_without_files(scheduler))
    try:
        return Client(scheduler.address, security=scheduler.security(), set_as_default=False, timeout=10)
    except (OSError, ValueError, TypeError) as error:
        raise InputRefused([Problem("batch_no_scheduler", scheduler.address)]) from error


def _without_files(scheduler: Scheduler) -> list[Problem]:
    """Three files belong to a protected scheduler, and none to another."""
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
    other = {worker: said for worker, said in found.run(_identity, str(marker)).items() if said != expected}
    problems = []
    for worker, (code, lock, sees) in sorted(other.items()):
        key = "batch_worker_blind" if not sees else "batch_worker_differs"
        problems.append(Problem(key, worker, {"folder": marker.parent.name, "code": code[:12], "lock": lock[:12]}))
    refuse(problems)


def _identity(marker: str) -> tuple[str, str, bool]:
    """What a worker is: program, locked packages, and whether it sees the folder that the batch writes to."""
    return fingerprint.code_checksum(), lock_checksum(), Path(marker).exists()
