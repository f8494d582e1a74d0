"""A small project of its own: eight municipalities, six waves, made-up answers."""

from pathlib import Path

import pytest

import jobreport
from jobreport.report.study import Study
from jobreport.simulate import Design, as_exported, draw_country, responses

PROJECT = Path(__file__).parents[3]
PLACES = ("183", "187", "730", "101", "151", "153", "155", "157")
WAVES = ("2020-2", "2021-1", "2021-2", "2022-1", "2022-2", "2023-1")


@pytest.fixture(scope="session")
def project(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """The folder of a project with ``params/demo.yml``, which a test may add files to."""
    root = tmp_path_factory.mktemp("lab")
    (root / "data" / "demo").mkdir(parents=True)
    design = Design(answers=2400, municipalities=PLACES, effects={}, mix_change={})
    answers = as_exported(responses(draw_country(design, seed=5)))
    answers.to_parquet(root / "data" / "demo" / "responses.parquet", index=False)
    for name in ("data/demo/codebook.yml", "data/benchmarks.csv", "data/jobcentres.csv", "params/demo.yml"):
        (root / name).parent.mkdir(exist_ok=True)
        text = (PROJECT / name).read_text(encoding="utf-8")
        (root / name).write_text(text.replace("data/demo/invited.csv", "null"), encoding="utf-8")
    return root


@pytest.fixture(scope="session")
def study(project: Path) -> Study:
    """The project's report, opened."""
    return jobreport.load(project / "params" / "demo.yml")
