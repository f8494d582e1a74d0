"""The data sheet: who asked, questions, thresholds, files and their checksums, versions, terms."""

from collections.abc import Iterable, Iterator, Mapping, Sequence
from operator import itemgetter
from typing import Any

from jobreport.domain import rules
from jobreport.intake.formats.key import MADE_WITH
from jobreport.page import Inline, Paragraph, Parts, Table
from jobreport.setup.codebook import Codebook, Question
from jobreport.tables.cells import Columns, TableWriter
from jobreport.wording import numbers
from jobreport.wording.beforehand import Beforehand
from jobreport.wording.texts import Filling

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
TOLD = (
    *("municipality", "commissioner", "told_n", "told_rate", "told_below", "told_signed"),
    "told_not_compared",
)
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
        dates = {} if given["dates"] or not (days := self._dates()) else {"dates": days}
        told = {name: self._stated(given[name], f"survey.description.{name}") for name in FIELDS} | dates
        lines = [(self.say(f"fields.{name}"), text) for name, text in told.items()]
        return self._sheet("description", ("field", "stated"), lines, *self._wave_notes(), simulated=survey.simulated)

    def _sheet(
        self,
        name: str,
        heads: Sequence[str],
        lines: Iterable[Sequence[Filling]],
        *notes: Parts,
        source: str = "params_file",
        simulated: bool = False,
        **names: Filling,
    ) -> Table:
        columns: Columns[Sequence[Filling]] = {head: itemgetter(at) for at, head in enumerate(heads)}
        whence = self.say("common.source", source=self.word(f"tables.{source}"))
        return self.table(name, lines, columns, whence, *notes, text=name, shown=(), simulated=simulated, **names)

    def _stated(self, stated: Mapping[str, str] | None, path: str) -> Inline:
        return self._said(self.texts.of(stated) if stated else None, f"{path}.{self.language}")

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

    def _wave_notes(self) -> Iterator[Parts]:
        for place, wave in enumerate(self.params.survey.waves if self.params.survey else ()):
            path = f"survey.waves.{place}"
            for name, stated in wave.description.model_dump().items():
                if stated:
                    yield self.say(
                        "tables.wave_note",
                        wave=numbers.params_text(wave.wave, f"{path}.wave"),
                        field=self.word(f"fields.{name}"),
                        text=self._stated(stated, f"{path}.description.{name}"),
                    )

    def questions(self) -> Table | Paragraph:
        """Return every question with its wording, its answers from least to most positive, and 'don't know'."""
        if not self.reported:
            return self.missing("survey")
        simulated = self.params.survey is not None and self.params.survey.simulated
        lines = [self._question_line(name, question) for name, question in _questions(self.codebook)]
        heads = ("question", "wording", "answers", "dont_know")
        return self._sheet("questions", heads, lines, source="codebook_file", simulated=simulated)

    def _question_line(self, name: str, question: Question) -> tuple[Filling, ...]:
        unasked = self.texts.of_many(question.dont_know) if question.dont_know else ()
        told = {
            "wording": self.texts.of(question.wording),
            "answers": " / ".join(self.texts.of_many(question.scale.labels)),
            "dont_know": ", ".join(unasked),
        }
        path = f"codebook.{question.name}"
        return self.indicator(name), *(self._said(text, f"{path}.{key}") for key, text in told.items())

    def thresholds(self) -> Table:
        """Return the project's fixed numbers that the method in words does not name, and the margin of the params."""
        margin = self.params.unchanged_margin
        stated = self.word("common.not_set") if margin is None else self.params_number(margin, "unchanged_margin", 1)
        rules_told = [name for name in PRINTED if self.params.survey or name in PRINTED_OF_ALL]
        values = {"unchanged_margin": stated} | {name: self.rule(name) for name in rules_told}
        lines = [(self.say(f"thresholds.{name}"), value) for name, value in values.items()]
        return self._sheet("thresholds", ("threshold", "threshold_value"), lines)

    def inputs(self, files: Sequence[Mapping[str, str]]) -> Table:
        """Return every file that the report rests on with its checksum.

        ``files``: one mapping per file with 'role', 'file' and 'sha256'.
        """
        keyed = any(file["sha256"].startswith(MADE_WITH) for file in files)
        lines = (self._input_line(f"facts.inputs.{place}", file) for place, file in enumerate(files))
        return self._sheet("inputs", ("file", "role", "sha256"), lines, self.say("notes.keyed") if keyed else ())

    def _input_line(self, path: str, file: Mapping[str, str]) -> list[Filling]:
        key = f"file_roles.{file['role']}"
        role = self.word(key) if self.texts.has(key) else file["role"]
        told = {"file": file["file"], "role": role, "sha256": file["sha256"]}
        return [numbers.params_text(text, f"{path}.{name}") for name, text in told.items()]

    def told(self, packages: Sequence[Mapping[str, Any]]) -> tuple[Table, ...]:
        """Return what other municipalities told of their surveys, and what is not compared and why; nothing of none.

        ``packages``: one mapping per package, as in the facts of a report.
        """
        if not packages:
            return ()
        survey, lines = self.params.survey, (self._told_line(*placed) for placed in enumerate(packages))
        simulated = survey is not None and survey.simulated
        return (self._sheet("told", TOLD, lines, source="told_source", simulated=simulated),)

    def _told_line(self, place: int, package: Mapping[str, Any]) -> tuple[Filling, ...]:
        path = f"facts.packages.{place}"
        counts = [
            self.word("common.not_stated")
            if package[name] is None
            else self.params_number(package[name], f"{path}.{name}", decimals)
            for name, decimals in (("n", 0), ("rate", 1), ("suppress_below", 0))
        ]
        commissioner = self._stated(package["commissioner"], f"{path}.commissioner")
        by = numbers.params_text(package["signed_by"] or "", f"{path}.signed_by")
        signed = self.say(f"told.signed.{package['signed']}", by=by)
        name = self.municipality(package["municipality_code"])
        return name, commissioner, *counts, signed, self._left_out(place, package)

    def _left_out(self, place: int, package: Mapping[str, Any]) -> Parts:
        told: list[Parts] = []
        for number, each in enumerate(package["differences"]):
            what = self.say(f"told.what.{each['what']}")
            name = (self.indicator(each["indicator"]),) if each["indicator"] else self.say("told.survey")
            reason = self._stated(each["reason"], f"facts.packages.{place}.differences.{number}.reason")
            key = "declared" if each["reason"] else "left_out"
            told.append(self.say(f"told.{key}", name=name, what=what, reason=reason))
        told += [self.say("told.beside", what=self.say(f"told.what.{name}")) for name in package["beside"]]
        return tuple(part for pieces in told for part in (*pieces, " ")) or self.say("told.nothing")

    def departures(self, plan: Mapping[str, Any]) -> tuple[Table, ...]:
        """Return line by line what is otherwise than planned before the answers came; nothing where nothing is."""
        if not plan["departures"]:
            return ()
        beforehand, heads = Beforehand.of(self), ("departure", "planned", "reported")
        lines = (beforehand.departure(*placed) for placed in enumerate(plan["departures"]))
        return (self._sheet("departures", heads, lines, source="plan", day=beforehand.day(plan)),)

    def versions(self, facts: Mapping[str, Any]) -> Table:
        """Return what the report was made with: versions, date, checksums.

        ``facts``: name -> value, nested mappings allowed; those that stand elsewhere in the report are left out.
        """
        told = _facts({key: value for key, value in facts.items() if key not in SHOWN_ELSEWHERE})
        return self._sheet("versions", ("fact", "stated"), (self._fact_line(*fact) for fact in told))

    def _fact_line(self, path: str, value: str) -> tuple[Filling, ...]:
        name = f"facts.{path}"
        known = self.word(name) if self.texts.has(name) else path
        own = f"{name}_value" if value else f"{name}_none"
        said = self.word(own) if self.texts.has(own) else value
        return numbers.params_text(known, name), self._said(said, name)

    def terms(self) -> Table:
        """Return the report's terms, each explained in a sentence; none of what the report has not."""
        unused = set() if self.params.events else {*TERMS_OF_EVENTS}
        unused |= set() if self.params.survey is not None else TERMS_OF_ANSWERS
        unused |= set() if self.params.registers else {"register"}
        known = [name for name in TERMS if name not in unused]
        names = {name: self.rule(name) for name in rules.PRINTED}
        lines = [(self.say(f"terms.{name}.term"), self.say(f"terms.{name}.meaning", **names)) for name in known]
        return self._sheet("terms", ("term", "meaning"), lines, source="project")


def _questions(codebook: Codebook) -> tuple[tuple[str, Question], ...]:
    named = {item.name: (name, item) for indicator in codebook.indicators for name, item in indicator.named_items}
    return tuple(named.values())


def _facts(tree: Mapping[str, Any], above: str = "") -> Iterator[tuple[str, str]]:
    for key, value in tree.items():
        if isinstance(value, Mapping):
            yield from _facts(value, f"{above}{key}.")
        else:
            yield f"{above}{key}", ", ".join(value) if isinstance(value, (list, tuple)) else str(value)
