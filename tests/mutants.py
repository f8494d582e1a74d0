"""Whether the tests bite: a drawn sample of mutants of each room, and the share that a test notices.

``python tests/mutants.py --each 60`` changes the program in one place at a time (mutmut), runs the tests that pass
through that place, and prints for each room how many of the drawn mutants were killed, with the interval of the share.
A whole run (``make mutants``) takes many processor hours; a sample says as much of the share as any other sample does.
The same seed draws the same mutants of the same program; a larger sample holds the smaller one.
"""

from __future__ import annotations

import argparse
import json
import os
import random
import subprocess
import sys
from collections.abc import Mapping, Sequence
from pathlib import Path

from scipy import stats

ROOMS = ("estimate", "compare", "diagnostics", "release", "wording")
MUTANTS = Path("mutants")
KILLED, ALIVE, ENDLESS = frozenset({1, 3}), frozenset({0, 33}), frozenset({-24, -9, 24, 36, 152, 255})
"""Exit codes of a mutant's tests: one failed; none did, or there are none; they did not end in time, which tells
nothing where a fixture is slow."""


def results() -> dict[str, int | None]:
    """Mutant -> exit code of its tests, None where it was not tried: as mutmut keeps them."""
    found: dict[str, int | None] = {}
    for file in sorted(MUTANTS.glob("jobreport/*/*.meta")):
        found |= json.loads(file.read_text(encoding="utf-8"))["exit_code_by_key"]
    return found


def drawn(names: Sequence[str], room: str, each: int, seed: int) -> list[str]:
    """Some of a room's mutants, each as likely as another."""
    mine = sorted(name for name in names if name.startswith(f"jobreport.{room}."))
    random.Random(f"{room} {seed}").shuffle(mine)
    return mine[:each]


def share(killed: int, tried: int) -> str:
    """The share killed with its 95 per cent interval (Clopper and Pearson).

    Examples
    --------
    >>> share(54, 60)
    '90.0 pct. (79.5-96.2) killed, 54 of 60'
    """
    low, high = stats.binomtest(killed, tried).proportion_ci(method="exact")
    return f"{100 * killed / tried:.1f} pct. ({100 * low:.1f}-{100 * high:.1f}) killed, {killed} of {tried}"


def told(sample: Sequence[str], codes: Mapping[str, int | None]) -> str:
    """A sample's share killed of those whose tests ended, and the survivors; `mutmut show NAME` shows one."""
    tried = [name for name in sample if codes.get(name) is not None and codes[name] not in ENDLESS]
    alive = [name for name in tried if codes[name] not in KILLED]
    return "\n  ".join([share(len(tried) - len(alive), len(tried)) if tried else "none tried", *alive])


def mutmut(*arguments: str) -> None:
    """Run mutmut on one core."""
    subprocess.run([sys.executable, "-m", "mutmut", "run", "--max-children", "1", *arguments], check=False)


def noticed(name: str, room: str) -> bool:
    """Whether a test of the room fails: mutmut asks only the first of the tests that share what passes there."""
    command = [
        sys.executable,
        "-m",
        "pytest",
        "-q",
        "-x",
        "-n",
        "0",
        "-W",
        "ignore",
        "-m",
        "not slow",
        f"tests/unit/{room}",
    ]
    changed = os.environ | {"MUTANT_UNDER_TEST": name}
    return subprocess.run(command, cwd=MUTANTS, env=changed, capture_output=True, check=False).returncode == 1


def main() -> None:
    """Draw, try and tell, room by room."""
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("--each", type=int, default=60, help="mutants of each room")
    parser.add_argument("--seed", type=int, default=1)
    parser.add_argument("rooms", nargs="*", default=ROOMS)
    asked = parser.parse_args()
    mutmut("jobreport.release.ranges.*narrow__mutmut_1")  # makes the mutants, and notes which test passes where
    names = list(results())
    samples = {room: drawn(names, room, asked.each, asked.seed) for room in asked.rooms}
    mutmut(*(name for sample in samples.values() for name in sample))
    codes = results()
    for room, sample in samples.items():
        alive = [name for name in sample if codes[name] in ALIVE]
        codes |= {name: 1 for name in alive if noticed(name, room)}
        print(f"{room}: {told(sample, codes)}", flush=True)  # noqa: T201


if __name__ == "__main__":
    main()
