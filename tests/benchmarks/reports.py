"""Time from the shell to finished reports: jobreport beside the plain loop, alternating in one run.

``python tests/benchmarks/reports.py`` prints Markdown tables: one report of the demonstration survey, batches of a
made-up country of 98 municipalities, one report of ever more answers. The peer is tests/benchmarks/peer.ipynb, run by
``papermill`` and ``jupyter nbconvert`` as commands, one report after another: (a) to HTML, (b) to PDF through Debian's
chromium, where that and the package playwright are installed, (c) to HTML as a careful analyst would write it, without
the bars of uncertainty that seaborn draws at random a thousand times. A plain loop costs the same for each report, so
that ``--peer`` reports of it stand for all. What a second report costs in a process that has made one is the cost of
two less that of one: no command that a user types is as fast. Memory is the largest sum over a command's processes,
looked at twice a second; what they share counts once. ``--write`` puts the tables on the pages that show them, each
between its marks.
"""

from __future__ import annotations

import argparse
import json
import os
import platform
import re
import shutil
import statistics
import subprocess
import sys
import tempfile
import threading
import time
from collections.abc import Callable, Iterator, Sequence
from contextlib import suppress
from dataclasses import dataclass
from importlib.metadata import version
from pathlib import Path
from typing import Any
from unittest.mock import patch

import pandas as pd
import psutil

from jobreport.domain import municipalities
from jobreport.domain.released import TABLES
from jobreport.intake import checks
from jobreport.release import computation
from jobreport.release.ranges import Ranges
from jobreport.simulate import Design, draw_country
from jobreport.simulate.__main__ import write

PROJECT = Path(__file__).parents[2]
CARRIED = ("params", "data", "notebooks", "tests/benchmarks/peer.ipynb", "jobreport/domain/municipalities.csv")
PACKAGES = ("jobreport", "papermill", "nbconvert", "pandas", "matplotlib", "seaborn", "typst", "dask", "distributed")
BIN = Path(sys.executable).parent
DEMO = "183"
COUNTRY = 50_000  # answers of all municipalities: some 85 in each wave
BARS = re.compile(r"\b(sns\.(?:lineplot|pointplot|barplot)\()")
TWICE = "import sys\nfrom jobreport.desk.cli import main\nfor file in sys.argv[1:]: main(['run', file])"
COUNTED = """import json, sys
from collections import Counter
seen = Counter()
sys.addaudithook(lambda name, _: seen.update([name]) if name in ("subprocess.Popen", "os.fork") else None)
from jobreport.desk.cli import main
main(["run", sys.argv[1]])
counts = {"modules imported by the program": len(sys.modules)}
counts |= {"processes forked by the program": seen["os.fork"], "commands started": seen["subprocess.Popen"]}
open(sys.argv[2], "w").write(json.dumps(counts))
"""
RUN, NAIVE = "jobreport run", "(a) papermill + nbconvert --to html"
OFFICIAL = "jobreport run, official figures alone"
CAREFUL, SECOND = "(c) the same, written carefully", "jobreport, a second report in the same process"
PDF = "(b) papermill + nbconvert --to webpdf"
PAGES = (PROJECT / "tests" / "benchmarks" / "results.md", PROJECT / "jobreport" / "README.md")
BLOCKS = ("machine", "one report", "counts", "batches", "growth", "aims")
HEADLESS = '#!/bin/sh\nexec chromium --headless "$@"\n'


@dataclass(frozen=True)
class Cost:
    """What a command took: seconds by the clock and of processors, and megabytes at most."""

    seconds: float
    processor: float
    megabytes: float


def timed(*commands: Sequence[str], folder: Path) -> Cost:
    """Run commands one after another and return what they took together."""
    began, worked, most = time.perf_counter(), _worked(), 0.0
    for command in commands:
        with subprocess.Popen(command, cwd=folder, stdout=subprocess.DEVNULL, stderr=subprocess.PIPE) as running:
            watch = _Memory(running.pid)
            _, said = running.communicate()
            most = max(most, watch.stop())
        if running.returncode != 0:
            sys.exit(f"{' '.join(command)}\n{said.decode(errors='replace')[-2000:]}")
    return Cost(time.perf_counter() - began, _worked() - worked, most)


def _worked() -> float:
    """Processor time of all commands that have ended, and of what they started."""
    times = os.times()
    return times.children_user + times.children_system


class _Memory:
    """Looks at a process and all below it until it is stopped."""

    def __init__(self, pid: int) -> None:
        self._most, self._stopped = 0.0, threading.Event()
        self._thread = threading.Thread(target=self._look, args=(pid,))
        self._thread.start()

    def _look(self, pid: int) -> None:
        while not self._stopped.wait(0.5):
            with suppress(psutil.Error):
                top = psutil.Process(pid)
                everyone = [top, *top.children(recursive=True)]
                self._most = max(self._most, sum(_resident(process) for process in everyone))

    def stop(self) -> float:
        self._stopped.set()
        self._thread.join()
        return self._most / 1e6


def _resident(process: psutil.Process) -> int:
    """Memory of a process; pages that processes share are divided among them, where the system says so."""
    with suppress(psutil.Error):
        held = process.memory_full_info()
        return getattr(held, "pss", held.rss)
    return 0


def careful(source: str) -> str:
    """The peer as a careful analyst would write it: it reads each file once as it is, and draws no bars at random.

    Examples
    --------
    >>> careful("sns.lineplot(data=svar, ax=ax)")
    'sns.lineplot(errorbar=None, data=svar, ax=ax)'
    """
    return BARS.sub(r"\1errorbar=None, ", source)


def peer(root: Path, code: str, *, browser: bool = False, name: str = "peer") -> Cost:
    """One report of the plain loop."""
    made = root / f"peer-{code}.ipynb"
    run = [str(BIN / "papermill"), "--no-progress-bar", "-r", "municipality_code", code]
    convert = [str(BIN / "jupyter"), "nbconvert", "--to", "webpdf" if browser else "html", str(made)]
    convert += ["--disable-chromium-sandbox"] if browser else []
    return timed([*run, str(root / f"tests/benchmarks/{name}.ipynb"), str(made)], convert, folder=root)


def own(root: Path, codes: Sequence[str]) -> Cost:
    """Reports by jobreport: one by ``run``, several by ``batch``; outputs of earlier rounds are removed first."""
    shutil.rmtree(root / "outputs", ignore_errors=True)
    files = [f"params/land-{code}.yml" for code in codes]
    words = ["run", *files] if len(files) == 1 else ["batch", *files]
    return timed([sys.executable, "-m", "jobreport", *words], folder=root)


def official(root: Path) -> Cost:
    """The report of official figures alone, which nobody was asked for."""
    shutil.rmtree(root / "outputs", ignore_errors=True)
    return timed([sys.executable, "-m", "jobreport", "run", "params/ishoej.yml"], folder=root)


def second(root: Path, code: str) -> Cost:
    """A second report in a process that has made one: what two cost, less what one costs."""
    shutil.rmtree(root / "outputs", ignore_errors=True)
    file = f"params/land-{code}.yml"
    one, two = (timed([sys.executable, "-c", TWICE, *[file] * count], folder=root) for count in (1, 2))
    return Cost(two.seconds - one.seconds, two.processor - one.processor, two.megabytes)


def project(root: Path) -> Path:
    """A copy of the project, with the careful peer beside the other."""
    for name in CARRIED:
        target = root / name
        target.parent.mkdir(parents=True, exist_ok=True)
        (shutil.copytree if (PROJECT / name).is_dir() else shutil.copy)(PROJECT / name, target)
    notebook = json.loads((root / "tests/benchmarks/peer.ipynb").read_text(encoding="utf-8"))
    for cell in notebook["cells"]:
        cell["source"] = careful("".join(cell["source"]))
    (root / "tests/benchmarks/careful.ipynb").write_text(json.dumps(notebook), encoding="utf-8")
    return root


def fanned(root: Path, codes: Sequence[str]) -> None:
    """A params file for each of these municipalities."""
    text = (root / "params" / "demo.yml").read_text(encoding="utf-8")
    for code in codes:
        one = text.replace("name: demo", f"name: land-{code}").replace("code: '183'", f"code: '{code}'", 1)
        (root / "params" / f"land-{code}.yml").write_text(one, encoding="utf-8", newline="\n")


def drawn(root: Path, answers: int, codes: Sequence[str]) -> None:
    """Simulated answers of these municipalities instead of the demonstration survey."""
    write(draw_country(Design(answers=answers, municipalities=tuple(codes)), seed=1), root / "data" / "demo")


def compared(arms: dict[str, Callable[[], Cost]], rounds: int) -> Iterator[tuple[str, Cost]]:
    """Run the arms in turn, the order reversed every other round, and give each arm's median."""
    found: dict[str, list[Cost]] = {name: [] for name in arms}
    for number in range(rounds):
        for name in list(arms) if number % 2 == 0 else list(reversed(arms)):
            found[name].append(arms[name]())
    for name, costs in found.items():
        seconds, worked = (statistics.median(getattr(c, what) for c in costs) for what in ("seconds", "processor"))
        yield name, Cost(seconds, worked, max(cost.megabytes for cost in costs))


def main() -> None:
    """Parse the command line, measure, print each table when it is made, and write them all if asked to."""
    parser = argparse.ArgumentParser(description=__doc__.splitlines()[0])
    parser.add_argument("--rounds", type=int, default=3, help="rounds of the single report (default: 3)")
    parser.add_argument("--many", type=int, nargs="*", default=[8, 98], help="sizes of batches (default: 8 98)")
    parser.add_argument("--peer", type=int, default=2, help="reports of the plain loop beside a batch (default: 2)")
    sizes = [5_000, 10_000, 100_000, 1_000_000, 10_000_000]
    parser.add_argument("--answers", type=int, nargs="*", default=sizes, help="how one report grows")
    parser.add_argument("--write", action="store_true", help="put the tables on the pages that show them")
    chosen = parser.parse_args()
    os.environ.pop("PYTHONDONTWRITEBYTECODE", None)  # an installed program is compiled, as the peer is
    with tempfile.TemporaryDirectory(prefix="jobreport-benchmark-") as place:
        root = project(Path(place))
        made = [_told(_machine())]
        one, times = _single(root, chosen.rounds)
        made += [_told(one), _told(_counts(root))]
        many, of_many = _batches(root, chosen.many, chosen.peer)
        made += [_told(many), _told(_growth(root, chosen.answers)), _told(_aims(times | of_many))]
    for page in PAGES if chosen.write else ():
        text = page.read_text(encoding="utf-8")
        page.write_text(put(text, dict(zip(BLOCKS, made, strict=True))), encoding="utf-8", newline="\n")


def _told(block: str) -> str:
    sys.stdout.write(f"{block}\n\n")
    sys.stdout.flush()
    return block


def marks(name: str) -> tuple[str, str]:
    """What stands before and after a block on a page."""
    return f"<!-- {name}: written by tests/benchmarks/reports.py -->", f"<!-- end of {name} -->"


def put(page: str, blocks: dict[str, str]) -> str:
    """Return the page with those of the blocks that it has marks for.

    Examples
    --------
    >>> put("\\n".join(("a", *marks("x"), "b")), {"x": "new", "y": "none"}).splitlines()[3]
    'new'
    """
    for name, block in blocks.items():
        begin, end = marks(name)
        if begin in page:
            before, rest = page.split(begin, 1)
            page = f"{before}{begin}\n\n{block}\n\n{end}{rest.split(end, 1)[1]}"
    return page


def _machine() -> str:
    versions = ", ".join(f"{name} {version(name)}" for name in PACKAGES)
    load = f"load {os.getloadavg()[0]:.1f} at the beginning" if hasattr(os, "getloadavg") else ""
    return f"{platform.machine()}, {os.cpu_count()} cores, Python {platform.python_version()}, {versions}; {load}"


def _single(root: Path, rounds: int) -> tuple[str, dict[str, float]]:
    """The table of one report, and how it compares."""
    fanned(root, [DEMO])
    arms: dict[str, Callable[[], Cost]] = {
        RUN: lambda: own(root, [DEMO]),
        NAIVE: lambda: peer(root, DEMO),
        CAREFUL: lambda: peer(root, DEMO, name="careful"),
        SECOND: lambda: second(root, DEMO),
        OFFICIAL: lambda: official(root),
    }
    if shutil.which("chromium") and _has("playwright"):
        os.environ["PLAYWRIGHT_BROWSERS_PATH"] = _installed_browser(root / "browsers")
        arms[PDF] = lambda: peer(root, DEMO, browser=True)
    found = dict(compared(arms, rounds))
    ours, naive = found[RUN], found[NAIVE]
    times = {"one report, beside (a)": naive.seconds / ours.seconds}
    times |= {"one report, beside (b)": found[PDF].seconds / ours.seconds} if PDF in found else {}
    times |= {"a second report in the same process, beside (a)": naive.seconds / found[SECOND].seconds}
    times |= {"processor seconds of one report, as a part of (a)'s": ours.processor / naive.processor}
    alone = found[OFFICIAL].processor / naive.processor
    times |= {"processor seconds of official figures alone, as a part of (a)'s": alone}
    head = f"One report of the demonstration survey, 35,000 answers, median of {rounds} rounds\n\n"
    return head + _table(found, RUN, {}), times


def _counts(root: Path) -> str:
    """How much work one report is, whatever the machine; `test_counts` holds some of it to what it is."""
    shutil.rmtree(root / "outputs", ignore_errors=True)
    timed([sys.executable, "-c", COUNTED, f"params/land-{DEMO}.yml", "counts.json"], folder=root)
    counts = json.loads((root / "counts.json").read_text(encoding="utf-8"))
    inputs, solve = checks.read_inputs(checks.read_params(root / f"params/land-{DEMO}.yml")), Ranges._solution
    solved: list[Ranges[Any]] = []
    with patch.object(Ranges, "_solution", lambda *given, **gap: solved.append(given[0]) or solve(*given, **gap)):
        released = computation.compute(inputs, computation.focus(inputs.params)).released
    counts["rows finished"] = sum(len(getattr(released, name)) for name in TABLES)
    counts["integer programs solved"] = len(solved)
    lines = ["One report of the demonstration survey, in counts", "", "| | |", "|---|---|"]
    return "\n".join([*lines, *(f"| {what} | {count:,} |" for what, count in counts.items())])


def _batches(root: Path, sizes: Sequence[int], of_peer: int) -> tuple[str, dict[str, float]]:
    codes = [place.code for place in municipalities.all_municipalities()]
    drawn(root, COUNTRY, codes)
    fanned(root, codes)
    tables, times = [], {}
    for size in sizes:
        wanted = codes[:size]
        ours, naive = f"jobreport batch, {len(wanted)} reports", f"(a), {of_peer} reports"
        arms = {ours: lambda wanted=wanted: own(root, wanted), naive: lambda: _loop(root, codes[:of_peer])}
        found, numbers = dict(compared(arms, 1)), {ours: len(wanted), naive: of_peer}
        head = f"{len(wanted)} reports and their overview, {COUNTRY:,} answers of 98 municipalities\n\n"
        tables.append(head + _table(found, ours, numbers))
        times[f"{size} reports, beside (a)"] = found[naive].seconds / of_peer / (found[ours].seconds / len(wanted))
    return "\n\n".join(tables), times


def _growth(root: Path, sizes: Sequence[int]) -> str:
    """One report of ever more answers, from the municipalities of the demonstration survey and from all."""
    asked = pd.read_csv(PROJECT / "data" / "demo" / "invited.csv", dtype=str)["municipality_code"].unique().tolist()
    everywhere = [place.code for place in municipalities.all_municipalities()]
    lines = ["One report (`jobreport run`), with the event", ""]
    lines += ["| Answers | municipalities | seconds | processor seconds | MB at most |", "|---|---|---|---|---|"]
    for codes in (asked, everywhere):
        for answers in sizes:
            drawn(root, answers, codes)
            cost = own(root, [DEMO])
            figures = f"{cost.seconds:.1f} | {cost.processor:.1f} | {cost.megabytes:,.0f}"
            lines.append(f"| {answers:,} | {len(codes)} | {figures} |")
    return "\n".join(lines)


AIMS = {
    "one report, beside (a)": "at least 3 times as fast",
    "one report, beside (b)": "at least 4 times as fast",
    "a second report in the same process, beside (a)": "at least 5 times as fast",
    "processor seconds of one report, as a part of (a)'s": "at most 0.43",
    "processor seconds of official figures alone, as a part of (a)'s": "at most 0.28",
    "8 reports, beside (a)": "at least 6 times as fast",
    "98 reports, beside (a)": "at least 10 times as fast",
}


def _aims(times: dict[str, float]) -> str:
    """What was aimed at, beside what was reached."""
    lines = ["| What | aim | reached |", "|---|---|---|"]
    reached = {what: f"{times[what]:.2f}" if what in times else "not measured" for what in AIMS}
    return "\n".join([*lines, *(f"| {what} | {aim} | {reached[what]} |" for what, aim in AIMS.items())])


def _installed_browser(folder: Path) -> str:
    """Where playwright looks for its own browsers, with the system's in their place."""
    os.environ["PLAYWRIGHT_BROWSERS_PATH"] = str(folder)
    asked = "from playwright.sync_api import sync_playwright as s\nwith s() as p: print(p.chromium.executable_path)"
    told = subprocess.run([sys.executable, "-c", asked], capture_output=True, text=True, check=True)
    number = Path(told.stdout.strip()).relative_to(folder).parts[0].rpartition("-")[2]
    shell = folder / f"chromium_headless_shell-{number}" / "chrome-headless-shell-linux64" / "chrome-headless-shell"
    shell.parent.mkdir(parents=True)
    shell.write_text(HEADLESS, encoding="utf-8")
    shell.chmod(0o755)
    for mark in ("INSTALLATION_COMPLETE", "DEPENDENCIES_VALIDATED"):
        (shell.parents[1] / mark).touch()
    return str(folder)


def _loop(root: Path, codes: Sequence[str]) -> Cost:
    costs = [peer(root, code) for code in codes]
    seconds, worked = (sum(getattr(cost, what) for cost in costs) for what in ("seconds", "processor"))
    return Cost(seconds, worked, max(cost.megabytes for cost in costs))


def _has(package: str) -> bool:
    with suppress(ImportError):
        return bool(version(package))
    return False


def _table(found: dict[str, Cost], base: str, sizes: dict[str, int]) -> str:
    lines = ["| | seconds a report | times as long | processor seconds | MB at most |", "|---|---|---|---|---|"]
    of_one = {name: cost.seconds / sizes.get(name, 1) for name, cost in found.items()}
    for name, cost in found.items():
        worked = cost.processor / sizes.get(name, 1)
        times = of_one[name] / of_one[base]
        lines.append(f"| {name} | {of_one[name]:.1f} | {times:.2f} | {worked:.1f} | {cost.megabytes:.0f} |")
    return "\n".join(lines)


if __name__ == "__main__":
    main()
