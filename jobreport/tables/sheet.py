"""The data sheet: who asked, questions, thresholds, files and their checksums, versions, terms."""

from __future__ import annotations

from collections.abc import Iterator, Mapping, Sequence
from typing import Any

from jobreport.domain import rules
from jobreport.page import Inline, Paragraph, Parts, Table
from jobreport.setup.codebook import Codebook, Question
from jobreport.tables import cells
from jobreport.wording import missing, numbers
from jobreport.wording.labels import Labels

FIELDS = (
    *("commissioner", "payer", "designer", "collector", "analyst", "target_population", "frame", "selection"),
    *("dates", "mode", "language", "questionnaire", "weighting", "other_changes", "limits"),
)
PRINTED = (
    *("test_level", "reliability_floor", "effective_answers_floor", "rare_answers_floor", "design_effect_ceiling"),
    *("weighted_answers_floor", "funnel_inner", "funnel_outer", "old_after_years"),
)
"""Rules that are choices and that the method in words does not name already."""
SHOWN_ELSEWHERE = ("params", "inputs", "thresholds")
TERMS = (
    *("percentage_point", "interval", "uncertain", "index", "share", "dont_know", "base", "effect", "change"),
    *("comparison", "exposed", "rank", "false_date", "detectable", "register", "not_stated"),
)


def description(labels: Labels) -> Table | Paragraph:
    """Return what the survey states about itself; what it does not is printed as 'ikke oplyst'."""
    survey = labels.params.survey
    if survey is None:
        return missing(labels, "survey")
    given = survey.description.model_dump()
    dates = {} if given["dates"] else {"dates": _dates(labels)}
    return Table(
        "table-description",
        cells.columns(labels, "field", "stated", left=("stated",)),
        tuple(
            (labels.texts.fill(f"fields.{name}"), dates.get(name) or _told(given[name], name, labels))
            for name in FIELDS
        ),
        labels.texts.fill("tables.description"),
        _wave_notes(labels),
        _from_params(labels),
        simulated=survey.simulated,
    )


def _told(stated: Mapping[str, str] | None, name: str, labels: Labels) -> Parts:
    text = labels.texts.of(stated) if stated else None
    return (_said(text, f"survey.description.{name}.{labels.language}", labels),)


def _dates(labels: Labels) -> Parts:
    """Return the first and the last day of the waves, where every wave has both."""
    waves = labels.params.survey.waves if labels.params.survey else ()
    days = [(wave.from_, f"survey.waves.{place}.from") for place, wave in enumerate(waves)]
    ends = [(wave.to, f"survey.waves.{place}.to") for place, wave in enumerate(waves)]
    known = [(day, path) for day, path in (*days, *ends) if day is not None]
    if not known or len(known) < len(days) + len(ends):
        return ()
    first, last = (numbers.params_date(*end, labels.language) for end in (min(known), max(known)))
    return labels.texts.fill("tables.dates", first=first, last=last)


def _said(text: str | None, path: str, labels: Labels) -> Inline:
    return numbers.params_text(text, path) if text else labels.texts.word("common.not_stated")


def _wave_notes(labels: Labels) -> tuple[Parts, ...]:
    """Return one line per wave for what differs from the whole."""
    told = []
    for place, wave in enumerate(labels.params.survey.waves if labels.params.survey else ()):
        own = {name: text for name, text in wave.description.model_dump().items() if text}
        for name, stated in own.items():
            text = labels.texts.of(stated)
            path = f"survey.waves.{place}"
            told.append(
                labels.texts.fill(
                    "tables.wave_note",
                    wave=numbers.params_text(wave.wave, f"{path}.wave"),
                    field=labels.texts.word(f"fields.{name}"),
                    text=numbers.params_text(text, f"{path}.description.{name}.{labels.language}"),
                )
            )
    return tuple(told)


def _from_params(labels: Labels) -> Parts:
    return labels.texts.fill("common.source", source=labels.texts.word("tables.params_file"))


def questions(labels: Labels) -> Table | Paragraph:
    """Return every question with its wording, its answers from least to most positive, and 'don't know'."""
    if labels.codebook is None:
        return missing(labels, "survey")
    simulated = labels.params.survey is not None and labels.params.survey.simulated
    return Table(
        "table-questions",
        cells.columns(labels, "question", "wording", "answers", "dont_know", left=("wording", "answers", "dont_know")),
        tuple(_question_line(*pair, labels) for pair in _questions(labels.codebook)),
        labels.texts.fill("tables.questions"),
        (labels.texts.fill("notes.questions"),),
        labels.texts.fill("common.source", source=labels.texts.word("tables.codebook_file")),
        simulated=simulated,
    )


def _questions(codebook: Codebook) -> tuple[tuple[str, Question], ...]:
    """Every question once, with the name its figures stand under."""
    named = {item.name: (name, item) for indicator in codebook.indicators for name, item in indicator.named_items}
    return tuple(named.values())


def _question_line(name: str, question: Question, labels: Labels) -> tuple[Parts, ...]:
    unasked = labels.texts.of_many(question.dont_know) if question.dont_know else ()
    path = f"codebook.{question.name}"
    return (
        cells.words(labels.indicator(name)),
        (numbers.params_text(labels.texts.of(question.wording), f"{path}.wording"),),
        (numbers.params_text(" / ".join(labels.texts.of_many(question.scale.labels)), f"{path}.answers"),),
        (numbers.params_text(", ".join(unasked) or labels.texts.word("common.not_stated"), f"{path}.dont_know"),),
    )


def thresholds(labels: Labels) -> Table:
    """Return the project's fixed numbers that the method in words does not name, and the margin of the params."""
    lines: list[tuple[Parts, Parts]] = []
    margin = labels.params.unchanged_margin
    stated: Inline = (
        labels.texts.word("common.not_set")
        if margin is None
        else numbers.params_number(margin, "unchanged_margin", labels.language, 1)
    )
    lines.append((labels.texts.fill("thresholds.unchanged_margin"), (stated,)))
    lines += [(labels.texts.fill(f"thresholds.{name}"), (numbers.rule(name, labels.language),)) for name in PRINTED]
    return Table(
        "table-thresholds",
        cells.columns(labels, "threshold", "threshold_value"),
        tuple(lines),
        labels.texts.fill("tables.thresholds"),
        (labels.texts.fill("notes.thresholds"),),
        _from_params(labels),
        simulated=False,
    )


def inputs(files: Sequence[Mapping[str, str]], labels: Labels) -> Table:
    """Return every file that the report rests on with its checksum.

    Parameters
    ----------
    files
        One mapping per file with 'role', 'file' and 'sha256'.
    labels
        Language.
    """
    return Table(
        "table-inputs",
        cells.columns(labels, "file", "role", "sha256", left=("role", "sha256")),
        tuple(_input_line(place, file, labels) for place, file in enumerate(files)),
        labels.texts.fill("tables.inputs"),
        (labels.texts.fill("notes.sha256"),),
        _from_params(labels),
        simulated=False,
    )


def _input_line(place: int, file: Mapping[str, str], labels: Labels) -> tuple[Parts, ...]:
    path = f"facts.inputs.{place}"
    key = f"file_roles.{file['role']}"
    role = labels.texts.word(key) if labels.texts.has(key) else file["role"]
    return (
        (numbers.params_text(file["file"], f"{path}.file"),),
        (numbers.params_text(role, f"{path}.role"),),
        (numbers.params_text(file["sha256"], f"{path}.sha256"),),
    )


def versions(facts: Mapping[str, Any], labels: Labels) -> Table:
    """Return what the report was made with: versions, date, checksums.

    Parameters
    ----------
    facts
        Name -> value, nested mappings allowed; those that stand elsewhere in the report are left out.
    labels
        Language.
    """
    lines = list(_facts({key: value for key, value in facts.items() if key not in SHOWN_ELSEWHERE}))
    return Table(
        "table-versions",
        cells.columns(labels, "fact", "stated", left=("stated",)),
        tuple(_fact_line(path, value, labels) for path, value in lines),
        labels.texts.fill("tables.versions"),
        (labels.texts.fill("notes.again"),),
        _from_params(labels),
        simulated=False,
    )


def _facts(tree: Mapping[str, Any], above: str = "") -> Iterator[tuple[str, str]]:
    for key, value in tree.items():
        if isinstance(value, Mapping):
            yield from _facts(value, f"{above}{key}.")
        else:
            yield f"{above}{key}", ", ".join(value) if isinstance(value, (list, tuple)) else str(value)


def _fact_line(path: str, value: str, labels: Labels) -> tuple[Parts, ...]:
    name = f"facts.{path}"
    known = labels.texts.word(name) if labels.texts.has(name) else path
    own = f"{name}_value" if value else f"{name}_none"
    said = labels.texts.word(own) if labels.texts.has(own) else value
    return ((numbers.params_text(known, name),), (_said(said, name, labels),))


def terms(labels: Labels) -> Table:
    """Return the report's terms, each explained in a sentence."""
    names = {name: numbers.rule(name, labels.language) for name in rules.PRINTED}
    return Table(
        "table-terms",
        cells.columns(labels, "term", "meaning", left=("meaning",)),
        tuple(
            (labels.texts.fill(f"terms.{name}.term"), labels.texts.fill(f"terms.{name}.meaning", **names))
            for name in TERMS
        ),
        labels.texts.fill("tables.terms"),
        (),
        labels.texts.fill("common.source", source=labels.texts.word("tables.project")),
        simulated=False,
    )
