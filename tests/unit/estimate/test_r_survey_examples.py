"""R's own example data: schools of three kinds (apistrat), and a personality questionnaire (bfi).

The files are not part of the project; where they are absent these tests skip. What must not be skipped
stands in tests/golden with data of its own.
"""

from pathlib import Path

import numpy as np
import pandas as pd
import pytest

from jobreport.diagnostics.design import rao_scott
from jobreport.diagnostics.drivers import regression
from jobreport.diagnostics.reliability import coefficients
from jobreport.estimate.measures import all_measures
from jobreport.estimate.sample import Sample
from jobreport.estimate.tally import Tallies
from jobreport.setup.codebook import Indicator, Question, Scale
from tests.estimates import estimate

FOLDER = Path(__file__).parents[4] / "shared" / "reference" / "r_survey"
pytestmark = pytest.mark.skipif(not FOLDER.exists(), reason="no ../shared/reference/r_survey here")
YES_NO = Scale("ja_nej", {"en": ("No", "Yes")}, 1, 1)
QUESTIONS = tuple(Indicator(name, {}, (Question(name, {}, YES_NO),)) for name in ("sch.wide", "awards"))


@pytest.fixture(scope="module")
def schools():
    frame = pd.read_csv(FOLDER / "apistrat.csv")
    frame = frame.assign(municipality_code=frame["stype"], wave="1", weight=frame["pw"])
    for column in ("municipality_code", "wave", "stype"):
        frame[column] = frame[column].astype("category")
    for column in ("sch.wide", "awards"):
        frame[column] = np.where(frame[column] == "Yes", 2, 1).astype("int8")
    return frame


@pytest.fixture(scope="module")
def r():
    table = pd.read_csv(FOLDER / "survey_reference.csv", keep_default_na=False, na_values=["NA"])
    return table[table["design"] == "strat"].set_index(["stat", "variable", "domain", "method"])


@pytest.mark.parametrize("name", ["sch.wide", "awards"])
def test_share_of_all_schools(schools, r, name):
    table = estimate(schools, QUESTIONS, simulated=False, names={})
    row = table.query("indicator == @name and category == 'positive' and municipality_code == '000'")
    ours = row[["estimate", "standard_error", "ci_low", "ci_high"]].to_numpy(float)[0]
    theirs = r.loc[("ciprop", name, "", "beta"), ["estimate", "se", "ci_low", "ci_high"]].to_numpy(float)
    np.testing.assert_allclose(ours[:2], theirs[:2], rtol=1e-10)
    # (R's interval gains from the strata; ours is never narrower than the weights allow)
    assert theirs[2] - 0.02 < ours[2] <= theirs[2]
    assert theirs[3] <= ours[3] < theirs[3] + 0.02


@pytest.mark.parametrize("kind", ["E", "H", "M"])
def test_share_of_each_kind(schools, r, kind):
    table = estimate(schools, QUESTIONS, simulated=False, names={})
    row = table.query("indicator == 'sch.wide' and category == 'positive' and municipality_code == @kind")
    ours = row[["estimate", "standard_error"]].to_numpy(float)[0]
    theirs = r.loc[("by_prop", "sch.wide", kind, ""), ["estimate", "se"]].astype(float)
    np.testing.assert_allclose(ours, theirs, rtol=1e-10)


@pytest.mark.parametrize("other", ["awards", "stype"])
def test_rao_scott(schools, r, other):
    tallies = Tallies(Sample(schools.assign(other=schools[other].astype("category"))))
    measure = all_measures(QUESTIONS[:1])[0]
    tally = tallies.of((measure,), "other", apart=False)
    everywhere = np.ones(tally.overlap.places, dtype=bool)
    test = rao_scott(tally, tally.values[:, 0].astype(np.int64), tally.group, everywhere)
    theirs = r.loc[("svychisq", f"sch.wide x {other}", "", "F")]
    np.testing.assert_allclose(test.statistic, theirs["estimate"], rtol=1e-10)
    np.testing.assert_allclose(test.df, theirs["df"], rtol=1e-10)
    assert test.p_value == pytest.approx(float(theirs["extra"]), rel=1e-6)


def test_regression(schools, r):
    everyone = np.ones(len(schools), dtype=bool)
    x = schools[["ell", "meals"]].to_numpy(float)
    found = regression(x, schools["api00"].to_numpy(float), Sample(schools), everyone)
    for i, name in enumerate(("(Intercept)", "ell", "meals")):
        theirs = r.loc[("svyglm_gauss", name, "", "")]
        ours = found.value[i], found.error[i], found.df
        np.testing.assert_allclose(ours, theirs[["estimate", "se", "df"]].astype(float), rtol=1e-9)


@pytest.mark.parametrize("scale", list("ACENO"))
def test_alpha_and_omega(scale):
    answers = pd.read_csv(FOLDER / "bfi.csv")
    row = pd.read_csv(FOLDER / "bfi_reference.csv").set_index("scale").loc[scale]
    keys = row["keys"].split()
    items = {key.lstrip("-"): key.startswith("-") for key in keys}
    complete = answers[list(items)].dropna().reset_index(drop=True)
    complete = complete.assign(**{item: 7 - complete[item] for item, turned in items.items() if turned})
    found = {row["measure"]: row for row in coefficients(complete) if not row["category"]}
    assert found["alpha"]["value"] == pytest.approx(row["alpha_raw_listwise"], rel=1e-10)
    # psych's omega correlates all pairs there are, ours those who answered every item
    assert found["omega"]["value"] == pytest.approx(row["omega_t_1f_ml"], abs=0.003)
    assert (found["alpha"]["reason"] == "below_0.7") == (row["alpha_raw_listwise"] < 0.7)
