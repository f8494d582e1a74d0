"""The indicators of the made-up country, written out by hand, and the simulation study."""

import importlib.util
import sys
from pathlib import Path
from types import ModuleType

import pytest

from jobreport.setup.codebook import Indicator, Question, Scale

DEGREE = Scale("grad", {"da": ("Slet ikke", "I lav grad", "I nogen grad", "I høj grad", "I meget høj grad")}, 2, 2)
SATISFACTION = Scale(
    "tilfredshed",
    {"da": ("Meget utilfreds", "Utilfreds", "Hverken tilfreds eller utilfreds", "Tilfreds", "Meget tilfreds")},
    2,
    2,
)


def question(name: str, scale: Scale) -> Question:
    return Question(name, {"da": name}, scale, {"da": ("Ved ikke",)})


@pytest.fixture(scope="session")
def indicators() -> tuple[Indicator, ...]:
    trust = ("trust_met", "trust_listened", "trust_situation")
    return (
        Indicator("satisfaction", {"da": "Tilfredshed"}, (question("satisfaction", SATISFACTION),)),
        Indicator("trust", {"da": "Tillid"}, tuple(question(name, DEGREE) for name in trust)),
        Indicator("meaning", {"da": "Mening"}, (question("meaning", DEGREE),)),
    )


@pytest.fixture(scope="session")
def study() -> ModuleType:
    """The script that wrote study_intervals.csv and study_events.csv."""
    place = importlib.util.spec_from_file_location("simulation_study", Path(__file__).with_name("study.py"))
    module = importlib.util.module_from_spec(place)
    sys.modules[place.name] = module
    place.loader.exec_module(module)
    return module
