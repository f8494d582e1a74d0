"""Every parameter of a notebook changes the report or is refused: no default looks like a choice."""

import ast
import contextlib
import os
import subprocess
import sys
from pathlib import Path
from types import SimpleNamespace

import nbformat
import pytest
import yaml

import jobreport
from jobreport.errors import InputRefused
from jobreport.lessons.lesson import Lesson
from jobreport.page import tree
from jobreport.report import study
from jobreport.setup import params
from jobreport.setup.params_model import Params

pytestmark = pytest.mark.usefixtures("computed_once")

PROJECT = Path(__file__).parents[3]
ISHOEJ = PROJECT / "params" / "ishoej.yml"
KEY = "ssh-ed25519 AAAAC3NzaC1lZDI1NTE5AAAAIAOhB7/zzhC+HXDdGOdLwJln5NYwm6UNXx3chmQSVTG4"  # of the bytes 0 to 31
VALUES = {  # parameter -> a value that says something else than params/ishoej.yml
    "name": "demo",
    "title": {"da": "En anden titel"},
    "language": "en",
    "municipality_code": "187",
    "unit": "gone",
    "report_date": "2030-01-31",
    "survey": {"file": "gone.csv", "codebook": "data/demo/codebook.yml"},
    "units": [{"unit": "a", "label": "A", "municipality_code": "183"}],
    "events": [],
    "registers": [],
    "benchmarks": "",
    "claims": "gone.csv",
    "jobcentres": "",
    "packages": ["gone.zip"],
    "declared_equal": [{"municipality_code": "187", "what": "wording", "reason": "the same"}],
    "signers": [{"municipality_code": "187", "key": KEY}],
    "previous": "outputs/gone",
    "frozen": {"file": "params/gone.frozen.yml"},
    "disclosure": {"suppress_below": 10},
    "sender": {"name": "Ishøj Kommune", "contact": "analyse@ishoej.dk"},
    "licence": "CC0-1.0",
    "unchanged_margin": 1,
}
REFUSED = {
    "unit": "gone",
    "survey": "gone.csv",
    "units": "units er angivet",
    "claims": "gone.csv",
    "frozen": "gone.frozen.yml",
    "events": "unemployment",
}  # a register needs its event

FILES_OF_OTHERS = {"packages", "declared_equal", "signers", "previous"}  # looked for when all else is well


def parameters(notebook):
    """Names and defaults in the parameters cell of a notebook."""
    cells = nbformat.read(PROJECT / "notebooks" / f"{notebook}.ipynb", as_version=4).cells
    (cell,) = (c for c in cells if "parameters" in c.metadata.get("tags", ()))
    return {line.target.id: ast.literal_eval(line.value) for line in ast.parse(cell.source).body}


@pytest.fixture(autouse=True)
def here(monkeypatch):
    monkeypatch.chdir(PROJECT / "notebooks")


@pytest.mark.parametrize("notebook", ["report", "overview"])
def test_the_notebook_has_every_key_of_a_params_file_and_no_default_that_looks_like_a_choice(notebook):
    assert parameters(notebook) == dict.fromkeys(Params.model_fields)


def test_every_parameter_has_a_value_to_try():
    assert list(VALUES) == list(parameters("report"))


@pytest.mark.parametrize("name", VALUES)
def test_one_parameter_alone_replaces_one_key_of_the_file_or_is_refused(name):
    given = parameters("report") | {name: VALUES[name]}
    if name in REFUSED:
        with pytest.raises(InputRefused, match=REFUSED[name]):
            study._chosen(None, given)
        return
    chosen = study._chosen(None, given).to_plain()
    if name == "name":
        assert chosen == params.read(PROJECT / "params" / "demo.yml").to_plain()
        return
    written = params.read(ISHOEJ).to_plain()
    changed = {key for key in chosen if chosen[key] != written[key]}
    assert changed == {name} | ({"title"} if name == "municipality_code" else set())


@pytest.mark.parametrize("name", VALUES)
def test_a_keyword_beside_a_path_replaces_the_key_or_is_refused(name):
    written = params.read(ISHOEJ)
    with contextlib.suppress(InputRefused):
        chosen = study._chosen(ISHOEJ, {name: VALUES[name]})
        assert chosen.to_plain() != written.to_plain()
        assert getattr(chosen, name) != getattr(written, name)


@pytest.mark.usefixtures("undrawn")
@pytest.mark.dear
def test_another_municipality_beside_a_path_is_another_report():
    ishoej, vallensbaek = jobreport.load(ISHOEJ), jobreport.load(ISHOEJ, municipality_code="187")
    assert (ishoej.municipality(), vallensbaek.municipality()) == ("Ishøj", "Vallensbæk")
    for section in ("front", "register"):
        first, second = (getattr(one, section)().html() for one in (ishoej, vallensbaek))
        assert first != second, section


@pytest.mark.parametrize("named", [187, "Vallensbæk", "0187"])
def test_a_municipality_may_be_numbered_or_named(named, monkeypatch):
    monkeypatch.setattr(study, "_opened", lambda chosen: chosen)  # (nothing is read)
    assert jobreport.load("ishoej", municipality_code=named).municipality_code == "187"
    with pytest.raises(InputRefused, match="municipality_code"):
        jobreport.load("ishoej", municipality_code="Malmø")


@pytest.mark.parametrize("path", [None, ISHOEJ])
@pytest.mark.parametrize("misspelt", ["kommune", "municipality", "Language"])
def test_an_unknown_key_is_refused_by_name(path, misspelt):
    for language in ("da", "en"):
        with pytest.raises(InputRefused, match=misspelt) as refused:
            jobreport.load(path, **{misspelt: "187", "language": language})
        assert refused.value.problems[0].key.startswith("unknown_key")


def test_a_named_report_is_that_report_and_no_mixture(tmp_path, monkeypatch):
    (tmp_path / "params").mkdir()
    monkeypatch.chdir(tmp_path)
    values = {"name": "koebenhavn", "municipality_code": "101", "report_date": "2024-01-01"}
    (tmp_path / "params" / "koebenhavn.yml").write_text(yaml.safe_dump(values), encoding="utf-8")
    assert study._chosen(None, parameters("report") | {"name": "koebenhavn"}).municipality_code == "101"
    with pytest.raises(InputRefused, match=r"params/nowhere\.yml"):
        study._chosen(None, parameters("report") | {"name": "nowhere"})


def test_values_of_a_whole_file_are_that_file_and_nothing_of_another():
    file = {"name": "ishoej", "municipality_code": "183", "report_date": "2024-01-01", "benchmarks": None}
    chosen = study._chosen(None, parameters("report") | file)
    assert (chosen.benchmarks, chosen.registers) == (None, ())
    whole = params.read(ISHOEJ)
    assert study._chosen(None, whole.to_plain()).to_plain() == whole.to_plain()


def test_a_parameter_that_papermill_gave_and_no_cell_knows_is_refused(monkeypatch):
    cells = ["name: str = None\nlanguage: str = None", "# Parameters\nlanguage = 'en'\nmunicipality = '187'\n"]
    shell = SimpleNamespace(user_ns={"In": cells, "municipality": "187"})
    monkeypatch.setitem(sys.modules, "IPython", SimpleNamespace(get_ipython=lambda: shell))
    with pytest.raises(InputRefused, match="municipality") as refused:
        jobreport.load(language="en")
    assert "municipality_code" in refused.value.text("en")


@pytest.mark.slow
@pytest.mark.parametrize("name", [*VALUES, "municipality"])
def test_papermill_itself_changes_the_report_or_refuses(name, tmp_path):
    out = {key: tmp_path / f"{key}.ipynb" for key in ("plain", "changed")}
    value = VALUES.get(name, "187")
    given = ["-y", yaml.safe_dump({name: value})] if not isinstance(value, str) or not value else ["-r", name, value]
    done = {key: _papermill(path, given if key == "changed" else []) for key, path in out.items()}
    assert done["plain"].returncode == 0, done["plain"].stderr
    if done["changed"].returncode:
        assert "  Gør: " in done["changed"].stderr  # in the words of the command line
        assert name in {*REFUSED, *FILES_OF_OTHERS, "municipality"}
        return
    assert _shown(out["plain"]) != _shown(out["changed"])


def _papermill(out, words):
    command = [sys.executable, "-m", "papermill", "notebooks/report.ipynb", str(out), *words]
    return subprocess.run(command, cwd=PROJECT, env=os.environ, capture_output=True, encoding="utf-8", check=False)


def _shown(path):
    """What every cell gives: words for a person, and for the exporters what the PDF holds beside its pages."""
    cells = nbformat.read(path, as_version=4).cells
    data = [output.get("data", {}) for cell in cells if cell.cell_type == "code" for output in cell.outputs]
    return [each.get(kind) for each in data for kind in ("text/plain", tree.REPORT_MIME)]


@pytest.mark.parametrize("language", ["da", "en"])
def test_the_notebook_on_the_method_refuses_a_parameter_that_it_does_not_know(monkeypatch, language):
    cells = ['language: str = "da"', f"# Parameters\nlanguage = '{language}'\nlangauge = 'en'\n"]
    shell = SimpleNamespace(user_ns={"In": cells, "langauge": "en"})
    monkeypatch.setitem(sys.modules, "IPython", SimpleNamespace(get_ipython=lambda: shell))
    with pytest.raises(InputRefused, match="langauge") as refused:
        Lesson(language)
    assert refused.value.language == language
    shell.user_ns["In"] = cells[:1]
    assert Lesson(language).language == language
    with pytest.raises(InputRefused, match="tysk"):
        Lesson("tysk")
