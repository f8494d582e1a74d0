"""A report on official figures alone says whose it is: its own municipality's path, change and place, no other's."""

import dataclasses
import re
from functools import cache

import pytest

from jobreport.domain import municipalities
from jobreport.errors import InputRefused
from jobreport.intake import checks
from jobreport.make.batch import jobs
from jobreport.prepare import check
from jobreport.release import computation
from jobreport.report.results import select
from jobreport.report.study import Study
from jobreport.setup import params

SERIES = "unemployment"
pytestmark = pytest.mark.usefixtures("computed_once", "undrawn")


@pytest.fixture(scope="module")
def ishoej(request):
    return params.read(request.config.rootpath / "params" / "ishoej.yml")


@pytest.fixture(scope="module")
def computed(ishoej):
    inputs = checks.read_inputs(ishoej)
    return computation.compute(inputs, computation.municipalities_in(inputs))


def report_on(code, ishoej, computed, language="da"):
    own = jobs.for_municipality(ishoej, code).model_copy(update={"language": language, "title": None})
    return Study(select(computed, dataclasses.replace(context_of(ishoej.root), params=own)))


@cache
def context_of(root):
    """What all municipalities' reports have around them: the same published figures and claims."""
    return checks.read_context(params.read(root / "params" / "ishoej.yml"))


def said(block):
    return " ".join(block.lines())


SOME = ("101", "183", "187", "461", "492", "741", "825")


@pytest.mark.parametrize("of", [pytest.param(SOME, id="some"), pytest.param(None, marks=pytest.mark.slow, id="all")])
@pytest.mark.dear
def test_every_municipality_in_the_file_gets_a_report_that_says_whose_it_is(ishoej, computed, of):
    assert len(computed.municipalities) == 98
    front = {}
    for code in of or computed.municipalities:
        study = report_on(code, ishoej, computed)
        name = municipalities.name(code)
        front[code] = said(study.front())
        assert name in front[code], code
        touched = code in ("183", "187")
        assert ("effekt" in front[code].lower()) <= (code == "183"), code
        assert (f"{name} var ikke med" in front[code]) is not touched
        for other in ("Ishøj", "Vallensbæk"):
            whole = front[code].replace(study.writer.texts.of(ishoej.events[0].label), "")
            whole = re.sub(r"og Ishøj højest", "", whole)  # the alt text of the picture names extremes
            assert touched or other not in whole, (code, other)
    assert len(set(front.values())) == len(front) == len(of or computed.municipalities)


@pytest.mark.parametrize("code", ["101", "187", "461", "825"])
@pytest.mark.parametrize("language", ["da", "en"])
def test_pictures_and_tables_are_of_the_municipality_itself(code, language, ishoej, computed):
    study = report_on(code, ishoej, computed, language)
    name = municipalities.name(code, language)
    for section in (study.register, study.register_event):
        told = said(section()).replace("Ishøj højest", "").replace("Ishøj highest", "")  # the alt text names extremes
        assert name in told or not told  # all of it stands in the main part already
        assert code == "187" or "Ishøj" not in told
        assert "effekt" not in told.lower().replace("effektiv", "")


def test_the_report_of_the_municipality_it_happened_in_names_the_other_that_was_touched(ishoej, computed):
    told = said(report_on("183", ishoej, computed).register_event())
    assert "Vallensbæk blev selv berørt" in told
    assert "Ishøj: " in told


@pytest.mark.dear
def test_a_municipality_without_figures_is_refused_by_name_in_check_and_run(ishoej, tmp_path):
    register = (ishoej.root / ishoej.registers[0].file).read_text(encoding="utf-8")
    cut = "".join(line for line in register.splitlines(keepends=True) if not line.startswith("825,"))
    (tmp_path / "cut.csv").write_text(cut, encoding="utf-8")
    plain = ishoej.to_plain() | {"municipality_code": "825", "benchmarks": None, "claims": None, "jobcentres": None}
    plain["registers"] = [plain["registers"][0] | {"file": "cut.csv"}]
    with pytest.raises(InputRefused, match=r"Læsø \(825\)") as refused:
        checks.read_inputs(params.from_mapping(plain, tmp_path))
    assert "municipality_without_figures" in [problem.key for problem in refused.value.problems]
    assert check.check(ishoej.root / "params" / "ishoej.yml")


def test_a_title_is_followed_by_whose_report_it_is_and_gives_way_where_it_names_another(ishoej, computed):
    titled = "Ishøj efter det fælles jobcenter"
    covers = {
        "183": (titled, "Ishøj forlader"),
        "187": (titled, "Vallensbæk: Ishøj forlader"),
        "461": ("Odense: hvad de officielle tal viser", ""),
    }
    for code, (title, subtitle) in covers.items():
        own = ishoej.model_copy(update={"municipality_code": code})
        matter = Study(select(computed, checks.read_context(own))).front_matter()
        assert matter["title"] == title
        assert matter["subtitle"].startswith(subtitle)


@pytest.mark.parametrize(
    ("language", "here", "elsewhere"),
    [
        ("da", "Officielle tal før og efter", "Officielle tal"),
        ("en", "Official figures before and after", "Official figures"),
    ],
)
def test_the_heading_of_the_official_figures_speaks_of_no_event_that_happened_elsewhere(
    language, here, elsewhere, ishoej, computed
):
    for code, heading in (("183", here), ("187", here), ("461", elsewhere)):
        study = report_on(code, ishoej, computed, language)
        assert next(study.register().lines()) == f"# {heading}"
        assert study.heading_above("register-event") == heading


def test_a_series_is_called_what_the_params_call_it_whatever_its_key_is(ishoej, computed):
    own = ishoej.registers[0].model_copy(
        update={"label": {"da": "Sygedagpenge"}, "in_sentence": None, "source": {"da": "Egen opgørelse"}}
    )
    named = ishoej.model_copy(update={"registers": (own,)})
    study = report_on("183", named, computed)
    told = said(study.front()) + said(study.register()) + said(study.register_event())
    assert "Sygedagpenge i alle kommuner" in told
    assert "»Sygedagpenge«" in told
    assert "ledighed" not in told.lower().replace("ledigheden svinger", "")
