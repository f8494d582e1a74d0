"""Where the work is done: processes on this machine, or the workers of a Dask scheduler that is already there."""

from __future__ import annotations

import logging
import multiprocessing
import os
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path
from typing import TYPE_CHECKING

from jobreport import content
from jobreport.errors import InputRefused, Problem, refuse
from jobreport.results import lock_checksum

if TYPE_CHECKING:
    from distributed import Client

LOOPBACK = "127.0.0.1"
ONE_THREAD = {  # workers share the cores by themselves; one arena lets threads use each other's free memory
    "OPENBLAS_NUM_THREADS": "1",
    "OMP_NUM_THREADS": "1",
    "MALLOC_ARENA_MAX": "1",
}


@contextmanager
def client(workers: int | None, scheduler: str | None) -> Iterator[Client]:
    """Connect to a scheduler, or start one on the loopback address with as many workers as there are cores."""
    from distributed import Client, LocalCluster

    if scheduler is not None:
        with _connected(scheduler) as found:
            yield found
        return
    logging.getLogger("distributed").setLevel(logging.CRITICAL)  # what a worker that dies under us has to say, we say
    with (
        LocalCluster(
            n_workers=workers or os.cpu_count() or 1,
            threads_per_worker=1,
            processes=True,
            host=LOOPBACK,
            dashboard_address=f"{LOOPBACK}:0",
            memory_limit=0,
            env=ONE_THREAD | {"DASK_LOGGING__DISTRIBUTED": "critical"},
            silence_logs=logging.CRITICAL,
        ) as cluster,
        Client(cluster, set_as_default=False) as found,
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


def _connected(scheduler: str) -> Client:
    from distributed import Client

    try:
        return Client(scheduler, set_as_default=False, timeout=10)
    except (OSError, ValueError) as error:
        raise InputRefused([Problem("batch_no_scheduler", scheduler)]) from error


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
    return content.code_checksum(), lock_checksum(), Path(marker).exists()
