"""The national overview: every number belongs to a cell, nothing is ordered by value, both profiles pass."""

import json
import re
from io import BytesIO
from pathlib import Path

import pandas as pd
import pikepdf
import pypdf
import pytest

from jobreport.domain import municipalities
from jobreport.domain.rules import PRINTED
from jobreport.export.bound import Cells
from jobreport.intake import checks
from jobreport.make import explain, writing
from jobreport.page import Figure, KeyFigures, Table, plain
from jobreport.release import computation
from jobreport.report import results
from jobreport.report.overview import Overview
from jobreport.report.study import Study
from jobreport.setup import params
from tests.pages import audit_html, audit_pdf
from tests.unit.figures.test_narrow import SMALLEST, smallest_letters

PROJECT = Path(__file__).parents[2]


@pytest.fixture(scope="module")
def demo():
    """What the demonstration's computation gives an overview, in Danish."""
    chosen = params.read(PROJECT / "params" / "demo.yml")
    own = {"name": "overview", "title": {"da": "Landsoversigt", "en": "National overview"}, "benchmarks": None}
    inputs = checks.read_inputs(chosen.model_copy(update=own))
    return inputs, computation.compute(inputs, computation.focus(inputs.params))


def _results(demo, language):
    inputs, computed = demo
    chosen = inputs.params.model_copy(update={"language": language})
    return results.select(computed, checks.Context(chosen, inputs.codebook, None, None))


@pytest.fixture(scope="module", params=["da", "en"])
def finished(request, demo, tmp_path_factory):
    """The overview, made as a batch makes it."""
    found = _results(demo, request.param)
    folder = tmp_path_factory.mktemp("overview") / request.param
    return writing.write(found, folder, lambda _: None, notebook="overview.ipynb"), found


def _cells(folder, found):
    tables = {name: getattr(found.released, name) for name in results.TABLES}
    with pikepdf.open(BytesIO((folder / "report.pdf").read_bytes())) as pdf:
        facts = json.loads(pdf.attachments["inputs.json"].get_file().read_bytes())
    notebook = json.loads((folder / "report.ipynb").read_text(encoding="utf-8"))
    return Cells.of(tables, found.params.to_plain() | {"facts": facts}, PRINTED, notebook["metadata"]["jobreport"])


@pytest.mark.slow
def test_no_number_of_the_overview_stands_alone(finished):
    folder, found = finished
    cells, language = _cells(folder, found), found.params.language
    assert audit_pdf((folder / "report.pdf").read_bytes(), cells, language) == []
    assert audit_html((folder / "report.html").read_text(encoding="utf-8"), cells, language) == []


@pytest.mark.verapdf
def test_the_overview_passes_both_profiles(finished, verapdf):
    folder, _ = finished
    verdicts, said = verapdf(folder / "report.pdf")
    assert set(verdicts.values()) == {"PASS"}, said


def _places(shown):
    places = sorted(municipalities.all_municipalities(), key=lambda one: (one.region, one.name))
    return [one.name for one in places if one.name in shown]


@pytest.mark.slow
def test_municipalities_stand_by_region_and_name_whatever_their_level(demo):
    overview = Overview.of_study(Study(_results(demo, "da")))
    table = next(part for part in overview.checks("satisfaction").leaves() if isinstance(part, Table))
    shown = [row[0][0] for row in table.rows]
    (drawn,) = (part for part in overview.levels("satisfaction").leaves() if isinstance(part, Figure))
    read = re.findall(r"([A-ZÆØÅ][^,(]*?) [\d[]", plain(drawn.alt).replace(" og ", ", "))
    assert shown == _places(shown) == [name for name in read if name in shown]
    assert len(shown) == 44


@pytest.mark.slow
def test_numbers_stand_on_the_first_page_and_an_indicator_has_a_page_with_everybody_on_one_axis(finished):
    folder, found = finished
    pages = [said(page.extract_text()) for page in pypdf.PdfReader(folder / "report.pdf").pages]
    overview = Overview.of_study(Study(found))
    cards = [item for band in overview.front().leaves() if isinstance(band, KeyFigures) for item in band.items]
    assert [
        item for item in cards if said(plain(item.label)) not in pages[0] or said(plain(item.parts)) not in pages[0]
    ] == []
    assert [plain(item.label) for item in cards] == [overview.indicator(one.name) for one in found.codebook.indicators]
    everybody = _places({overview.municipality(code) for code in found.released.estimates["municipality_code"]})
    assert len(everybody) == 44
    for place, one in enumerate(found.codebook.indicators, start=1):
        assert said(overview.indicator(one.name)) in pages[place]
        assert [name for name in everybody if name not in pages[place]] == []


def said(text):
    return " ".join(text.split())


@pytest.mark.slow
def test_letters_of_its_figures_are_twelve_pixels_high_on_a_telephone(finished):
    folder, found = finished
    leaves = explain.document_of(folder, found.params.language).leaves()
    narrow = {leaf.key: leaf.narrow for leaf in leaves if isinstance(leaf, Figure)}
    assert {key for key, drawn in narrow.items() if not drawn} == {key for key in narrow if key.startswith("map-")}
    low = {key: smallest_letters(drawn) for key, drawn in narrow.items() if drawn}
    assert min(low.values()) >= SMALLEST, low


@pytest.mark.slow
def test_what_is_hidden_is_named_and_shows_no_number(demo):
    found = _results(demo, "da")
    secret = found.released.estimates.copy()
    hidden = secret["municipality_code"].eq("461") & secret["indicator"].eq("satisfaction")
    secret.loc[hidden, ["estimate", "ci_low", "ci_high", "standard_error", "n_effective"]] = float("nan")
    secret.loc[hidden, ["n", "n_answered", "n_invited"]] = pd.NA
    secret.loc[hidden, "flag"] = "suppressed"
    released = results.Released(secret, found.released.changes, found.released.diagnostics, found.released.rule)
    study = Study(results.Results(found.params, found.codebook, released, None, None, found.facts))
    overview = Overview.of_study(study)
    assert "et, der er skjult: Odense" in "\n".join(overview.not_compared().lines())
    (drawn,) = (part for part in overview.levels("satisfaction").leaves() if isinstance(part, Figure))
    assert "Odense: fortroligt" in plain(drawn.alt)
    assert ">[f]<" in drawn.svg
