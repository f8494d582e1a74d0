"""The two reports, each made once by its command."""

import pytest

from tests.end_to_end.typed import Copy, copied, danish


@pytest.fixture(scope="session")
def project(tmp_path_factory: pytest.TempPathFactory) -> Copy:
    """A copy of the project in which a test may leave what it wants, but for outputs/demo."""
    return Copy(copied(tmp_path_factory.mktemp("copy") / "jobreport"), {})


@pytest.fixture(scope="session")
def ishoej(tmp_path_factory: pytest.TempPathFactory) -> Copy:
    """The real figures, run in a folder with spaces and Danish letters, on a machine that speaks Windows-1252."""
    machine = danish(tmp_path_factory.mktemp("locales"), "CP1252")
    return finished(Copy(copied(tmp_path_factory.mktemp("Søren og Åse") / "jobreport på dansk"), machine), "ishoej")


@pytest.fixture(scope="session")
def demo(project: Copy) -> Copy:
    """The simulated survey."""
    return finished(project, "demo")


def finished(copy: Copy, name: str) -> Copy:
    """Run a report and return the copy; what the command said stands in the failure if it did not work."""
    done = copy.run("run", f"params/{name}.yml")
    assert done.returncode == 0, done.stdout + done.stderr
    return copy
