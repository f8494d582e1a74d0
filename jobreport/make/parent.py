"""Kernels forked from a parent that has imported everything, where the operating system can fork one safely.

A kernel that is started from scratch spends some three seconds on imports. One that is forked from a parent which has
imported everything, and run nothing, is there at once, and holds no trace of the kernels before it. The command line
forks that parent from itself, as soon as it has what both need, so that nothing is imported twice; a process with
threads starts one: ``python -m jobreport.make.parent``.

Requests to the parent and its answers are lines of JSON:

* ``{"start": CONNECTION_FILE, "folder": PATH, "environment": {...}}`` is answered by ``{"pid": 123}``;
* ``{"draw": PARAMETERS, "folder": PATH, "environment": {...}}`` is too: that process draws beside the next kernel,
  and with ``"handed": true`` both have what follows by a way of its own;
* ``{"poll": 123}`` by ``{"exit": null}`` while the kernel runs, and by its exit code when it does not.

When the one who asks goes away, the parent and its kernels go too.
"""

from __future__ import annotations

import atexit
import gc
import importlib
import json
import multiprocessing
import os
import subprocess
import sys
import threading
import warnings
from collections import defaultdict
from collections.abc import Callable, Iterable, Iterator, Mapping
from contextlib import chdir, contextmanager, suppress
from datetime import date
from functools import cache
from multiprocessing.connection import Connection
from multiprocessing.process import BaseProcess
from pathlib import Path
from types import ModuleType
from typing import TYPE_CHECKING, Any

from jobreport.domain.texts import LANGUAGES
from jobreport.make.forks import die_with_asker, interruptible, uninterrupted

if TYPE_CHECKING:
    from jobreport.report.drawer import Drawer

POSSIBLE = sys.platform == "linux"  # macOS's own libraries do not survive a fork; Windows has none
ONE_THREAD = {  # a process with threads must not fork: those of the linear algebra, and of Arrow's memory
    "OPENBLAS_NUM_THREADS": "1",
    "OMP_NUM_THREADS": "1",
    "JE_ARROW_MALLOC_CONF": "background_thread:false",
}
Later = Callable[[], object]
INLINE = "module://matplotlib_inline.backend_inline"
COLUMNS_IN_A_KERNEL = 20
LEFT_OUT = (
    "chardet", "debugpy", "formulaic", "ipywidgets", "mpl_toolkits.mplot3d", "scipy.cluster", "wcwidth", "webcolors",
)  # fmt: skip
"""What libraries import where they find it, and no report uses: 380 modules with what these import."""
UNREAD = ("pyarrow.vendored.docscrape", "scipy._lib._docscrape")  # with which docstrings are written that nobody sees
EMPTY = ("pandas_flavor.xarray", "pingouin.plotting", "scipy.spatial.transform", "scipy.stats._mgc", *UNREAD)
"""Parts of libraries of which no report uses a name: an empty one stands in their place, 130 modules less."""
WHEN_ASKED = ("numpy.f2py", "requests")
"""What libraries import and then seldom ask anything: it is imported when they do, 100 modules less."""
BEGUN_WITH = ("ipykernel.debugger", "IPython.core.completerlib", "IPython.core.debugger", "IPython.core.oinspect")
SELDOM = (500_000, 20, 100)
"""How many objects are made before garbage is looked for: of a report there is little, and figures are many objects."""
_shared: set[int] = set()  # processes that fork their own parent


def share() -> None:
    """Let this process fork its kernels' parent itself, unless it has libraries already, and whatever else."""
    if POSSIBLE and "numpy" not in sys.modules:
        os.environ.update(ONE_THREAD, MPLBACKEND=INLINE)  # (it is read when matplotlib is imported)
        _shared.add(os.getpid())
        _leave_out()
        gc.disable()  # until `prepare`: nothing of what is imported is garbage, and to look for it costs a sixth more


class _Unread(defaultdict[str, list[object]]):
    sections = ("Examples", "index")

    def __init__(self, *_: object) -> None:
        super().__init__(list)

    def __str__(self) -> str:
        return "\n"


class _Empty(ModuleType):
    def __getattr__(self, name: str) -> type[_Unread] | None:
        if name.startswith("__"):
            raise AttributeError(name)
        return _Unread if self.__name__ in UNREAD else None


class _WhenAsked(ModuleType):
    def __getattr__(self, name: str) -> Any:
        if name == "__file__":
            raise AttributeError(name)
        if sys.modules.get(self.__name__) is self:
            del sys.modules[self.__name__]
        return getattr(importlib.import_module(self.__name__), name)


def _leave_out() -> None:
    warnings.filterwarnings("ignore", "Unable to import Axes3D")
    for names, stand_in in ((LEFT_OUT, lambda _: None), (EMPTY, _Empty), (WHEN_ASKED, _WhenAsked)):
        for name in names:
            sys.modules.setdefault(name, stand_in(name))  # type: ignore[arg-type]
    importlib.import_module("numpy").f2py = sys.modules["numpy.f2py"]  # type: ignore[attr-defined]


@contextmanager
def forking() -> Iterator[None]:
    """Let a worker fork for a while, where a process can."""
    _shared.update({os.getpid()} if POSSIBLE else ())
    try:
        yield
    finally:
        _shared.discard(os.getpid())


def may_fork() -> bool:
    """Whether this process was told to fork, and no library has begun a thread since."""
    return os.getpid() in _shared and len(list(Path("/proc/self/task").iterdir())) == 1


class Fork:
    """The parent as a fork of this process; what `subprocess.Popen` offers, as far as it is needed."""

    def __init__(self) -> None:
        (asked, asking), (answered, answering) = os.pipe(), os.pipe()
        context = multiprocessing.get_context("fork")
        handed, self.handing = context.Pipe(duplex=False)
        ends = (asked, answering, asking, answered)
        fork = context.Process(target=_become_parent, args=(handed, self.handing, *ends))
        fork.start()
        handed.close()
        for end in (asked, answering):
            os.close(end)
        self._process, self.pid = fork, fork.pid or 0
        self.stdin, self.stdout = os.fdopen(asking, "w", encoding="utf-8"), os.fdopen(answered, encoding="utf-8")

    def poll(self) -> int | None:
        """Exit code, None while it runs."""
        return self._process.exitcode

    def wait(self) -> int | None:
        """Exit code, when it has ended."""
        self._process.join()
        return self._process.exitcode

    def kill(self) -> None:
        """Stop it at once."""
        self._process.kill()


def _become_parent(handed: Connection, handing: Connection, asked: int, answering: int, *of_the_asker: int) -> None:
    # Be what ``python -m jobreport.make.parent`` is: requests come in on 0, answers go out on 1, Ctrl-C passes by.
    os.setsid()
    handing.close()
    os.dup2(asked, 0)
    os.dup2(answering, 1)
    for end in (asked, answering, *of_the_asker):
        os.close(end)
    sys.stdin, sys.stdout = os.fdopen(0, encoding="utf-8"), os.fdopen(1, "w", encoding="utf-8")
    preload()
    serve(handed)


class Parent:
    """The preloaded process, and what it is asked."""

    def __init__(self) -> None:
        self._asked = threading.Lock()
        self._process = Fork() if may_fork() else self._started()

    @staticmethod
    def _started() -> subprocess.Popen[str]:
        return subprocess.Popen(
            [sys.executable, "-m", "jobreport.make.parent"],
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

    def ask(self, request: Mapping[str, Any], handed: object = None, sent: Later = lambda: None) -> dict[str, Any]:
        """Send a request, with what is handed over where the parent is a fork, call ``sent``, and wait for the answer.

        Raises
        ------
        OSError
            If the parent has gone.
        """
        with self._asked:
            if self._process.stdin is None or self._process.stdout is None:
                raise OSError("the preloaded parent has no streams")
            hands = handed is not None and isinstance(self._process, Fork)
            self._process.stdin.write(json.dumps({**request, "handed": hands}) + "\n")
            self._process.stdin.flush()
            if hands and isinstance(self._process, Fork):
                self._process.handing.send(handed)
            sent()
            line = self._process.stdout.readline()
        if not line:
            raise OSError("the preloaded parent has gone")
        return dict(json.loads(line))


@cache
def _the_parent(_owner: int) -> Parent:
    # One parent for each process; a fork of this process gets its own.
    parent = Parent()
    atexit.register(parent.close)
    return parent


def prepare(both: Iterable[str] = ()) -> None:
    """Start the parent, where there can be one, so that it has its libraries by the time that it is asked for.

    ``both``: modules that this process will import, and its kernels too: where the parent is a fork, once is enough.
    """
    if may_fork():
        for name in both:
            importlib.import_module(name)
        settle()
    gc.enable()
    if POSSIBLE:
        of_this_process()


def prepared() -> bool:
    """Whether this process has a parent to fork kernels from."""
    return _the_parent.cache_info().currsize > 0 and _the_parent(os.getpid()).alive


def settle() -> None:
    """Look for garbage seldom, and not in what is there: a fork that looked through it would copy it page by page."""
    gc.freeze()
    gc.set_threshold(*SELDOM)
    gc.enable()


@uninterrupted()
def of_this_process() -> Parent:
    """Return the parent of this process's kernels, a new one where there is none any more."""
    parent = _the_parent(os.getpid())
    if not parent.alive:
        parent.close()
        _the_parent.cache_clear()
        parent = _the_parent(os.getpid())
    return parent


def preload() -> None:
    """Import what notebooks use, and set what these packages would otherwise have taken from a kernel around them."""
    gc.disable()
    os.environ["MPLBACKEND"] = INLINE
    _leave_out()
    importlib.import_module("matplotlib.artist").kwdoc = lambda _: ""  # type: ignore[attr-defined]  # (nobody reads it)
    for name in ("pyarrow.feather", "seaborn", "statsmodels.stats.proportion", "ipykernel.kernelapp", *BEGUN_WITH):
        importlib.import_module(name)  # for the kernels, each of which else would
    import pandas as pd

    from jobreport import wording
    from jobreport.page import fonts
    from jobreport.report import study  # noqa: F401 - imported for the kernels
    from jobreport.wording import numbers

    fonts.register_in_matplotlib()
    for language in LANGUAGES:  # (Babel reads what it knows of one when it is first asked)
        wording.read_texts(language)
        numbers.decimal(0.5, 1, language), numbers.long_date(date(2000, 1, 1), language)
    pd.set_option("display.max_columns", COLUMNS_IN_A_KERNEL)  # outside a kernel pandas measures the terminal instead
    settle()


def draw_beside(
    parameters: Mapping[str, Any], folder: Path, environment: Mapping[str, str], results: Later, sent: Later
) -> bool:
    """Let a second process draw the sections of a report which the next kernel shows, where a core is free for it.

    ``parameters``, ``folder``, ``environment``: as `kernel.execute` takes them. ``results`` gives what both open
    (``sent`` is called meanwhile), and whether they have is returned; else who draws reads the copy in the folder.
    """
    if os.getpid() in _shared and len(os.sched_getaffinity(0)) > 1:  # (a batch has its own workers for the others)
        own = os.environ | environment
        asked = {"draw": dict(parameters), "folder": str(folder), "environment": dict(own)}
        with suppress(OSError):  # it has gone, and the kernel draws alone
            return bool(of_this_process().ask(asked, results(), sent)["opened"])
    return False


def serve(handed: Connection | None = None) -> None:
    """Answer requests until there are no more."""
    interruptible()
    running: dict[int, BaseProcess] = {}
    drawing: list[Drawer] = []
    try:
        for line in sys.stdin:
            sys.stdout.write(json.dumps(_done(json.loads(line), running, drawing, handed)) + "\n")
            sys.stdout.flush()
    except BrokenPipeError:  # the one who asked was killed before the answer
        os.dup2(os.open(os.devnull, os.O_WRONLY), 1)
    finally:  # a kernel that was left alive would be waited for at exit, and waits itself for this process to go
        for left in running.values():
            left.kill()


def _done(
    request: Mapping[str, Any], running: dict[int, BaseProcess], drawing: list[Drawer], handed: Connection | None
) -> dict[str, Any]:
    if "draw" in request:
        from jobreport.report.drawer import Drawer  # late: `share` must come before anything that begins a thread

        drawing.append(Drawer())
        if handed is not None and request["handed"]:
            _open(handed, request, drawing[-1])
        forked = _forked(running, _drawer, request, request["draw"], drawing[-1])
        return forked | {"opened": drawing[-1].opened is not None}
    if "start" in request:
        answer = _forked(running, _kernel, request, request["start"], *drawing)
        while drawing:
            drawing.pop().close()
        return answer
    found = running.get(request["poll"])
    code = None if found is None else found.exitcode
    if code is not None:
        running.pop(request["poll"])
    return {"exit": code if found is not None else -1}


def _open(handed: Connection, request: Mapping[str, Any], drawer: Drawer) -> None:
    """Take what a run hands over and open it, once for both who are forked then."""
    from jobreport.report import study

    with suppress(Exception), chdir(request["folder"]):  # the copy in the run's folder says the same
        study.hand_over(handed.recv(), request["draw"], drawer)


def _forked(
    running: dict[int, BaseProcess], become: Callable[..., None], request: Mapping[str, Any], *given: Any
) -> dict[str, Any]:
    started = multiprocessing.get_context("fork").Process(
        target=_by_itself, args=(request["folder"], request["environment"], become, *given)
    )
    started.start()
    running[started.pid or 0] = started
    return {"pid": started.pid}


def _by_itself(folder: str, environment: Mapping[str, str], become: Callable[..., None], *given: Any) -> None:
    os.setsid()
    nowhere = os.open(os.devnull, os.O_RDWR)
    for stream in (0, 1):
        os.dup2(nowhere, stream)
    os.environ.clear()
    os.environ.update(environment)
    os.chdir(folder)
    become(*given)


def _kernel(connection_file: str, *drawing: Drawer) -> None:
    import asyncio

    from ipykernel.kernelapp import IPKernelApp

    for drawer in drawing:
        drawer.receive()
    asyncio.set_event_loop(None)  # up to Python 3.11 a fork has that of its asker
    IPKernelApp.launch_instance(["-f", connection_file, "--HistoryManager.enabled=False"])  # (nobody types in it)


def _drawer(parameters: Mapping[str, Any], drawer: Drawer) -> None:
    from jobreport.report import study

    die_with_asker()
    with suppress(Exception):  # the kernel meets it too, where it is told
        drawer.draw(drawer.opened or study.load(**parameters))


if __name__ == "__main__":
    preload()
    serve()
