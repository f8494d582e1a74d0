"""A process that forks goes in; what comes out loses no Ctrl-C, and leaves no fork behind when it ends."""

import ctypes
import signal
import sys
from collections.abc import Iterator
from contextlib import contextmanager

SIGNAL_AT_DEATH = 1  # what Linux calls PR_SET_PDEATHSIG


@contextmanager
def uninterrupted() -> Iterator[None]:
    """Let Ctrl-C wait: in what Python calls at each fork it would be told as ignored, and be forgotten.

    A fork begins without it too, until `interruptible`.
    """
    if sys.platform == "win32":  # nothing forks there
        yield
        return
    before = signal.pthread_sigmask(signal.SIG_BLOCK, {signal.SIGINT})
    try:
        yield
    finally:
        signal.pthread_sigmask(signal.SIG_SETMASK, before)


def interruptible() -> None:
    """Hear Ctrl-C, and what a kernel is interrupted with, in a fork that was begun without."""
    signal.pthread_sigmask(signal.SIG_UNBLOCK, {signal.SIGINT})


def die_with_asker() -> None:
    """Let the end of the process that forked this one be its end too."""
    ctypes.CDLL(None).prctl(SIGNAL_AT_DEATH, signal.SIGKILL)
