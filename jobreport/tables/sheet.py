"""The data sheet: who asked, questions, thresholds, files and their checksums, versions, terms."""

from collections.abc import Iterator, Mapping, Sequence
from typing import Any

from jobreport.domain import rules
from jobreport.intake.formats.key import MADE_WITH
from jobreport.page import Inline, Paragraph, Parts, Table
from jobreport.setup.codebook import Codebook, Question
from jobreport.tables import cells
from jobreport.tables.cells import TableWriter
from jobreport.wording import numbers
from jobreport.wording.beforehand import Beforehand

FIELDS = (
    *("commissioner", "payer", "designer", "collector", "analyst", "target_population", "frame", "selection"),
    *("dates", "mode", "language", "questionnaire", "weighting", "other_changes", "limits"),
)
PRINTED = (
    *("test_level", "reliability_floor", "effective_answers_floor", "rare_answers_floor"),
    *("funnel_inner", "funnel_outer", "old_after_years"),
)
PRINTED_OF_ALL = frozenset({"test_level", "old_after_years"})  # the others are about answers
"""Rules that are choices and that the method in words does not name already."""
SHOWN_ELSEWHERE = ("params", "inputs", "thresholds", "packages", "checked_here", "told_by_others", "frozen")
TERMS = (
    *("percentage_point", "interval", "uncertain", "index", "share", "dont_know", "base", "effect", "change"),
    *("comparison", "exposed", "rank", "false_date", "detectable", "register", "not_stated"),
)
TERMS_OF_EVENTS = frozenset({"effect", "change", "comparison", "exposed", "false_date", "detectable"})
TERMS_OF_ANSWERS = frozenset({"uncertain", "index", "share", "dont_know", "base"})


class DataSheet(TableWriter):
    """What a report was made of."""

    def description(self) -> Table | Paragraph:
        """Return what the survey states about itself; what it does not is printed as 'ikke oplyst'."""
        survey = self.params.survey
        if survey is None:
            return self.missing("survey")
        given = survey.description.model_dump()
        dates = {} if given["dates"] else {"dates": self._dates()}
        return Table(
            "table-description",
            self.columns("field", "stated", left=("stated",)),
            tuple((self.say(f"fields.{name}"), dates.get(name) or self._told(given[name], name)) for name in FIELDS),
            self.say("tables.description"),
            self._wave_notes(),
            self._from_params(),
            simulated=survey.simulated,
        )

    def _told(self, stated: Mapping[str, str] | None, name: str) -> Parts:
        text = self.texts.of(stated) if stated else None
        return (self._said(text, f"survey.description.{name}.{self.language}"),)

    def _dates(self) -> Parts:
        waves = self.params.survey.waves if self.params.survey else ()
        days = [(wave.from_, f"survey.waves.{place}.from") for place, wave in enumerate(waves)]
        ends = [(wave.to, f"survey.waves.{place}.to") for place, wave in enumerate(waves)]
        known = [(day, path) for day, path in (*days, *ends) if day is not None]
        if not known or len(known) < len(days) + len(ends):
            return ()
        first, last = (self.params_date(*end) for end in (min(known), max(known)))
        return self.say("tables.dates", first=first, last=last)

    def _said(self, text: str | None, path: str) -> Inline:
        return numbers.params_text(text, path) if text else self.word("common.not_stated")

    def _wave_notes(self) -> tuple[Parts, ...]:
        told = []
        for place, wave in enumerate(self.params.survey.waves if self.params.survey else ()):
            own = {name: text for name, text in wave.description.model_dump().items() if text}
            for name, stated in own.items():
                text = self.texts.of(stated)
                path = f"survey.waves.{place}"
                told.append(
                    self.say(
                        "tables.wave_note",
                        wave=numbers.params_text(wave.wave, f"{path}.wave"),
                        field=self.word(f"fields.{name}"),
                        text=numbers.params_text(text, f"{path}.description.{name}.{self.language}"),
                    )
                )
        return tuple(told)

    def _from_params(self) -> Parts:
        return self.say("common.source", source=self.word("tables.params_file"))

    def questions(self) -> Table | Paragraph:
        """Return every question with its wording, its answers from least to most positive, and 'don't know'."""
        if self.codebook is None:
            return self.missing("survey")
        simulated = self.params.survey is not None and self.params.survey.simulated
        return Table(
            "table-questions",
            self.columns("question", "wording", "answers", "dont_know", left=("wording", "answers", "dont_know")),
            tuple(self._question_line(name, question) for name, question in _questions(self.codebook)),
            self.say("tables.questions"),
            (self.say("notes.questions"),),
            self.say("common.source", source=self.word("tables.codebook_file")),
            simulated=simulated,
        )

    def _question_line(self, name: str, question: Question) -> tuple[Parts, ...]:
        unasked = self.texts.of_many(question.dont_know) if question.dont_know else ()
        path = f"codebook.{question.name}"
        return (
            cells.words(self.indicator(name)),
            (numbers.params_text(self.texts.of(question.wording), f"{path}.wording"),),
            (numbers.params_text(" / ".join(self.texts.of_many(question.scale.labels)), f"{path}.answers"),),
            (numbers.params_text(", ".join(unasked) or self.word("common.not_stated"), f"{path}.dont_know"),),
        )

    def thresholds(self) -> Table:
        """Return the project's fixed numbers that the method in words does not name, and the margin of the params."""
        lines: list[tuple[Parts, Parts]] = []
        margin = self.params.unchanged_margin
        stated: Inline = (
            self.word("common.not_set") if margin is None else self.params_number(margin, "unchanged_margin", 1)
        )
        lines.append((self.say("thresholds.unchanged_margin"), (stated,)))
        lines += [
            (self.say(f"thresholds.{name}"), (self.rule(name),))
            for name in PRINTED
            if self.params.survey or name in PRINTED_OF_ALL
        ]
        return Table(
            "table-thresholds",
            self.columns("threshold", "threshold_value"),
            tuple(lines),
            self.say("tables.thresholds"),
            (self.say("notes.thresholds"),),
            self._from_params(),
            simulated=False,
        )

    def inputs(self, files: Sequence[Mapping[str, str]]) -> Table:
        """Return every file that the report rests on with its checksum.

        ``files``: one mapping per file with 'role', 'file' and 'sha256'.
        """
        keyed = any(file["sha256"].startswith(MADE_WITH) for file in files)
        return Table(
            "table-inputs",
            self.columns("file", "role", "sha256", left=("role", "sha256")),
            tuple(self._input_line(place, file) for place, file in enumerate(files)),
            self.say("tables.inputs"),
            tuple(self.say(f"notes.{note}") for note in ("sha256", *(["keyed"] if keyed else []))),
            self._from_params(),
            simulated=False,
        )

    def _input_line(self, place: int, file: Mapping[str, str]) -> tuple[Parts, ...]:
        path = f"facts.inputs.{place}"
        key = f"file_roles.{file['role']}"
        role = self.word(key) if self.texts.has(key) else file["role"]
        return (
            (numbers.params_text(file["file"], f"{path}.file"),),
            (numbers.params_text(role, f"{path}.role"),),
            (numbers.params_text(file["sha256"], f"{path}.sha256"),),
        )

    def told(self, packages: Sequence[Mapping[str, Any]]) -> tuple[Table, ...]:
        """Return what other municipalities told of their surveys, and what is not compared and why; nothing of none.

        ``packages``: one mapping per package, as in the facts of a report.
        """
        if not packages:
            return ()
        survey = self.params.survey
        return (
            Table(
                "table-told",
                self.columns("municipality", "commissioner", "told_n", "told_rate", "told_below", "told_signed",
                             "told_not_compared",
                             left=("commissioner", "told_signed", "told_not_compared")),
                tuple(self._told_line(place, package) for place, package in enumerate(packages)),
                self.say("tables.told"),
                (self.say("notes.told"),),
                self.say("common.source", source=self.word("tables.told_source")),
                simulated=survey is not None and survey.simulated,
            ),
        )  # fmt: skip

    def _told_line(self, place: int, package: Mapping[str, Any]) -> tuple[Parts, ...]:
        path = f"facts.packages.{place}"
        stated = package["commissioner"]
        text = self.texts.of(stated) if stated else None
        counts = [
            (self.word("common.not_stated"),)
            if package[name] is None
            else (self.params_number(package[name], f"{path}.{name}", decimals),)
            for name, decimals in (("n", 0), ("rate", 1), ("suppress_below", 0))
        ]
        commissioner = (self._said(text, f"{path}.commissioner.{self.language}"),)
        by = numbers.params_text(package["signed_by"] or "", f"{path}.signed_by")
        signed = self.say(f"told.signed.{package['signed']}", by=by)
        name = (self.municipality(package["municipality_code"]),)
        return name, commissioner, *counts, signed, self._left_out(place, package)

    def _left_out(self, place: int, package: Mapping[str, Any]) -> Parts:
        told: list[Parts] = []
        for number, each in enumerate(package["differences"]):
            what = self.say(f"told.what.{each['what']}")
            name = (self.indicator(each["indicator"]),) if each["indicator"] else self.say("told.survey")
            path = f"facts.packages.{place}.differences.{number}.reason.{self.language}"
            reason = numbers.params_text(self.texts.of(each["reason"]), path) if each["reason"] else ""
            key = "declared" if each["reason"] else "left_out"
            told.append(self.say(f"told.{key}", name=name, what=what, reason=reason))
        told += [self.say("told.beside", what=self.say(f"told.what.{name}")) for name in package["beside"]]
        return tuple(part for pieces in told for part in (*pieces, " ")) or self.say("told.nothing")

    def departures(self, plan: Mapping[str, Any]) -> tuple[Table, ...]:
        """Return line by line what is otherwise than planned before the answers came; nothing where nothing is."""
        if not plan["departures"]:
            return ()
        beforehand = Beforehand.of(self)
        lines = (beforehand.departure(place, each) for place, each in enumerate(plan["departures"]))
        return (
            Table(
                "table-departures",
                self.columns("departure", "planned", "reported", left=("planned", "reported")),
                tuple(lines),
                self.say("frozen.table", day=beforehand.day(plan)),
                (self.say("frozen.note"),),
                self.say("common.source", source=self.word("frozen.source")),
                simulated=False,
            ),
        )

    def versions(self, facts: Mapping[str, Any]) -> Table:
        """Return what the report was made with: versions, date, checksums.

        ``facts``: name -> value, nested mappings allowed; those that stand elsewhere in the report are left out.
        """
        lines = list(_facts({key: value for key, value in facts.items() if key not in SHOWN_ELSEWHERE}))
        return Table(
            "table-versions",
            self.columns("fact", "stated", left=("stated",)),
            tuple(self._fact_line(path, value) for path, value in lines),
            self.say("tables.versions"),
            (self.say("notes.again"),),
            self._from_params(),
            simulated=False,
        )

    def _fact_line(self, path: str, value: str) -> tuple[Parts, ...]:
        name = f"facts.{path}"
        known = self.word(name) if self.texts.has(name) else path
        own = f"{name}_value" if value else f"{name}_none"
        said = self.word(own) if self.texts.has(own) else value
        return ((numbers.params_text(known, name),), (self._said(said, name),))

    def terms(self) -> Table:
        """Return the report's terms, each explained in a sentence; none of what the report has not."""
        unused = set() if self.params.events else {*TERMS_OF_EVENTS}
        unused |= set() if self.params.survey is not None else TERMS_OF_ANSWERS
        unused |= set() if self.params.registers else {"register"}
        known = [name for name in TERMS if name not in unused]
        names = {name: self.rule(name) for name in rules.PRINTED}
        return Table(
            "table-terms",
            self.columns("term", "meaning", left=("meaning",)),
            tuple((self.say(f"terms.{name}.term"), self.say(f"terms.{name}.meaning", **names)) for name in known),
            self.say("tables.terms"),
            (),
            self.say("common.source", source=self.word("tables.project")),
            simulated=False,
        )


def _questions(codebook: Codebook) -> tuple[tuple[str, Question], ...]:
    named = {item.name: (name, item) for indicator in codebook.indicators for name, item in indicator.named_items}
    return tuple(named.values())


def _facts(tree: Mapping[str, Any], above: str = "") -> Iterator[tuple[str, str]]:
    for key, value in tree.items():
        if isinstance(value, Mapping):
            yield from _facts(value, f"{above}{key}.")
        else:
            yield f"{above}{key}", ", ".join(value) if isinstance(value, (list, tuple)) else str(value)
