"""Lines that stand under a figure or table, and the sentence that stands where there is none."""

from __future__ import annotations

from jobreport.page import Paragraph, Parts
from jobreport.wording import numbers
from jobreport.wording.labels import Labels


def source(labels: Labels, indicator: str) -> Parts:
    """Return the source line of a register series, or of the survey.

    Parameters
    ----------
    labels
        Names and language.
    indicator
        A series' name, or an indicator's.
    """
    for place, series in enumerate(labels.params.registers):
        if series.series == indicator:
            stated = labels.texts.of(series.source) if series.source else labels.texts.word("common.not_stated")
            path = f"registers.{place}.source.{labels.language}"
            return labels.texts.fill("common.source_own", source=numbers.params_text(stated, path))
    return labels.texts.fill("common.source_own", source=own_survey(labels))


def own_survey(labels: Labels) -> str:
    """Return what the report's own figures of a survey rest on."""
    survey = labels.params.survey
    return labels.texts.word(f"common.{'simulated' if survey is not None and survey.simulated else 'survey'}_source")


def nothing(labels: Labels, indicator: str, why: str = "nothing") -> Paragraph:
    """Return the sentence that stands where a figure or a table has nothing to show; ``why`` is its key."""
    name = labels.about(indicator) if indicator else labels.texts.word("common.survey_source")
    return Paragraph(labels.texts.fill(f"figures.{why}", name=name), kind="missing")
