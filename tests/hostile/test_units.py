"""Whoever holds the municipality's report and those of all its units knows no more than what each of them shows."""

from collections import defaultdict
from dataclasses import replace
from itertools import product

import numpy as np
import pytest
from scipy import stats

from jobreport.diagnostics.groups import beside_others
from jobreport.domain.released import COUNTRY, OTHERS, UNIT, around
from jobreport.estimate import measures
from jobreport.intake.checks.comments import WITH, WITHOUT
from jobreport.release import computation, disclosure, suppression
from jobreport.setup import codebook as codebooks
from jobreport.setup.codebook import DONT_KNOW, NOT_ANSWERED
from jobreport.setup.units import Unit
from tests.end_to_end import test_attacker as attacker
from tests.hostile.test_packages_together import country

HOME, NEXT = "183", "187"
NAMES = ("solbakken", "birkehoej", "engparken", "lilleskov", "moellegaarden")
WAVES = ("2022-2", "2023-1")
SIZES = (0.42, 0.27, 0.17, 0.09, 0.05)
THEMES = """
comments:
  wording: {da: "Andet?", en: "Anything else?"}
  themes: [{name: waiting, label: {da: Ventetid, en: Waiting}}, {name: tone, label: {da: Tone, en: Tone}}]
"""
UNITS = tuple(Unit(unit=name, label={"da": name, "en": name}, municipality_code=HOME) for name in NAMES)


def inputs_of(root, below=5, names=NAMES, asked=None):
    """Two municipalities, one of them with units of which the smallest have a handful of answers a wave."""
    inputs = country(root, (HOME, NEXT), asked=asked)
    drawn = np.random.default_rng(2).choice(len(NAMES), size=len(inputs.responses), p=SIZES)
    units = np.array([unit.code for unit in UNITS])[drawn]
    home = inputs.responses["municipality_code"].eq(HOME).to_numpy()
    rows = inputs.responses.assign(weight=1.0, **{UNIT: np.where(home, units, NEXT)})
    rows = rows[rows["wave"].isin(WAVES)].reset_index(drop=True)
    rows = rows.assign(wave=rows["wave"].cat.remove_unused_categories())
    asked, rows = commented(root, rows)
    inputs = replace(inputs, codebook=replace(inputs.codebook, comments=asked))
    rule = inputs.params.disclosure.model_copy(update={"suppress_below": below})
    kept = tuple(unit for unit in UNITS if unit.unit in names)
    chosen = inputs.params.model_copy(update={"units": kept, "events": (), "disclosure": rule})
    return replace(inputs, responses=rows, params=chosen)


def commented(root, rows):
    """The municipality with units has coded comments: of one answer in three, and a theme that few of them have."""
    book = root / "data" / "demo" / "codebook.yml"
    (root / "commented.yml").write_text(book.read_text(encoding="utf-8") + THEMES, encoding="utf-8")
    asked, draw = codebooks.read(root / "commented.yml").comments, np.random.default_rng(3)
    home, wrote = rows["municipality_code"].eq(HOME), draw.random(len(rows)) < 1 / 3
    told = {name: draw.random(len(rows)) < share for name, share in (("waiting", 0.4), ("tone", 0.04))}
    codes = {"comments": np.where(wrote, WITH, WITHOUT)}
    codes |= {name: np.where(wrote, np.where(about, WITH, WITHOUT), DONT_KNOW) for name, about in told.items()}
    return asked, rows.assign(**{name: np.where(home, each, NOT_ANSWERED) for name, each in codes.items()})


def reports_of(inputs):
    """What is given to the door for each report, and what comes out: the municipality's, and each unit's."""
    made = {}
    for unit in (None, *inputs.params.units):
        chosen = inputs.params if unit is None else inputs.params.of_unit(unit)
        given = {}

        def keep(estimates, given=given, **more):
            given |= {"estimates": estimates} if len(estimates) else {}
            return disclosure.release(estimates, **more)

        with pytest.MonkeyPatch.context() as patched:
            patched.setattr(computation, "release", keep)
            places = computation.municipalities_in(inputs)
            released = computation.compute(replace(inputs, params=chosen), places).released
        made[chosen.place] = (given["estimates"], released)
    return made


def own_rows(estimates, place):
    """Of a unit's report the unit's own rows; of the municipality's all."""
    return estimates[estimates["municipality_code"].eq(place)] if around(place) != COUNTRY else estimates


@pytest.fixture(
    scope="module",
    params=[
        pytest.param((5, (("satisfaction", "meaning"), 1, ("benefit_group", "gender"))), id="5"),
        pytest.param((5, None), id="5, all that the demo asks", marks=pytest.mark.dear),
        pytest.param((8, None), id="8, all that the demo asks", marks=pytest.mark.slow),
    ],
)
def reports(request, tmp_path_factory):
    below, asked = request.param
    inputs = inputs_of(tmp_path_factory.mktemp("units"), below, asked=asked)
    return below, reports_of(inputs), inputs


def attack(reports):
    """Narrowest range of any hidden number of answers, with all reports side by side; and how many are hidden."""
    truth, known = defaultdict(dict), defaultdict(dict)
    for place, (given, released) in reports.items():
        for found, estimates in ((truth, given), (known, released.estimates)):
            for key, of in attacker.counts(own_rows(estimates, place)).items():
                found[key] |= of
    asked = [key for key in truth if attacker._attacked(*key)]
    widths = [attacker.narrowest(truth[key], known[key], ()) for key in asked]
    return min(widths), sum(len(truth[key]) - len(known[key]) for key in asked)


def test_no_hidden_number_is_bounded_tighter_than_the_threshold_by_all_reports_together(reports):
    below, made, _ = reports
    found, unknown = attack(made)
    assert unknown > 40
    assert found >= below


ABOUT = ("comments", "waiting", "tone")


def of_comments(inputs):
    """(round, what a comment is about) to the answers of the municipality and of each unit, as they are."""
    truth = defaultdict(dict)
    people = inputs.responses[inputs.responses["municipality_code"].eq(HOME)]
    places = [(HOME, people), *((unit.code, people[people[UNIT].eq(unit.code)]) for unit in inputs.params.units)]
    for wave, name in product(WAVES, ABOUT):
        for place, of in places:
            own = of[of["wave"].eq(wave)]
            told, whose = own[name], (place, "", "")
            boxes = {"positive": told.eq(WITH).sum(), "negative": told.eq(WITHOUT).sum(), "neutral": 0}
            of_all = {"n": told.isin((WITH, WITHOUT)).sum(), "answered": len(own)}
            truth[wave, name] |= {(whose, key): int(count) for key, count in (boxes | of_all).items()}
    return truth


def test_all_reports_together_bound_no_comment_of_a_unit(reports):
    """The municipality tells its comments, no unit does, and how many answered in each unit is known."""
    below, made, inputs = reports
    known, answered = defaultdict(dict), {}
    for place, (_, released) in made.items():
        rows = released.estimates
        assert set(rows.loc[rows["indicator"].isin(ABOUT), "municipality_code"]) == ({HOME} if place == HOME else set())
        for (wave, name), of in attacker.counts(own_rows(rows, place)).items():
            known[wave, name] |= of if name in ABOUT else {}
            answered |= {(wave, count): n for count, n in of.items() if count[1] == "answered"}
    for (wave, name), truth in of_comments(inputs).items():
        seen = known[wave, name] | {count: n for (of, count), n in answered.items() if of == wave and count in truth}
        assert attacker.narrowest(truth, seen, ()) >= below
    hidden = made[HOME][1].estimates.query("indicator == 'tone'")
    assert len(hidden) == 2 * len(WAVES)


@pytest.mark.slow
def test_units_that_only_their_own_report_hides_are_given_away(tmp_path_factory, monkeypatch):
    """The attack finds them where what is few is hidden and nothing beside it."""
    monkeypatch.setattr(suppression, "_protect", lambda _sums, hidden, *_: hidden)
    found, unknown = attack(reports_of(inputs_of(tmp_path_factory.mktemp("few"))))
    assert unknown > 0
    assert found < 5


def test_the_others_are_shown_only_where_the_unit_and_the_municipality_are(reports):
    below, made, _ = reports
    key = ["indicator", "measure", "category", "wave"]
    whole = made[HOME][1].estimates.query("municipality_code == @HOME and group_by == ''").set_index(key)["n"]
    for place, (_, released) in made.items():
        rows = released.estimates[released.estimates["group_by"].eq("")]
        others = rows[rows["municipality_code"].eq(OTHERS)].set_index(key)["n"].dropna()
        own = rows[rows["municipality_code"].eq(place)].set_index(key)["n"]
        if around(place) == HOME:
            assert (others + own.reindex(others.index) == whole.reindex(others.index)).all()
            assert (others >= below).all()
        assert not released.estimates.query("municipality_code == @OTHERS and group_by != ''")["n"].notna().any()


def test_a_unit_report_names_no_other_unit_and_no_number_of_fewer_than_may_be_shown(reports):
    below, made, _ = reports
    for place, (_, released) in made.items():
        if around(place) == COUNTRY:
            continue
        for table in (released.estimates, released.changes, released.diagnostics):
            codes = set(table["municipality_code"])
            assert codes <= {place, OTHERS} | ({COUNTRY} if table is released.diagnostics else set())
        shown = released.estimates[released.estimates["estimate"].notna()]
        assert (shown["n"] >= below).all()


def test_the_words_of_an_event_are_never_said_of_a_unit(reports):
    _, made, _ = reports
    for place, (_, released) in made.items():
        if around(place) != COUNTRY:
            assert not released.changes["method"].isin(("effect", "specification")).any()
            assert (released.changes["event"] == "").all()


def test_the_difference_from_the_others_is_that_of_the_answers_with_welch_interval(reports):
    """By pandas and scipy from the raw answers, in the largest unit."""
    _, made, inputs = reports
    headlines = [measures.headline(indicator) for indicator in inputs.codebook.indicators]
    given = made[UNITS[0].code][0]
    rows = {(row["indicator"], row["wave"]): row for row in beside_others(given, headlines, UNITS[0].code)}
    answers = inputs.responses[inputs.responses["municipality_code"].eq(HOME) & inputs.responses["satisfaction"].gt(0)]
    for wave in WAVES:
        here = answers[answers["wave"].eq(wave)]
        own = here[UNIT].eq(UNITS[0].code)
        positive = here["satisfaction"].ge(4).astype(float)
        test = stats.ttest_ind(positive[own], positive[~own], equal_var=False)
        row, interval = rows["satisfaction", wave], test.confidence_interval()
        assert row["value"] == pytest.approx(positive[own].mean() - positive[~own].mean())
        assert [row["ci_low"], row["ci_high"]] == pytest.approx([interval.low, interval.high], abs=0.005)
        assert row["p_value"] == pytest.approx(test.pvalue, abs=0.01)
        assert row["p_adjusted"] >= row["p_value"]
        assert row["n"] == len(here)


def test_the_difference_is_shown_where_the_others_are(reports):
    _, made, _ = reports
    for place, (_, released) in made.items():
        if around(place) == HOME:
            rows = released.diagnostics.query("diagnostic == 'beside_others' and indicator == 'satisfaction'")
            others = released.estimates.query("municipality_code == @OTHERS and indicator == 'satisfaction'")
            shown = set(others.loc[others["estimate"].notna(), "wave"])
            assert set(rows.loc[rows["value"].notna(), "wave"]) <= shown
