"""Some work goes in, and what gives its result comes out: done beside this process in a fork, where it may fork.

Nothing depends on where it was done. Whatever goes wrong in the fork, a lack of memory as well as a refusal, the work
is done again in this process when its result is asked for: so an error is the error, and told once.
"""

import ctypes
import gc
import multiprocessing
import os
import signal
import sys
from collections.abc import Callable
from contextlib import suppress
from multiprocessing.connection import Connection
from typing import TypeVar

from jobreport.make.forks import die_with_asker, uninterrupted
from jobreport.make.parent import may_fork

Made = TypeVar("Made")


def beside(work: Callable[[], Made]) -> Callable[[], Made]:
    """Begin some work in a fork, or leave it for later where there can be none.

    Examples
    --------
    >>> beside(lambda: 2 + 2)()
    4
    """
    if not may_fork():
        return work
    context = multiprocessing.get_context("fork")
    taken, given = context.Pipe(duplex=False)
    fork = context.Process(target=_done, args=(work, taken, given, os.getpid()), daemon=True)
    with uninterrupted():
        fork.start()
    given.close()

    def result() -> Made:
        try:
            made: Made = taken.recv()
        except EOFError:
            return work()
        finally:
            taken.close()
            fork.join()
        return made

    return result


def _done(work: Callable[[], object], taken: Connection, given: Connection, asker: int) -> None:
    # Do the work and hand over its result; Ctrl-C is for the one who asked, whose end is the end of this too.
    signal.signal(signal.SIGINT, signal.SIG_IGN)
    die_with_asker()
    taken.close()
    with suppress(Exception):
        if os.getppid() == asker:
            given.send(work())


def give_back() -> None:
    """Give the system the memory that nobody needs any more: cycles, and what Arrow and glibc keep."""
    gc.enable()  # (before there is a kernels' parent it is not)
    gc.collect()
    pa = sys.modules.get("pyarrow")
    if pa is not None:
        pa.default_memory_pool().release_unused()
    if sys.platform == "linux":
        with suppress(OSError, AttributeError):  # another C library
            ctypes.CDLL(None).malloc_trim(0)
