"""Every section of a report as blocks, made from its released results."""

from __future__ import annotations

from dataclasses import dataclass
from functools import cached_property
from typing import Any

import pandas as pd

from jobreport import figures, tables, wording
from jobreport.domain.released import Searched
from jobreport.page import Block, Group, Heading, Paragraph
from jobreport.report.scope import Scope
from jobreport.wording.about import about_event, other_events
from jobreport.wording.compared import one_sided, withheld
from jobreport.wording.elsewhere import elsewhere_notes
from jobreport.wording.whose import whose_survey


@dataclass(frozen=True)
class Sections(Scope):
    """The sections in reading order; each is there for every report and says so where it has no data."""

    # ------------------------------------------------------------------ sections, in reading order

    def front(self) -> Block:
        """Key figures, the conclusion in words, and what the report cannot show."""
        tables_ = self._estimates_changes
        blocks: list[Block] = [*elsewhere_notes(self.labels)]
        if self.has("survey"):
            survey = (*tables_, self._diagnostics, self.labels)
            blocks += [wording.key_figures(*survey), wording.survey_headline(*survey)]
            blocks += whose_survey(self.labels, self.results.facts["report_date"])
        for series in self.params.registers:
            blocks += [wording.register_key_figures(*tables_, self.labels, series.series)]
            blocks += [wording.register_headline(*tables_, self.labels, series.series)]
        blocks += [wording.cannot_show_title(self.labels), wording.cannot_show(*tables_, self.labels)]
        return Group(tuple(blocks))

    def missing(self) -> Block:
        """Sections that have no data: 'ikke oplyst', and how to supply a file."""
        return Group(tuple(wording.missing(self.labels, section) for section in self.missing_sections()))

    def response_basis(self) -> Block:
        """Who asked, who answered, who did not, and what that can change."""
        if not self.has("survey"):
            return wording.missing(self.labels, "response")
        e, _ = self._estimates_changes
        answer = wording.response_answer(e, self._diagnostics, self.labels)
        return Group((answer, tables.description(self.labels), tables.response(e, self.labels)))

    def indicator(self, name: str) -> Block:
        """One indicator under its own name: what was asked, level before and after, distribution, groups."""
        heading = Heading(1, (self.labels.indicator(name),), f"{name}-heading")
        if name not in self.indicator_names():
            return Group((heading, wording.missing(self.labels, name)))
        e, c = self._estimates_changes
        blocks: list[Block] = [
            heading,
            Paragraph(self.labels.as_asked(name), kind="question"),
            wording.indicator_answer(e, c, self.labels, name),
            figures.distribution(e, c, self.labels, name),
        ]
        if len(self._codebook_indicator(name).items) > 1:
            blocks.append(wording.items_answer(e, c, self._diagnostics, self.labels, name))
        if self.results.codebook is not None and self.results.codebook.groups:
            blocks += [figures.groups(e, self.labels, name), *self._groups_answers(name)]
        blocks.append(tables.estimates(e, c, self.labels, name))
        return Group(tuple(blocks))

    def before_after(self) -> Block:
        """The event: path, effect with interval, rank, false dates, mix and every reasonable choice.

        All pictures are drawn for the first indicator that is compared; of the others the path, the rest as a table.
        """
        if not (self.has("survey") and self.has("event")):
            return wording.missing(self.labels, "event" if self.has("survey") else "survey")
        nothing = one_sided(self.labels)
        if nothing is not None:
            return nothing
        _, c = self._estimates_changes
        blocks: list[Block] = [*elsewhere_notes(self.labels), *other_events(self.labels)]
        whys = {name: withheld(c, self.labels, name) for name in wording.questions_told(self.labels)}
        first = next((name for name, why in whys.items() if why is None), "")
        for name, why in whys.items():
            blocks.append(Heading(2, (self.labels.indicator(name),), f"change-{name}"))
            blocks += [why] if why is not None else self._change(name, pictures=name == first)
        return Group((*blocks, wording.surroundings_answer(self.labels)))

    def _change(self, name: str, *, pictures: bool) -> list[Block]:
        """One indicator before and after."""
        e, c = self._estimates_changes
        measure, category = wording.main_measure(self.labels, name)
        of_measure = {"indicator": name, "measure": measure, "category": category}
        return [
            wording.before_after_answer(c, self.labels, name),
            figures.paths(e, self.labels, **of_measure),
            *(self._pictures(of_measure) if pictures else ()),
            tables.effects(c, self.labels, **of_measure),
            wording.exposed_answer(e, c, self.labels, name),
        ]

    def _pictures(self, of_measure: dict[str, str]) -> tuple[Block, ...]:
        """The municipality at false dates, among the others, and under every reasonable choice."""
        _, c = self._estimates_changes
        drawn = (figures.false_dates, figures.rank_picture, figures.specification_curve)
        return tuple(draw(c, self.labels, **of_measure) for draw in drawn)

    def priorities(self) -> Block:
        """What goes most closely with satisfaction, beside how it is going."""
        if not self.has("diagnostics"):
            return wording.missing(self.labels, "priorities")
        e, _ = self._estimates_changes
        d = self._diagnostics
        return Group((wording.priorities_answer(e, d, self.labels), figures.priority_map(e, d, self.labels)))

    def comparison(self) -> Block:
        """The municipality among the others: funnel plots and a map, no ranking."""
        if not self.has("diagnostics"):
            return wording.missing(self.labels, "comparison_of_table" if self.labels.of_table else "funnel")
        if not self.has("others"):
            return wording.missing(self.labels, "others")
        e, _ = self._estimates_changes
        names = wording.questions_told(self.labels)
        said = [wording.comparison_answer(self._diagnostics, self.labels, name) for name in names]
        mixed = self.results.codebook is not None and self.results.codebook.mix_column is not None
        funnel = (
            figures.funnel(e, self._diagnostics, self.labels, names[0])
            if mixed
            else wording.missing(self.labels, "mix")
        )
        return Group((*said, funnel, figures.tile_map(e, self.labels, names[0])))

    def register(self) -> Block:
        """Official series: points and per cent side by side, the path, what the two measures say together."""
        if not self.has("register"):
            return wording.missing(self.labels, "register")
        e, c = self._estimates_changes
        blocks: list[Block] = []
        for series in (s.series for s in self.params.registers):
            blocks += [
                tables.register_changes(e, c, self.labels, series),
                figures.paths(e, self.labels, series),
                wording.register_answer(e, c, self.labels, series),
            ]
        return Group(tuple(blocks))

    def register_event(self) -> Block:
        """Official series at the event: rank, effect with interval, false dates, every choice, the exposed partner.

        Where the event happened elsewhere, only the municipality's own change among the others'.
        """
        if not self.has("register"):
            return wording.missing(self.labels, "register")
        e, c = self._estimates_changes
        blocks: list[Block] = []
        for series in (s.series for s in self.params.registers):
            blocks.append(figures.rank_picture(c, self.labels, series))
            if self.labels.own_event() is None:
                continue
            blocks += [
                tables.effects(c, self.labels, series),
                figures.false_dates(c, self.labels, series),
                figures.specification_curve(c, self.labels, series),
                wording.register_exposed(e, c, self.labels, series),
                wording.surroundings_answer(self.labels, series),
            ]
        return Group(tuple(blocks))

    def published(self) -> Block:
        """Other people's surveys, the contrary ones too."""
        if not self.has("benchmarks"):
            return wording.missing(self.labels, "benchmarks")
        b = self.results.benchmarks
        e, _ = self._estimates_changes
        drawn = (figures.benchmarks(b, e, self.labels),) if self.has("survey") else ()
        said = wording.published_answer(b, self.labels, self.results.facts["report_date"])
        return Group((said, *drawn, tables.benchmarks(b, self.labels)))

    def claims(self) -> Block:
        """Claims that are no survey, with the reply of those they are about."""
        if not self.has("claims"):
            return wording.missing(self.labels, "claims")
        claims = self.results.claims
        return Group((wording.claims_answer(claims, self.labels), tables.claims(claims, self.labels)))

    def method(self) -> Block:
        """How the numbers are made, in words."""
        return Group((wording.method(self.labels), tables.thresholds(self.labels), tables.terms(self.labels)))

    def datasheet(self) -> Block:
        """Questions, files and their checksums, versions, and how to make the report again."""
        blocks: list[Block] = [tables.questions(self.labels)] if self.has("survey") else []
        facts = self.results.facts
        blocks += [tables.inputs(facts["inputs"], self.labels), tables.versions(facts, self.labels)]
        return Group(tuple(blocks))

    # ------------------------------------------------------------------

    @cached_property
    def _estimates_changes(self) -> tuple[pd.DataFrame, pd.DataFrame]:
        released = self.results.released
        estimates, changes = (about_event(table, self.params) for table in (released.estimates, released.changes))
        return Searched(estimates), Searched(changes)

    @cached_property
    def _diagnostics(self) -> pd.DataFrame:
        return Searched(self.results.released.diagnostics)

    def _codebook_indicator(self, name: str) -> Any:
        if self.results.codebook is None:
            raise KeyError(name)
        return self.results.codebook.indicator(name)

    def _groups_answers(self, name: str) -> list[Block]:
        e, _ = self._estimates_changes
        columns = tuple(self.results.codebook.groups) if self.results.codebook else ()
        return [wording.groups_answer(e, self._diagnostics, self.labels, name, by) for by in columns]
