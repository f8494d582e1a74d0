"""Every section of a report as blocks, made from its released results."""

from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass, field
from itertools import groupby

from jobreport import figures, tables, wording
from jobreport.page import Block, Bullets, Figure, Group, Heading, Paragraph
from jobreport.report.drawer import Drawer, drawn
from jobreport.report.scope import Scope
from jobreport.wording.texts import Once


@dataclass(frozen=True)
class Sections(Scope):
    """The sections in reading order; each is there for every report and says so where it has no data."""

    drawer: Drawer | None = field(default=None, kw_only=True, repr=False, compare=False)

    # ------------------------------------------------------------------ sections, in reading order

    @drawn
    def front(self) -> Block:
        """Key figures, the conclusion in words, and what the report cannot show."""
        basis = self.on(wording.Basis)
        blocks: list[Block | None] = [*self.on(wording.Surroundings).elsewhere()]
        if self.has("survey"):
            blocks += [self.on(wording.Survey).key_figures(), self.on(wording.Survey).headline()]
            blocks += self.on(wording.Compared).among_others()
            blocks += [self.on(figures.Answer).figure(), self.on(tables.SurveyTables).beside_the_cards()]
            blocks += basis.told_by_others(self.results.facts)
            blocks += self._revised()
            blocks += basis.whose(self.results.facts["report_date"])
        for place, series in enumerate(self.params.registers):
            blocks += [] if place else [self.on(wording.Register).key_figures(series.series)]
            blocks += [self.on(wording.Register).headline(series.series, place)]
        if not self.has("survey") and self.has("register"):
            blocks.append(self.on(figures.Paths).figure(self.params.registers[0].series))
        return self._section((*blocks, basis.cannot_show_title(), basis.cannot_show()))

    def missing(self) -> Block:
        """Sections that have no data: 'ikke oplyst', and how to supply a file."""
        said = tuple(self.writer.missing(section).parts for section in self.missing_sections())
        return self._section((Bullets(said),))

    @drawn
    def response_basis(self) -> Block:
        """Who answered, who did not, and how far that could move the numbers: in a picture and in words."""
        if not self.has("survey"):
            return self.writer.missing("response")
        of, drawn = self.on(wording.Response), self.on(figures.Response).figure()
        plan = self.results.facts.get("frozen")
        fixed = self.on(wording.Beforehand).line(plan) if plan else None
        return self._section((fixed, of.answer(), drawn, of.majorities(), of.changed()))

    def response_checks(self) -> Block:
        """Who was asked and answered in numbers, the extremes, and what weights and skipped questions mean."""
        if not self.has("survey"):
            return self.writer.missing("response")
        told = self.on(wording.Response).checks(), self.on(tables.SurveyTables).response()
        return self._annex("response_checks", *told)

    def frozen(self) -> Block:
        """What was fixed before the answers came, and line by line what departed from it; nothing without a plan."""
        plan = self.results.facts.get("frozen")
        if not plan:
            return Group(())
        heading = Heading(2, self.writer.say("frozen.title"), "frozen-heading")
        return Group((heading, *self.on(wording.Beforehand).told(plan), *self.on(tables.DataSheet).departures(plan)))

    def description(self) -> Block:
        """Who asked, who paid, how: all that is stated of the survey."""
        if not self.has("survey"):
            return self.writer.missing("survey")
        return self._annex("description", self.on(tables.DataSheet).description())

    @drawn
    def details(self) -> Block:
        """Every measure of every indicator, by group and round."""
        if not self.has("survey"):
            return self.writer.missing("survey")
        details = (block for name in self.writer.reported for block in self._details(name))
        return self._annex("details", *self._archive(), *details)

    def _archive(self) -> tuple[Block, ...]:
        found = self.on(tables.EarlierTables).archive(self.results.earlier, self._changed())
        return (Heading(2, self.writer.say("archive.title"), "archive-heading"), *found) if found else ()

    def _changed(self) -> tuple[str, ...]:
        before = self.results.earlier
        return before.changed_since(self.results.facts) if before is not None else ()

    def _details(self, name: str) -> tuple[Block | None, ...]:
        heading = Heading(2, (self.writer.indicator(name),), f"{name}-details")
        several = len(self.writer.codebook.indicator(name).items) > 1 and not self.writer.without_index(name)
        items = [self.on(wording.Groups).items_answer(name)] if several else []
        groups = self.on(wording.Groups).groups_answer(name, tuple(self.writer.codebook.groups))
        levels = (self.on(tables.SurveyTables).levels(name), *self.on(wording.Survey).over_the_years(name))
        between = self.on(tables.ChangeTables).from_round_to_round(name)
        return heading, *items, groups, *levels, between

    @drawn
    def each_indicator(self) -> Block:
        """Every indicator of the codebook, in its order, what comments were about, and what the report before said."""
        told: list[Block | None] = []
        for common, names in groupby(self.writer.reported, lambda name: self.writer.codebook.indicator(name).common):
            together = list(names)
            told += [self._battery(common, together)] if common else [self.indicator(name) for name in together]
        asked = self.writer.codebook.comments
        told.append(self.on(tables.CommentTables).chapter(asked, self.results.quotations) if asked else None)
        before = self.results.earlier
        told.append(self.on(tables.EarlierTables).chapter(before, self._changed()) if before is not None else None)
        return self._section(told)

    def _battery(self, common: Mapping[str, str], names: Sequence[str]) -> Block:
        blocks: list[Block] = [Heading(1, (self.writer.texts.of(common),), f"{names[0]}-battery-heading")]
        for name in names:
            blocks += [Heading(2, (self.writer.indicator(name),), f"{name}-heading"), *self._told(name)]
        return self._section(blocks)

    def indicator(self, name: str) -> Block:
        """One indicator under its own name: what was asked, level before and after, distribution, groups."""
        if name not in self.writer.reported:
            raise KeyError(f"indicator: {name!r} is none of {', '.join(self.writer.reported) or 'none: no survey'}")
        heading = Heading(1, (self.writer.indicator(name),), f"{name}-heading")
        return self._section((heading, *self._told(name)))

    def _told(self, name: str) -> tuple[Block, ...]:
        question = self.writer.question(name)
        quantity = question is not None and question.scale.is_quantity
        items = [self.on(wording.Groups).items_answer(name)] if self.writer.without_index(name) else []
        return (
            Paragraph(self.writer.as_asked(name), kind="question"),
            self.on(wording.Survey).answer(name),
            *self.on(wording.Compared).since_rounds(name),
            *self.on(wording.Compared).beside_others(name),
            *([] if quantity else [self.on(figures.Distribution).figure(name)]),
            *items,
        )

    @drawn
    def groups(self) -> Block:
        """The groups of every indicator beside each other, and one sentence where none differs."""
        if not self.has("groups"):
            return self.writer.missing("groups")
        names = self.writer.questions_told()
        return self._section(
            (self.on(wording.Groups).groups_in_short(names), self.on(figures.Multiples).figures(*names))
        )

    @drawn
    def before_after(self) -> Block:
        """The event: path, effect with interval, rank, false dates, mix and every reasonable choice.

        All pictures are drawn for the first indicator that is compared; of the others the path, the rest as a table.
        """
        head = self._head("before_after")
        if not (self.has("survey") and self.has("event")):
            return self._section((*head, self.writer.missing("event" if self.has("survey") else "survey")))
        nothing = self.on(wording.Compared).one_sided()
        if nothing is not None:
            return self._section((*head, nothing))
        around = self.on(wording.Surroundings)
        blocks: list[Block] = [*head, *around.elsewhere(), *around.other_events()]
        blocks.append(self.on(wording.Survey).one_by_one())
        whys = {name: self.on(wording.Compared).withheld(name) for name in self.writer.questions_told()}
        compared = [name for name, why in whys.items() if why is None]
        blocks += [why for why in whys.values() if why is not None]
        if self.writer.own_event() is None:
            blocks += [block for name in compared for block in self._own_change(name, pictures=name == compared[0])]
        elif compared:
            blocks.append(self.on(figures.Paths).figure(**self.writer.told_by(compared[0])))
            blocks.append(self.on(wording.Survey).exposed(compared))
        return self._section((*blocks, around.answer()))

    def _head(self, name: str) -> tuple[Block, Block]:
        key = self.chapter(name)
        heading = Heading(1, self.writer.say(f"{key}.title"), f"{name.replace('_', '-')}-heading")
        return heading, Paragraph(self.writer.say(f"{key}.question"), kind="question")

    def _own_change(self, name: str, *, pictures: bool) -> list[Block]:
        of_measure = self.writer.told_by(name)
        return [
            Heading(2, (self.writer.indicator(name),), f"change-{name}"),
            self.on(wording.Compared).before_after(name),
            self.on(figures.Paths).figure(**of_measure),
            *([self.on(figures.Ranks).figure(**of_measure)] if pictures else []),
        ]

    @drawn
    def before_after_checks(self) -> Block:
        """False dates, rank, every reasonable choice, and each comparison in numbers."""
        if not self.has("survey") or self.writer.own_event() is None:
            return self._section(())
        if self.on(wording.Compared).one_sided() is not None:
            return self._section(())
        names = [n for n in self.writer.questions_told() if self.on(wording.Compared).withheld(n) is None]
        blocks: list[Block] = []
        for place, name in enumerate(names):
            of_measure = self.writer.told_by(name)
            blocks.append(Heading(2, (self.writer.indicator(name),), f"checks-{name}"))
            blocks.append(self.on(wording.Compared).before_after(name))
            told = (self.on(wording.Compared).checks(name), self.on(tables.ChangeTables).effects(**of_measure))
            path = self.on(figures.Paths).figure
            blocks += [*told, path(**of_measure)] if place else [*self._pictures(of_measure), *told]
        return self._annex("before_after_checks", *blocks)

    def _pictures(self, of_measure: dict[str, str]) -> tuple[Block, ...]:
        ranks, curve = self.on(figures.Ranks), self.on(figures.SpecificationCurve)
        return tuple(draw(**of_measure) for draw in (ranks.false_dates, ranks.figure, curve.figure))

    @drawn
    def priorities(self) -> Block:
        """What goes most closely with the outcome, beside how it is going."""
        if not self.has("diagnostics"):
            return self.writer.missing("priorities")
        told, drawn = self.on(wording.Funnels).priorities(), self.on(figures.PriorityMap).figure()
        return self._section((told, drawn) if isinstance(drawn, Figure) else (told,))  # (its words say why not)

    @drawn
    def comparison(self) -> Block:
        """The municipality among the others: funnel plots and a map, no ranking."""
        if not self.has("diagnostics"):
            return self.writer.missing("comparison_of_table" if self.writer.of_table else "funnel")
        if not self.has("others"):
            return self.writer.missing("others")
        names = self.writer.questions_told()
        start = Paragraph(self.writer.say("survey.funnel.start", municipality=self.municipality()), kind="question")
        said = tuple(told for name in names if (told := self.on(wording.Funnels).answer(name)))
        return self._section((*((start, Bullets(said)) if said else ()), self.on(figures.TileMap).figure(names[0])))

    @drawn
    def comparison_checks(self) -> Block:
        """The funnel that says how far chance alone takes a municipality of each size."""
        if not (self.has("diagnostics") and self.has("others")):
            return self.writer.missing("others")
        mixed = self.writer.codebook.mix_column is not None
        name = self.writer.questions_told()[0]
        drawn = self.on(figures.Funnel).figure(name) if mixed else self.writer.missing("mix")
        return self._annex("comparison_checks", drawn)

    @drawn
    def register(self) -> Block:
        """Official figures, the first series: points and per cent side by side, and what the two measures say."""
        if not self.has("register"):
            return self._section((*self._head("register"), self.writer.missing("register")))
        return self._section((*self._head("register"), *self._series(0)))

    @drawn
    def register_others(self) -> Block:
        """The other official series, each as the first; nothing where there is one."""
        if not self.has("register"):
            return Group(())
        others = range(1, len(self.params.registers))
        return self._section(tuple(block for place in others for block in self._series(place)))

    def _series(self, place: int) -> tuple[Block, ...]:
        series = self.params.registers[place].series
        heading = Heading(2, (self.writer.indicator(series),), f"register-{series}")
        on_front = not place and not self.has("survey")
        return (
            *([heading] if len(self.params.registers) > 1 else []),
            self.on(tables.ChangeTables).register(series),
            self.on(figures.Ranks).figure(series) if on_front else self.on(figures.Paths).figure(series),
            self.on(wording.Register).answer(series),
        )

    @drawn
    def register_event(self) -> Block:
        """Official series at the event: rank, effect with interval, false dates, every choice, the exposed partner.

        Where the event happened elsewhere, only the municipality's own change among the others'.
        """
        if not self.has("register"):
            return self.writer.missing("register")
        blocks: list[Block] = []
        for place, series in enumerate(s.series for s in self.params.registers):
            blocks += [] if not place and not self.has("survey") else [self.on(figures.Ranks).figure(series)]
            if self.writer.own_event(series) is None:
                continue
            blocks += [
                self.on(tables.ChangeTables).effects(series),
                self.on(wording.Register).checks(series),
                self.on(wording.Register).exposed(series),
                self.on(wording.Surroundings).answer(series),
                self.on(figures.Ranks).false_dates(series),
                self.on(figures.SpecificationCurve).figure(series),
            ]
        return self._annex("register_checks", *blocks)

    @drawn
    def published(self) -> Block:
        """Other people's surveys, the contrary ones too."""
        b = self.results.benchmarks
        if b is None:
            return self.writer.missing("benchmarks")
        drawn = (self.on(figures.Dots).published(b),) if self.has("survey") else ()
        of = self.on(wording.Published)
        means = self.on(tables.PublishedTables).means(b)
        return self._section((of.answer(b, self.results.facts["report_date"]), *means, *drawn, of.survey_cards(b)))

    def published_table(self) -> Block:
        """Every figure that others have published, with base and reservations."""
        if not self.has("benchmarks"):
            return self.writer.missing("benchmarks")
        return self._annex("published_table", self.on(tables.PublishedTables).benchmarks(self.results.benchmarks))

    def claims(self) -> Block:
        """Claims that are no survey, with the reply of those they are about."""
        if self.results.claims is None:
            return self.writer.missing("claims")
        figures_say = self.on(wording.Register).said_of
        return self._section((self.on(wording.Published).claim_cards(self.results.claims, figures_say),))

    def claims_table(self) -> Block:
        """The claims as a table, with where each was read."""
        if not self.has("claims"):
            return self.writer.missing("claims")
        claims = self.results.claims
        shown = None if claims is None else self.on(wording.Published).about_these(claims)
        return self._annex("claims_table", self.on(tables.PublishedTables).claims(shown))

    def method(self) -> Block:
        """How the numbers are made, in words."""
        return Group(
            (self.on(wording.Basis).method(), self.on(tables.DataSheet).thresholds(), self.on(tables.DataSheet).terms())
        )

    def datasheet(self) -> Block:
        """Questions, files and their checksums, versions, and how to make the report again."""
        blocks: list[Block] = [self.frozen()]
        blocks += [self.on(tables.DataSheet).questions()] if self.has("survey") else []
        facts = self.results.facts
        blocks += self.on(tables.DataSheet).told(facts.get("packages", ()))
        blocks += [self.on(tables.DataSheet).inputs(facts["inputs"]), self.on(tables.DataSheet).versions(facts)]
        return self._section(blocks)

    # ------------------------------------------------------------------

    def _section(self, blocks: Iterable[Block | None]) -> Block:
        # Return blocks that are read together: what holds for all of them is said at the first.
        return Once(self.writer.texts).block(Group(tuple(block for block in blocks if block is not None)))

    def _annex(self, key: str, *blocks: Block | None) -> Block:
        # Return a section of the annex under its heading, where it has anything.
        heading = Heading(1, self.writer.say(f"annex.{key}"), f"{key.replace('_', '-')}-heading")
        return self._section((heading, *blocks) if blocks else ())

    def _revised(self) -> list[Block]:
        before = self.results.earlier
        if before is None:
            return []
        told = self.on(tables.EarlierTables).revised(before, self._changed())
        return [Paragraph(told, kind="note")]
