"""What the READMEs show can be typed and found: commands, options, make targets, keys, paths, links, the sums."""

import csv
import importlib.util
import re
import shlex
import subprocess
import sys
from functools import cache
from pathlib import Path

import pytest
import typer
from typer.testing import CliRunner

import jobreport
from jobreport.desk import cli
from jobreport.intake import checks
from jobreport.report import results
from jobreport.setup import codebook as codebooks
from jobreport.setup import params

PROJECT = Path(__file__).parents[2]
NAMES = (
    "README.md", "data/README.md", "data/demo/README.md", "data/register/README.md", "jobreport/README.md",
    "notebooks/README.md", "params/README.md", "tests/README.md",
)  # fmt: skip
PAGES = {name: (PROJECT / name).read_text(encoding="utf-8") for name in NAMES}
README = PAGES["README.md"]
ALL = "\n".join(PAGES.values())
MAKEFILE = (PROJECT / "Makefile").read_text(encoding="utf-8")
BLOCKS = re.findall(r"^```(\w+)\n(.*?)^```$", ALL, flags=re.MULTILINE | re.DOTALL)
TYPED = [line for language, block in BLOCKS if language in {"sh", "bat", "text"} for line in block.splitlines()]
INLINE = re.findall(r"`([^`\n]+)`", re.sub(r"^```.*?^```$", "", ALL, flags=re.MULTILINE | re.DOTALL))
READERS_OWN = "vores"
"""What the reader of the Danish page calls the report; `init` makes those files."""
MADE_BY_A_RUN = {
    "report.pdf", "report.html", "report.ipynb", "estimates.csv", "changes.csv", "diagnostics.csv", "tables.xlsx",
    "datapackage.json", "ro-crate-metadata.json",
    "manifest.json", "index.html", "index.json", "estimates.parquet", "changes.parquet",
}  # fmt: skip
OF_AN_EXPORT = {"dataset.csv", "structure.csv", "labels.csv"}
FOLDERS = ("data", "jobreport", "notebooks", "params", "tests", ".ci")


def test_these_are_all_the_readmes():
    kept = subprocess.run(["git", "ls-files", "*README.md"], cwd=PROJECT, capture_output=True, text=True, check=False)
    assert kept.returncode or set(kept.stdout.split()) == set(NAMES)


def test_the_first_page_is_short():
    assert len(README.encode()) <= 9_000


def commands(program: str) -> list[list[str]]:
    """Arguments of every line and inline code that runs a program, also as ``python -m program``."""
    lines = [line for line in TYPED + INLINE if re.search(rf"(^|\s){program}\s", line)]
    words = [shlex.split(line.replace("\\", "/"), comments=True) for line in lines]
    return [line[line.index(program) + 1 :] for line in words if line[0] == program or line[1:3] == ["-m", program]]


def targets() -> set[str]:
    """Targets of the Makefile that have a line of help."""
    return set(re.findall(r"^([a-z-]+):.*## ", MAKEFILE, flags=re.MULTILINE))


def command(words: list[str]) -> tuple[typer.core.TyperCommand, list[str]]:
    """The command that words call, through its groups, and the words that are left for it."""
    found = typer.main.get_command(cli.app)
    while hasattr(found, "commands") and words and words[0] in found.commands:
        found, words = found.commands[words[0]], words[1:]
    return found, words


def options(found: typer.core.TyperCommand) -> set[str]:
    """Options of a command and of all below it."""
    return {o for p in found.params for o in p.opts} | {
        option for each in getattr(found, "commands", {}).values() for option in options(each)
    }


@cache
def helps(*words: str) -> bool:
    """Whether a command tells of itself."""
    return CliRunner().invoke(cli.app, [*words, "--help"]).exit_code == 0


@pytest.mark.parametrize("words", commands("jobreport"), ids=" ".join)
def test_a_command_of_a_readme_exists_with_its_options_and_files(words):
    found, rest = command(words)
    given = {word for word in rest if word.startswith("--")}
    assert len(rest) < len(words) or given == {"--help"}, "no such command"
    assert given <= options(found) | {"--help"}
    assert all((PROJECT / word).is_file() for word in rest if word.startswith("params/") and READERS_OWN not in word)
    assert helps(*words[: len(words) - len(rest)])


def test_every_command_stands_in_a_readme():
    shown = {words[0] for words in commands("jobreport")} - {"--help"}
    assert shown == set(typer.main.get_command(cli.app).commands)


def test_an_option_that_is_named_alone_is_an_option():
    known = options(typer.main.get_command(cli.app)) | {"--help"}
    named = {word for code in INLINE if code.startswith("--") for word in code.split() if word.startswith("--")}
    assert named - known == set()


def test_make_targets_are_those_of_the_makefile():
    named = {code.split()[1] for code in INLINE if re.fullmatch(r"make [a-z-]+( .*)?", code)}
    assert named | {words[0] for words in commands("make")} == targets()


def test_a_target_that_is_not_a_file_is_said_to_be_none():
    assert set(re.search(r"^\.PHONY: (.*)$", MAKEFILE, flags=re.MULTILINE)[1].split()) == targets()


def keys(page: str) -> dict[str, list[str]]:
    """Keys in the first column of every table headed `Nøgle`, by the heading over it."""
    tables = re.findall(r"^### `?(\w+)`?\n(.*?)(?=^#|\Z)", page, flags=re.MULTILINE | re.DOTALL)
    return {
        heading: sorted(key for line in text.splitlines() for key in re.findall(r"`(\w+)`", line.split("|")[1:2][0]))
        for heading, text in ((h, "\n".join(re.findall(r"^\|.*", part, flags=re.MULTILINE))) for h, part in tables)
        if text.startswith("| Nøgle |")
    }


def test_the_keys_of_params_and_codebook_are_all_there():
    of_params, of_codebook = params.schema(), codebooks.schema()
    models = [
        ("Rapporten", of_params), ("sender", of_params["$defs"]["Sender"]),
        ("survey", of_params["$defs"]["Survey"]), ("waves", of_params["$defs"]["Wave"]),
        ("units", of_params["$defs"]["Unit"]),
        ("events", of_params["$defs"]["Event"]), ("registers", of_params["$defs"]["RegisterSeries"]),
        ("Kodebogen", of_codebook), ("questions", of_codebook["$defs"]["QuestionEntry"]),
        ("in_wave", of_codebook["$defs"]["InWave"]),
    ]  # fmt: skip
    assert keys(PAGES["params/README.md"]) == {name: sorted(model["properties"]) for name, model in models}


def slug(heading: str) -> str:
    """The anchor that a heading gets on GitHub."""
    return re.sub(r"[^\w\- ]", "", heading.lower()).replace(" ", "-")


@pytest.mark.parametrize("name", NAMES)
def test_every_link_leads_somewhere(name):
    page, broken = PROJECT / name, []
    for link in re.findall(r"\]\((?!https?:)([^)]+)\)", PAGES[name]):
        path, _, anchor = link.partition("#")
        target = page.parent / path if path else page
        headings = re.findall(r"^#+ (.*)$", target.read_text(encoding="utf-8"), re.M) if anchor else []
        if not target.exists() or (anchor and anchor not in map(slug, headings)):
            broken.append(link)
    assert broken == []


def paths(text: str) -> set[str]:
    """What looks like a path: begins with a folder of the project, or has a file's ending and no blank."""
    code = re.findall(r"`([^`\s]+)`", text) + [word for line in TYPED if line in text for word in line.split()]
    written = {word.replace("\\", "/").rstrip("/") for word in code}
    inside = {word for word in written if word.split("/")[0] in FOLDERS and "/" in word}
    return inside | {word for word in written if re.fullmatch(r"[\w./-]+\.(csv|yml|json|py|ipynb|lock|md|cff)", word)}


@pytest.mark.parametrize("name", NAMES)
def test_every_path_exists(name):
    folder = (PROJECT / name).parent
    there = {path for path in paths(PAGES[name]) if (folder / path).exists() or (PROJECT / path).exists()}
    others = paths(PAGES[name]) - there - MADE_BY_A_RUN - OF_AN_EXPORT
    assert {path for path in others if READERS_OWN not in path and not path.startswith("outputs/")} == set()


@cache
def writer():
    """The script that writes the tables of tests/README.md."""
    spec = importlib.util.spec_from_file_location("tests_readme", PROJECT / "tests" / "readme.py")
    module = importlib.util.module_from_spec(spec)
    spec.loader.exec_module(module)
    return module


def test_what_the_simulations_found_is_what_the_script_writes():
    assert writer().written(PAGES["tests/README.md"]) == PAGES["tests/README.md"]


def test_a_page_without_a_place_for_a_table_is_refused():
    with pytest.raises(ValueError, match="0 places for intervals"):
        writer().written("# Nothing")


@pytest.mark.usefixtures("computed_once", "drawn_wide")
@pytest.mark.dear
def test_the_first_figure_can_be_typed(monkeypatch):
    monkeypatch.chdir(PROJECT / "notebooks")
    program = next(block for language, block in BLOCKS if language == "py")
    known = {}
    exec(program, known)
    line = next(line for line in program.splitlines() if line.startswith("study.figure"))
    assert "Vallensbæk" in eval(line, known).svg
    assert len(known["study"].changes(method="effect", scale="points")) >= 1


@pytest.mark.usefixtures("computed_once")
@pytest.mark.dear
def test_the_sum_by_hand_gives_what_the_readme_says(tmp_path):
    chosen = params.read(PROJECT / "params" / "ishoej.yml")
    folder = tmp_path / "outputs" / "ishoej"
    folder.mkdir(parents=True)
    computed = results.compute(checks.read_inputs(chosen))
    computed.write_tables(folder)
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
    rows = simulated("study_intervals.csv")
    ours, of_r = (int(100 * min(float(row[name]) for row in rows)) for name in ("coverage", "coverage_of_r"))
    said = f"in at least {ours} pct. of {int(rows[0]['replicates']):,} simulated samples of every kind tried"
    assert said in README
    assert f"held it in as few as {of_r + 1}." in README or f"held it in as few as {of_r}." in README
    assert {row["n"] for row in rows} == {"20", "50", "200", "800"}


CHANGELOG = (PROJECT / "CHANGELOG.md").read_text(encoding="utf-8")
SECTIONS = dict(re.findall(r"^## \[([^\]]+)\]([^\n]*\n.*?)(?=^## \[|\Z)", CHANGELOG, flags=re.MULTILINE | re.DOTALL))


def test_the_changelog_has_a_dated_entry_for_the_version():
    assert re.match(r" - 20\d\d-\d\d-\d\d\n", SECTIONS[jobreport.__version__])
    assert next(name for name in SECTIONS if name != "Unreleased") == jobreport.__version__, "the newest stands first"


def test_every_release_says_which_numbers_changed():
    told = [
        re.search(r"^### Numbers that changed\n\n(\S.*)$", text, flags=re.MULTILINE)
        for text in SECTIONS.values()
        if text.strip()
    ]  # (nothing is unreleased on the day of a release)
    assert all(told)
    assert len(SECTIONS) > 1
