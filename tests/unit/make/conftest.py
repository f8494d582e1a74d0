"""A process that may fork and has imported what a report needs: what tests have it do is done in forks of it."""

import json
import subprocess
import sys
from collections.abc import Callable, Iterator

import pytest

PROGRAM = """
import gc, json, os, signal, sys, threading, time
from pathlib import Path
from jobreport.make import parent
parent.share()
assert not gc.isenabled()
parent.preload()
assert gc.isenabled() and gc.get_freeze_count()
preloaded = sorted(sys.modules)
from jobreport.intake import checks
from jobreport.make.batch import cluster
from jobreport.make.beside import beside
for line in sys.stdin:
    asked = json.loads(line)
    assert parent.may_fork()
    if not os.fork():
        break
    print(os.waitstatus_to_exitcode(os.wait()[1]), flush=True)
else:
    sys.exit()
signal.alarm(120)
for stream, place in enumerate((os.devnull, asked["out"], asked["error"])):
    os.dup2(os.open(place, os.O_RDWR | os.O_CREAT), stream)
parent._shared.add(os.getpid())
sys.argv[1:] = asked["given"]
me = os.getpid()
exec(asked["source"])
"""


@pytest.fixture(scope="session")
def forked(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Callable[..., subprocess.CompletedProcess[str]]]:
    """A function: source and arguments to how a program ends that does this, what it says and what it complains of."""
    folder = tmp_path_factory.mktemp("forked")
    words = [sys.executable, "-c", PROGRAM]
    with subprocess.Popen(words, stdin=subprocess.PIPE, stdout=subprocess.PIPE, text=True) as forking:
        assert forking.stdin is not None
        assert forking.stdout is not None
        answers = forking.stdout

        def run(source: str, *given: str) -> subprocess.CompletedProcess[str]:
            out, error = (folder / name for name in ("out", "error"))
            asked = {"source": source, "given": given, "out": str(out), "error": str(error)}
            assert forking.stdin is not None
            forking.stdin.write(json.dumps(asked) + "\n")
            forking.stdin.flush()
            code = int(answers.readline())
            said = [each.read_text(encoding="utf-8") for each in (out, error)]
            out.unlink(), error.unlink()
            return subprocess.CompletedProcess([source, *given], code, *said)

        yield run
