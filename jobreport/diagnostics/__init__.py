"""How far the estimates can be trusted: `responses` and `estimates` to `diagnostics`.

Every row has its number of answers ``n``, so that `disclosure` can judge it.
"""

from collections.abc import Mapping, Sequence

import pandas as pd

from jobreport.diagnostics.design import Row
from jobreport.diagnostics.drivers import drivers
from jobreport.diagnostics.funnel import funnel, told_funnel
from jobreport.diagnostics.groups import corrected, group_tests
from jobreport.diagnostics.nonresponse import nonresponse, skipped, unweighted
from jobreport.diagnostics.reliability import reliability
from jobreport.diagnostics.weighting import coverage, drawn, weighting
from jobreport.domain.released import COUNTRY, KEYS, frame
from jobreport.estimate.indicators import estimate
from jobreport.estimate.measures import Measure, all_measures, headline, item_mean
from jobreport.estimate.moments import Others
from jobreport.estimate.sample import Sample
from jobreport.estimate.tally import Tallies
from jobreport.setup.codebook import Indicator


def survey_diagnostics(
    tallies: Tallies,
    indicators: Sequence[Indicator],
    estimates: pd.DataFrame,
    *,
    mix: str | None = None,
    focus: Sequence[str] = (),
    outcome: str | None = None,
    simulated: bool,
    names: Mapping[str, str],
    told: Others | None = None,
) -> pd.DataFrame:
    """Everything that tells a reader how far to trust a survey's figures.

    Parameters
    ----------
    tallies, indicators
        As `compare.survey.survey_changes` takes them.
    estimates
        What `indicators.estimate` gave; with ``n_invited`` the bounds for non-response are made of it.
    mix
        Column on which municipalities are standardised.
    focus
        Municipalities that get group tests, drivers and non-response by group of their own, beside the
        country.
    told
        Other municipalities' figures: they stand in the funnel, and what rests on one's own answers alone is not given
        for all together, but for how well the questions of an index go together.
    outcome
        Indicator that the others are held against in 'drivers'; None is the first.

    Returns
    -------
    DataFrame with the columns of `diagnostics`, ``diagnostic`` being reliability, weights, nonresponse,
    group_test, drivers or funnel; see the functions of the same names.
    """
    whole = tallies.sample
    # (these three are of the latest wave)
    latest = Tallies(whole.only(whole.stratum % len(whole.waves) == len(whole.waves) - 1), tallies.group_by)
    headlines = [headline(indicator) for indicator in indicators]
    rows: list[Row] = reliability(whole.responses, indicators)
    rows += weighting(whole.responses, whole.calibration)
    rows += [*coverage(whole), *drawn(whole, estimates, headlines), *skipped(estimates)]
    shown = (estimates["group_by"] == "") | estimates["municipality_code"].isin([COUNTRY, *focus])
    plain = estimate(tallies, headlines, shown=focus, weighted=False, simulated=simulated, names={})
    rows += nonresponse(estimates[shown], plain, headlines)
    rows += unweighted(estimates, plain[plain["group_by"] == ""])
    rows += group_tests(latest, headlines, focus)
    rows += _beside_outcome(latest.sample, indicators, outcome, focus)
    if told is not None:
        kept = (row for row in rows if row["municipality_code"] != COUNTRY or row["diagnostic"] == "reliability")
        rows = [*kept, *(told_funnel(told, tallies, headlines, mix) if mix else ())]
    elif mix:
        rows += funnel(latest, headlines, mix)
    return frame("diagnostics", rows, names).assign(simulated=simulated)


def _beside_outcome(
    latest: Sample, indicators: Sequence[Indicator], outcome: str | None, focus: Sequence[str]
) -> list[Row]:
    chosen = indicators[0].name if outcome is None else outcome
    found = [indicator for indicator in indicators if indicator.name == chosen]
    wave = latest.waves[-1]
    if not found or not item_mean(found[0]).asked_in(wave):
        return []
    same = {item.name for item in found[0].items}  # (it does not go with itself)
    others = _single([indicator for indicator in indicators if indicator.name != chosen])
    items = [m for m in others if m.items[0] not in same and m.asked_in(wave)]
    return drivers(latest, item_mean(found[0]), items, focus)


def _single(indicators: Sequence[Indicator]) -> tuple[Measure, ...]:
    return tuple(
        m
        for m in all_measures(indicators)
        if m.name == "index" and len(m.items) == 1 and not m.questions[0].scale.is_quantity
    )


def of_questions(tables: Sequence[pd.DataFrame]) -> pd.DataFrame:
    """Put the diagnostics of single questions together, as of a survey whose persons are not known.

    Parameters
    ----------
    tables
        One for each question, with the columns of `diagnostics`.

    Returns
    -------
    DataFrame
        Without the weights, which a table of counts does not state; rates of answers stand once, and the group tests
        are corrected for the number of questions.
    """
    whole = pd.concat(tables, ignore_index=True)
    whole = whole[whole["diagnostic"].ne("weights")].drop_duplicates(list(KEYS["diagnostics"]), ignore_index=True)
    return corrected(whole)
