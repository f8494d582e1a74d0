"""The notebook on the method: made in both languages, every number bound, every sum right."""

import ast
import json
from pathlib import Path
from string import Formatter

import pytest
import yaml
from typer.testing import CliRunner

from jobreport.desk import cli
from jobreport.domain.rules import PRINTED
from jobreport.export.bound import Cells
from jobreport.lessons import examples, lesson, method
from tests.pages import audit_html, audit_pdf, cells_of_html

pytestmark = pytest.mark.usefixtures("computed_once")

PROJECT = Path(__file__).parents[2]
NOTEBOOK = json.loads((PROJECT / "notebooks" / "method.ipynb").read_text(encoding="utf-8"))
MARKDOWN = {cell["id"]: "".join(cell["source"]) for cell in NOTEBOOK["cells"] if cell["cell_type"] == "markdown"}
CODE = ["".join(cell["source"]) for cell in NOTEBOOK["cells"] if cell["cell_type"] == "code"]


def texts(name: str) -> dict:
    return yaml.safe_load((PROJECT / "jobreport" / "texts" / name).read_text(encoding="utf-8"))


@pytest.mark.parametrize("language", ["da", pytest.param("en", marks=pytest.mark.slow)])
@pytest.mark.dear
def test_the_method_is_made_and_no_number_stands_alone(tmp_path, monkeypatch, language):
    monkeypatch.chdir(PROJECT)
    done = CliRunner().invoke(cli.app, ["method", "--out", str(tmp_path / "made"), "--language", language])
    assert done.exit_code == 0, done.output
    assert sorted(path.name for path in (tmp_path / "made").iterdir()) == ["manifest.json", "method.html", "method.pdf"]
    cells = cells_of(language)
    pdf = (tmp_path / "made" / "method.pdf").read_bytes()
    html = (tmp_path / "made" / "method.html").read_text(encoding="utf-8")
    assert audit_pdf(pdf, cells, language) == []
    assert audit_html(html, cells, language) == []
    printed = {row for table, row, _ in cells_of_html(html) if table == "example"}
    assert printed == set(examples.EXAMPLES)


def cells_of(language: str) -> Cells:
    """The worked examples, and what the real case released."""
    taught = lesson.Lesson(language)
    real = taught.real
    tables = {"estimates": real.results.released.estimates, "changes": real.results.released.changes}
    params = real.params.to_plain() | {"facts": real.results.facts}
    cells = Cells.of(tables, params, PRINTED, method.front_matter(taught))
    return Cells(cells.rows, cells.params, cells.rules, {name: made() for name, made in examples.EXAMPLES.items()})


@pytest.mark.parametrize(
    ("example", "by_hand"),
    [
        ("base", {"share": 6 / 8, "dont_know": 2 / 10, "among_all": 6 / 10}),
        ("index", {"mean": 28 / 8, "index": 100 * (3.5 - 1) / 4}),
        (
            "weights",
            {"share": (4 + 3) / 20, "plain": 5 / 10, "n_effective": 20**2 / (5 + 5 * 9), "design_effect": 1.25},
        ),
        ("width", {"share": 0.6, "rule_small": 0.2}),
        ("ends", {"none": 0, "high": 1 - 0.025**0.1, "chance": 0.025}),
        ("score", {"change": 0.25, "same": (1 / 16) ** 0.5, "apart": (1 / 12 + 1 / 16) ** 0.5}),
        ("change", {"before": (0.5 + 0.6) / 2, "change": 0.7 - 0.55, "thrown": (100 + 60) / 300}),
        ("mix", {"change": 0, "mix": 0.25 * (0.45 - 0.85), "rates": 0.1}),
        ("event", {"effect": 5 - 1, "s": (4 / 3) ** 0.5, "error": (4 / 3 * 5 / 4) ** 0.5, "t": 3.18245, "p": 1 / 5}),
        ("ranks", {"p_few": 1 / 5, "p_some": 1 / 13, "p_enough": 1 / 20, "p_all": 1 / 97}),
        ("false_dates", {"effect": -1, "first": -1, "second": -1, "third": -1}),
        ("points", {"points_A": -2, "points_B": -1, "per_cent_A": -0.25, "per_cent_B": -0.25}),
        ("silent", {"worst": 0.3, "best": 0.8, "tipping": 20 / 50}),
        ("hidden", {"total": 49, "hidden": 2, "together": 9}),
    ],
)
def test_an_example_is_what_the_head_says(example, by_hand):
    facts = examples.EXAMPLES[example]()
    assert {name: float(facts[name]) for name in by_hand} == pytest.approx(by_hand, rel=1e-5)


def test_an_interval_is_about_as_wide_as_the_rule_of_thumb_says():
    facts = examples.width()
    for size in ("small", "middle", "large"):
        half = (facts[f"high_{size}"] - facts[f"low_{size}"]) / 2
        assert half == pytest.approx(facts[f"rule_{size}"], rel=0.05)


def test_the_notebook_only_shows():
    """No def, no loop, no pandas, no typed number, no saved output; code holds calls of the lesson."""
    trees = [ast.parse(source) for source in CODE]
    kinds = {type(node) for tree in trees for node in ast.walk(tree)}
    assert not kinds & {ast.FunctionDef, ast.For, ast.While, ast.ListComp, ast.Lambda}
    imports = [node.module for tree in trees for node in ast.walk(tree) if isinstance(node, ast.ImportFrom)]
    assert imports == ["jobreport.lessons.lesson"]
    assert all(not cell.get("outputs") for cell in NOTEBOOK["cells"])
    assert not any(sign.isdigit() for source in MARKDOWN.values() for sign in source)


def test_both_languages_have_the_same_cells_and_names():
    assert set(texts("method.en.yml")) == set(MARKDOWN)
    danish, english = texts("lesson.da.yml"), texts("lesson.en.yml")
    assert set(danish) == set(english) == {*examples.EXAMPLES, "label", "source", "front"}
    for name in examples.EXAMPLES:
        assert named(danish[name]) == named(english[name])


def named(tree: object) -> list:
    """Every name with its form, in the order of the text; digits outside names would be unbound."""
    if isinstance(tree, dict):
        return [one for key in sorted(tree) for one in named(tree[key])]
    if isinstance(tree, list):
        return [one for part in tree for one in named(part)]
    parsed = list(Formatter().parse(str(tree)))
    assert not any(sign.isdigit() for words, *_ in parsed for sign in words)
    return sorted((name, form) for _, name, form, _ in parsed if name)
