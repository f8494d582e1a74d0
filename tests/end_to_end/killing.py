"""Do one piece of work many times in copies of a process, and kill each at another step: ``python killing.py``.

A step is a call that touches a file (to open, write, close, rename, make, delete): counted, and so the same every time,
where a moment is not. Reads from standard input what to do and where; writes how often it was killed.
"""

import json
import os
import random
import shutil
import signal
import sys
import tempfile
from collections.abc import Callable
from contextlib import suppress
from pathlib import Path
from types import FrameType

STEPS = frozenset(
    (
        *("open", "write", "writelines", "flush", "__exit__", "close", "fsync", "truncate"),
        *("mkdir", "rename", "replace", "link", "unlink", "remove", "rmdir"),
    )
)


def rows_of_answers(count: int) -> list[str]:
    """Lines of a survey file."""
    rows = [f"{n};{2021 + n % 2};{'Ishøj' if n % 3 else 'Tårnby'};{n * n % 5 + 1}" for n in range(count)]
    return ["id;runde;kommune;tilfredshed", *rows, ""]


def init(folder: Path) -> None:
    """Begin a report on a survey file."""
    from jobreport.prepare import init

    init.start([folder / "svar.csv"], folder, "egne")


def example(folder: Path) -> None:
    """Write out the example."""
    from jobreport.prepare import init

    init.begin_example(folder)


def exchange(folder: Path) -> None:
    """Replace an output folder, as run, batch, method and the form do."""
    from jobreport.make import exchange, writing
    from jobreport.report.results import as_json

    with exchange.replacing(folder / "outputs" / "egne") as new:
        for name in ("report.pdf", "report.html", "estimates.csv"):
            (new / name).write_bytes(name.encode() * 1000)
        (new / exchange.LAST_FILE).write_bytes(as_json({"jobreport": "x", "outputs": writing.checksums(new)}))


def form(folder: Path) -> None:
    """Upload a survey in the form, and check it."""
    from jobreport.desk.form.choices import Choices
    from jobreport.desk.form.session import Session
    from jobreport.errors import InputRefused

    session = Session("da")
    session.receive({"svar.csv": (folder / "svar.csv").read_bytes()})
    with suppress(InputRefused):  # nothing is confirmed yet
        session.check(Choices("egne", "Vores", municipality_code="183"))
    session.close()


def key(folder: Path) -> None:
    """Make the key of the checksums of answers."""
    from jobreport.intake.formats.key import Key
    from jobreport.setup import params

    survey = {"file": "svar.csv", "codebook": "params/x.yml"}
    chosen = params.Params(name="x", municipality_code="183", survey=survey)
    chosen._root = folder
    Key(chosen).hold()


WORK = {each.__name__: each for each in (init, example, exchange, form, key)}


def steps(work: Callable[[], None], last: int) -> int:
    """Do the work, and be killed before the step of that number; return how many there are if it is never reached."""
    count = 0

    def counting(_frame: FrameType, event: str, called: object) -> None:
        nonlocal count
        if event == "c_call" and getattr(called, "__name__", "") in STEPS:
            count += 1
            if count == last:
                os.kill(os.getpid(), signal.SIGKILL)

    sys.setprofile(counting)
    try:
        work()
    finally:
        sys.setprofile(None)
    return count


def in_a_copy(work: Callable[[], None], last: int) -> tuple[bool, int]:
    """Whether a copy of this process was killed at that step, and how many steps it took."""
    there, back = os.pipe()
    child = os.fork()
    if child == 0:
        code = 1
        try:
            os.write(back, str(steps(work, last)).encode())
            code = 0
        finally:
            os._exit(code)
    os.close(back)
    with os.fdopen(there) as told:
        said = told.read()
    _, status = os.waitpid(child, 0)
    if not os.WIFSIGNALED(status) and os.WEXITSTATUS(status):
        raise SystemExit("the work failed")
    return os.WIFSIGNALED(status), int(said or 0)


def main() -> None:
    """Kill copies at as many steps as asked for, each in a folder of its own."""
    asked = json.load(sys.stdin)
    work, before, places = WORK[asked["work"]], Path(asked["before"]), Path(asked["places"])

    def begun(name: str) -> Path:
        folder = places / name
        shutil.copytree(before, folder)
        os.chdir(folder)
        tempfile.tempdir = str(folder / "temporary")
        return folder

    work(begun("warm"))  # what is imported is no step
    folder = begun("whole")
    _, count = in_a_copy(lambda: work(folder), 0)
    chance = random.Random(asked["seed"])
    at = sorted(chance.sample(range(1, count + 1), min(asked["kills"], count)))
    killed = 0
    for number in at:
        folder = begun(str(number))
        killed += in_a_copy(lambda folder=folder: work(folder), number)[0]
    os.chdir(places)
    sys.stdout.write(json.dumps({"steps": count, "at": at, "killed": killed}))


if __name__ == "__main__":
    main()
