"""A forked kernel is as good as new: nothing of the one before, everything that a fresh one has."""

import contextlib
import importlib
import json
import os
import pathlib
import signal
import subprocess
import sys
import threading
import time
from types import SimpleNamespace

import psutil
import pytest
from jupyter_client.connect import write_connection_file

from jobreport.make import kernel, parent
from tests.unit.make.kernels import printed, probed

pytestmark = pytest.mark.skipif(not parent.POSSIBLE, reason="kernels are forked on Linux only")


@pytest.fixture(scope="module")
def from_scratch(tmp_path_factory):
    """A folder, and what the probes print there in a kernel that no parent has made."""
    folder = tmp_path_factory.mktemp("kernels")
    return folder, probed(folder, preloaded=False)


@pytest.mark.dear
def test_no_state_leaks_from_kernel_to_kernel_and_none_is_missing(from_scratch):
    folder, expected = from_scratch
    assert "'given': 'yes'" in expected
    assert [probed(folder, preloaded=True) for _ in range(3)] == [expected] * 3


@pytest.mark.dear
def test_a_kernel_imports_little_that_its_parent_has_not(forked, tmp_path):
    asked = "import sys, json; print(json.dumps(sorted(sys.modules)))"
    done = forked("print(json.dumps(preloaded))")
    before, there = set(json.loads(done.stdout)), set(json.loads(printed(tmp_path, asked, preloaded=True)))
    needed = {"seaborn", "jobreport.report.study", "pyarrow.feather", "statsmodels.stats.proportion"}
    assert needed <= before - {"jobreport.make.parent"} <= there
    assert len(there - before) < 50, sorted(there - before)


GONE = """
first = parent.of_this_process()
first._process.kill()
first._process.wait()
from tests.unit.make.kernels import probed
assert "'given': 'yes'" in probed(Path(sys.argv[1]), preloaded=True)
assert parent.of_this_process() is not first
"""


@pytest.mark.dear
def test_kernels_of_a_parent_that_has_gone_come_from_a_new_one(forked, tmp_path):
    done = forked(GONE, str(tmp_path))
    assert done.returncode == 0, done.stderr


def test_a_kernel_without_its_parent_counts_as_gone():
    made = parent.Parent()
    gone = kernel.ForkedKernel(made, 1)
    made._process.kill()
    made._process.wait()
    assert gone.poll() == -9
    made.close()


def test_nobody_draws_beside_in_a_batch_or_on_one_core(monkeypatch, tmp_path):
    asked = []
    monkeypatch.setattr(
        parent,
        "of_this_process",
        lambda: SimpleNamespace(ask=lambda request, *_: asked.append(request) or {"opened": True}),
    )
    for told, cores in (({os.getpid()}, {0}), (set(), {0, 1}), ({os.getpid()}, {0, 1})):
        monkeypatch.setattr(parent, "_shared", told)
        monkeypatch.setattr(os, "sched_getaffinity", lambda _, cores=cores: cores)
        parent.draw_beside({"name": "x"}, tmp_path, {"GIVEN": "yes"}, dict, lambda: None)
    assert [(request["draw"], request["environment"]["GIVEN"]) for request in asked] == [({"name": "x"}, "yes")]


def test_a_parent_that_has_gone_draws_nothing_and_stops_nobody(monkeypatch, tmp_path):
    def gone(*_):
        raise BrokenPipeError

    monkeypatch.setattr(parent, "of_this_process", lambda: SimpleNamespace(ask=gone))
    monkeypatch.setattr(parent, "_shared", {os.getpid()})
    monkeypatch.setattr(os, "sched_getaffinity", lambda _: {0, 1})
    assert not parent.draw_beside({"name": "x"}, tmp_path, {}, dict, lambda: None)


def test_what_can_be_done_meanwhile_begins_between_a_request_and_its_answer():
    done = []
    made = parent.Parent.__new__(parent.Parent)
    made._asked = threading.Lock()
    asked = SimpleNamespace(write=lambda _: done.append("asked"), flush=lambda: None)
    answered = SimpleNamespace(readline=lambda: done.append("answered") or "{}")
    made._process = SimpleNamespace(stdin=asked, stdout=answered)
    assert made.ask({}, None, lambda: done.append("sent")) == {}
    assert done == ["asked", "sent", "answered"]


FORKED = """
from jupyter_client.connect import write_connection_file
from tests.unit.make.kernels import probed
gc.disable()
parent.prepare(["seaborn"])
assert gc.isenabled() and gc.get_freeze_count()
folder, fork = Path(sys.argv[1]), parent.of_this_process()._process
assert type(fork) is parent.Fork
assert probed(folder, preloaded=True) == sys.argv[2]
assert parent.of_this_process()._process is fork
assert os.getsid(fork.pid) == fork.pid, "Ctrl-C passes it by"
connection = write_connection_file(str(folder / "kernel.json"))[0]
started = parent.of_this_process().ask({"start": connection, "folder": str(folder), "environment": dict(os.environ)})
long = {"draw": {"name": "demo"}, "folder": os.getcwd(), "environment": dict(os.environ)}  # nothing is released yet
print(fork.pid, started["pid"], parent.of_this_process().ask(long)["pid"], flush=True)
os.kill(os.getpid(), signal.SIGKILL)
"""


@pytest.mark.dear
def test_a_parent_forked_from_the_program_makes_the_same_kernels_and_dies_with_it(forked, from_scratch):
    done = forked(FORKED, *map(str, from_scratch))
    assert done.returncode == -signal.SIGKILL, done.stderr
    assert len(done.stdout.split()) == 3
    for pid in map(int, done.stdout.split()):
        while _lives(pid):  # a kernel looks every second whether its parent lives
            time.sleep(0.1)


def _lives(pid):
    """Not so one that has ended, though nobody has looked after it yet."""
    try:
        return psutil.Process(pid).status() != psutil.STATUS_ZOMBIE
    except psutil.NoSuchProcess:
        return False


@pytest.mark.skipif(sys.platform != "linux", reason="counts threads in /proc")
def test_the_parent_has_one_thread_when_it_forks():
    made = parent.of_this_process()
    made.ask({"poll": 0})
    with pathlib.Path(f"/proc/{made._process.pid}/status").open(encoding="utf-8") as status:
        assert "Threads:\t1\n" in status.read()


def test_a_parent_whose_asker_is_killed_before_the_answer_goes_with_its_kernel(tmp_path):
    parent = subprocess.Popen(
        [sys.executable, "-c", "from jobreport.make import parent; parent.serve()"],  # (without the libraries)
        stdin=subprocess.PIPE,
        stdout=subprocess.PIPE,
        start_new_session=True,
        encoding="utf-8",
    )
    parent.stdout.close()
    connection = tmp_path / "kernel.json"
    write_connection_file(str(connection))
    request = {"start": str(connection), "folder": str(tmp_path), "environment": dict(os.environ)}
    with contextlib.suppress(BrokenPipeError):
        parent.stdin.write(json.dumps(request) + "\n")
        parent.stdin.close()
    try:
        assert parent.wait(timeout=60) == 0
    finally:
        parent.kill()


STANDING_IN = """
import requests, numpy.f2py, pandas_flavor
print(type(requests).__module__, pandas_flavor.register_xarray_dataset_method)
print(requests.codes.ok, type(sys.modules["requests"]).__name__, callable(numpy.f2py.get_include))
"""


@pytest.mark.dear
def test_what_is_imported_when_asked_is_there_for_who_asks(forked):
    done = forked(STANDING_IN)
    assert done.stdout.splitlines() == ["jobreport.make.parent None", "200 module True"]


WITHOUT_DOCSTRINGS = """
import scipy.stats, pyarrow.compute
found = scipy.stats.ttest_ind([1.0, 2.0, 3.0], [3.0, 4.0, 5.0])
print(round(found.statistic ** 2, 6), pyarrow.compute.sum(pyarrow.array([2, 3]), skip_nulls=False).as_py())
print(repr(scipy.stats.ttest_ind.__doc__))
"""


@pytest.mark.dear
def test_what_libraries_compute_does_not_hang_on_the_docstrings_that_they_would_write(forked):
    done = forked(WITHOUT_DOCSTRINGS)
    assert done.stdout.splitlines() == ["6.0 5", "''"]  # t = -2 / sqrt(1/3 + 1/3), squared 6


@pytest.mark.parametrize("name", [*parent.EMPTY, *parent.WHEN_ASKED])
def test_nothing_stands_in_for_a_module_that_is_not_there(name):
    assert importlib.import_module(name).__file__
