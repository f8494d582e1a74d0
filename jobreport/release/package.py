"""What one municipality gives others of its survey: its released rows, and sums for changes and pools; no answer.

A row of ``moments`` is about a domain whose figures are released, or about two waves of it. The people who answered in
two waves are a domain like any other: they, and those left in each wave without them, are told of only if they are
enough, not all in one box, and no one of them outweighs the rest; and with all their items or not at all. Where they
are not, the two waves count as asked of different people.
What a package hides is in no row of it, so nothing that is computed of packages (a pool, a mean of the others, a rank)
holds it or gives it back.
"""

from collections.abc import Iterator, Mapping, Sequence
from functools import partial
from itertools import combinations

import numpy as np
import pandas as pd

from jobreport.domain import municipalities
from jobreport.domain.released import COUNTRY, DOMAIN, empty, of_windows
from jobreport.domain.rules import DOMINATED_BELOW
from jobreport.errors import Problem, refuse
from jobreport.estimate import indicators
from jobreport.estimate.domains import WaveEstimates, behind
from jobreport.estimate.measures import Measure, all_measures
from jobreport.estimate.moments import Moments
from jobreport.estimate.sample import Sample
from jobreport.estimate.tally import Tallies, questions
from jobreport.intake.checks import Inputs
from jobreport.intake.formats.package import MOMENTS, PEOPLE, UNWEIGHTED, WEIGHTED
from jobreport.release.answers import weighted
from jobreport.release.disclosure import of_single_answers, release
from jobreport.release.groupings import covered, nests
from jobreport.release.suppression import Rule
from jobreport.release.units import domains_of_all
from jobreport.setup.codebook import Indicator, Question

Shown = frozenset[tuple[str, str, str]]  # wave, group_by, group
Pair = tuple[str, str]


def tables(inputs: Inputs) -> dict[str, pd.DataFrame]:
    """Make the tables of the package of a report's municipality.

    Parameters
    ----------
    inputs
        Checked inputs of a survey of persons, of this municipality alone or of several.

    Returns
    -------
    dict
        'estimates' (the columns of the contract), 'moments' and 'people', not rounded.

    Raises
    ------
    InputRefused
        If there are no answers of persons, or none of the municipality.
    """
    code, survey, codebook = inputs.params.municipality_code, inputs.params.survey, inputs.codebook
    if inputs.responses is None or survey is None or codebook is None:
        refuse([Problem("package_without_answers", inputs.params.where)], inputs.params.language)
        return {}
    if inputs.params.own_unit is not None:
        refuse([Problem("package_of_unit", inputs.params.where)], inputs.params.language)
    own = inputs.responses["municipality_code"].eq(code)
    alone = inputs.responses[own].reset_index(drop=True)
    alone = alone.assign(municipality_code=alone["municipality_code"].cat.set_categories([code]))
    margins = None if inputs.margins is None else inputs.margins[inputs.margins["municipality_code"].eq(code)]
    responses, calibration = weighted(alone, margins, survey)
    groups = tuple(codebook.groups)
    responses = covered(responses, groups, [item.name for item in codebook.items])
    sample = Sample(responses, calibration)
    if sample.units is not None or survey.replicates is not None:
        refuse([Problem("package_of_clusters", inputs.params.where)], inputs.params.language)
    tallies = Tallies(sample, groups)
    estimates = _estimates(inputs, codebook.indicators, tallies)
    shown = _shown(estimates)
    rule = Rule(**inputs.params.disclosure.model_dump())
    pairs = _pairs(responses, codebook.items, shown, rule)
    mix = () if codebook.mix_column is None else (codebook.mix_column,)
    sums = _moments(tallies, codebook.indicators, shown, tuple(pairs), mix)
    moments = pd.DataFrame([*sums], columns=list(MOMENTS))
    moments = _without_few_single(moments, rule)
    # (of the mean of several questions others may be valid in both waves than of each)
    few = moments["n"].lt(rule.suppress_below) & moments["wave"].ne(moments["other_wave"])
    gone = set(moments.loc[few, ["wave", "other_wave"]].itertuples(index=False, name=None))
    kept = [pair not in gone for pair in moments[["wave", "other_wave"]].itertuples(index=False, name=None)]
    people = _people(tallies, shown, {pair: n for pair, n in pairs.items() if pair not in gone})
    return {"estimates": estimates, "moments": moments[kept].reset_index(drop=True), "people": people}


def _estimates(inputs: Inputs, asked: Sequence[Indicator], tallies: Tallies) -> pd.DataFrame:
    survey, responses, groups = inputs.params.survey, tallies.sample.responses, tallies.group_by
    made = indicators.estimate(
        tallies,
        all_measures(asked),
        simulated=survey is not None and survey.simulated,
        names=dict(municipalities.names()),
        invited=inputs.invited,
    )
    count = partial(behind, measures=all_measures(asked))
    domains = domains_of_all(responses, count(tallies), lambda rows: count(Tallies(Sample(rows), groups)))
    released = release(
        made[made["municipality_code"].ne(COUNTRY)].reset_index(drop=True),
        empty("changes"),
        empty("diagnostics"),
        Rule(**inputs.params.disclosure.model_dump()),
        domains=domains[domains["municipality_code"].ne(COUNTRY)].reset_index(drop=True),
        nests=tuple(nests(responses, groups)),
    )
    return released.estimates[~of_windows(released.estimates)].reset_index(drop=True)


def _without_few_single(moments: pd.DataFrame, rule: Rule) -> pd.DataFrame:
    single, alone = of_single_answers(moments), moments["wave"].eq(moments["other_wave"])
    few = moments[single & alone & moments["n"].lt(rule.suppress_cells_below)]
    gone = pd.MultiIndex.from_frame(few[["indicator", "wave"]])
    told = [pd.MultiIndex.from_frame(moments[["indicator", wave]]).isin(gone) for wave in ("wave", "other_wave")]
    return moments[~(single & (told[0] | told[1]))]


def _shown(estimates: pd.DataFrame) -> Shown:
    estimates = estimates[~of_single_answers(estimates)]
    keys = [name for name in DOMAIN if name != "municipality_code"]
    hidden = estimates["flag"].eq("suppressed").groupby([estimates[name].astype(str) for name in keys]).any()
    return frozenset(key for key, secret in hidden.items() if not secret)  # type: ignore[misc]


def _pairs(responses: pd.DataFrame, items: Sequence[Question], shown: Shown, rule: Rule) -> dict[Pair, int]:
    if "respondent_id" not in responses:
        return {}
    waves = [wave for wave in responses["wave"].cat.categories if (wave, "", "") in shown]
    rows = {wave: responses[responses["wave"].eq(wave)] for wave in waves}
    by_person = {wave: each[each["respondent_id"].notna()].set_index("respondent_id") for wave, each in rows.items()}
    found: dict[Pair, int] = {}
    for first, second in combinations(waves, 2):
        both = by_person[first].index.intersection(by_person[second].index)
        parts = [(by_person[wave].loc[both], rows[wave]) for wave in (first, second)]
        if len(both) and all(_enough_of(item, parts, rule.suppress_below) for item in items):
            found[first, second] = len(both)
    return found


def _enough_of(item: Question, parts: Sequence[tuple[pd.DataFrame, pd.DataFrame]], below: int) -> bool:
    """Whether those who gave a valid answer in both waves are enough, and the rest of those who did in each.

    Parameters
    ----------
    parts
        Of each wave those who answered both, in the same order, and everybody.
    """
    valid = np.logical_and.reduce([(again[item.name] > 0).to_numpy() for again, _ in parts])
    for again, everybody in parts:
        inside = again[valid]
        rest = everybody[everybody[item.name].gt(0) & ~everybody["respondent_id"].isin(inside.index)]
        if not all(_enough(people[item.name], people["weight"], item, below) for people in (inside, rest)):
            return False
    return True


def _enough(answers: pd.Series, weights: pd.Series, item: Question, below: int) -> bool:
    # Whether so many answers may be told of: none, or enough, not few and alike, none outweighing the others.
    n, weight = len(answers), weights.to_numpy(float)
    boxes = max(answers.isin(box).sum() for box in item.scale.boxes.values())
    alike = n < 2 * below and boxes == n
    return n == 0 or not (n < below or alike or weight.sum() ** 2 < DOMINATED_BELOW * (weight**2).sum())


def _moments(
    tallies: Tallies, asked: Sequence[Indicator], shown: Shown, pairs: Sequence[Pair], mix: Sequence[str]
) -> Iterator[Mapping[str, object]]:
    # Rows of `moments`: all measures of everybody, by group all but the single answers; weights left out, if any.
    # Without weights those of the groups whose ``mix`` can be held still are told as well.
    for same in questions(all_measures(asked)):
        single = same[0].is_single_answer
        for column in ("", *(() if single else tallies.group_by)):
            yield from _of_question(tallies, same, column, shown, () if column else pairs, weighted=True)
        if tallies.is_weighted and not single:
            for column in ("", *mix):
                yield from _of_question(tallies, same, column, shown, () if column else pairs, weighted=False)


def _of_question(
    tallies: Tallies, measures: tuple[Measure, ...], column: str, shown: Shown, pairs: Sequence[Pair], *, weighted: bool
) -> Iterator[Mapping[str, object]]:
    waves = tallies.sample.waves
    made = Moments.of(WaveEstimates.of(tallies.of(measures, column), weighted=weighted))
    place = {wave: i for i, wave in enumerate(waves)}
    for part, group in enumerate(tallies.sample.groups(column)):
        for number, measure in enumerate(measures):
            series = part * len(measures) + number
            key = {"indicator": measure.indicator, "measure": measure.name, "category": measure.category}
            key |= {"group_by": column, "group": group, "weighted": WEIGHTED if weighted else UNWEIGHTED}
            for wave in waves:
                if (wave, column, group) in shown and made.own.n[0, place[wave], series] > 0 and measure.asked_in(wave):
                    yield key | {"wave": wave, "other_wave": wave} | _of_wave(made, place[wave], series)
            for first, second in pairs:
                found = _between(made, place[first], place[second], series)
                if found["n"]:
                    yield key | {"wave": first, "other_wave": second} | found


def _of_wave(made: Moments, wave: int, series: int) -> dict[str, object]:
    own, at = made.own, (0, wave, series)
    numbers = {"n": own.n[at], "weight": own.weights[at], "n_effective": own.n_effective[at]}
    numbers |= {"estimate": own.estimate[at], "spread": own.spread[at], "total": own.totals[at]}
    numbers |= {"base_total": made.base_totals[at]}
    both = (0, wave, wave, series)
    return numbers | {"scatter": own.squares[at], "tilt": made.tilt[both], "base": made.base[both]}


def _between(made: Moments, first: int, second: int, series: int) -> dict[str, object]:
    own, forth, back = made.own, (0, first, second, series), (0, second, first, series)
    n = own.n[0, [first, second], series].sum() - own.people((first, second))[0, series]
    numbers = {"scatter": own.products[forth], "tilt": made.tilt[forth], "tilt_back": made.tilt[back]}
    return {"n": n, "base": made.base[forth]} | numbers


def _people(tallies: Tallies, shown: Shown, pairs: Mapping[Pair, int]) -> pd.DataFrame:
    answered = dict(zip(tallies.sample.waves, tallies.overlap.answered[0].astype(int).tolist(), strict=True))
    rows = [(wave, wave, n) for wave, n in answered.items() if (wave, "", "") in shown and n]
    return pd.DataFrame([*rows, *((*pair, n) for pair, n in pairs.items())], columns=list(PEOPLE))
