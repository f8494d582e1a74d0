"""Several comparisons of one event: where some are clear by chance alone, and which of them may be called clear.

Where nothing happens one of three indicators stands out in 10 to 11 of 100 countries (`tests/simulation/words.py`).

References
----------
Holm, S. (1979). A simple sequentially rejective multiple test procedure. Scandinavian Journal of Statistics 6, 65-70.
Dmitrienko, A. and Tamhane, A. C. (2007). Gatekeeping procedures with clinical trial applications. Pharmaceutical
Statistics 6, 171-180. (one main outcome first, the others after it)
"""

from collections.abc import Collection, Mapping, Sequence

import numpy as np
import pandas as pd
from scipy import special

from jobreport.compare.rows import joined
from jobreport.domain.released import TOLD
from jobreport.domain.rules import TEST_LEVEL
from jobreport.estimate.estimators import Bools, Floats
from jobreport.setup.codebook import Indicator
from jobreport.setup.params_model import Event

Key = tuple[str, str, str]
ONE_OF_SEVERAL = "one_of_several"
CONTROL, CONTROL_MOVED = "negative_control", "control_moved"
TOGETHER = ("municipality_code", "adjustment", "scale")


def families(indicators: Sequence[Indicator]) -> tuple[set[Key], set[Key]]:
    """What is told together, as (indicator, measure, category).

    Returns
    -------
    (indicators, questions)
        What the indicators are told by, and, where the report tells an index by its questions, all questions.
    """
    main = {(each.name, *each.main) for each in indicators}
    return main, {(name, "share", "positive") for each in indicators for name, _ in each.named_items}


def main_outcome(event: Event) -> Key | None:
    """Return what an event is judged by first, if the params name it."""
    return None if event.outcome is None else (event.outcome.indicator, *TOLD[event.outcome.measure])


def with_controls(changes: pd.DataFrame, controls: Mapping[str, Key]) -> pd.DataFrame:
    """Take the word 'effect' from what an event cannot touch, and from everything else where that moved clearly.

    Parameters
    ----------
    changes
        Released rows: nothing is told of what is hidden.
    controls
        Event -> what it cannot touch, as (indicator, measure, category).

    Returns
    -------
    DataFrame
        With the reasons ``negative_control``, and ``control_moved`` with the name of the indicator that did.

    Examples
    --------
    >>> row = {"event": "e", "method": "effect", "municipality_code": "183", "adjustment": "", "group_by": "",
    ...        "category": "positive", "measure": "share", "scale": "points", "wording_level": "effect", "reason": ""}
    >>> rows = pd.DataFrame([row | {"indicator": name, "ci_low": 1.0, "ci_high": 3.0} for name in ("a", "b")])
    >>> with_controls(rows, {"e": ("b", "share", "positive")})[["wording_level", "reason"]].to_numpy().tolist()
    [['change', 'control_moved=b'], ['change', 'negative_control']]
    """
    for event, (indicator, measure, category) in controls.items():
        effects = changes["event"].eq(event) & changes["method"].eq("effect") & changes["measure"].ne("register")
        own = effects & changes["indicator"].eq(indicator)
        main = own & changes["measure"].eq(measure) & changes["category"].eq(category) & changes["scale"].eq("points")
        main &= changes["adjustment"].eq("") & changes["group_by"].eq("")
        clear = changes.loc[main & (changes["ci_low"].gt(0) | changes["ci_high"].lt(0)), "municipality_code"]
        moved = effects & ~own & changes["municipality_code"].isin(clear)
        changes = _lowered(_lowered(changes, own, CONTROL), moved, f"{CONTROL_MOVED}={indicator}")
    return changes


def _lowered(changes: pd.DataFrame, rows: pd.Series, why: str) -> pd.DataFrame:
    level = changes["wording_level"].mask(rows & changes["wording_level"].eq("effect"), "change")
    reasons = [joined([*text.split(";"), why]) for text in changes.loc[rows, "reason"]]
    reason = changes["reason"].mask(rows, pd.Series(reasons, changes.index[rows], dtype=object))
    return changes.assign(wording_level=level, reason=reason)


def with_holm(changes: pd.DataFrame, families: Sequence[Collection[Key]], first: Key | None = None) -> pd.DataFrame:
    """Correct the effects of a municipality for the number of comparisons, and say which are clear by themselves alone.

    Parameters
    ----------
    changes
        Rows of `changes` of one event.
    families
        Comparisons that are told together; one that is in several belongs to the first.
    first
        The main outcome that was named before the results were seen, if there is one.

    Returns
    -------
    DataFrame
        With ``p_adjusted`` (see `adjusted`) where there is a p-value, and ``one_of_several`` among the reasons of a
        difference whose interval leaves zero out although, all taken together, chance may have made it.
    """
    keys = pd.Series([*zip(changes["indicator"], changes["measure"], changes["category"], strict=True)], changes.index)
    effects = changes["method"].eq("effect") & changes["standard_error"].gt(0)
    t = changes["change"].abs() / changes["standard_error"]
    df = changes["n_comparison"].astype(float) - 1
    p = pd.Series(2 * special.stdtr(df.to_numpy(float), -t.to_numpy(float)), changes.index)
    corrected = pd.Series(np.nan, changes.index)
    for family in reversed(families):
        tested = p[effects & keys.isin(list(family))]
        for _, same in tested.groupby([changes.loc[tested.index, column] for column in TOGETHER]):
            corrected[same.index] = adjusted(same.to_numpy(), (keys[same.index] == first).to_numpy())
    lost = (p < TEST_LEVEL) & (corrected >= TEST_LEVEL)
    reasons = [joined([*text.split(";"), ONE_OF_SEVERAL]) for text in changes.loc[lost, "reason"]]
    reason = changes["reason"].mask(lost, pd.Series(reasons, changes.index[lost], dtype=object))
    return changes.assign(p_adjusted=corrected.where(changes["p_value"].notna()), reason=reason)


def adjusted(p: Floats, first: Bools) -> Floats:
    """Return p-values corrected for their number.

    Parameters
    ----------
    p
        Of comparisons told together.
    first
        Which of them is the main outcome: it keeps its own p, the others follow only where it is clear.

    Examples
    --------
    >>> p = np.array([0.04, 0.001, 0.02])
    >>> adjusted(p, np.array([False, False, False])).round(3).tolist()
    [0.04, 0.003, 0.04]
    >>> adjusted(p, np.array([True, False, False])).round(3).tolist()
    [0.04, 0.04, 0.04]
    """
    import pingouin

    if not first.any():
        return np.asarray(pingouin.multicomp(p.tolist(), method="holm")[1])
    found = p.copy()
    if not first.all():
        found[~first] = np.maximum(pingouin.multicomp(p[~first].tolist(), method="holm")[1], p[first].max())
    return found
