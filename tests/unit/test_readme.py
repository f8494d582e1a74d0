"""What the README shows can be typed: commands, options, make targets, keys, files and the sum by hand."""

import csv
import re
import shlex
import subprocess
import sys
from pathlib import Path

import pytest
import typer
from typer.testing import CliRunner

import jobreport
from jobreport.desk import cli
from jobreport.intake import checks
from jobreport.report import results
from jobreport.setup import params

PROJECT = Path(__file__).parents[2]
README = (PROJECT / "README.md").read_text(encoding="utf-8")
MAKEFILE = (PROJECT / "Makefile").read_text(encoding="utf-8")
BLOCKS = re.findall(r"^```(\w+)\n(.*?)^```$", README, flags=re.MULTILINE | re.DOTALL)
TYPED = [line for language, block in BLOCKS if language in {"sh", "bat"} for line in block.splitlines()]


def commands(program: str) -> list[list[str]]:
    """Arguments of every line of the README that runs a program, also as ``python -m program``."""
    words = [shlex.split(line.replace("\\", "/")) for line in TYPED]
    started = [line[:1] == [program] or line[1:3] == ["-m", program] for line in words]
    return [line[line.index(program) + 1 :] for line, ours in zip(words, started, strict=True) if ours]


def targets() -> set[str]:
    """Targets of the Makefile that have a line of help."""
    return set(re.findall(r"^([a-z-]+):.*## ", MAKEFILE, flags=re.MULTILINE))


def command(words: list[str]) -> tuple[typer.core.TyperCommand, list[str]]:
    """The command that words call, through its groups, and the words that are left for it."""
    found = typer.main.get_command(cli.app)
    while hasattr(found, "commands") and words and words[0] in found.commands:
        found, words = found.commands[words[0]], words[1:]
    return found, words


@pytest.mark.parametrize("words", commands("jobreport"), ids=" ".join)
def test_a_command_of_the_readme_exists_with_its_options_and_files(words):
    found, rest = command(words)
    assert len(rest) < len(words), "no such command"
    assert not hasattr(found, "commands"), "a group of commands does nothing by itself"
    assert {word for word in rest if word.startswith("--")} <= {o for p in found.params for o in p.opts}
    assert all((PROJECT / word).is_file() for word in rest if word.startswith("params/"))
    assert CliRunner().invoke(cli.app, [*words[: len(words) - len(rest)], "--help"]).exit_code == 0


def test_every_command_stands_in_the_readme():
    shown = {words[0] for words in commands("jobreport")}
    assert shown == set(typer.main.get_command(cli.app).commands)


def test_make_targets_are_those_of_the_makefile():
    named = set(re.findall(r"`make ([a-z-]+)`", README)) | {words[0] for words in commands("make")}
    assert named == targets()


def test_a_target_that_is_not_a_file_is_said_to_be_none():
    assert set(re.search(r"^\.PHONY: (.*)$", MAKEFILE, flags=re.MULTILINE)[1].split()) == targets()


def test_the_keys_of_a_params_file_are_all_there():
    table = README.split("| Key | What stands in it |", 1)[1].split("\n\n", 1)[0]
    named = [
        key for cell in re.findall(r"^\|([^|]+)\|", table, flags=re.MULTILINE) for key in re.findall(r"`(\w+)`", cell)
    ]
    assert sorted(named) == sorted(params.schema()["properties"])


def test_files_that_are_linked_or_installed_exist():
    linked = re.findall(r"\]\((?!http)([^)#]+)\)", README) + [
        word for line in TYPED for word in re.findall(r"\S+\.(?:lock|yml|ipynb)\b", line)
    ]
    missing = [
        name for name in linked if not name.startswith("outputs/") and not (PROJECT / name.replace("\\", "/")).is_file()
    ]
    assert missing == []


def test_the_first_figure_can_be_typed(monkeypatch):
    monkeypatch.chdir(PROJECT / "notebooks")
    program = next(block for language, block in BLOCKS if language == "py")
    known = {}
    exec(program, known)
    line = next(line for line in program.splitlines() if line.startswith("study.figure"))
    assert "Vallensbæk" in eval(line, known).svg
    assert len(known["study"].changes(method="effect", scale="points")) >= 1


def test_the_sum_by_hand_gives_what_the_readme_says(tmp_path):
    chosen = params.read(PROJECT / "params" / "ishoej.yml")
    folder = tmp_path / "outputs" / "ishoej"
    folder.mkdir(parents=True)
    computed = results.compute(checks.read_inputs(chosen))
    computed.write(folder)
    program = next(block for language, block in BLOCKS if language == "python")
    done = subprocess.run(
        [sys.executable, "-c", program], cwd=tmp_path, capture_output=True, text=True, encoding="utf-8", check=True
    )
    assert f"It prints `{done.stdout.strip()}`" in README
    changes = computed.released.changes
    row = changes[
        (changes["method"] == "effect") & (changes["scale"] == "points") & (changes["municipality_code"] == "183")
    ].iloc[0]
    assert done.stdout.strip() == f"{row['change']:.2f} points, {row['ci_low']:.2f} to {row['ci_high']:.2f}"


def simulated(name: str) -> list[dict[str, str]]:
    with (PROJECT / "tests" / "simulation" / name).open(encoding="utf-8", newline="") as file:
        return list(csv.DictReader(file))


def test_what_the_readme_says_of_comparisons_is_what_the_simulations_gave():
    events = {row["name"]: row for row in simulated("study_events.csv")}
    usual, few, many = (events[name] for name in ("12 others, 3 + 3 waves of 150 answers", "4 others", "97 others"))
    other_course = events["not parallel: treated gains 2 points a wave"]
    points = [f"{100 * float(row['detectable_change']):.0f}" for row in (usual, many, few)]
    said = "a change of {} points in satisfaction can be detected, with 97 some {}, with 4 some {}.".format(*points)
    alarms = [f"{100 * float(row['size']):.1f} pct." for row in (usual, other_course)]
    assert said in README
    assert f"{alarms[0]} of {int(usual['replicates']):,} simulated countries gave a false alarm" in README
    assert f"on another course beforehand (2 points a wave), {alarms[1]}" in README


def test_what_the_readme_says_of_intervals_is_what_the_simulations_gave():
    shares = [row for row in simulated("study_intervals.csv") if row["measure"] == "share" and row["n"] == "200"]
    lowest = {w: min(float(row["coverage"]) for row in shares if row["weights"] == w) for w in ("equal", "cv 1.5")}
    assert (
        f"in at least {int(100 * lowest['equal'])} pct. of {int(shares[0]['replicates']):,} simulated samples" in README
    )
    assert f"a rare answer it held it in {100 * lowest['cv 1.5']:.0f};" in README
    rare = next(row for row in shares if row["weights"] == "cv 1.5" and float(row["coverage"]) == lowest["cv 1.5"])
    assert float(rare["uncertain"]) > 0.95


WEIGHTS = {
    "equal weights": ("equal",),
    "1 + cv² up to 1.25": ("cv .3", "cv .5", "related"),
    "cv 1, flagged": ("cv 1",),
    "cv 1.5, flagged": ("cv 1.5",),
}


def test_the_table_of_intervals_is_what_the_simulations_gave():
    rows = simulated("study_intervals.csv")
    for measure in ("share", "mean"):
        for name, kinds in WEIGHTS.items():
            of_kind = [row for row in rows if row["measure"] == measure and row["weights"] in kinds]
            lowest = [min(float(r["coverage"]) for r in of_kind if r["n"] == n) for n in ("20", "50", "200")]
            assert f"| {measure}s, {name} | {' | '.join(f'{100 * value:.1f}' for value in lowest)} |" in README
            if "flagged" in name:
                assert min(float(row["uncertain"]) for row in of_kind if row["n"] != "800") > 0.99
    many = min(float(row["coverage"]) for row in rows if row["n"] == "800")
    assert f"800 answers of cv 1.5, some 250 effective: at least {100 * many:.1f}" in README


def test_the_table_of_comparisons_is_what_the_simulations_gave():
    shown = README.split("| Simulated countries |", 1)[1].split("\n\n", 1)[0].splitlines()[2:]
    columns = ("size", "power_5", "power_10", "power_15", "detectable_change")
    assert shown == [
        f"| {row['name']} | {' | '.join(f'{100 * float(row[column]):.1f}' for column in columns)} |"
        for row in simulated("study_events.csv")
    ]


def test_the_changelog_knows_the_version():
    changelog = (PROJECT / "CHANGELOG.md").read_text(encoding="utf-8")
    assert "## [Unreleased]" in changelog or f"## [{jobreport.__version__}]" in changelog
