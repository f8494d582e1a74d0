"""How much may be said of a comparison: its design sets the strongest word, weaknesses lower it.

The p-value plays no part: nothing raises a level.
"""

from collections.abc import Sequence

from jobreport.domain.rules import FEWEST_FOR_INTERVAL, FEWEST_FOR_RANK_TEST, FEWEST_FOR_TEST, FEWEST_WAVES_BEFORE

LEVELS = ("description", "change", "effect")


def permitted(n_comparison: int, waves_before: int) -> tuple[str, tuple[str, ...]]:
    """The strongest word that a design carries, and what has to be said with it.

    Parameters
    ----------
    n_comparison
        Municipalities to compare with, J0.
    waves_before
        Waves or periods before the event that the data hold, used or not.

    Returns
    -------
    (level, reasons)
        ======  ===============  ================================================================
        J0      level            reason
        ======  ===============  ================================================================
        0       description      ``no_comparison``
        1-3     description      ``descriptive_only``: no interval, no test
        4-8     change           ``interval_only``: an interval, no test
        9-18    effect           ``normality_assumed``: a rank cannot reach 5 pct.
        19-     effect           none
        ======  ===============  ================================================================

        With fewer than four waves before nobody can see whether the municipalities developed alike (a course of two
        points a wave was seen in 8 to 20 of 100 countries, and in 8 to 10 where there was none): at most 'change',
        ``parallel_unchecked``.

    Examples
    --------
    >>> permitted(12, 1)
    ('change', ('normality_assumed', 'parallel_unchecked'))
    """
    reasons: tuple[str, ...]
    if n_comparison < FEWEST_FOR_INTERVAL:
        level, reasons = "description", ("descriptive_only" if n_comparison else "no_comparison",)
    elif n_comparison < FEWEST_FOR_TEST:
        level, reasons = "change", ("interval_only",)
    else:
        few = n_comparison < FEWEST_FOR_RANK_TEST
        level = "effect"
        reasons = ("normality_assumed",) if few else ()
    if waves_before < FEWEST_WAVES_BEFORE:
        return min(level, "change", key=LEVELS.index), (*reasons, "parallel_unchecked")
    return level, reasons


def lowered(
    level: str, false_dates: Sequence[str], sign_changes: bool, *, tried: bool = True
) -> tuple[str, tuple[str, ...]]:
    """Lower a level by one if a false date stands out or the sign depends on the choices made.

    ``false_dates`` are those whose interval excludes zero. Both weaknesses together lower it once.
    Where other choices were not ``tried`` nobody knows the sign, and it is no 'effect' either.

    Examples
    --------
    >>> lowered("effect", ["2015", "2016"], False)
    ('change', ('false_dates=2015,2016',))
    """
    reasons = []
    if false_dates:
        reasons.append("false_dates=" + ",".join(false_dates))
    if sign_changes:
        reasons.append("sign_depends_on_choice")
    place = max(LEVELS.index(level) - bool(reasons), 0)
    if not tried and LEVELS[place] == "effect":
        reasons.append("choices_not_tried")
        place -= 1
    return LEVELS[place], tuple(reasons)


def gated(level: str, *, clear: bool, bears: bool | None) -> tuple[str, tuple[str, ...]]:
    """Keep 'effect' only for a clear difference that bears the going on of the course before.

    Parameters
    ----------
    clear
        Whether its interval leaves zero out.
    bears
        `course.Course.bears`; None where no course is known.

    Examples
    --------
    >>> gated("effect", clear=True, bears=True), gated("effect", clear=True, bears=False)
    (('effect', ()), ('change', ('course_goes_on',)))
    """
    if level != "effect" or (clear and bears):
        return level, ()
    reasons = ("course_unknown",) if bears is None else ("course_goes_on",)
    return "change", reasons if clear else ()
