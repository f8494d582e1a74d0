"""Kernels from a preloaded parent, where the operating system can fork one safely; from scratch elsewhere.

A kernel that is started from scratch spends some three seconds on imports. One that is forked from a parent which has
imported everything, and run nothing, is there at once, and holds no trace of the kernels before it.
"""

from __future__ import annotations

import atexit
import json
import os
import signal
import subprocess
import sys
import threading
from collections.abc import Mapping
from contextlib import suppress
from functools import cache
from typing import Any

from jupyter_client.connect import KernelConnectionInfo
from jupyter_client.provisioning import LocalProvisioner

POSSIBLE = sys.platform == "linux"  # macOS's own libraries do not survive a fork; Windows has none
ONE_THREAD = {  # a process with threads must not fork: those of the linear algebra, and of Arrow's memory
    "OPENBLAS_NUM_THREADS": "1",
    "OMP_NUM_THREADS": "1",
    "JE_ARROW_MALLOC_CONF": "background_thread:false",
}


class Parent:
    """The preloaded process, and what it is asked."""

    def __init__(self) -> None:
        self._asked = threading.Lock()
        self._process = subprocess.Popen(
            [sys.executable, "-m", "jobreport.make.preloaded"],
            stdin=subprocess.PIPE,
            stdout=subprocess.PIPE,
            env=os.environ | ONE_THREAD,
            encoding="utf-8",
            start_new_session=True,  # Ctrl-C is for the one who asked, who then lets this one go
        )

    @property
    def alive(self) -> bool:
        """Whether it can still be asked."""
        return self._process.poll() is None

    def close(self) -> None:
        """Let it go, and its kernels with it."""
        for stream in (self._process.stdin, self._process.stdout):
            if stream is not None:
                with suppress(OSError):  # what was not read any more
                    stream.close()
        self._process.wait()

    def ask(self, request: Mapping[str, Any]) -> dict[str, Any]:
        """Send a request and wait for the answer.

        Raises
        ------
        OSError
            If the parent has gone.
        """
        with self._asked:
            if self._process.stdin is None or self._process.stdout is None:
                raise OSError("the preloaded parent has no streams")
            self._process.stdin.write(json.dumps(dict(request)) + "\n")
            self._process.stdin.flush()
            line = self._process.stdout.readline()
        if not line:
            raise OSError("the preloaded parent has gone")
        answer: dict[str, Any] = json.loads(line)
        return answer


class ForkedKernel:
    """A kernel as the provisioner sees it: what `subprocess.Popen` offers, asked of the parent."""

    stdin = stdout = stderr = None

    def __init__(self, parent: Parent, pid: int) -> None:
        self._parent, self.pid = parent, pid
        self.returncode: int | None = None

    def poll(self) -> int | None:
        """Exit code, None while it runs."""
        if self.returncode is None:
            try:
                self.returncode = self._parent.ask({"poll": self.pid})["exit"]
            except OSError:
                self.returncode = -signal.SIGKILL
        return self.returncode

    def wait(self) -> int:
        """Exit code; the provisioner has polled until there is one."""
        return self.poll() or 0

    def send_signal(self, number: int) -> None:
        """Send a signal to the kernel."""
        os.kill(self.pid, number)

    def kill(self) -> None:
        """Stop it at once."""
        self.send_signal(signal.SIGKILL)

    def terminate(self) -> None:
        """Ask it to stop."""
        self.send_signal(signal.SIGTERM)


class PreloadedProvisioner(LocalProvisioner):
    """Start kernels by asking the preloaded parent of this process."""

    async def launch_kernel(self, cmd: list[str], **keywords: Any) -> KernelConnectionInfo:
        """Fork a kernel; ``cmd`` is what would have started it from scratch."""
        request = {
            "start": cmd[cmd.index("-f") + 1],
            "folder": str(keywords.get("cwd") or os.getcwd()),  # noqa: PTH109
            "environment": dict(keywords.get("env") or os.environ),
        }
        parent = _parent()
        forked = ForkedKernel(parent, parent.ask(request)["pid"])
        self.process = forked  # type: ignore[assignment]  # it answers what a Popen answers
        self.pid = self.pgid = forked.pid
        return self.connection_info


@cache
def _the_parent(_owner: int) -> Parent:
    """One parent for each process; a fork of this process gets its own."""
    parent = Parent()
    atexit.register(parent.close)
    return parent


def prepare() -> None:
    """Start the parent, where there can be one, so that it has its libraries by the time that it is asked for."""
    if POSSIBLE:
        _parent()


def prepared() -> bool:
    """Whether this process has a parent to fork kernels from."""
    return _the_parent.cache_info().currsize > 0 and _the_parent(os.getpid()).alive


def _parent() -> Parent:
    parent = _the_parent(os.getpid())
    if not parent.alive:
        parent.close()
        _the_parent.cache_clear()
        parent = _the_parent(os.getpid())
    return parent
