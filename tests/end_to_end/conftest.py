"""The two reports, each made once in a session by its command, however many workers run the tests."""

import os
from collections.abc import Callable

import pytest
from filelock import FileLock

from tests.end_to_end.typed import Copy, copied, danish


@pytest.fixture(scope="session")
def project(tmp_path_factory: pytest.TempPathFactory) -> Copy:
    """A copy of the project in which a test may leave what it wants."""
    return Copy(copied(tmp_path_factory.mktemp("copy") / "jobreport"), {})


@pytest.fixture(scope="session")
def made_once(tmp_path_factory: pytest.TempPathFactory) -> Callable[[str, str, dict[str, str]], Copy]:
    """A function: name of a report, its project's folder and machine to the project that holds it, made if it is not.

    Nobody alters it: a test that does takes a copy.
    """
    of_worker = tmp_path_factory.getbasetemp()
    of_session = of_worker.parent if "PYTEST_XDIST_WORKER" in os.environ else of_worker

    def made(name: str, folder: str, machine: dict[str, str]) -> Copy:
        copy = Copy(of_session / folder, machine)
        with FileLock(of_session / f"{name}.lock"):
            if not copy.root.exists():
                finished(Copy(copied(copy.root), machine), name)
        assert copy.output(name).exists(), "the report was not made where it was tried first"
        return copy

    return made


@pytest.fixture(scope="session")
def ishoej(tmp_path_factory: pytest.TempPathFactory, made_once: Callable[..., Copy]) -> Copy:
    """The real figures, run in a folder with spaces and Danish letters, on a machine that speaks Windows-1252."""
    machine = danish(tmp_path_factory.mktemp("locales"), "CP1252")
    return made_once("ishoej", "Søren og Åse/jobreport på dansk", machine)


@pytest.fixture(scope="session")
def demo(made_once: Callable[..., Copy]) -> Copy:
    """The simulated survey."""
    return made_once("demo", "demo/jobreport", {})


def finished(copy: Copy, name: str) -> Copy:
    """Run a report and return the copy; what the command said stands in the failure if it did not work."""
    done = copy.run("run", f"params/{name}.yml")
    assert done.returncode == 0, done.stdout + done.stderr
    return copy
