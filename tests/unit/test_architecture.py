"""The plan in jobreport/README.md is the architecture: imports go up in it, and it names what is there."""

import graphlib
import re
from collections.abc import Mapping

import pytest

from tests import house
from tests.house import PACKAGE, all_imports, imported, modules, plan, room, room_imports

ENTRY = {"__init__", "__main__"}
STATISTICS = {"estimate", "compare", "diagnostics"}
PAGE = {"page", "wording", "figures", "tables"}
GUESTS = {"prepare", "lessons", "fetch", "desk", "simulate"}


def against_the_order(order: list[str], imports: Mapping[str, set[str]]) -> list[str]:
    """Imports of something that stands in a lower row than the module that imports it."""
    row = {name: number for number, name in enumerate(order)}
    return [
        f"{module} imports {target}"
        for module, targets in imports.items()
        for target in sorted(targets)
        if row.get(room(target), -1) > row.get(room(module), len(order))
    ]


def between(imports: Mapping[str, set[str]], importers: set[str], imported_: set[str]) -> list[str]:
    """Imports by one group of rooms of another."""
    return [
        f"{module} imports {target}"
        for module, targets in imports.items()
        for target in sorted(targets)
        if room(module) in importers and room(target) in imported_
    ]


def test_the_plan_names_every_room_once_and_nothing_else():
    there = {path.stem for path in PACKAGE.iterdir() if path.suffix == ".py" or (path / "__init__.py").exists()}
    assert sorted(plan()) == sorted(there - ENTRY)


@pytest.mark.dear
def test_every_import_goes_up_in_the_plan():
    assert against_the_order(plan(), all_imports()) == []


def test_statistics_import_no_page_and_the_page_no_statistics():
    assert between(all_imports(), STATISTICS, PAGE) == []
    assert between(all_imports(), PAGE, STATISTICS) == []


def test_guests_are_imported_by_nobody_but_the_desk():
    hosts = set(plan()) - GUESTS
    assert between(all_imports(), hosts, GUESTS) == []
    assert between(all_imports(), GUESTS - {"desk", "simulate"}, {"desk"}) == []
    assert between(all_imports(), set(plan()) - {"simulate"}, {"simulate"}) == []


def test_an_import_from_below_is_found():
    source = "def inside():\n    from .late import app\n"
    known = {"jobreport": 0, "jobreport.errors": 0, "jobreport.late": 0}
    imports = {"jobreport.errors": imported(source, "jobreport.errors", is_package=False, known=known)}
    assert against_the_order(["errors", "late"], imports) == ["jobreport.errors imports jobreport.late"]
    assert against_the_order(["late", "errors"], imports) == []
    assert between(imports, {"errors"}, {"late"}) == ["jobreport.errors imports jobreport.late"]


def test_no_module_and_no_room_imports_itself_by_a_detour():
    graphlib.TopologicalSorter({name: targets - {"jobreport"} for name, targets in all_imports().items()}).prepare()
    graphlib.TopologicalSorter(room_imports()).prepare()


@pytest.mark.parametrize("name", modules())
def test_a_module_says_in_its_first_line_what_it_is_for(name):
    assert house.seen()[name].says


@pytest.mark.parametrize("never", [r"fillna\(0", r"\bpickle\b", r"\bos\.fork\b"])
def test_what_the_project_never_does(never):
    assert [name for name, file in modules().items() if re.search(never, file.read_text(encoding="utf-8"))] == []


@pytest.mark.parametrize("name", house.BOUNDS)
def test_the_house_keeps_its_bounds(name):
    assert house.figures()[name] <= house.BOUNDS[name]
