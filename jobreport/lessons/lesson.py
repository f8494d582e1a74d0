"""What the notebook on the method shows: worked examples as text and table, and the real case beside them.

A worked example says that it is one. Its numbers are bound to the table 'example' by the example's name and their own.
"""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from functools import cached_property, partial
from pathlib import Path
from string import Formatter
from typing import Any

from jobreport import figures, tables
from jobreport.domain.shipped import shipped
from jobreport.domain.texts import LANGUAGES, texts_of
from jobreport.errors import Problem, refuse
from jobreport.intake import checks
from jobreport.lessons.examples import EXAMPLES, Facts
from jobreport.page import Block, Column, Group, Inline, Number, Paragraph, Parts, Strong, Table
from jobreport.report.results import compute
from jobreport.report.study import Study
from jobreport.setup import params
from jobreport.wording.design import Design
from jobreport.wording.numbers import decimal
from jobreport.wording.phrases import NO_BREAK
from jobreport.wording.texts import tidy

REAL = Path(params.PARAMS_FOLDER) / "ishoej.yml"
SERIES = "unemployment"
NOTEBOOK, KNOWN = "method.ipynb", ["language"]


@dataclass(frozen=True)
class Lesson:
    """The method in one language.

    Examples
    --------
    >>> Lesson("en").example("ends").numbers()[0].text
    '10'
    """

    language: str = "da"

    def __post_init__(self) -> None:
        wrong = [Problem("unknown_key_unlike", NOTEBOOK, {"field": name, "known": KNOWN}) for name in params.misspelt()]
        if self.language not in LANGUAGES:
            facts = {"field": "language", "value": str(self.language), "expected": list(LANGUAGES)}
            wrong.append(Problem("choice_invalid", NOTEBOOK, facts))
        refuse(wrong, self.language if self.language in LANGUAGES else "da")

    def example(self, name: str) -> Block:
        """A worked example: its sentences, and its table if it has one."""
        texts, facts = self.texts[name], EXAMPLES[name]()
        label = texts.get("label", self.texts["label"])
        first, *rest = (self._filled(text, name, facts) for text in texts["say"])
        blocks: list[Block] = [Paragraph((Strong((f"{label}.",)), " ", *first))]
        blocks += [Paragraph(parts) for parts in rest]
        if "rows" in texts:
            blocks.append(self._table(texts, name, facts))
        return Group(tuple(blocks))

    def points_and_per_cent(self) -> Block:
        """The real series before and after, in points and in per cent."""
        changes = self.real.on(tables.ChangeTables)
        return Group((changes.register(SERIES), changes.effects(SERIES)))

    def false_dates(self) -> Block:
        """The same comparison of the real series in years in which nothing happened."""
        return self.real.on(figures.Ranks).false_dates(SERIES)

    def choices(self) -> Block:
        """The real comparison under every reasonable choice, and whether the answer depends on it."""
        design, curve = self.real.on(Design), self.real.on(figures.SpecificationCurve)
        effect = design.effect_of(SERIES)
        if effect is None:
            return design.missing("register")
        return Group((Paragraph(design.choices(effect)), curve.figure(SERIES)))

    @cached_property
    def real(self) -> Study:
        """The report on official figures that the lesson takes its real case from."""
        chosen = checks.read_params(project() / REAL).model_copy(update={"language": self.language})
        return Study(compute(checks.read_inputs(chosen)))

    @property
    def texts(self) -> Mapping[str, Any]:
        """Words of the examples and of the first page."""
        return read_texts(self.language)

    def _table(self, texts: Mapping[str, Any], name: str, facts: Facts) -> Table:
        columns = tuple(
            Column((head,), "right" if place else "left", row_header=not place)
            for place, head in enumerate(texts["columns"])
        )
        rows = [tuple(self._filled(cell, name, facts) for cell in row) for row in texts["rows"]]
        caption = (f"{self.texts['label']}: ", *self._filled(texts["caption"], name, facts))
        key = f"example-{name.replace('_', '-')}"
        return Table(key, columns, tuple(rows), caption, (), (self.texts["source"],), simulated=False)

    def _filled(self, text: str, name: str, facts: Facts) -> Parts:
        # Fill ``{share:%0}``: '%' for per cent, '+' for a sign, then the number of decimals.
        parts: list[Inline] = []
        for words, fact, form, _ in Formatter().parse(text):
            parts.append(words)
            if fact is not None:
                value = float(facts[fact]) * (100 if "%" in (form or "") else 1)
                places = int((form or "").strip("+%") or 0)
                shown = decimal(value, places, self.language, sign="+" in (form or ""))
                parts.append(Number(shown, "example", name, fact))
        return tidy(_kept_together(parts))


def _kept_together(parts: Sequence[Inline]) -> list[Inline]:
    return [
        NO_BREAK + part[1:] if isinstance(part, str) and part[:1] == " " and isinstance(before, Number) else part
        for before, part in zip(("", *parts), parts, strict=False)
    ]


def project() -> Path:
    """The nearest folder, from the working directory upwards, that holds the real case; else what was shipped."""
    return next((folder for folder in (Path(), *Path.cwd().parents) if (folder / REAL).is_file()), shipped(""))


read_texts = partial(texts_of, "lesson")
