"""Everything that R's survey package can compute too, to ten digits.

Inputs and results are made by reference.R (R 4.2.2, survey 4.1-1; versions.txt) and committed. Where R is
not the truth the tests say so: at 0 and 100 per cent its interval is NaN and its standard error 0, and of one
respondent it gives a variance of 0. Its intervals are equal where weights may narrow them, and ours hold them, because
here they may not (`estimators.share_interval`); so are its variances after calibration where they are divided by
n - 1, and ours larger, because here the rank of the margins is taken from n (`Calibration.widening`).
"""

from functools import cache
from itertools import product
from pathlib import Path

import numpy as np
import pandas as pd
import pytest

from jobreport.compare.levels import window_estimates
from jobreport.compare.mix import split
from jobreport.compare.panel import Window
from jobreport.compare.survey import survey_changes
from jobreport.diagnostics.design import rao_scott
from jobreport.diagnostics.drivers import correlation, regression
from jobreport.diagnostics.funnel import standardised
from jobreport.diagnostics.groups import _of_mean
from jobreport.diagnostics.reliability import coefficients
from jobreport.estimate import indicators
from jobreport.estimate.domains import WaveEstimates
from jobreport.estimate.estimators import Estimates, mean_interval, share_interval
from jobreport.estimate.measures import all_measures
from jobreport.estimate.sample import REPLICATE, Sample
from jobreport.estimate.tally import Tallies
from jobreport.estimate.weights import Calibration, calibrate
from jobreport.setup.codebook import Indicator, Question, Scale
from jobreport.setup.params_model import Replicates
from tests.estimates import estimate
from tests.events import event

HERE = Path(__file__).parent
TIGHT = {"rtol": 1e-10, "atol": 1e-12}
SCALE = Scale("grad", {"da": ("a", "b", "c", "d", "e")}, 2, 2)
UNSURE = {"da": ("ved ikke",)}
ITEMS = ("q1", "q2", "q3")
INDICATORS = (
    Indicator("q1", {}, (Question("q1", {}, SCALE, UNSURE),)),
    Indicator("trust", {}, tuple(Question(item, {}, SCALE, UNSURE) for item in ITEMS)),
)
MEASURES = {  # name in reference.csv -> indicator, measure, category
    "positive": ("q1", "share", "positive"),
    "mean": ("q1", "mean", ""),
    "unsure": ("q1", "dont_know", ""),
    "index": ("trust", "index", ""),
}
LOWEST = {"positive": 0.0, "unsure": 0.0, "mean": 1.0, "index": 0.0}
HIGHEST = {"positive": 1.0, "unsure": 1.0, "mean": 5.0, "index": 100.0}
BIG = ("a", "b", "c")
WINDOWS = {"1>2": ((0,), (1,)), "2>3": ((1,), (2,)), "12>34": ((0, 1), (2, 3))}


@cache
def kept(name):
    return pd.read_csv(HERE / name, dtype={"m": str, "wave": str, "group": str}, na_values=[""])


def read(name):
    return kept(name).copy()


@pytest.fixture(scope="module")
def reference():
    table = read("reference.csv")
    return table.fillna({"m": "", "wave": "", "group": "", "measure": ""})


def people(which=None, respondent=None, **columns):
    """The made-up respondents as `responses`; ``columns`` have other names in them."""
    frame = read("people.csv").rename(columns={"m": "municipality_code", "w": "weight"})
    frame = frame if which is None else frame[frame["municipality_code"].isin(which)]
    frame = frame.reset_index(drop=True)
    for column in ("municipality_code", "wave", "g", "h"):
        frame[column] = frame[column].astype("category")
    if respondent:
        frame["respondent_id"] = frame[respondent]
    for name, column in columns.items():
        frame[name] = frame[column]
    return frame.astype(dict.fromkeys(ITEMS, "int8"))


def margins(by):
    """Known numbers of persons by stratum and one column."""
    known = read("margins.csv").rename(columns={"m": "municipality_code", by: "group"})
    sums = known.groupby(["municipality_code", "wave", "group"], as_index=False)["count"].sum()
    return sums.assign(group_by=by)


def calibrated(how, respondent=None):
    frame = people(BIG, respondent)
    known = margins("g") if how == "poststratify" else pd.concat([margins("g"), margins("h")])
    return calibrate(frame, known, how, smallest=0)


def found_rows(table):
    """Rows of `estimates` by the keys of reference.csv."""
    names = {key: name for name, key in MEASURES.items()}
    keys = zip(table["indicator"], table["measure"], table["category"], strict=True)
    named = table.assign(name=[names.get(key, "") for key in keys])
    named = named[(named["name"] != "") & named["group_by"].isin(["", "g"])]
    # (of several items the index stands under the indicator and under each item)
    return named.set_index(["municipality_code", "wave", "group", "name"])


def estimates_of(frame, calibration=None, population=None):
    tallies = Tallies(Sample(frame, calibration, population), ("g",))
    first, trust = (of_tallies(tallies, asked) for asked in (INDICATORS[:1], INDICATORS[1:]))
    return found_rows(first), found_rows(trust.query("indicator == 'trust'"))


def of_tallies(tallies, asked):
    return indicators.estimate(tallies, all_measures(asked), simulated=True, names={})


@pytest.fixture
def fitted_as_in_r(monkeypatch):
    """Variances after calibration that are divided by n - 1, whatever was fitted."""
    monkeypatch.setattr(Calibration, "widening", property(lambda self: np.ones(len(self.margins[0].target))))


def interval_of_r(ours, row):
    """The interval with an effective number that no weight has narrowed."""
    numbers = (ours["estimate"], ours["standard_error"] ** 2, ours["n"], np.inf, row.df, 0.0, np.inf)
    found = Estimates(*(np.array([float(number)]) for number in numbers))
    share, ends = row.measure in ("positive", "unsure"), (LOWEST[row.measure], HIGHEST[row.measure])
    return np.ravel(share_interval(found) if share else mean_interval(found, *ends))


def compare_estimates(reference, case, found, *, skip=()):
    """Hold every row of a case to what was found; returns how many numbers were compared."""
    compared = 0
    for row in reference[reference["case"] == case].itertuples():
        table = found[1] if row.measure == "index" else found[0]
        ours = table.loc[(row.m, row.wave, row.group, row.measure)]
        assert ours["n"] == row.n
        np.testing.assert_allclose(ours["estimate"], row.estimate, **TIGHT)
        compared += 1
        if row.se > 1e-12:
            np.testing.assert_allclose(ours["standard_error"], row.se, **TIGHT)
        else:  # R says 0 where nobody differs; nothing is known then
            assert np.isnan(ours["standard_error"])
            assert "no_variation" in ours["reason"]
        if np.isnan(row.low) or row.se <= 1e-12 or row.m in skip:
            continue
        if row.df == 1 and row.measure in ("mean", "index"):  # R lets the mean of two respondents lie anywhere
            continue
        np.testing.assert_allclose(interval_of_r(ours, row), (row.low, row.high), **TIGHT)
        assert ours["ci_low"] <= row.low + 1e-12
        assert ours["ci_high"] >= row.high - 1e-12
        compared += 2
    return compared


@pytest.mark.dear
def test_estimates_and_their_intervals(reference):
    found = estimates_of(people())
    assert compare_estimates(reference, "estimate", found, skip=("x", "000")) > 600


def drawn_of_so_many():
    """Respondents who are a random sample of so many in every municipality and wave."""
    frame = people(("a", "b", "c", "d"))
    return frame, read("totals.csv")["total"].to_numpy(float).reshape(4, 4)


@pytest.mark.dear
def test_a_sample_of_few_persons_is_surer_of_them(reference):
    """R's fpc; of c nearly everybody was drawn. The country has all four, in every wave."""
    frame, population = drawn_of_so_many()
    assert compare_estimates(reference, "finite", estimates_of(frame, population=population)) > 500


OWN = {
    "clusters": {"cluster": "team"},
    "parts": {"stratum": "part"},
    "clusters_in_parts": {"cluster": "team", "stratum": "part"},
}


@pytest.mark.parametrize("case", OWN)
@pytest.mark.dear
def test_clusters_and_strata_of_the_samples_own(reference, case):
    """Nine teams in each municipality, and three parts; domains are some of their members, the country all."""
    found = estimates_of(people(BIG, **OWN[case]))
    assert compare_estimates(reference, case, found) > 500


def test_changes_of_clusters_that_come_again(reference):
    found = changes_of(people(BIG, cluster="team"))
    rows = reference[reference["case"] == "change_clusters"]
    assert len(rows) == 156
    for row in rows.itertuples():
        ours = found[row.m, row.wave, row.group, row.measure]
        np.testing.assert_allclose(ours, (row.estimate, row.se), **TIGHT)


@pytest.mark.parametrize("code", ["000", *BIG])
def test_rao_scott_of_clusters(reference, code):
    row = reference[(reference["case"] == "rao_scott_clusters") & (reference["m"] == code)].iloc[0]
    frame = people(BIG, cluster="team")
    latest = Tallies(Sample(frame).only((frame["wave"] == "4").to_numpy()))
    tally = tally_of(latest, "positive")
    answer = np.nan_to_num(tally.values[:, 0], nan=-1).astype(np.int64)
    test = rao_scott(tally, answer, tally.group, within(latest, code))
    found = (test.statistic, test.df, test.p_value)
    np.testing.assert_allclose(found, (row["estimate"], row["df"], row["p"]), rtol=1e-10)


def with_replicates():
    """The teams left out one after the other, as an institute delivers it: 27 columns of weights."""
    frame = people(BIG)
    teams = sorted(set(frame["team"]))
    left_out = {
        f"{REPLICATE}{i:04}": frame["weight"] * np.where(frame["team"] == team, 0, 27 / 26)
        for i, team in enumerate(teams)
    }
    return frame.assign(**left_out)


@pytest.mark.dear
def test_replicate_weights(reference):
    """Estimates of domains in which some replicates leave nobody out have fewer degrees of freedom."""
    sample = Sample(with_replicates(), scale=Replicates(columns="r*", kind="jk1").scale(27))
    found = [found_rows(of_tallies(Tallies(sample, ("g",)), INDICATORS[i : i + 1])) for i in (0, 1)]
    found[1] = found[1][~found[1].index.duplicated()]
    assert compare_estimates(reference, "replicates", found) > 300


def test_changes_by_replicate_weights(reference):
    rows = reference[reference["case"] == "change_replicates"]
    assert len(rows) == 32
    frame, scale = with_replicates(), Replicates(columns="r*", kind="jk1").scale(27)
    for row, (change, error) in zip(rows.itertuples(), _changes(rows, frame, scale), strict=True):
        np.testing.assert_allclose((change, error), (row.estimate, row.se), **TIGHT)


def _changes(rows, frame, scale):
    found = changes_of(frame, scale=scale)
    return [found[row.m, row.wave, row.group, row.measure] for row in rows.itertuples()]


@pytest.mark.parametrize(("kind", "rho"), [("brr", None), ("fay", 0.3), ("bootstrap", None)])
def test_every_kind_of_replicates_has_its_scale(reference, kind, rho):
    name = {"brr": "BRR", "fay": "Fay"}.get(kind, kind)
    row = reference[reference["case"] == f"scale_{name}"].iloc[0]
    sample = Sample(with_replicates(), scale=Replicates(columns="r*", kind=kind, rho=rho).scale(27))
    tallies = Tallies(sample)
    table = found_rows(of_tallies(tallies, INDICATORS[:1]))
    ours = table.loc[("000", "4", "", "positive"), ["estimate", "standard_error"]].astype(float)
    np.testing.assert_allclose(ours, (row["estimate"], row["se"]), **TIGHT)


def test_tests_and_drivers_count_the_replicates():
    """Teams left out in turn are teams: nearly the test that is told the teams, and not that of single answers."""
    frame = with_replicates()
    with_teams = frame.assign(cluster=frame["team"])
    samples = {"replicates": Sample(frame, scale=26 / 27), "teams": Sample(with_teams), "alone": Sample(frame)}
    found = {}
    for name, sample in samples.items():
        last = Tallies(sample.only((sample.responses["wave"] == "4").to_numpy()))
        tally = tally_of(last, "positive")
        answer = np.nan_to_num(tally.values[:, 0], nan=-1).astype(np.int64)
        found[name] = rao_scott(tally, answer, tally.group, within(last, "000")).statistic
        inside = ~np.isnan(standardised(tally)[1])
        assert inside.all()
    assert found["replicates"] == pytest.approx(found["teams"], rel=0.1)
    assert abs(found["alone"] - found["teams"]) > 2 * abs(found["replicates"] - found["teams"])


def test_levels_over_waves_of_a_sample_of_few_persons(reference):
    frame, population = drawn_of_so_many()
    rows = reference[reference["case"] == "finite_window"]
    assert len(rows) == 16
    windows = {"windows": [("1", "2")], "simulated": True, "names": {}}
    tallies = Tallies(Sample(frame, None, population))
    tables = [found_rows(window_estimates(tallies, [each], **windows)) for each in INDICATORS]
    for row in rows.itertuples():
        table = tables[row.measure == "index"]
        ours = table[~table.index.duplicated()].loc[(row.m, "1+2", "", row.measure)]
        np.testing.assert_allclose(ours[["estimate", "standard_error"]].astype(float), (row.estimate, row.se), **TIGHT)


def test_the_country_adds_up_its_strata(reference):
    """Intervals of the country, with the one respondent who weighs 30 taken out of it."""
    rows = reference[(reference["case"] == "estimate") & (reference["m"] == "000")]
    assert compare_estimates(rows, "estimate", estimates_of(people())) == 48


def test_one_extreme_weight_widens_the_interval(reference):
    """x: R's interval comes from a variance that shrinks with the weight; ours must hold it."""
    found, _ = estimates_of(people())
    rows = reference[(reference["case"] == "estimate") & (reference["m"] == "x")]
    rows = rows[(rows["measure"] == "positive") & (rows["group"] == "") & rows["low"].notna()]
    assert len(rows) == 4
    for row in rows.itertuples():
        ours = found.loc[("x", row.wave, "", "positive")]
        assert ours["flag"] == "uncertain"
        assert ours["ci_high"] - ours["ci_low"] > 0.5
        assert ours["ci_low"] <= row.low + 1e-9 or row.high - row.low < 0.5
        assert ours["ci_high"] >= row.high - 1e-9


def test_one_two_and_five_respondents(reference):
    found, _ = estimates_of(people())
    for wave in "1234":
        five = found.loc[("d", wave, "", "mean")]
        two, one = found.loc[("e", wave, "", "positive")], found.loc[("f", wave, "", "positive")]
        assert five["n_answered"] == 5
        assert (two["estimate"], two["ci_high"]) == (1.0, 1.0)
        assert two["ci_low"] < 0.2
        assert np.isnan(one["standard_error"])
        assert (one["ci_low"], one["ci_high"]) == (pytest.approx(0.025), 1.0)
    assert (reference[reference["m"] == "d"]["n"] <= 5).all()


@pytest.mark.parametrize("how", ["poststratify", "rake"])
def test_weights_fit_the_margins_as_in_r(how):
    frame, _ = calibrated(how)
    ours = frame.set_index("id_none")["weight"]
    r = read("weights.csv").set_index("id")["poststratified" if how == "poststratify" else "raked"]
    np.testing.assert_allclose(ours[r.index], r, rtol=1e-10)


@pytest.mark.usefixtures("fitted_as_in_r")
@pytest.mark.parametrize("how", ["poststratify", "rake"])
@pytest.mark.dear
def test_calibrated_estimates(reference, how):
    frame, calibration = calibrated(how)
    case = "poststratified" if how == "poststratify" else "raked"
    assert compare_estimates(reference, case, estimates_of(frame, calibration)) >= 208


@pytest.mark.parametrize(("how", "rank"), [("poststratify", 3), ("rake", 4)])
def test_fitting_margins_takes_their_rank_from_the_answers(reference, how, rank):
    """Three groups, and three with two more: R divides by n - 1."""
    found, _ = estimates_of(*calibrated(how))
    rows = reference[reference["case"] == ("poststratified" if how == "poststratify" else "raked")]
    rows = rows.query("measure == 'mean' and m in @BIG and group == ''")
    assert len(rows) == 12
    for row in rows.itertuples():
        ours = found.loc[(row.m, row.wave, "", "mean")]
        n = ours["n_answered"]
        assert ours["standard_error"] == pytest.approx(row.se * np.sqrt((n - 1) / (n - rank)), rel=1e-10)


def changes_of(frame, calibration=None, scale=None):
    """Own changes by all windows: (m, window, group, measure) -> (change, standard error)."""
    tallies = Tallies(Sample(frame, calibration, scale=scale))
    everybody = np.arange(len(tallies.sample.municipalities))
    names = {key: name for name, key in MEASURES.items()}
    found = {}
    for measure in all_measures(INDICATORS):
        name = names.get((measure.indicator, measure.name, measure.category))
        if name is None or (name == "index") != (len(measure.items) > 1):
            continue
        contrasts = np.array([Window(*window).contrast(4) for window in WINDOWS.values()])
        for column in ("", "g"):
            tally = tallies.of((measure,), column)
            groups = tallies.sample.groups(column)
            for codes, pool in ((tallies.sample.municipalities, None), (("000",), everybody)):
                change, variance = WaveEstimates.of(tally, pool=pool).contrasts(contrasts)
                for (w, key), (p, code), (g, group) in product(*map(enumerate, (WINDOWS, codes, groups))):
                    found[code, key, group, name] = (change[w, p, g], np.sqrt(variance[w, p, g]))
    return found


@pytest.mark.parametrize("respondent", ["id_none", "id_half", "id_full"])
def test_changes_with_no_half_and_full_overlap(reference, respondent):
    found = changes_of(people(("a", "b", "c", "x"), respondent))
    rows = reference[reference["case"] == f"change_{respondent}"]
    assert len(rows) == 204
    for row in rows.itertuples():
        ours = found[row.m, row.wave, row.group, row.measure]
        np.testing.assert_allclose(ours, (row.estimate, row.se), **TIGHT)


def test_overlap_matters():
    """The same answers by the same people vary less than by strangers."""
    errors = {
        who: changes_of(people(BIG, who))["b", "2>3", "", "index"][1] for who in ("id_none", "id_half", "id_full")
    }
    assert errors["id_half"] < errors["id_none"]


@pytest.mark.usefixtures("fitted_as_in_r")
def test_changes_after_post_stratification(reference):
    found = changes_of(*calibrated("poststratify", "id_half"))
    rows = reference[reference["case"] == "change_poststratified"]
    assert len(rows) == 156
    for row in rows.itertuples():
        ours = found[row.m, row.wave, row.group, row.measure]
        np.testing.assert_allclose(ours, (row.estimate, row.se), **TIGHT)


@pytest.mark.parametrize("part", ["rates", "mix"])
def test_mix_and_rates(reference, part):
    frame = people(BIG, "id_half")
    tallies = Tallies(Sample(frame))
    measure = next(m for m in all_measures(INDICATORS) if m.category == "positive")
    rows = reference[reference["case"] == part]
    assert len(rows) == 9
    for row in rows.itertuples():
        window = Window(*WINDOWS[row.wave])
        found = split(tallies.of((measure,), "g", apart=False), [window], part)
        place = tallies.sample.municipalities.index(row.m)
        ours = found.value[0, place, 0], np.sqrt(found.variance[0, place, 0])
        np.testing.assert_allclose(ours, (row.estimate, row.se), **TIGHT)


def test_mix_and_rates_add_up_to_the_change():
    frame = people(BIG, "id_half")
    table = survey_changes(
        Tallies(Sample(frame)),
        INDICATORS[:1],
        event=event(["a"]),
        before=["1", "2"],
        after=["3", "4"],
        mix="g",
        simulated=True,
        names={},
        specifications=False,
    )
    own = table[(table["municipality_code"] == "a") & (table["category"] == "positive")]
    own = own.set_index(["method", "adjustment"])["change"]
    parts = own["mix", ""] + own["rates", ""]
    assert parts == pytest.approx(own["change", ""], abs=1e-13)
    assert own["change", "mix"] == own["rates", ""]


@pytest.fixture(scope="module")
def latest():
    """Respondents of the big municipalities in the latest wave."""
    frame = people(BIG)
    return Tallies(Sample(frame).only((frame["wave"] == "4").to_numpy()))


def within(latest, code):
    return np.isin(latest.sample.municipalities, BIG if code == "000" else [code])


def tally_of(latest, name):
    wanted = MEASURES[name]
    measure = next(m for m in all_measures(INDICATORS) if (m.indicator, m.name, m.category) == wanted)
    return latest.of((measure,), "g", apart=False)


@pytest.mark.parametrize("code", ["000", *BIG])
def test_rao_scott(reference, latest, code):
    row = reference[(reference["case"] == "rao_scott") & (reference["m"] == code)].iloc[0]
    tally = tally_of(latest, "positive")
    answer = np.nan_to_num(tally.values[:, 0], nan=-1).astype(np.int64)
    test = rao_scott(tally, answer, tally.group, within(latest, code))
    found = (test.statistic, test.df, test.p_value)
    np.testing.assert_allclose(found, (row["estimate"], row["df"], row["p"]), rtol=1e-10)


@pytest.mark.parametrize("code", ["000", *BIG])
def test_wald(reference, latest, code):
    row = reference[(reference["case"] == "wald") & (reference["m"] == code)].iloc[0]
    tally, places = tally_of(latest, "index"), within(latest, code)
    inside = places[tally.stratum // tally.overlap.waves] & ~np.isnan(tally.values[:, 0])
    found = _of_mean(tally, inside, places)[0]
    np.testing.assert_allclose((found["value"], found["p_value"]), (row["estimate"], row["p"]), rtol=1e-10)


@pytest.mark.parametrize("code", ["000", *BIG])
def test_correlation_and_regression(reference, latest, code):
    sample = latest.sample.only(within(latest, code)[latest.sample.stratum // len(latest.sample.waves)])
    answers = sample.responses[list(ITEMS)].to_numpy(float)
    points = np.where(answers > 0, 25 * (answers - 1), np.nan)
    inside = ~np.isnan(points).any(axis=1)
    rows = reference[reference["m"] == code].set_index(["case", "measure"])
    for column, name in ((1, "q2"), (2, "q3")):
        row = rows.loc[("correlation", name)]
        found = correlation(points[:, column], points[:, 0], sample, inside)
        ours = found.value[0], found.error[0]
        np.testing.assert_allclose(ours, (row["estimate"], row["se"]), **TIGHT)
    joint = regression(points[:, 1:], points[:, 0], sample, inside)
    for column, name in ((1, "q2"), (2, "q3")):
        row = rows.loc[("regression", name)]
        ours = joint.value[column], joint.error[column], joint.df
        np.testing.assert_allclose(ours, (row["estimate"], row["se"], row["df"]), **TIGHT)


def test_standardised_to_the_mix_of_all(reference, latest):
    standard, variance, _ = standardised(tally_of(latest, "positive"))
    rows = reference[reference["case"] == "standardised"].set_index("m")
    for place, code in enumerate(latest.sample.municipalities):
        ours = standard[place], np.sqrt(variance[place])
        np.testing.assert_allclose(ours, rows.loc[code, ["estimate", "se"]].astype(float), **TIGHT)


@pytest.mark.dear
def test_0_and_100_per_cent(reference):
    """R's svyciprop gives NaN there; with equal weights our interval is its binom.test."""
    for row in reference[reference["case"] == "binomial"].itertuples():
        answers = people(("b",)).head(int(row.n))
        answers = answers.assign(q1=np.int8(5 if row.estimate else 1), weight=0.3, wave="1")
        answers["wave"] = answers["wave"].astype("category")
        table = estimate(answers, INDICATORS[:1], simulated=True, names={})
        ours = table.query("category == 'positive' and municipality_code == 'b'").iloc[0]
        found = ours[["ci_low", "ci_high"]].astype(float)
        np.testing.assert_allclose(found, (row.low, row.high), **TIGHT)


def test_reliability(reference):
    """Alpha by its formula in R; omega by R's factanal, which stops at about six digits."""
    answers = people()[list(ITEMS)]
    complete = answers[(answers > 0).all(axis=1)].reset_index(drop=True)
    found = {(r["measure"], r["category"]): r["value"] for r in coefficients(complete)}
    rows = reference.set_index(["case", "measure"])["estimate"]
    np.testing.assert_allclose(found["alpha", ""], rows["alpha", ""], rtol=1e-10)
    for item in ITEMS:
        r = rows["alpha_without_item", item]
        np.testing.assert_allclose(found["alpha_without_item", item], r, rtol=1e-10)
    np.testing.assert_allclose(found["omega", ""], rows["omega", ""], rtol=1e-5)
