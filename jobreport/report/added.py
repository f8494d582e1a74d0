"""An indicator that an analyst makes of questions that the codebook holds already."""

from __future__ import annotations

import re
from collections.abc import Sequence
from dataclasses import replace

from jobreport.domain.texts import LANGUAGES
from jobreport.setup.codebook import Codebook, Indicator


def with_indicator(
    codebook: Codebook, name: str, items: Sequence[str], label: str, positive: int | None = None
) -> Codebook:
    """Return the codebook with one more indicator of questions that it holds.

    Parameters
    ----------
    codebook
        Of the survey.
    name
        A new name: small letters, digits and underscores.
    items
        Names of its questions, all with equally many answers.
    label
        What readers see, in either language.
    positive
        How many of the top answers are positive; what the codebook says, for a second definition beside it would
        let a hidden answer be found by subtraction.

    Raises
    ------
    ValueError
        If the name is taken or none, a question is unknown, or the scales do not go together; with what there is.

    Examples
    --------
    >>> from jobreport.setup.codebook import Question, Scale
    >>> scale = Scale("grad", {"da": ("a", "b", "c"), "en": ("a", "b", "c")}, 1, 1)
    >>> book = Codebook((Indicator("trust", {}, (Question("s_1", {}, scale),)),))
    >>> [indicator.name for indicator in with_indicator(book, "kontakt", ["s_1"], "Kontakt").indicators]
    ['trust', 'kontakt']
    """
    known = {item.name: item for item in codebook.items}
    taken = {*known, *(indicator.name for indicator in codebook.indicators)}
    if not re.fullmatch("[a-z][a-z0-9_]*", name) or name in taken:
        raise ValueError(f"{name!r} is no new name of small letters, digits and _; taken are {', '.join(taken)}")
    if missing := [item for item in items if item not in known]:
        raise ValueError(f"{', '.join(missing)}: no such question; there are {', '.join(known)}")
    asked = tuple(known[item] for item in dict.fromkeys(items))
    scales = {(item.scale.size, item.scale.positive) for item in asked}
    if len(scales) != 1 or (positive is not None and {positive} != {count for _, count in scales}):
        said = ", ".join(f"{item.name} {item.scale.positive} of {item.scale.size}" for item in asked)
        raise ValueError(f"the questions must have the same answers and as many positive: {said or 'none named'}")
    reasons = [each.reason for each in codebook.indicators if not each.comparable and {*each.items} & {*asked}]
    alike = not reasons and len({item.waves for item in asked}) == 1
    labels = dict.fromkeys(LANGUAGES, label)
    return replace(
        codebook, indicators=(*codebook.indicators, Indicator(name, labels, asked, alike, "; ".join(reasons)))
    )
