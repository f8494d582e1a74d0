"""Shares of themes among those who wrote a comment, and among all who answered; released as everything else is.

Only whole municipalities are told, each by itself: of a group too few write, and no sum of several is printed that
one could be worked out from. What is hidden of the answers is hidden here too. A theme is a single answer: of fewer
comments than those are told from it would say what one person wrote. A unit's report has no comments at all.
"""

from collections.abc import Iterator
from dataclasses import replace
from typing import Any

import pandas as pd

from jobreport.domain.released import OF_ANSWERED, TOLD, empty
from jobreport.estimate import indicators
from jobreport.estimate.domains import behind
from jobreport.estimate.measures import Measure, measures_of_question
from jobreport.estimate.sample import Sample
from jobreport.estimate.tally import Tallies
from jobreport.release.disclosure import Released, blank, of_single_answers, release
from jobreport.release.suppression import together
from jobreport.setup.codebook import NOT_ANSWERED, Comments, Question

WHERE = ("wave", "municipality_code")
FEW = 1  # answers, so few that nothing is shown: of those that are hidden already


def themes(sample: Sample, asked: Comments, released: Released, **stated: Any) -> pd.DataFrame:
    """Return the released rows of comments and their themes.

    Parameters
    ----------
    sample
        Of the answers, with their weights.
    asked
        The open question and its themes, in the rounds of which comments were coded.
    released
        What was released of the answers themselves.
    **stated
        ``names``, ``simulated``, ``invited``, as `indicators.estimate` takes them.
    """
    tallies, measures = Tallies(sample, ()), tuple(_measures(asked))
    rows = indicators.estimate(tallies, measures, shown=(), **stated)
    domains = behind(tallies, [each for each in measures if each.is_box])
    coded = sample.responses[sample.responses[asked.commented.name].ne(NOT_ANSWERED)]
    coded = coded[_is_among(coded, released.estimates)]  # (a unit's report holds nothing of the whole municipality)
    rows, domains = (table[_is_among(table, coded)] for table in (rows, domains))
    if rows.empty:
        return empty("estimates")
    hidden = released.estimates[released.estimates["flag"].eq("suppressed") & ~of_single_answers(released.estimates)]
    domains = domains.assign(n=domains["n"].mask(_is_among(domains, hidden[hidden["group_by"].eq("")]), FEW))
    nothing = empty("changes"), empty("diagnostics")
    rows = rows.reset_index(drop=True)
    shown = release(rows, *nothing, released.rule, domains=together(domains))
    return blank(shown.estimates, _of_few_comments(rows, asked, released.rule.suppress_cells_below))


def _of_few_comments(rows: pd.DataFrame, asked: Comments, below: int) -> pd.Series:
    # Rows of themes where fewer wrote a comment than single answers are told from, by either base.
    about = rows["indicator"].isin([theme.name for theme in asked.themes])
    few = rows[about & rows["measure"].ne(OF_ANSWERED) & pd.to_numeric(rows["n"]).lt(below)]
    return about & _is_among(rows, few)


def _is_among(rows: pd.DataFrame, others: pd.DataFrame) -> pd.Series:
    mine, theirs = (pd.MultiIndex.from_frame(each[[*WHERE]].astype(str)) for each in (rows, others))
    return pd.Series(mine.isin(theirs.unique()), index=rows.index)


def _measures(asked: Comments) -> Iterator[Measure]:
    yield _about(asked.commented)
    for theme in asked.themes:
        yield _about(theme)
        yield replace(_about(replace(theme, dont_know_in_base=True)), name=OF_ANSWERED)


def _about(question: Question) -> Measure:
    found = measures_of_question(question, question.name)
    return next(each for each in found if (each.name, each.category) == TOLD["share"])
