"""What other packages add by entry points is found, told of in the report, and never takes the place of our own."""

import json
import sys
import tomllib
from pathlib import Path

import pytest
import yaml
from typer.testing import CliRunner

from jobreport.desk import cli
from jobreport.errors import InputRefused
from jobreport.intake.formats.tables import read_table
from jobreport.report import results
from jobreport.setup import codebook, plugins

PROJECT = Path(__file__).parents[3]
MODULE = """
import pandas as pd
from jobreport.intake.formats.tables import RawTable

def read_lines(data, where):
    head, *lines = data.decode("utf-8").split()
    return RawTable(pd.DataFrame({head: lines}), where, "one answer a line")

def vive():
    return "subject: {da: Jobcentret}"

def to_names(folder, to=None, language=None):
    to.write_text(", ".join(sorted(path.name for path in folder.iterdir())))
    return to
"""
ENTRIES = """
[jobreport.readers]
lines = statlab:read_lines
sav = statlab:read_lines
gone = statlab:nothing

[jobreport.codebooks]
vive = statlab:vive

[jobreport.exporters]
names = statlab:to_names
"""


@pytest.fixture(autouse=True)
def statlab(tmp_path, monkeypatch):
    """Another package, installed in the same environment."""
    about = tmp_path / "site" / "statlab-1.2.dist-info"
    about.mkdir(parents=True)
    (about / "METADATA").write_text("Metadata-Version: 2.1\nName: statlab\nVersion: 1.2\n", encoding="utf-8")
    (about / "entry_points.txt").write_text(ENTRIES, encoding="utf-8")
    (tmp_path / "site" / "statlab.py").write_text(MODULE, encoding="utf-8")
    monkeypatch.syspath_prepend(tmp_path / "site")
    plugins.found.cache_clear()
    yield
    plugins.found.cache_clear()
    sys.modules.pop("statlab", None)


def test_our_own_are_registered_as_everybody_elses():
    registered = tomllib.loads((PROJECT / "pyproject.toml").read_text(encoding="utf-8"))["project"]["entry-points"]
    assert {group: registered[group] for group in plugins.OWN} == {key: dict(each) for key, each in plugins.OWN.items()}
    for group, own in plugins.OWN.items():
        assert all(callable(plugins.named(group, name, "x")) for name in own)


def test_a_reader_of_another_package_reads_and_the_report_says_so(tmp_path):
    (tmp_path / "svar.lines").write_text("tilfreds ja nej ja", encoding="utf-8")
    read = read_table(tmp_path / "svar.lines", "svar.lines")
    assert (read.frame["tilfreds"].tolist(), read.form) == (["ja", "nej", "ja"], "one answer a line")
    assert results._readers("data/svar.lines") == {"lines": "statlab 1.2"}
    assert results._readers("svar.sav") == {}


def test_our_own_readers_cannot_be_replaced(tmp_path):
    (tmp_path / "svar.sav").write_text("tilfreds ja", encoding="utf-8")
    with pytest.raises(InputRefused, match=r"svar\.sav"):
        read_table(tmp_path / "svar.sav", "svar.sav")


@pytest.mark.parametrize(("name", "said"), [("gone", "statlab:nothing"), ("nowhere", "lines")])
def test_what_is_not_there_is_refused_with_what_there_is(name, said):
    with pytest.raises(InputRefused, match=said):
        plugins.named(plugins.READERS, name, "svar")


def test_an_unknown_ending_names_those_that_others_read(tmp_path):
    (tmp_path / "svar.doc").write_text("x", encoding="utf-8")
    with pytest.raises(InputRefused, match=r"\.lines"):
        read_table(tmp_path / "svar.doc", "svar.doc")


def test_codebooks_are_listed_and_shown():
    typed = CliRunner().invoke
    assert typed(cli.app, ["codebook"]).stdout.split() == ["btu", "kl", "lup", "plejehjem", "vive"]
    assert yaml.safe_load(typed(cli.app, ["codebook", "vive"]).stdout) == {"subject": {"da": "Jobcentret"}}
    for name in plugins.OWN[plugins.CODEBOOKS]:
        shown = typed(cli.app, ["codebook", name]).stdout
        assert codebook.load(shown.encode(), name)[1] == []
    assert typed(cli.app, ["codebook", "nowhere"]).exit_code


def test_a_finished_report_is_written_in_the_form_of_another_package(tmp_path):
    (tmp_path / "outputs").mkdir()
    (tmp_path / "outputs" / "manifest.json").write_text(json.dumps({}), encoding="utf-8")
    to = tmp_path / "names.txt"
    done = CliRunner().invoke(cli.app, ["export", str(tmp_path / "outputs"), "names", "--to", str(to)])
    assert (done.exit_code, to.read_text(encoding="utf-8")) == (0, "manifest.json")
    assert CliRunner().invoke(cli.app, ["export", str(tmp_path), "odt"]).exit_code
