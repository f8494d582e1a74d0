"""What those who did not answer could change: rates, odds of answering, bounds.

References
----------
Manski, C. F. (1989). Anatomy of the selection problem. Journal of Human Resources 24, 343-360. (bounds)
"""

from collections.abc import Hashable, Mapping, Sequence
from dataclasses import replace

import numpy as np
import pandas as pd

from jobreport.diagnostics.design import Row
from jobreport.domain.released import spans_waves, waves_in, window_of
from jobreport.domain.rules import DOMINATED_BELOW, MAJORITY, ODDS_TRIED
from jobreport.estimate.domains import WaveEstimates
from jobreport.estimate.indicators import numbers
from jobreport.estimate.measures import Measure, headline
from jobreport.estimate.sample import Sample
from jobreport.estimate.tally import Tallies, questions
from jobreport.setup.codebook import Indicator

KEYS = ["municipality_code", "wave", "group_by", "group"]


IDENTITY = ["indicator", "measure", "category", *KEYS]


def nonresponse(estimates: pd.DataFrame, plain: pd.DataFrame, headlines: Sequence[Measure]) -> list[Row]:
    """Rows of non-response from `estimates` that know how many were invited.

    Parameters
    ----------
    estimates
        Rows with ``n_invited`` and ``n_answered``.
    plain
        Rows of the same measures and domains without weights. What is known of all who were invited is what
        they answered, each counted once: a weight stands for somebody who did not.
    headlines
        The measures that are told.

    Returns
    -------
    Per municipality, wave and group: 'rate' (answered of invited, no indicator) and for every headline
    measure 'worst' and 'best', the figure if none or all of those without a valid answer were at the
    bottom or top of the scale, and for shares 'tipping_point': the share among them below (or, where
    the minority is positive, above) which the majority would turn; missing with the reason
    'cannot_turn' where no share could; and 'at_odds' and 'turning_odds', see `odds`. ``n`` is the number of valid
    answers.
    """
    known = estimates[estimates["n_invited"].notna() & estimates["n_invited"].gt(0)]
    known = known.drop(columns="estimate").merge(plain[[*IDENTITY, "estimate"]], on=IDENTITY)
    rows: list[Row] = []
    seen = set()
    for measure in headlines:
        chosen = known[
            (known["indicator"] == measure.indicator)
            & (known["measure"] == measure.name)
            & (known["category"] == measure.category)
            & (known["n"] > 0)
        ]
        for row in chosen.to_dict("records"):
            place = {key: row[key] for key in KEYS} | {"diagnostic": "nonresponse"}
            domain = tuple(place.values())
            if domain not in seen:
                seen.add(domain)
                rate = row["n_answered"] / row["n_invited"]
                rows.append(place | {"measure": "rate", "unit": "share", "value": rate, "n": row["n_answered"]})
            counted = (row["estimate"], row["n"], row["n_invited"], measure)
            rows += [place | made for made in (*odds(*counted), *bounds(*counted))]
    return rows


def bounds(estimate: float, n: int, invited: int, measure: Measure) -> list[Row]:
    """Worst case, best case and tipping point of all who were invited.

    Parameters
    ----------
    estimate
        The figure among the ``n`` valid answers, each counted once: a weighted one would count answers that
        were not given, and the truth could lie outside the bounds.
    n, invited
        Valid answers, and how many were asked.
    measure
        Its ends are the answers that the others could have given.

    Examples
    --------
    60 pct. of 40 answers among 100 invited: between 24 and 84 pct.; 50 pct. of all if 26 of the 60 others
    are positive.

    >>> share = Measure("q", "share", "positive", "share", ("q",), (), 0.0, 1.0)
    >>> [round(row["value"], 3) for row in bounds(0.6, 40, 100, share)]
    [0.24, 0.84, 0.433]
    """
    answered = min(n / invited, 1.0)
    common = {"indicator": measure.indicator, "category": measure.category, "unit": measure.unit, "n": n}
    ends = {"worst": measure.lowest, "best": measure.highest}
    rows: list[Row] = [
        common | {"measure": name, "value": estimate * answered + (1 - answered) * end} for name, end in ends.items()
    ]
    if measure.is_share and answered < 1:
        tipping = (MAJORITY - estimate * answered) / (1 - answered)
        turns = 0 <= tipping <= 1
        row: Row = common | {"measure": "tipping_point", "reason": "" if turns else "cannot_turn"}
        rows.append(row | ({"value": tipping} if turns else {}))
    return rows


def by_odds(share: float, response: float, odds: float) -> float:
    """Share of all who were asked, if the positive were ``odds`` times as likely (in odds) to answer as the others.

    Parameters
    ----------
    share
        Of those who answered.
    response
        The part of the asked that answered.

    Examples
    --------
    78 pct. of the 38 pct. who answered; 69 of all if the positive were twice as likely to answer:

    >>> [round(by_odds(0.78, 0.38, odds), 3) for odds in (1, 1.25, 1.5, 2)]
    [0.78, 0.755, 0.732, 0.693]
    """
    return share * (1 + (odds - 1) * (1 - share) * response) / (share + odds * (1 - share))


def turning_odds(share: float, response: float, target: float = MAJORITY) -> float:
    """Return the odds of answering, positive against not, at which a share of all who were asked would be another.

    Of a change, ``share`` is the one after and ``target`` the one before: the odds that make it vanish, where both
    answered alike before. NaN where no odds do.

    Examples
    --------
    >>> round(turning_odds(0.58, 0.38), 2), round(turning_odds(0.69, 0.38, target=0.59), 2)
    (1.68, 1.98)
    """
    silent_positive, silent_negative = target - share * response, 1 - target - (1 - share) * response
    if not (0 < share < 1 and silent_positive > 0 and silent_negative > 0):
        return float("nan")
    return share * silent_negative / ((1 - share) * silent_positive)


def odds(estimate: float, n: int, invited: int, measure: Measure) -> list[Row]:
    """Rows of one number for what was not answered: how much more likely the positive were to answer.

    Parameters
    ----------
    estimate, n, invited, measure
        As `bounds` takes them.

    Returns
    -------
    Of a share 'at_odds', that of all who were asked at the odds `ODDS_TRIED`, and 'turning_odds', at which the majority
    would turn: above 1, of the positive where they are the majority, else 'turning_odds_of_others'.

    Examples
    --------
    >>> share = Measure("q", "share", "positive", "share", ("q",), (), 0.0, 1.0)
    >>> [(row["measure"], round(row["value"], 2)) for row in odds(0.58, 38, 100, share)]
    [('at_odds', 0.52), ('turning_odds', 1.68)]
    """
    response = n / invited
    if not measure.is_share or response >= 1:
        return []
    common = {"indicator": measure.indicator, "category": measure.category, "n": n}
    rows = [common | {"measure": "at_odds", "unit": "share", "value": by_odds(estimate, response, ODDS_TRIED)}]
    return [*rows, *({**common, **row} for row in _above_one(turning_odds(estimate, response), "turning_odds"))]


def _above_one(found: float, name: str) -> list[Row]:
    # Odds of the positive, or those of the others where these must be the more likely to answer; none where NaN.
    if not found > 0:
        return []
    more = found >= 1
    return [{"measure": name if more else f"{name}_of_others", "unit": "ratio", "value": found if more else 1 / found}]


def of_changes(
    changes: pd.DataFrame, estimates: pd.DataFrame, invited: pd.DataFrame | None, places: Sequence[str]
) -> list[Row]:
    """Rows of how many answered before and after, and of the odds of answering at which a change would vanish.

    Parameters
    ----------
    changes
        Own changes of shares among them.
    estimates
        The levels at their ends.
    invited
        Rows of municipalities and waves with ``n_invited`` and ``n_answered``; None where not stated.
    places
        Municipalities that get rows.

    Returns
    -------
    'rate' of every window of several waves, and 'vanishing_odds' (or 'vanishing_odds_of_others', see `odds`) of the
    change in every indicator's positive share: its ``wave`` is all waves of both windows, ``category`` the event.
    """
    if invited is None:
        return []
    stated = invited[invited["group_by"] == ""].set_index(["municipality_code", "wave"])[["n_invited", "n_answered"]]
    known = dict(zip(stated.index, stated.to_numpy(float, na_value=np.nan).tolist(), strict=True))
    same = (changes["method"] == "change") & (changes["adjustment"] == "") & (changes["group_by"] == "")
    same &= changes["category"].eq("positive") & changes["change"].notna() & changes["municipality_code"].isin(places)
    levels = estimates[estimates["category"].eq("positive") & estimates["group_by"].eq("")]
    shares = levels.set_index(["indicator", "municipality_code", "wave"])["estimate"]
    rows: dict[tuple[str, str], Row] = {}
    odds_rows: list[Row] = []
    for row in changes[same].to_dict("records"):
        code, before, after = (str(row[name]) for name in ("municipality_code", "wave_before", "wave_after"))
        asked = {window: _asked(known, code, window) for window in (before, after)}
        for window, (invited_then, answered) in asked.items():
            if spans_waves(window) and invited_then > 0 and answered >= 0:
                rate = {"measure": "rate", "unit": "share", "value": answered / invited_then, "n": int(answered)}
                rows[code, window] = {"diagnostic": "nonresponse", "municipality_code": code, "wave": window} | rate
        if not asked[after][0] > 0:
            continue
        first, last = (shares[row["indicator"], code, window] for window in (before, after))
        found = turning_odds(last, min(row["n_after"] / asked[after][0], 1), target=first)
        odds_rows += [_about(row) | {"n": int(row["n_after"])} | made for made in _above_one(found, "vanishing_odds")]
    return [*rows.values(), *odds_rows]


def of_answers(changes: pd.DataFrame, places: Sequence[str]) -> list[Row]:
    """Rows 'of_answers': the part of the variance of a difference from others that comes of the municipality's answers.

    Parameters
    ----------
    changes
        Released rows: made of what is hidden, the part would tell the hidden standard error.
    places
        Municipalities that get rows, one for every indicator's positive share, as `of_changes` names them.
    """
    keys = ["event", "indicator", "municipality_code", "wave_before", "wave_after"]
    same = (changes["adjustment"] == "") & (changes["group_by"] == "") & changes["category"].eq("positive")
    same &= (changes["scale"] == "points") & changes["standard_error"].notna()
    same &= changes["municipality_code"].isin(places)
    own, beside = (changes[same & (changes["method"] == method)] for method in ("change", "effect"))
    both = own[[*keys, "standard_error", "n_before", "n_after"]].merge(
        beside[[*keys, "standard_error"]], on=keys, suffixes=("", "_beside")
    )
    return [
        _about(row) | {"measure": "of_answers", "unit": "share", "n": int(row["n_before"] + row["n_after"])}
        | {"value": min((row["standard_error"] / row["standard_error_beside"]) ** 2, 1.0)}
        for row in both.to_dict("records")
    ]  # fmt: skip


def _about(row: Mapping[Hashable, object]) -> Row:
    waves = (*waves_in(str(row["wave_before"])), *waves_in(str(row["wave_after"])))
    place: Row = {"diagnostic": "nonresponse", "indicator": row["indicator"], "category": row["event"]}
    return place | {"municipality_code": row["municipality_code"], "wave": window_of(waves)}


def _asked(known: Mapping[tuple[str, str], Sequence[float]], code: str, window: str) -> tuple[float, float]:
    waves = [known.get((code, wave), (np.nan, np.nan)) for wave in waves_in(window)]
    return sum(invited for invited, _ in waves), sum(answered for _, answered in waves)


def skipped(estimates: pd.DataFrame) -> list[Row]:
    """Rows 'skipped': of those who answered the questionnaire, the part that gave a question no answer at all.

    Examples
    --------
    Of 50 people 40 answered and 5 said that they did not know:

    >>> row = {"indicator": "q", "municipality_code": "183", "wave": "1", "group_by": "", "n_answered": 50}
    >>> known = {"measure": "share", "category": "positive", "n": 40}
    >>> unsure = {"measure": "dont_know", "category": "", "n": 45}
    >>> [made["value"] for made in skipped(pd.DataFrame([row | known, row | unsure]))]
    [0.1]
    """
    told = estimates["measure"].eq("dont_know") | estimates["category"].eq("positive")
    own = estimates[told & (estimates["group_by"] == "") & estimates["n_answered"].notna() & estimates["n"].notna()]
    own = own[own["n_answered"].gt(0)]
    keys = ["indicator", "municipality_code", "wave"]
    most = own.astype({"n": int, "n_answered": int}).groupby(keys, as_index=False)[["n", "n_answered"]].max()
    common: Row = {"diagnostic": "nonresponse", "measure": "skipped", "unit": "share"}
    return [
        {**common, **{key: row[key] for key in keys}, "n": row["n_answered"]}
        | {"value": max(row["n_answered"] - row["n"], 0) / row["n_answered"]}
        for row in most.to_dict("records")
    ]


def again(responses: pd.DataFrame, before: Sequence[str], after: Sequence[str], event: str, least: int) -> list[Row]:
    """Rows 'again' by municipality: of those who answered before, the part that answered after too.

    Fewer than ``least`` who came again, or did not, are told nowhere.
    """
    if "respondent_id" not in responses:
        return []
    known = responses[responses["respondent_id"].notna()]
    sides = [known[known["wave"].isin(list(waves))] for waves in (before, after)]
    first, last = (side.groupby("municipality_code", observed=True)["respondent_id"].agg(set) for side in sides)
    rows: list[Row] = []
    for code in first.index.intersection(last.index):
        both = len(first[code] & last[code])
        if min(both, len(first[code]) - both) >= least:
            row: Row = {"diagnostic": "nonresponse", "measure": "again", "unit": "share", "category": event}
            row |= {"municipality_code": code, "wave": window_of((*before, *after)), "n": len(first[code])}
            rows.append(row | {"value": both / len(first[code])})
    return rows


def earlier(
    sample: Sample,
    indicators: Sequence[Indicator],
    before: Sequence[str],
    after: Sequence[str],
    event: str,
    places: Sequence[str],
    least: int,
) -> list[Row]:
    """Rows 'again_before' and 'left_before': the level in the last wave before, by whether one answered after too.

    Parameters
    ----------
    sample
        With ``respondent_id``; without it there are no rows.
    indicators
        Each by what it is told by.
    before, after, event
        Windows of an event; its name is the rows' ``category``.
    places
        Municipalities that get rows.
    least
        Answers that both must have; nor may one person outweigh the others of either.
    """
    if "respondent_id" not in sample.responses:
        return []
    own = sample.only(sample.responses["municipality_code"].isin(places).to_numpy())
    people = own.responses
    person = people["municipality_code"].astype(str) + "\0" + people["respondent_id"].astype(str)
    came = person.isin(set(person[people["wave"].isin(list(after))]))
    side = came.map({True: "again", False: "left"}).where(people["respondent_id"].notna())
    own = replace(own, responses=people.assign(side=pd.Categorical(side, ["again", "left"])))
    tallies, last = Tallies(own, ("side",)), max(own.waves.index(wave) for wave in before)
    rows, around = list[Row](), window_of((*before, *after))
    for same in questions([each for each in map(headline, indicators) if each.asked_in(own.waves[last])]):
        tally = tallies.of(same, "side")
        waves = WaveEstimates.of(tally).waves().at((slice(None), last))
        found = waves.reshape(len(own.municipalities), tally.parts, len(same))
        for place, code in enumerate(own.municipalities):
            for at, measure in enumerate(same):
                both = found.at((place, slice(0, 2), at))
                if both.n.min() >= least and both.n_effective.min() >= DOMINATED_BELOW:
                    told: Row = {"indicator": measure.indicator, "unit": measure.unit, "municipality_code": code}
                    rows += _of_sides(numbers(both, measure), told | {"wave": around, "category": event})
    return rows


def _of_sides(found: Mapping[str, np.ndarray], told: Row) -> list[Row]:
    taken = {"value": "estimate", "n": "n", "ci_low": "ci_low", "ci_high": "ci_high", "flag": "flag"}
    sides = enumerate(("again_before", "left_before"))
    common = told | {"diagnostic": "nonresponse"}
    return [common | {"measure": name} | {key: found[of][at] for key, of in taken.items()} for at, name in sides]


def unweighted(weighted: pd.DataFrame, plain: pd.DataFrame) -> list[Row]:
    """Unweighted figures of the headline measures, to stand beside the weighted ones.

    Parameters
    ----------
    weighted, plain
        Rows of `estimates` of the same measures and domains, with and without weights. Rows that do not
        differ (nobody was weighted) are left out.
    """
    asked = weighted["indicator"].isin(plain["indicator"]) & weighted["category"].isin(plain["category"])
    asked &= weighted["measure"].isin(plain["measure"])  # (all others would only be looked up in vain)
    both = plain.merge(weighted.loc[asked, [*IDENTITY, "estimate"]], on=IDENTITY, suffixes=("", "_weighted"))
    moved = both[(both["estimate"] - both["estimate_weighted"]).abs() > 1e-12]
    columns = ["indicator", "category", "unit", *KEYS, "ci_low", "ci_high", "n", "flag"]
    return [
        {key: row[key] for key in columns}
        | {"diagnostic": "nonresponse", "measure": "unweighted", "value": row["estimate"]}
        for row in moved.to_dict("records")
    ]
