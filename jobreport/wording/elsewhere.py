"""What a report says of an event that happened to other municipalities than its own."""

from __future__ import annotations

from jobreport.page import Paragraph
from jobreport.wording.labels import Labels


def elsewhere_notes(labels: Labels) -> tuple[Paragraph, ...]:
    """Return a note for every event that happened neither to the report's municipality nor also changed it.

    Without it a reader of one report among many could take the municipality's change for the work of the event.
    """
    return tuple(
        Paragraph(
            labels.texts.fill(
                "elsewhere.note", event=labels.event(event.event), municipality=labels.municipality(labels.code)
            ),
            kind="note",
        )
        for event in labels.params.events
        if labels.code not in (*event.treated, *event.exposed)
    )
