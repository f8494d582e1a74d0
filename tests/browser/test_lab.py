"""JupyterLab in a browser: notebooks run from the top, and a choice changes the figure."""

import pytest

from jobreport.make import single

pytestmark = pytest.mark.browser


def test_explore_runs_and_a_menu_changes_the_figure(drive, lab):
    address, root = lab
    found = drive("lab.mjs", url=address("explore.ipynb"), name="explore", choose=["Kommune", "København"])
    assert found["errors_shown"] == []
    assert found["changed"]
    assert (root / "outputs" / "explore" / "report.pdf").is_file()


def test_the_report_runs(drive, lab):
    found = drive("lab.mjs", url=lab[0]("report.ipynb"), name="report")
    assert found["errors_shown"] == []


def test_lab_exports_the_bytes_of_run(drive, lab, tmp_path):
    address, root = lab
    made = single.run(root / "params" / "ishoej.yml", root / "outputs" / "ishoej", "da", lambda said: None)
    asked = {"name": "exported", "export": "Jobreport_pdf", "exported": str(tmp_path / "report.pdf")}
    found = drive("lab.mjs", url=address("report.ipynb"), **asked)
    assert found["exported"] == "report.pdf"
    assert (tmp_path / "report.pdf").read_bytes() == (made / "report.pdf").read_bytes()


def test_an_exception_is_seen(drive, lab):
    address, root = lab
    (root / "notebooks" / "fails.ipynb").write_text(
        (root / "notebooks" / "overview.ipynb").read_text(encoding="utf-8").replace("import jobreport", "1 / 0"),
        encoding="utf-8",
    )
    found = drive("lab.mjs", url=address("fails.ipynb"), name="fails")
    assert "ZeroDivisionError" in found["errors_shown"][0]


def test_outputs_are_hidden_and_notebooks_shown(drive, lab):
    found = drive("files.mjs", url=lab[0]("report.ipynb"))
    assert "explore.ipynb" in found["notebooks"]
    assert {"params", "data", "notebooks"} <= set(found["project"])
    assert {"outputs", "server.log"} & set(found["project"]) <= {"server.log"}
