"""The examples in docstrings give what they say."""

import doctest
import importlib
import pkgutil

import pytest

import jobreport

NEEDS_LAB = {"jobreport.desk.explore", "jobreport.desk.form.page", "jobreport.desk.form.pieces"}
MODULES = sorted(
    module.name
    for module in pkgutil.walk_packages(jobreport.__path__, "jobreport.")
    if not module.name.endswith("__main__")
)


@pytest.mark.parametrize("name", MODULES)
def test_examples_of_a_module_hold(name):
    if name in NEEDS_LAB:
        pytest.importorskip("ipywidgets", reason="JupyterLab's packages are not installed (extra 'lab')")
    assert doctest.testmod(importlib.import_module(name)).failed == 0


def test_there_are_examples():
    finder = doctest.DocTestFinder(exclude_empty=True)
    found = [finder.find(importlib.import_module(name)) for name in MODULES if name not in NEEDS_LAB]
    assert sum(bool(test.examples) for tests in found for test in tests) > 80
