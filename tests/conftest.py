"""What is made once for many tests: which of them one worker runs, and computations that they may share."""

import gc
import os
from collections.abc import Iterator
from pathlib import Path
from typing import Any

import pytest

gc.disable()  # until everything is imported: nothing of it is garbage, and to look for it takes a second of each worker
for setting in ("LC_ALL", "LC_MESSAGES", "LANG"):
    os.environ.pop(setting, None)  # the language of a developer's machine is none of what is tested

REPORTS = {f"tests/end_to_end/test_{name}.py" for name in ("audit", "cli_to_pdf", "reproducibility", "verify")}


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


@pytest.hookimpl(optionalhook=True)
def pytest_xdist_make_scheduler(config: pytest.Config, log: object) -> object:
    """Give out whole files, so that what their tests share is made once.

    The option ``--dist loadgroup`` is not enough: with some versions of pytest it groups nothing, and says nothing.
    """
    from xdist.scheduler import LoadFileScheduling

    class Together(LoadFileScheduling):
        def _split_scope(self, nodeid: str) -> str:
            file = super()._split_scope(nodeid)
            return "reports" if file in REPORTS else file

    config.option.loadscopereorder = False  # (the dear ones stand first, the many quick ones last)
    return Together(config, log)


@pytest.fixture(scope="module")
def computed_once() -> Iterator[None]:
    """Let `check`, the page and both languages take one computation where the program says that they may share it."""
    from jobreport.make import fingerprint
    from jobreport.release import computation

    compute, known = computation.compute, {}

    def once(inputs: Any, places: Any, *rest: Any) -> Any:
        named = fingerprint.of_computation(inputs.params, {file.path: file.sha256 for file in inputs.files})
        if (named, places) not in known:
            known[named, places] = compute(inputs, places, *rest)
        return known[named, places]

    with pytest.MonkeyPatch.context() as patched:
        patched.setattr(computation, "compute", once)
        yield
