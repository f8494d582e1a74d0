"""The examples in docstrings give what they say."""

import doctest
import importlib
import pkgutil

import pytest

import jobreport

LAB = {"ipywidgets", "voila"}
MODULES = sorted(
    module.name
    for module in pkgutil.walk_packages(jobreport.__path__, "jobreport.")
    if not module.name.endswith("__main__")
)


def loaded(name):
    """A module; None where it needs JupyterLab's packages (extra 'lab') and they are not installed."""
    try:
        return importlib.import_module(name)
    except ModuleNotFoundError as missing:
        if missing.name not in LAB:
            raise
        return None


@pytest.mark.parametrize("name", MODULES)
def test_examples_of_a_module_hold(name):
    module = loaded(name)
    if module is None:
        pytest.skip("JupyterLab's packages are not installed (extra 'lab')")
    assert doctest.testmod(module).failed == 0


def test_there_are_examples():
    finder = doctest.DocTestFinder(exclude_empty=True)
    found = [finder.find(module) for name in MODULES if (module := loaded(name)) is not None]
    assert sum(bool(test.examples) for tests in found for test in tests) > 80
