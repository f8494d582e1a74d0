"""Somebody else's finished folder, made to attack whoever verifies or explains it."""

import json

import nbformat
import pytest

from jobreport.make.explain import explain
from jobreport.make.verify import folder as verify
from jobreport.make.verify import pdf
from jobreport.page import tree
from tests.hostile.refusals import outcome

PARAMS = {"name": "x", "language": "da", "municipality_code": "183", "report_date": "2024-01-01"}
RIGHT = {"params": PARAMS, "outputs": {}, "inputs": []}
MANIFESTS = {
    "empty": b"",
    "half": b"{",
    "not text": b"\xff\xfe\x00",
    "deep": b"[" * 100_000,
    "list": b"[]",
    "null": b"null",
    "number": b"1e999",
    "nothing in it": b"{}",
    "params text": RIGHT | {"params": "x"},
    "params null": RIGHT | {"params": None},
    "params without language": RIGHT | {"params": {"name": "x"}},
    "language traversal": RIGHT | {"params": PARAMS | {"language": "../../x"}},
    "name number": RIGHT | {"params": PARAMS | {"name": 1}},
    "outputs list": RIGHT | {"outputs": []},
    "outputs null": RIGHT | {"outputs": None},
    "outputs numbers": RIGHT | {"outputs": {"report.pdf": 1}},
    "inputs number": RIGHT | {"inputs": 5},
    "inputs texts": RIGHT | {"inputs": ["x"]},
    "inputs incomplete": RIGHT | {"inputs": [{"file": "x"}]},
}
MATTER = {"title": "X", "language": "da", "date": "2024-12-31", "simulated": False}


def written(folder, manifest, cell=None):
    content = manifest if isinstance(manifest, bytes) else json.dumps(manifest).encode()
    (folder / "manifest.json").write_bytes(content)
    number = {"node": "Number", "text": "1"} | (cell or {"table": "estimates", "row": "a", "column": "n"})
    carried = {"version": tree.VERSION, "tree": {"node": "Paragraph", "parts": [number], "kind": "body"}}
    shown = nbformat.v4.new_code_cell("x", outputs=[nbformat.v4.new_output("display_data", data={tree.MIME: carried})])
    nbformat.write(nbformat.v4.new_notebook(cells=[shown], metadata={"jobreport": MATTER}), folder / "report.ipynb")
    return folder


@pytest.mark.parametrize("name", MANIFESTS)
def test_a_hostile_manifest_is_refused(name, tmp_path):
    published = written(tmp_path, MANIFESTS[name])
    assert outcome(lambda: verify(published)) == ["manifest_unreadable"]
    assert outcome(lambda: explain(published, "1")) == ["manifest_unreadable"]


@pytest.mark.parametrize("path", ["/etc/passwd", "../../x.csv", "C:\\x.csv"])
def test_params_of_a_manifest_stay_in_the_project_folder(path, tmp_path):
    (tmp_path / "params").mkdir()
    published = tmp_path / "outputs" / "x"
    published.mkdir(parents=True)
    written(published, RIGHT | {"params": PARAMS | {"benchmarks": path}})
    assert outcome(lambda: verify(published)) == ["file_outside"]


def test_a_pdf_that_is_none_is_refused(tmp_path):
    (tmp_path / "report.pdf").write_bytes(b"%PDF-1.7\n")
    assert outcome(lambda: pdf(tmp_path / "report.pdf", tmp_path / "x.yml")) == ["pdf_without_facts"]


@pytest.mark.parametrize(
    "cell",
    [
        {"table": "../secret", "row": "a|b", "column": "value"},
        {"table": "/etc/passwd", "row": "", "column": ""},
        {"text": ["1"]},
    ],
)
def test_a_number_of_no_table_is_no_number(cell, tmp_path):
    published = written(tmp_path, RIGHT, {"table": "estimates", "row": "a", "column": "n"} | cell)
    assert outcome(lambda: explain(published, "1")) == ["notebook_without_tree"]


@pytest.mark.parametrize(
    "cell",
    [
        {"table": "estimates", "row": "a", "column": "{0.__class__}"},
        {"table": "estimates", "row": "|" * 500, "column": "estimate"},
        {"table": "changes", "row": "__class__", "column": "\x1b[2J"},
    ],
)
def test_a_page_cannot_make_explain_read_other_files_or_move_the_cursor(cell, tmp_path):
    inside = tmp_path / "outputs"
    inside.mkdir()
    (tmp_path / "secret.csv").write_text("indicator,value\na,hemmeligt\n", encoding="utf-8")
    (inside / "estimates.csv").write_bytes(b"\x00\xff,\n")
    said = explain(written(inside, RIGHT, cell), "1")
    assert "hemmeligt" not in said
    assert all(c.isprintable() or c == "\n" for c in said)
