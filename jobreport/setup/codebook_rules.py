"""The rules of a codebook file: what must fit together, what init left open, and what differs by wave."""

import re
from collections.abc import Iterator

from jobreport.domain.texts import LANGUAGES, phrase
from jobreport.errors import Problem
from jobreport.setup import codebook_model as model
from jobreport.setup.coding import lowest, normal
from jobreport.setup.kinds import twice

KEYS = (
    *("respondent_id", "wave", "municipality_code", "jobcentre_code", "weight", "answered_on", "status"),
    *("cluster", "stratum", "comment_key", "unit"),
)
_DIFFERENCES = ("wording", "scale", "order", "asked")
MOST_ANSWERS = 101  # from 0 to 100; more are no answers to choose from
CHOSEN_OR_NOT = 2  # answers of one that may be chosen
_DIGITS = re.compile(r"[0-9]{1,18}")


def breaches(entry: model.CodebookFile, where: str) -> list[Problem]:
    """Find everything that does not fit together."""
    found = [problem for name, scale in entry.scales.items() for problem in _scale(name, scale, where)]
    found += _names(entry, where)
    for question in entry.questions:
        found += _question(question, entry, where)
    known = [question.name for question in entry.questions]
    for indicator in entry.indicators:
        missing = [item for item in indicator.items if item not in known]
        if missing:
            facts = {"indicator": indicator.name, "items": missing, "known": known or ["-"]}
            found.append(Problem("indicator_item_unknown", where, facts))
        else:
            found += _items_together(indicator, entry, where)
    for name, group in entry.groups.items():
        codes = [value.code for value in group.values]
        found += _codes_twice(name, [*codes, group.missing], where)
        found += _codes_blank(name, codes, where)
    found += _key_columns(entry, where)
    found += _left_out(entry, where)
    return found


def _items_together(indicator: model.IndicatorEntry, entry: model.CodebookFile, where: str) -> Iterator[Problem]:
    # Several questions have a mean only if answered by the same numbers; a choice is chosen or not.
    named = {item.scale for item in entry.questions if item.name in indicator.items and item.scale in entry.scales}
    sizes = {_numbers(entry.scales[name]) for name in named}
    facts = {"indicator": indicator.name, "scales": sorted(named)}
    if indicator.together == "index" and len(sizes) > 1:
        yield Problem("indicator_scales", where, facts)
    if indicator.together == "choices" and any(size != CHOSEN_OR_NOT for size, _ in sizes):
        yield Problem("choices_not_two", where, facts)
    if len(indicator.items) > 1 and indicator.together == "index" and indicator.told == "share":
        yield Problem("indicator_told", where, {"indicator": indicator.name})


def _numbers(scale: model.ScaleEntry) -> tuple[int, float]:
    return max((len(labels) for labels in scale.labels.values()), default=0), lowest(scale.labels)


def _left_out(entry: model.CodebookFile, where: str) -> Iterator[Problem]:
    named = [value for key, value in entry.columns.model_dump().items() if key != "proposal" and value]
    named += [question.column for question in entry.questions] + [group.column for group in entry.groups.values()]
    if both := [name for name in entry.left_out if name in named]:
        yield Problem("column_left_out", where, {"columns": both})


def unsettled(entry: model.CodebookFile, where: str) -> list[Problem]:
    """Find what a person must still say: open proposals, and waves that differ without a reason."""
    found = [Problem("codebook_open_question", where, {"text": text.rstrip(".")}) for text in entry.open_questions]
    whole = entry.proposal
    proposed = ["columns"] if whole or entry.columns.proposal else []
    proposed += [f"questions: {question.name}" for question in entry.questions if whole or question.proposal]
    proposed += [f"indicators: {indicator.name}" for indicator in entry.indicators if whole or indicator.proposal]
    proposed += [f"groups: {name}" for name, group in entry.groups.items() if whole or group.proposal]
    if proposed:
        found.append(Problem("proposal_open", where, {"names": proposed, "count": len(proposed)}))
    for indicator in entry.indicators:
        if indicator.comparable and not indicator.reason and differences(indicator, entry):
            facts = {"indicator": indicator.name, "what": _named(differences(indicator, entry))}
            found.append(Problem("comparable_without_reason", where, facts))
    return found


def differences(indicator: model.IndicatorEntry, entry: model.CodebookFile) -> tuple[str, ...]:
    """Tell in what the waves of an indicator differ: 'wording', 'scale', 'order', 'asked'."""
    items = [question for question in entry.questions if question.name in indicator.items]
    found = {kind for question in items for kind in _question_differences(question, entry)}
    if len({question.waves for question in items}) > 1:
        found.add("asked")
    return tuple(kind for kind in _DIFFERENCES if kind in found)


def sentence(kinds: tuple[str, ...], language: str) -> str:
    """Say why an indicator is not compared; '' if nothing differs."""
    if not kinds:
        return ""
    return phrase("waves.unlike", language, what=_named(kinds)[language])


def _named(kinds: tuple[str, ...]) -> dict[str, str]:
    return {language: ", ".join(phrase(f"waves.{kind}", language) for kind in kinds) for language in LANGUAGES}


def _question_differences(question: model.QuestionEntry, entry: model.CodebookFile) -> Iterator[str]:
    scale = entry.scales[question.scale]
    for own in question.in_wave.values():
        if own.wording and own.wording != question.wording:
            yield "wording"
        if own.scale and entry.scales[own.scale].labels != scale.labels:
            yield "scale"
        if _outside_labels(outside(question, own)[1]) != _outside_labels(question.dont_know):
            yield "scale"
        if own.codes and question.codes and _descending(own.codes) != _descending(question.codes):
            yield "order"


def outside(question: model.QuestionEntry, own: model.InWave) -> tuple[tuple[str, ...], tuple[model.DontKnow, ...]]:
    """Return a question's codes of no answer, and its answers outside the scale, in one wave."""
    missing = question.missing if own.missing is None else own.missing
    return missing, question.dont_know if own.dont_know is None else own.dont_know


def _outside_labels(answers: tuple[model.DontKnow, ...]) -> set[str]:
    return {normal(each.label["da"]) for each in answers}


def _descending(codes: tuple[tuple[str, ...], ...]) -> bool:
    # Exports number answers in the order in which they were shown.
    first, last = (each[0] if each else "" for each in (codes[0], codes[-1]))
    return bool(_DIGITS.fullmatch(first) and _DIGITS.fullmatch(last)) and int(first) > int(last)


def _scale(name: str, scale: model.ScaleEntry, where: str) -> Iterator[Problem]:
    sizes = {language: len(labels) for language, labels in scale.labels.items()}
    if len(set(sizes.values())) != 1 or min(sizes.values(), default=0) < 2:
        counts = [f"{language}: {size}" for language, size in sizes.items()] or ["-"]
        yield Problem("scale_sizes", where, {"scale": name, "counts": counts})
        return
    size = next(iter(sizes.values()))
    if size > MOST_ANSWERS:
        yield Problem("scale_long", where, {"scale": name, "size": size, "largest": MOST_ANSWERS})
    if scale.positive + scale.negative > size:
        facts = {"scale": name, "positive": scale.positive, "negative": scale.negative, "size": size}
        yield Problem("scale_boxes", where, facts)
    if any(not normal(label) for labels in scale.labels.values() for label in labels):
        yield Problem("codebook_answer_blank", where, {"name": name})
    for language, labels in scale.labels.items():
        if same := twice(map(normal, labels)):
            yield Problem("scale_label_twice", where, {"scale": name, "lang": language, "labels": same})


def _names(entry: model.CodebookFile, where: str) -> Iterator[Problem]:
    questions = [question.name for question in entry.questions]
    indicators = [indicator.name for indicator in entry.indicators]
    themes = [model.COMMENTS, *(theme.name for theme in entry.comments.themes)] if entry.comments else []
    asked = {item for indicator in entry.indicators for item in indicator.items}
    shared = [each.name for each in entry.indicators if each.name in asked and each.items != (each.name,)]
    own = [*questions, *entry.groups, *KEYS]
    for names in (twice(own), twice(indicators), twice([*themes, *{*own, *indicators}]), shared):
        if names:
            yield Problem("codebook_name_twice", where, {"names": names})


def _question(question: model.QuestionEntry, entry: model.CodebookFile, where: str) -> Iterator[Problem]:
    versions = [("", model.InWave()), *question.in_wave.items()]
    if waves := twice(map(normal, question.in_wave)):
        yield Problem("codebook_name_twice", where, {"names": waves})
    facts: dict[str, object] = {"question": question.name, "known": list(entry.scales) or ["-"]}
    for wave, own in versions:
        scale = own.scale or question.scale
        if scale not in entry.scales:
            yield Problem("scale_unknown", where, facts | {"scale": scale})
            continue
        size, _ = _numbers(entry.scales[scale])
        codes = own.codes or question.codes
        if codes is not None and len(codes) != size:
            counts = {"scale": scale, "size": size, "count": len(codes)}
            yield Problem("scale_codes", where, facts | counts)
        own_scale = entry.scales.get(question.scale)
        if wave and own_scale and _numbers(own_scale) != _numbers(entry.scales[scale]):
            yield Problem("wave_scale_size", where, facts | {"wave": wave, "scale": scale})
        missing, dont_know = outside(question, own)
        chosen = [*(codes or ()), *(each.code for each in dont_know)]
        yield from _codes_twice(question.name, [*chosen, missing], where)
        yield from _codes_blank(question.name, chosen, where)


def _codes_twice(name: str, codes: list[tuple[str, ...]], where: str) -> Iterator[Problem]:
    if same := twice(normal(code) for listed in codes for code in listed):
        yield Problem("code_twice", where, {"name": name, "codes": same})


def _codes_blank(name: str, codes: list[tuple[str, ...]], where: str) -> Iterator[Problem]:
    # An empty cell is no answer; a blank code would count everybody who gave none.
    if any(not listed or not all(normal(code) for code in listed) for listed in codes):
        yield Problem("codebook_answer_blank", where, {"name": name})


def _key_columns(entry: model.CodebookFile, where: str) -> Iterator[Problem]:
    if unknown := [key for key in (*entry.recodes, *entry.fixed) if key not in KEYS]:
        yield Problem("codebook_key_unknown", where, {"keys": unknown, "known": list(KEYS)})
    for key, table in entry.recodes.items():
        yield from _codes_twice(key, [tuple(table)], where)
    if without := [key for key in entry.recodes if key in KEYS and not getattr(entry.columns, key)]:
        yield Problem("recode_without_column", where, {"keys": without})
    if bool(entry.columns.status) != bool(entry.answered):
        yield Problem("status_open", where)
    if both := [key for key in entry.fixed if getattr(entry.columns, key, None)]:
        yield Problem("fixed_and_column", where, {"keys": both})
