"""`responses`, registers and given tables to `estimates`: every measure, by municipality, wave and group.

One integer key per domain and one pass over the respondents per question; the country and "all
others" are added up from the municipalities' sums, with the municipalities as strata.
"""

from collections.abc import Collection, Hashable, Iterator, Mapping, Sequence

import numpy as np
import pandas as pd

from jobreport.domain.released import COLUMNS, COUNTRY, COUNTS, DOMAIN, OTHERS, frame, of_kind
from jobreport.domain.rules import RARE_BELOW, UNCERTAIN_BELOW
from jobreport.estimate.domains import Domains, Places, domain_estimates
from jobreport.estimate.estimators import ROUNDING, Estimates, mean_interval, share_interval
from jobreport.estimate.measures import Measure, all_measures
from jobreport.estimate.tally import Tallies, questions
from jobreport.setup.codebook import Codebook

NOT_ASKED = "not_asked"


def estimate(
    tallies: Tallies,
    measures: Sequence[Measure],
    *,
    focus: Collection[str] = (),
    shown: Collection[str] | None = None,
    simulated: bool,
    names: Mapping[str, str],
    invited: pd.DataFrame | None = None,
    persons: bool = True,
    weighted: bool = True,
) -> pd.DataFrame:
    """Estimate measures by municipality, wave and group.

    Parameters
    ----------
    tallies
        Of `responses`, one row per respondent and wave: ``wave`` (ordered category), ``municipality_code`` and group
        columns (categories), ``weight``, one int8 column per question (-1, 0, 1..k). Each grouping is taken alone. Who
        has no value is in no group, but in everybody.
    focus
        Codes that 'others' leaves out (the treated and the exposed); without them no such rows. By group 'others'
        has none either: nobody is shown them.
    shown
        Codes that get rows by group and of single answers, beside the country ('000'); None is all.
    simulated
        Whether the answers are made up; stands in every row.
    names
        Municipality code to name; an unknown code stands for itself.
    invited
        Columns ``wave, municipality_code, n_invited, n_answered`` and perhaps ``group_by, group``.
        Without it ``n_invited`` is missing and ``n_answered`` counts the rows of ``responses``.
    persons
        Whether a row is a person; of answers to one question only, ``n_answered`` is known from ``invited`` alone.
    weighted
        Whether answers count by their weights, or all the same.

    Returns
    -------
    DataFrame with the columns of `estimates`, one row per measure and domain in which anybody answered at all.
    Shares lie in [0, 1]. ``reason`` holds keys joined by ';': ``one_answer``, ``no_variation``,
    ``no_valid_answers`` (why a number is missing), ``few_effective_answers`` and ``rare_answer`` (why the flag is
    'uncertain').
    In a wave that did not ask the question the reason is ``not_asked``, and there is neither number nor ``n``.
    """
    known = tallies.sample.municipalities
    front = known if shown is None else tuple(code for code in known if code in shown)
    groups = {column: Places.of(known, front, ()) for column in tallies.group_by}
    domains = Domains.of(tallies, {"": Places.of(known, known, focus), **groups})
    kept = {False: domains, True: domains.only(front)}
    of_measure = [kept[measure.is_single_answer] for measure in measures]
    found = dict(each for same in questions(measures) for each in _numbers(tallies, kept, same, weighted=weighted))
    parts = [found[measure] for measure in measures]
    # (the texts of the domains are put together once and repeated)
    named = domains.frame.assign(municipality=[names.get(c, c) for c in domains.frame["municipality_code"]])
    named = with_invited(named.assign(simulated=simulated), invited, frozenset(focus), persons=persons)
    labels = [(measure.indicator, measure.name, measure.category, measure.unit) for measure in measures]
    sizes = [len(each.frame) for each in of_measure]
    rows = [
        pd.DataFrame(labels, columns=list(COLUMNS["estimates"][:4])).take(np.repeat(np.arange(len(measures)), sizes)),
        named.take(np.concatenate([each.frame.index for each in of_measure])),
        pd.DataFrame({name: np.concatenate([part[name] for part in parts]) for name in parts[0]}),
    ]
    table = pd.concat([part.reset_index(drop=True) for part in rows], axis=1)
    return table[list(COLUMNS["estimates"])].astype(dict.fromkeys(of_kind("estimates", COUNTS), "Int64"))


def _numbers(
    tallies: Tallies, kept: Mapping[bool, Domains], measures: tuple[Measure, ...], *, weighted: bool
) -> Iterator[tuple[Measure, dict[str, np.ndarray]]]:
    domains = kept[measures[0].is_single_answer]
    found = [
        domain_estimates(tallies, places, measures, column, weighted=weighted)
        for column, places in domains.places.items()
    ]
    for i, measure in enumerate(measures):
        inside = [each.at((*np.nonzero(mask), i)) for each, mask in zip(found, domains.inside.values(), strict=True)]
        made = numbers(Estimates.joined(inside), measure)
        yield measure, _of_the_asked(measure, made, domains.frame["wave"])


def _of_the_asked(measure: Measure, made: dict[str, np.ndarray], wave: pd.Series) -> dict[str, np.ndarray]:
    # Take the numbers out where the wave did not ask: nobody answered, and that is not nought answers.
    unasked = wave.isin([label for label in wave.unique() if not measure.asked_in(label)]).to_numpy()
    if not unasked.any():
        return made
    texts = {"flag": "", "reason": NOT_ASKED}
    return {name: np.where(unasked, texts.get(name, np.nan), cells) for name, cells in made.items()}


def numbers(found: Estimates, measure: Measure) -> dict[str, np.ndarray]:
    """Columns n, n_effective, estimate, standard_error, ci_low, ci_high, flag and reason of rows."""
    if measure.is_share:
        low, high = share_interval(found)
    else:
        low, high = mean_interval(found, measure.lowest, measure.highest)
    flag, reason = flags(found, share=measure.is_share)
    error = np.sqrt(np.where(found.variance > 0, found.variance, np.nan))
    effective = np.where(found.n > 0, found.n_effective, np.nan)
    return {
        "n": found.n.astype(np.int64),
        "n_effective": effective,
        "estimate": found.estimate,
        "standard_error": error,
        "ci_low": low,
        "ci_high": high,
        "flag": flag,
        "reason": reason,
    }


def flags(found: Estimates, *, share: bool) -> tuple[np.ndarray, np.ndarray]:
    """Flag what is uncertain and say why, and why a number is missing.

    Fewer than 30 effective answers; of a share also effective n x min(p, 1-p) under 5.
    """
    effective = np.where(found.n > 0, found.n_effective, 0.0)
    rare = effective * np.minimum(found.estimate, 1 - found.estimate) < RARE_BELOW - ROUNDING
    keys = {
        "no_valid_answers": found.n == 0,
        "one_answer": found.n == 1,
        "no_variation": (found.n > 1) & ~(found.variance > 0),
        "few_effective_answers": effective < UNCERTAIN_BELOW - 1e-9,
        "rare_answer": rare & share & (found.n > 0),
    }
    reason = np.full(found.n.shape, "", dtype=object)
    for key, applies in keys.items():
        reason[applies] = [f"{text};{key}" if text else key for text in reason[applies]]
    uncertain = keys["few_effective_answers"] | keys["rare_answer"]
    return np.where(uncertain, "uncertain", "").astype(object), reason


def with_invited(
    rows: pd.DataFrame, invited: pd.DataFrame | None, focus: frozenset[str], *, persons: bool
) -> pd.DataFrame:
    """Add who was invited; the pooled places are the sums of their municipalities.

    Where the rows are not of ``persons``, who answered is known only if that was stated together with the invited.
    """
    unknown = pd.array([pd.NA] * len(rows), dtype="Int64")
    rows = rows if persons else rows.assign(n_answered=unknown)
    if invited is None:
        return rows.assign(n_invited=unknown)
    known = invited.reindex(columns=[*DOMAIN, "n_invited", "n_answered"])
    known = known.astype(dict.fromkeys(DOMAIN, object)).fillna({"group_by": "", "group": ""})
    known = known[~known["municipality_code"].isin([COUNTRY, OTHERS])]
    everywhere = [known, _pooled(known, COUNTRY)]
    if focus:
        everywhere.append(_pooled(known[~known["municipality_code"].isin(focus)], OTHERS))
    counts = pd.concat(everywhere).astype({"n_invited": "Int64", "n_answered": "Int64"})
    merged = rows.merge(counts, how="left", on=DOMAIN, suffixes=("_file", ""), validate="m:1")
    answered = merged["n_answered"].fillna(merged["n_answered_file"])
    return merged.assign(n_answered=answered.astype("Int64"))


def _pooled(known: pd.DataFrame, code: str) -> pd.DataFrame:
    sums = known.groupby(["wave", "group_by", "group"], as_index=False, observed=True)
    return sums[["n_invited", "n_answered"]].sum().assign(municipality_code=code)


def register_estimates(series: pd.DataFrame, *, names: Mapping[str, str]) -> pd.DataFrame:
    """Official figures as rows of `estimates`: a value, its unit and period; no n and no interval.

    Parameters
    ----------
    series
        Columns ``municipality_code, period, series, value, unit``.

    Returns
    -------
    DataFrame with the columns of `estimates`; ``reason`` is 'register_missing' where a value is missing.
    """
    kept = series.reset_index(drop=True)
    rows = pd.DataFrame(
        {
            "indicator": kept["series"].astype(str),
            "measure": "register",
            "unit": kept["unit"].astype(str),
            "municipality_code": kept["municipality_code"].astype(str),
            "wave": kept["period"].astype(str),
            "estimate": kept["value"].astype(float),
            "reason": np.where(kept["value"].isna(), "register_missing", ""),
            "simulated": False,
        }
    )
    return frame("estimates", rows, names)


def table_estimates(
    summaries: pd.DataFrame,
    codebook: Codebook,
    *,
    simulated: bool,
    names: Mapping[str, str],
    invited: pd.DataFrame | None = None,
) -> pd.DataFrame:
    """Turn shares and means with their n into rows of `estimates`.

    Parameters
    ----------
    summaries
        wave, municipality_code, group_by, group, question, measure ('share' or 'mean'), code (0 for
        'don't know', 1..k, 'positive', 'neutral', 'negative', '' for a mean), value, n, sd.
    codebook
        Its questions say what an answer is.
    simulated
        Whether the figures are made up.
    names
        Municipality code to name.
    invited
        As `indicators.estimate` takes it; without it nobody knows how many were asked, or answered at all.

    Returns
    -------
    DataFrame with the columns of `estimates`, and the share of a box where all of its answers are given. The variance
    is p(1 - p)/(n - 1) for a share and sd²/n for a mean, as if all answers weighed the same; intervals as for answers
    (`jobreport.estimate.estimators`).
    """
    found = [
        _given(row, measure)
        for row in (*summaries.to_dict("records"), *_boxes(summaries, codebook))
        for measure in all_measures(codebook.indicators)
        if measure.items == (row["question"],) and (measure.name, measure.category) == _wanted(row)
    ]
    apart = ("municipality", "simulated", "n_invited", "n_answered")
    rows = pd.DataFrame(found, columns=[name for name in COLUMNS["estimates"] if name not in apart])
    rows = with_invited(rows, invited, frozenset(), persons=False)
    return frame("estimates", rows, names).assign(simulated=simulated)


def _boxes(summaries: pd.DataFrame, codebook: Codebook) -> Iterator[dict[Hashable, object]]:
    asked = {item.name: item for item in codebook.items}
    shares = summaries[summaries["measure"].eq("share")]
    for (*_, question), cells in shares.groupby([*DOMAIN, "question"], sort=False):
        given = {row["code"]: row for row in cells.to_dict("records")}
        for box, answers in asked[str(question)].scale.boxes.items():
            parts = [given[answer] for answer in answers if answer in given]
            if box not in given and parts and len(parts) == len(answers) and len({part["n"] for part in parts}) == 1:
                total = sum(float(part["value"]) for part in parts)
                yield parts[0] | {"code": box, "value": min(total, 1.0)}


def _wanted(row: Mapping[object, object]) -> tuple[str, str]:
    if row["measure"] == "mean":
        return "mean", ""
    if row["code"] == 0:
        return "dont_know", ""
    return "share", str(row["code"]) if isinstance(row["code"], str) else f"answer_{row['code']}"


def _given(row: Mapping[object, object], measure: Measure) -> dict[str, object]:
    value, n = float(str(row["value"])), float(str(row["n"]))
    spread = value * (1 - value) if measure.is_share else float(str(row["sd"])) ** 2 * (n - 1) / max(n, 1)
    variance = spread / (n - 1) if n > 1 else float("nan")
    figures = Estimates(*(np.array([number]) for number in (value, variance, n, n, n - 1, spread, np.inf)))
    made = {name: np.asarray(cells)[0] for name, cells in numbers(figures, measure).items()}
    domain = {name: row[name] for name in ("wave", "municipality_code", "group_by", "group")}
    kind = {"indicator": measure.indicator, "measure": measure.name, "category": measure.category, "unit": measure.unit}
    return {**kind, **domain, **made}
