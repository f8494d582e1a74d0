"""What is made once for many tests: which of them one worker runs, and computations that they may share."""

import gc
import hashlib
import os
import sys
from collections.abc import Callable, Collection, Iterator
from contextlib import AbstractContextManager, contextmanager, nullcontext
from dataclasses import replace
from pathlib import Path
from typing import Any

import numpy as np
import pytest
from _pytest.runner import runtestprotocol

import jobreport  # noqa: F401 (before nbformat, which else takes a second to import: see there)

gc.disable()  # until everything is imported: nothing of it is garbage, and to look for it takes a second of each worker
for setting in ("LC_ALL", "LC_MESSAGES", "LANG"):
    os.environ.pop(setting, None)  # the language of a developer's machine is none of what is tested
# Where a machine keeps no compiled modules, each worker compiles all tests, and each command that they run the program.
os.environ.pop("PYTHONDONTWRITEBYTECODE", None)
sys.dont_write_bytecode = False

SHARING = {  # files whose tests look at the same reports, packages or opened study, or have the same process fork
    "forks": [f"tests/unit/make/test_{name}.py" for name in ("beside", "cluster", "kernel", "parent")],
    "reports": [f"tests/end_to_end/test_{name}.py" for name in ("audit", "cli_to_pdf", "reproducibility", "verify")],
    "packages": [
        *(f"tests/unit/{name}.py" for name in ("fetch/test_packages", "intake/test_signature")),
        *(f"tests/unit/{name}.py" for name in ("make/test_package", "prepare/test_gather")),
    ],
    "official figures": [
        *(f"tests/unit/report/test_{name}.py" for name in ("every_municipality", "own_register", "parameters")),
    ],
    "figures": ["tests/unit/figures/test_figures.py", "tests/unit/figures/test_narrow.py"],
    "study": [
        *(f"tests/unit/desk/test_{name}.py" for name in ("explore", "lesson")),
        *(f"tests/unit/report/test_{name}.py" for name in ("bench", "drawer", "glance", "study_added", "views")),
        "tests/unit/release/test_own.py",
        "tests/unit/test_wrong_values.py",
    ],
}
TOGETHER = {file: scope for scope, files in SHARING.items() for file in files}


def pytest_collection_finish() -> None:
    """Look for garbage from here on, seldom, and not among what was imported and collected."""
    gc.freeze()
    gc.set_threshold(50_000, 20, 100)
    gc.enable()


@pytest.fixture(autouse=True)
def _comes_back() -> Iterator[None]:
    """Fail where a test leaves the folder it stood in: those after it would look for files elsewhere."""
    before = Path.cwd()
    yield
    try:
        assert Path.cwd() == before
    finally:
        os.chdir(before)


def worth_telling(report: pytest.TestReport) -> bool:
    """Whether it says more than that a test has begun or ended well, of which a worker need tell nobody."""
    return report.when == "call" or not report.passed


@pytest.hookimpl
def pytest_runtest_protocol(item: pytest.Item, nextitem: pytest.Item | None) -> bool | None:
    """Have a worker send one message of each test, not five, where nobody asks how long each part of it took."""
    option = item.config.option
    if not hasattr(item.config, "workerinput") or option.durations is not None or option.xmlpath:
        return None
    for report in filter(worth_telling, runtestprotocol(item, log=False, nextitem=nextitem)):
        report.keywords = {}  # (they are read by who ran the test)
        item.ihook.pytest_runtest_logreport(report=report)
    return True


@pytest.hookimpl(optionalhook=True)
def pytest_xdist_make_scheduler(config: pytest.Config, log: object) -> object:
    """Give out whole files, so that what their tests share is made once.

    The option ``--dist loadgroup`` is not enough: with some versions of pytest it groups nothing, and says nothing.
    """
    from xdist.scheduler import LoadFileScheduling

    class Together(LoadFileScheduling):
        def _split_scope(self, nodeid: str) -> str:
            file = super()._split_scope(nodeid)
            return TOGETHER.get(file, file)

        def _pending_of(self, workload: dict[str, dict[str, bool]]) -> int:
            for scope in [scope for scope, tests in workload.items() if all(tests.values())]:
                del workload[scope]  # (which would be counted anew after each test, and so the whole run)
            return int(super()._pending_of(workload))

    config.option.loadscopereorder = False  # (the dear ones stand first, the many quick ones last)
    return Together(config, log)


@pytest.fixture(scope="session")
def remembering() -> Callable[[], AbstractContextManager[None]]:
    """Make a place in which a computation is taken from what was computed there before, where that is the same.

    It is of the same data, params and codebook, made with at least the same municipalities, as a batch shares them;
    by which key the checksums are made is no part of it.
    """
    from jobreport.intake.formats.key import Key
    from jobreport.make import fingerprint
    from jobreport.release import computation

    known: list[tuple[Any, Any, set[str], Any]] = []

    @contextmanager
    def place() -> Iterator[None]:
        compute = computation.compute

        def once(inputs: Any, places: Any, *rest: Any) -> Any:
            named_alone = ("codebook", "earlier")  # (for the one see `_same`; the other is looked at afterwards)
            of_files = {file.path: file.sha256 for file in inputs.files if file.role not in named_alone}
            named = fingerprint.of_computation(inputs.params, of_files), inputs.params.own_unit and inputs.params.place
            for name, read, served, found in known:
                if name == named and {*places} <= served and _same(read, inputs):
                    return replace(found, files=inputs.files)
            found = compute(inputs, places, *rest)
            known.append((named, inputs, {*places}, found))
            return found

        with pytest.MonkeyPatch.context() as patched:
            patched.setattr(Key, "_made_of", lambda _, checksum: hashlib.sha256(checksum.encode()).hexdigest())
            patched.setattr(computation, "compute", once)
            yield

    return place


@pytest.fixture(scope="module")
def computed_once(remembering: Callable[[], AbstractContextManager[None]]) -> Iterator[None]:
    """Let `check`, the page and both languages take one computation where the program says that they may share it."""
    with remembering():
        yield


def _same(one: Any, other: Any) -> bool:
    """Whether no test has put other answers or questions in the place of those that were read."""
    if one.responses is None or other.responses is None:
        return one.responses is other.responses and one.codebook == other.codebook
    return bool(one.responses.equals(other.responses) and _meant(one.codebook) == _meant(other.codebook))


def _meant(codebook: Any) -> Any:
    """A codebook without the columns of who, where and when: what was read from them stands in the answers."""
    from jobreport.setup.codebook import Layout

    return replace(codebook, layout=Layout(answers=codebook.layout.answers))


@pytest.fixture
def undrawn(monkeypatch: pytest.MonkeyPatch) -> None:
    """Figures with all their words and no lines, for tests of what is said: drawing them takes longer than all else."""
    from jobreport.figures import narrow, ranks, style

    monkeypatch.setattr(style, "page", lambda _: nullcontext(Blank()))
    monkeypatch.setattr(ranks, "_swarm", lambda *_: None)
    for how in (style, narrow):
        monkeypatch.setattr(how, "svg", lambda *_: '<svg xmlns="http://www.w3.org/2000/svg" viewBox="0 0 1 1"/>')


class Blank:
    """A drawing, its panels and whatever is asked of them: it takes every line and word, and none is drawn."""

    def __init__(self) -> None:
        self._ticks: list[Blank] = []

    def __getattr__(self, name: str) -> Any:
        if name.startswith("__"):
            raise AttributeError(name)
        return self

    def __call__(self, *_: Any, **__: Any) -> Any:
        return self

    def __getitem__(self, _: Any) -> Any:
        return self

    def __iter__(self) -> Iterator[Any]:
        return iter(())

    def subplots(self, rows: int = 1, columns: int = 1, *, squeeze: bool = True, **_: Any) -> Any:
        """As many panels as are asked for, each of its own."""
        panels = np.array([[Blank() for _ in range(columns)] for _ in range(rows)], dtype=object)
        return panels[0, 0] if squeeze else panels

    def set_yticks(self, ticks: Collection[float], *_: Any, **__: Any) -> None:
        """Have a label at each tick of either axis."""
        self._ticks = [Blank() for _ in ticks]

    def get_yticklabels(self) -> list[Any]:
        """Return those labels."""
        return self._ticks

    def get_ylim(self) -> tuple[float, float]:
        """Return where an axis begins and ends."""
        return 0.0, 1.0

    set_xticks, get_xticklabels, get_xlim, get_majorticklocs = set_yticks, get_yticklabels, get_ylim, get_ylim


@pytest.fixture
def drawn_wide(monkeypatch: pytest.MonkeyPatch) -> None:
    """Figures as wide as the page, and not once more for a telephone, which says the same (`figures.narrow`)."""
    from jobreport.figures import narrow

    monkeypatch.setattr(narrow, "svg", lambda *_: "")
