"""Every section of a report as blocks, made from its released results."""

from __future__ import annotations

from dataclasses import dataclass
from typing import Any

import pandas as pd

from jobreport import figures, tables, wording
from jobreport.page import Block, Group, Heading, Paragraph
from jobreport.report.scope import Scope
from jobreport.wording.about import other_events
from jobreport.wording.compared import one_sided, withheld
from jobreport.wording.elsewhere import elsewhere_notes
from jobreport.wording.whose import published_by_themselves, whose_survey


@dataclass(frozen=True)
class Sections(Scope):
    """The sections in reading order; each is there for every report and says so where it has no data."""

    # ------------------------------------------------------------------ sections, in reading order

    def front(self) -> Block:
        """Key figures, the conclusion in words, and what the report cannot show."""
        tables_ = self._estimates_changes
        blocks: list[Block] = [*elsewhere_notes(self.writer)]
        if self.has("survey"):
            survey = (*tables_, self._diagnostics, self.writer)
            blocks += [wording.key_figures(*survey), wording.survey_headline(*survey)]
            blocks += whose_survey(self.writer, self.results.facts["report_date"])
        for series in self.params.registers:
            blocks += [wording.register_key_figures(*tables_, self.writer, series.series)]
            blocks += [wording.register_headline(*tables_, self.writer, series.series)]
        blocks += published_by_themselves(self.results.benchmarks, self.writer)
        blocks += [wording.cannot_show_title(self.writer), wording.cannot_show(*tables_, self.writer)]
        return Group(tuple(blocks))

    def missing(self) -> Block:
        """Sections that have no data: 'ikke oplyst', and how to supply a file."""
        return Group(tuple(self.writer.missing(section) for section in self.missing_sections()))

    def response_basis(self) -> Block:
        """Who asked, who answered, who did not, and what that can change."""
        if not self.has("survey"):
            return self.writer.missing("response")
        e, _ = self._estimates_changes
        answer = wording.response_answer(e, self._diagnostics, self.writer)
        return Group((answer, tables.description(self.writer), tables.response(e, self.writer)))

    def indicator(self, name: str) -> Block:
        """One indicator under its own name: what was asked, level before and after, distribution, groups."""
        heading = Heading(1, (self.writer.indicator(name),), f"{name}-heading")
        if name not in self.indicator_names():
            return Group((heading, self.writer.missing(name)))
        e, c = self._estimates_changes
        blocks: list[Block] = [
            heading,
            Paragraph(self.writer.as_asked(name), kind="question"),
            wording.indicator_answer(e, c, self.writer, name),
            figures.Distribution.of(self.writer).figure(name),
        ]
        if len(self._codebook_indicator(name).items) > 1:
            blocks.append(wording.items_answer(e, c, self._diagnostics, self.writer, name))
        if self.results.codebook is not None and self.results.codebook.groups:
            blocks += [figures.Dots.of(self.writer).groups(name), *self._groups_answers(name)]
        blocks.append(tables.estimates(e, c, self.writer, name))
        return Group(tuple(blocks))

    def before_after(self) -> Block:
        """The event: path, effect with interval, rank, false dates, mix and every reasonable choice.

        All pictures are drawn for the first indicator that is compared; of the others the path, the rest as a table.
        """
        head = self._head("before_after")
        if not (self.has("survey") and self.has("event")):
            return Group((*head, self.writer.missing("event" if self.has("survey") else "survey")))
        nothing = one_sided(self.writer)
        if nothing is not None:
            return Group((*head, nothing))
        _, c = self._estimates_changes
        blocks: list[Block] = [*head, *elsewhere_notes(self.writer), *other_events(self.writer)]
        whys = {name: withheld(c, self.writer, name) for name in wording.questions_told(self.writer)}
        first = next((name for name, why in whys.items() if why is None), "")
        for name, why in whys.items():
            blocks.append(Heading(2, (self.writer.indicator(name),), f"change-{name}"))
            blocks += [why] if why is not None else self._change(name, pictures=name == first)
        return Group((*blocks, wording.surroundings_answer(self.writer)))

    def _head(self, name: str) -> tuple[Block, Block]:
        """Heading and question of a chapter that speaks of the event only where it happened to the municipality."""
        key, texts = self.chapter(name), self.writer.texts
        heading = Heading(1, texts.fill(f"{key}.title"), f"{name.replace('_', '-')}-heading")
        return heading, Paragraph(texts.fill(f"{key}.question"), kind="question")

    def _change(self, name: str, *, pictures: bool) -> list[Block]:
        """One indicator before and after."""
        e, c = self._estimates_changes
        measure, category = wording.main_measure(self.writer, name)
        of_measure = {"indicator": name, "measure": measure, "category": category}
        return [
            wording.before_after_answer(c, self.writer, name),
            figures.Paths.of(self.writer).figure(**of_measure),
            *(self._pictures(of_measure) if pictures else ()),
            tables.effects(c, self.writer, **of_measure),
            wording.exposed_answer(e, c, self.writer, name),
        ]

    def _pictures(self, of_measure: dict[str, str]) -> tuple[Block, ...]:
        """The municipality at false dates, among the others, and under every reasonable choice."""
        ranks, curve = figures.Ranks.of(self.writer), figures.SpecificationCurve.of(self.writer)
        return tuple(draw(**of_measure) for draw in (ranks.false_dates, ranks.figure, curve.figure))

    def priorities(self) -> Block:
        """What goes most closely with satisfaction, beside how it is going."""
        if not self.has("diagnostics"):
            return self.writer.missing("priorities")
        e, _ = self._estimates_changes
        d = self._diagnostics
        return Group((wording.priorities_answer(e, d, self.writer), figures.PriorityMap.of(self.writer).figure()))

    def comparison(self) -> Block:
        """The municipality among the others: funnel plots and a map, no ranking."""
        if not self.has("diagnostics"):
            return self.writer.missing("comparison_of_table" if self.writer.of_table else "funnel")
        if not self.has("others"):
            return self.writer.missing("others")
        names = wording.questions_told(self.writer)
        said = [wording.comparison_answer(self._diagnostics, self.writer, name) for name in names]
        mixed = self.results.codebook is not None and self.results.codebook.mix_column is not None
        funnel = figures.Funnel.of(self.writer).figure(names[0]) if mixed else self.writer.missing("mix")
        return Group((*said, funnel, figures.TileMap.of(self.writer).figure(names[0])))

    def register(self) -> Block:
        """Official series: points and per cent side by side, the path, what the two measures say together."""
        blocks: list[Block] = [*self._head("register")]
        if not self.has("register"):
            return Group((*blocks, self.writer.missing("register")))
        e, c = self._estimates_changes
        for series in (s.series for s in self.params.registers):
            blocks += [
                tables.register_changes(e, c, self.writer, series),
                figures.Paths.of(self.writer).figure(series),
                wording.register_answer(e, c, self.writer, series),
            ]
        return Group(tuple(blocks))

    def register_event(self) -> Block:
        """Official series at the event: rank, effect with interval, false dates, every choice, the exposed partner.

        Where the event happened elsewhere, only the municipality's own change among the others'.
        """
        if not self.has("register"):
            return self.writer.missing("register")
        e, c = self._estimates_changes
        blocks: list[Block] = []
        for series in (s.series for s in self.params.registers):
            blocks.append(figures.Ranks.of(self.writer).figure(series))
            if self.writer.own_event() is None:
                continue
            blocks += [
                tables.effects(c, self.writer, series),
                figures.Ranks.of(self.writer).false_dates(series),
                figures.SpecificationCurve.of(self.writer).figure(series),
                wording.register_exposed(e, c, self.writer, series),
                wording.surroundings_answer(self.writer, series),
            ]
        return Group(tuple(blocks))

    def published(self) -> Block:
        """Other people's surveys, the contrary ones too."""
        if not self.has("benchmarks"):
            return self.writer.missing("benchmarks")
        b = self.results.benchmarks
        drawn = (figures.Dots.of(self.writer).published(b),) if self.has("survey") else ()
        said = wording.published_answer(b, self.writer, self.results.facts["report_date"])
        return Group((said, *drawn, tables.benchmarks(b, self.writer)))

    def claims(self) -> Block:
        """Claims that are no survey, with the reply of those they are about."""
        if not self.has("claims"):
            return self.writer.missing("claims")
        claims = self.results.claims
        return Group((wording.claims_answer(claims, self.writer), tables.claims(claims, self.writer)))

    def method(self) -> Block:
        """How the numbers are made, in words."""
        return Group((wording.method(self.writer), tables.thresholds(self.writer), tables.terms(self.writer)))

    def datasheet(self) -> Block:
        """Questions, files and their checksums, versions, and how to make the report again."""
        blocks: list[Block] = [tables.questions(self.writer)] if self.has("survey") else []
        facts = self.results.facts
        blocks += [tables.inputs(facts["inputs"], self.writer), tables.versions(facts, self.writer)]
        return Group(tuple(blocks))

    # ------------------------------------------------------------------

    @property
    def _estimates_changes(self) -> tuple[pd.DataFrame, pd.DataFrame]:
        return self.writer.estimates, self.writer.changes

    @property
    def _diagnostics(self) -> pd.DataFrame:
        return self.writer.diagnostics

    def _codebook_indicator(self, name: str) -> Any:
        if self.results.codebook is None:
            raise KeyError(name)
        return self.results.codebook.indicator(name)

    def _groups_answers(self, name: str) -> list[Block]:
        e, _ = self._estimates_changes
        columns = tuple(self.results.codebook.groups) if self.results.codebook else ()
        return [wording.groups_answer(e, self._diagnostics, self.writer, name, by) for by in columns]
