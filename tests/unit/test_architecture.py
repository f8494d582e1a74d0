"""The README's module table is the architecture: imports go up in it, and it names what is there."""

import ast
import graphlib
import re
from collections.abc import Mapping
from pathlib import Path

import pytest

PROJECT = Path(__file__).parents[2]
PACKAGE = PROJECT / "jobreport"
LONGEST = 400  # about 300 lines are the aim; a docstring or a table may need the rest
ENTRY = {"__init__", "__main__"}


def modules() -> dict[str, Path]:
    """Dotted name -> file of every module of the package."""
    return {
        ".".join(file.relative_to(PROJECT).with_suffix("").parts).removesuffix(".__init__"): file
        for file in sorted(PACKAGE.rglob("*.py"))
    }


def room(module: str) -> str:
    """The row of the table that a module belongs to: jobreport.sources.text -> sources."""
    return [*module.split("."), "__init__"][1]


def imported(source: str, module: str, *, is_package: bool, known: Mapping[str, object]) -> set[str]:
    """The project's modules that a source text imports, anywhere in it."""
    found = set()
    for node in ast.walk(ast.parse(source)):
        if isinstance(node, ast.Import):
            found |= {name.name for name in node.names}
        if isinstance(node, ast.ImportFrom):
            parents = module.split(".")[: None if is_package else -1]
            above = parents[: len(parents) - node.level + 1] if node.level else []
            base = ".".join([*above, *filter(None, [node.module])])
            found |= {full if (full := f"{base}.{name.name}") in known else base for name in node.names}
    return {name for name in found if name.split(".")[0] == "jobreport" and name != module}


def all_imports() -> dict[str, set[str]]:
    known = modules()
    return {
        name: imported(file.read_text(encoding="utf-8"), name, is_package=file.name == "__init__.py", known=known)
        for name, file in known.items()
    }


def table() -> list[str]:
    """Names in the first column of the README's module table, in its order."""
    readme = (PROJECT / "README.md").read_text(encoding="utf-8")
    rows = readme.split("| Module | Responsibility |", 1)[1].split("\n\n", 1)[0]
    return [
        name.rstrip("/")
        for cell in re.findall(r"^\|([^|]+)\|", rows, flags=re.MULTILINE)
        for name in re.findall(r"`([^`]+)`", cell)
    ]


def against_the_order(order: list[str], imports: Mapping[str, set[str]]) -> list[str]:
    """Imports of something that stands in a lower row than the module that imports it."""
    row = {name: number for number, name in enumerate(order)}
    return [
        f"{module} imports {target}"
        for module, targets in imports.items()
        for target in sorted(targets)
        if row.get(room(target), -1) > row.get(room(module), len(order))
    ]


def test_the_table_names_every_module_once_and_nothing_else():
    there = {path.stem for path in PACKAGE.iterdir() if path.suffix == ".py" or (path / "__init__.py").exists()}
    assert sorted(table()) == sorted(there - ENTRY)


def test_every_import_goes_up_in_the_table():
    assert against_the_order(table(), all_imports()) == []


def test_an_import_from_below_is_found():
    source = "def late():\n    from .cli import app\n"
    known = {"jobreport": 0, "jobreport.errors": 0, "jobreport.cli": 0}
    imports = {"jobreport.errors": imported(source, "jobreport.errors", is_package=False, known=known)}
    assert against_the_order(["errors", "cli"], imports) == ["jobreport.errors imports jobreport.cli"]
    assert against_the_order(["cli", "errors"], imports) == []


def test_no_module_imports_itself_by_a_detour():
    graphlib.TopologicalSorter({name: targets - {"jobreport"} for name, targets in all_imports().items()}).prepare()


def test_nothing_imports_the_simulated_country():
    inside = {name: targets for name, targets in all_imports().items() if room(name) != "simulate"}
    assert [name for name, targets in inside.items() if "simulate" in {room(target) for target in targets}] == []


@pytest.mark.parametrize("file", sorted(PACKAGE.rglob("*.py")), ids=lambda file: str(file.relative_to(PACKAGE)))
def test_a_module_can_be_read_in_one_go(file):
    source = file.read_text(encoding="utf-8")
    assert ast.get_docstring(ast.parse(source)), "a module says in its first line what it is for"
    assert len(source.splitlines()) <= LONGEST


@pytest.mark.parametrize("never", [r"fillna\(0", r"\bpickle\b", r"\bos\.fork\b"])
def test_what_the_project_never_does(never):
    assert [name for name, file in modules().items() if re.search(never, file.read_text(encoding="utf-8"))] == []
