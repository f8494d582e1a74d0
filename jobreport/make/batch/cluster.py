"""Where the work of a batch is done: in processes on this machine, or by the workers of a Dask scheduler.

Who reaches a scheduler can have it run any program, as the user who started it; the loopback address keeps out no
other user of the machine. So the processes of this machine are spoken to through pipes, which have no address.
"""

from __future__ import annotations

import ctypes
import importlib
import multiprocessing
import os
import signal
from collections import deque
from collections.abc import Callable, Iterator, Sequence
from concurrent.futures import Future
from concurrent.futures.process import BrokenProcessPool
from contextlib import contextmanager, nullcontext, suppress
from dataclasses import dataclass
from functools import partial
from multiprocessing.connection import Connection, wait
from multiprocessing.process import BaseProcess
from pathlib import Path
from typing import TYPE_CHECKING, Any

from jobreport.errors import InputRefused, Problem, refuse
from jobreport.make import forks, parent
from jobreport.report.results import code_checksum, lock_checksum

if TYPE_CHECKING:
    from distributed import Client
    from distributed.security import Security

FILES_OF_TLS = 3
ROOM = 10**9  # bytes that a worker takes while it makes a report of a million answers
ARENAS = -8  # what glibc calls M_ARENA_MAX: one lets threads use each other's free memory


@dataclass(frozen=True)
class Scheduler:
    """A scheduler that runs already."""

    address: str  # such as ``tls://host:8786``
    tls: tuple[Path, ...] = ()  # files of the authority, the certificate and the key; none for an unprotected one

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
    """Return how many workers this machine has cores and memory for, and so many reports (None: unknown) give work to.

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
def hands(
    workers: int, scheduler: Scheduler | None, marker: Path, *, preloaded: bool = False
) -> Iterator[Pool | Remote]:
    """Give those who work: so many processes of this machine, or a scheduler's workers.

    Raises
    ------
    InputRefused
        If the scheduler cannot be reached, or has workers that are not what they must be (`check_workers`).
    """
    if scheduler is None:
        pool = Pool(workers, preloaded=preloaded)
        try:
            yield pool
        except BaseException:  # in good order they would first finish their reports
            pool.stop(at_once=True)
            raise
        pool.stop()
        return
    with _connected(scheduler) as found:
        check_workers(found, marker)
        if preloaded:
            found.run(parent.prepare)
        yield Remote(found)


@dataclass
class _Hand:
    process: BaseProcess
    pipe: Connection
    work: Future[Any] | None = None


class Pool:
    """Processes of this machine, started when there is work for them and again when one has died.

    Where this process may fork they are forks of it, and have what it has imported by then. ``size``: at most so many.
    """

    def __init__(self, size: int, *, preloaded: bool = False) -> None:
        self.size, self._preloaded = size, preloaded
        self._forks = parent.may_fork()
        self._waiting: deque[tuple[Future[Any], partial[Any], bool]] = deque()
        self._hands: list[_Hand] = []

    def submit(self, work: Callable[..., Any], *given: Any, alone: bool = False, **named: Any) -> Future[Any]:
        """Have some work done; ``alone`` in a process of its own, whose memory is given back when it has ended."""
        future: Future[Any] = Future()
        self._waiting.append((future, partial(work, *given, **named), alone))
        self._hand_out()
        return future

    def completed(self) -> Iterator[Future[Any]]:
        """Everything submitted, also meanwhile, as it comes to its end."""
        if self._preloaded and self._forks:
            parent.preload()  # while the first compute, and before anybody is forked who makes a report
            importlib.import_module("papermill")
        while self._waiting or self._busy():
            self._hand_out()
            busy = self._busy()
            yield from [self._done(busy[pipe]) for pipe in wait([*busy])]

    def stop(self, *, at_once: bool = False) -> None:
        """End them, in good order or ``at_once``."""
        while self._hands:
            self._let_go(self._hands[0], at_once=at_once)

    def _busy(self) -> dict[Any, _Hand]:
        return {hand.pipe: hand for hand in self._hands if hand.work is not None}

    def _hand_out(self) -> None:
        while self._waiting and len(self._busy()) < self.size:
            future, work, alone = self._waiting.popleft()
            idle = [hand for hand in self._hands if hand.work is None]
            hand = self._started(alone=alone) if alone or not idle else idle[0]
            hand.work = future
            with suppress(OSError):  # (it has died, which is seen where its result is taken)
                hand.pipe.send((work, alone))

    @forks.uninterrupted()
    def _started(self, *, alone: bool) -> _Hand:
        own, given = multiprocessing.Pipe()
        if not self._forks:
            os.environ.update(parent.ONE_THREAD)  # (what is started takes them from here)
        others = [own, *(hand.pipe for hand in self._hands)] if self._forks else []
        context: Any = multiprocessing.get_context("fork" if self._forks else "spawn")
        process = context.Process(target=_serve, args=(given, others, self._preloaded and not alone))
        process.start()
        given.close()
        self._hands.append(_Hand(process, own))
        return self._hands[-1]

    def _done(self, hand: _Hand) -> Future[Any]:
        future, hand.work = hand.work or Future(), None
        try:
            result, leaves = hand.pipe.recv()
        except (EOFError, OSError) as died:
            leaves = True
            future.set_exception(BrokenProcessPool(*died.args))
        else:
            future.set_result(result)
        if leaves:
            self._let_go(hand)
        return future

    def _let_go(self, hand: _Hand, *, at_once: bool = False) -> None:
        self._hands.remove(hand)
        hand.pipe.close()
        if at_once:
            hand.process.kill()
        hand.process.join()


def _serve(pipe: Connection, others: Sequence[Connection], ready: object) -> None:
    # Do one piece of work after another; Ctrl-C is for the one who asks, whose end is the end of this too.
    signal.signal(signal.SIGINT, signal.SIG_IGN)
    os.environ["RAYON_NUM_THREADS"] = "1"  # Typst's: the cores have other workers
    parent.settle()
    try:
        if parent.POSSIBLE:
            forks.die_with_asker()
            with suppress(AttributeError):  # another C library
                ctypes.CDLL(None).mallopt(ARENAS, 1)
        for other in others:
            other.close()
        if ready:
            with parent.forking():
                parent.of_this_process()
        alone = False
        while not alone:
            work, alone = pipe.recv()
            with parent.forking() if alone else nullcontext():
                pipe.send((work(), alone))
    except EOFError:
        if parent.prepared():
            parent.of_this_process().close()
    finally:  # at once: who forks kernels would be waited for, and waits itself for this process to go
        os._exit(0)


class Remote:
    """The workers of a Dask scheduler, as `Pool` has its processes; their futures answer alike."""

    def __init__(self, client: Client) -> None:
        from distributed import as_completed

        self._client, self._all = client, as_completed(loop=client.loop, raise_errors=False)
        self.size = len(client.scheduler_info(n_workers=-1)["workers"])

    def submit(self, work: Callable[..., Any], *given: Any, alone: bool = False, **named: Any) -> Future[Any]:
        """Have some work done; what others wait for (``alone``) first."""
        submit: Any = self._client.submit
        future: Future[Any] = submit(work, *given, **named, pure=False, priority=int(alone))
        self._all.add(future)
        return future

    def completed(self) -> Iterator[Future[Any]]:
        """Everything submitted, also meanwhile, as it comes to its end."""
        for future in self._all:
            yield future
            future.release()


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


def _identity(marker: str) -> tuple[str, str, bool]:
    return code_checksum(), lock_checksum(), Path(marker).exists()
