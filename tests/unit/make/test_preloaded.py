"""A forked kernel is as good as new: nothing of the one before, everything that a fresh one has."""

import contextlib
import json
import os
import pathlib
import subprocess
import sys

import nbformat
import pytest
from jupyter_client.connect import write_connection_file

from jobreport.make import kernel, provisioner

pytestmark = pytest.mark.skipif(not provisioner.POSSIBLE, reason="kernels are forked on Linux only")

PROBES = """
import builtins, locale, os, random, sys, warnings
import matplotlib, numpy, pandas
import jobreport.figures.style
print(dict(
    name="leak" in globals(),
    builtin=hasattr(builtins, "leak"),
    environment="LEAK" in os.environ,
    given=os.environ.get("GIVEN"),
    folder=os.getcwd(),
    module="leaking" in sys.modules,
    patched=hasattr(pandas, "leak"),
    option=pandas.get_option("display.max_columns"),
    width=pandas.get_option("display.width"),
    drawing=matplotlib.rcParams["font.size"],
    backend=matplotlib.get_backend(),
    path="/leak" in sys.path,
    filters=len([f for f in warnings.filters if f[0] == "error"]),
    seeded=numpy.random.get_state()[1][0] == 1234,
    random=random.getstate() == STATE if "STATE" in globals() else False,
    locale=locale.setlocale(locale.LC_ALL),
))
"""
LEAKS = """
import types
leak = builtins.leak = pandas.leak = 1
os.environ["LEAK"] = "1"
os.chdir("/")
sys.modules["leaking"] = types.ModuleType("leaking")
sys.path.append("/leak")
pandas.set_option("display.max_columns", 3)
matplotlib.rcParams["font.size"] = 30
warnings.simplefilter("error")
numpy.random.seed(1234)
STATE = random.getstate()
"""


def probed(folder, *, preloaded):
    """What the probes print in a kernel that afterwards leaves everything it can behind."""
    cells = [nbformat.v4.new_code_cell("x: int = 1", metadata={"tags": ["parameters"]})]
    cells += [nbformat.v4.new_code_cell(source) for source in (PROBES, LEAKS)]
    notebook = nbformat.v4.new_notebook(cells=cells)
    notebook.metadata["kernelspec"] = {"name": "python3", "display_name": "Python 3", "language": "python"}
    executed = kernel.execute(
        notebook,
        {},
        folder=folder,
        environment={"GIVEN": "yes"},
        evidence=folder / "stopped.ipynb",
        preloaded=preloaded,
    )
    return "".join(output.text for cell in executed.cells for output in cell.get("outputs", []))


def test_no_state_leaks_from_kernel_to_kernel_and_none_is_missing(tmp_path):
    from_scratch = probed(tmp_path, preloaded=False)
    assert "'given': 'yes'" in from_scratch
    assert [probed(tmp_path, preloaded=True) for _ in range(3)] == [from_scratch] * 3


def test_kernels_of_a_parent_that_has_gone_come_from_a_new_one(tmp_path):
    first = provisioner._parent()
    first._process.kill()
    first._process.wait()
    assert "'given': 'yes'" in probed(tmp_path, preloaded=True)
    assert provisioner._parent() is not first


def test_a_kernel_without_its_parent_counts_as_gone():
    parent = provisioner.Parent()
    gone = provisioner.ForkedKernel(parent, 1)
    parent._process.kill()
    parent._process.wait()
    assert gone.poll() == -9
    parent.close()


@pytest.mark.skipif(sys.platform != "linux", reason="counts threads in /proc")
def test_the_parent_has_one_thread_when_it_forks():
    parent = provisioner.Parent()
    parent.ask({"poll": 0})
    with pathlib.Path(f"/proc/{parent._process.pid}/status").open(encoding="utf-8") as status:
        assert "Threads:\t1\n" in status.read()
    parent.close()


def test_a_parent_whose_asker_is_killed_before_the_answer_goes_with_its_kernel(tmp_path):
    parent = subprocess.Popen(
        [sys.executable, "-m", "jobreport.make.preloaded"],
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
