"""Answers from round to round, without any event: each municipality's change since its previous and its first round.

It is described and held against nobody: that somebody answered otherwise than last time says nothing of why.
"""

from collections.abc import Mapping, Sequence
from typing import Any

import pandas as pd

from jobreport.compare.panel import Choice, Question, Window
from jobreport.compare.rows import NOBODY, NOT_COMPARABLE, Row, told_by_changes, withheld_rows
from jobreport.compare.survey import SurveyPanels, group_rows, own_rows, split_rows
from jobreport.domain.released import COUNTRY, frame
from jobreport.estimate.measures import Measure, all_measures
from jobreport.estimate.moments import Others
from jobreport.estimate.sample import Sample
from jobreport.estimate.tally import Tallies, questions
from jobreport.setup.codebook import Indicator

Pair = tuple[str, str]


def round_changes(
    tallies: Tallies,
    indicators: Sequence[Indicator],
    *,
    focus: Sequence[str] = (),
    mix: str | None = None,
    simulated: bool,
    names: Mapping[str, str],
    told: Others | None = None,
) -> pd.DataFrame:
    """Tell how what people answered changed since the previous and since the first round.

    Parameters
    ----------
    tallies, indicators, mix, told, names, simulated
        As `survey_changes` takes them.
    focus
        Municipalities that get changes by group, with the mix of groups held still, and the split in two.

    Returns
    -------
    DataFrame with the columns of `changes`: method 'change' (for ``focus`` and all together 'mix' and 'rates' too),
    ``event`` empty, and ``role`` too but for all together. Rounds that did not ask a question, or in which nobody of
    the municipality answered, are passed over. An indicator that may not be compared has rows without a number.

    Examples
    --------
    With rounds of 2022, 2024 and 2025 there are rows of 2024 to 2025 and of 2022 to 2025; with two rounds the two
    are one.
    """
    every = told_by_changes(all_measures([each for each in indicators if each.comparable]))
    rows: list[Row] = []
    for same in questions(every):
        panels = SurveyPanels(tallies, same, mix, told, front=focus, mixed=focus)
        for pair, codes in pairs(tallies.sample, same).items():
            for measure in same:
                rows += _rows_of(panels, measure, pair, codes, {*focus, COUNTRY}.intersection(codes))
        tallies.let_go()
    compared = {measure.indicator for measure in every}
    left = [m for m in told_by_changes(all_measures(indicators)) if m.indicator not in compared]
    for measure in left:
        for (before, after), codes in pairs(tallies.sample, [measure]).items():
            asked: dict[str, Any] = {"before": [before], "after": [after], "simulated": simulated}
            asked |= {"codes": [code for code in codes if code != COUNTRY], "reason": NOT_COMPARABLE}
            kept = withheld_rows([measure], event=None, **asked)
            rows += [row for row in kept if row["municipality_code"] in codes]
    return frame("changes", [without_role(row) | {"simulated": simulated} for row in rows], names)


def pairs(sample: Sample, measures: Sequence[Measure]) -> dict[Pair, tuple[str, ...]]:
    """Return which rounds are compared, before and after, for whom: the latest with the previous and the first.

    Who answered at all decides, not who answered the question: it is known of everybody, hidden or not.
    """
    asked = [place for place, wave in enumerate(sample.waves) if all(each.asked_in(wave) for each in measures)]
    answered = dict(zip(sample.municipalities, sample.answered > 0, strict=True))
    answered[COUNTRY] = (sample.answered > 0).any(axis=0)
    found: dict[Pair, list[str]] = {}
    for code, present in answered.items():
        waves = [sample.waves[place] for place in asked if present[place]]
        for before in dict.fromkeys((waves[-2], waves[0])) if len(waves) > 1 else ():
            found.setdefault((before, waves[-1]), []).append(code)
    return {pair: tuple(codes) for pair, codes in found.items()}


def _rows_of(
    panels: SurveyPanels,
    measure: Measure,
    pair: Pair,
    codes: Sequence[str],
    focus: Sequence[str] | set[str],
) -> list[Row]:
    before, after = pair
    asked = Question(NOBODY, Window.of(panels.periods, [before], [after]), ("points",), {}).about(measure, ())
    panel, choice = panels.of(measure), Choice(asked.window)
    rows = own_rows(panel, asked, choice, codes)
    rows += [row for column in panels.tallies.group_by for row in group_rows(panel, asked, column, focus)]
    if panels.mix is not None:
        rows += own_rows(panel, asked, Choice(asked.window, adjusted=True), focus)
        rows += split_rows(panel, asked, focus)
    return rows


def without_role(row: Row) -> Row:
    """Return a row of no event: nobody has a part in it but the country.

    Examples
    --------
    >>> without_role({"municipality_code": "183", "role": "others"})["role"]
    ''
    """
    return row | {"event": "", "role": "country" if row["municipality_code"] == COUNTRY else ""}
