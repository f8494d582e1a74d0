"""One params file opened: its released results as tables and figures, and every section of its report.

>>> import jobreport                                        # doctest: +SKIP
>>> study = jobreport.load("params/ishoej.yml")             # doctest: +SKIP
>>> study.changes(method="effect", municipality="183")      # doctest: +SKIP
"""

from __future__ import annotations

import json
import os
import re
from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass, fields, replace
from itertools import chain
from pathlib import Path
from typing import Any

import pandas as pd

from jobreport.domain import municipalities
from jobreport.domain.texts import LANGUAGES
from jobreport.errors import speaking
from jobreport.intake import checks
from jobreport.intake.formats.key import Key
from jobreport.page import Block, Paragraph, fonts, tree
from jobreport.page.blocks import STAMPS_HTML
from jobreport.page.scoped import scoped
from jobreport.release import computation
from jobreport.release.disclosure import Released
from jobreport.release.suppression import Rule
from jobreport.report import views
from jobreport.report.results import (
    FACTS,
    RELEASED_IN,
    Results,
    as_json,
    read_copy,
    refuse_other_bytes,
    select,
    with_intervals,
)
from jobreport.report.scope import NEEDED
from jobreport.report.sections import Sections
from jobreport.setup import params
from jobreport.setup.codebook import Codebook, Indicator
from jobreport.setup.params import Params

NAMING = frozenset({"name", "language", "municipality_code"})  # keys that say which report, and nothing of its data
REPORT = frozenset({"name", "municipality_code"})  # what every params file says of itself
LISTED = 20  # values that a refusal names
Wanted = object  # a value, or several of them
Added = tuple[tuple[str, tuple[str, ...], str], ...]  # name, questions, label
EXAMPLE = "ishoej"  # the report of a notebook that nobody told which


def load(path: str | Path | None = None, /, **values: Any) -> Study:
    """Open a params file, or params given as values, and compute what may be shown.

    Parameters
    ----------
    path : str or Path, optional
        A params file, or the name of one in ``params/``, such as ``"demo"``.
    **values
        Keys of a params file. Beside a ``path`` they replace what stands in it. Without one they are what the
        parameters cell of a notebook gives, where None means that nothing was said: a whole report where they hold
        its name, its municipality and more; otherwise they replace keys of ``params/<name>.yml``, where an empty
        value leaves the key out. A municipality may be given by code, number or name. Paths are
        counted from the nearest folder above the working directory that holds ``params/``.

    Returns
    -------
    Study

    Raises
    ------
    InputRefused
        With every problem of the params and the data; an unknown key is one, and so is a parameter that Papermill
        gave and no notebook reads.
    """
    chosen = _chosen(path, _coded(values) | params.misspelt())
    with speaking(chosen.language):
        return _opened(chosen)


def _coded(values: dict[str, Any]) -> dict[str, Any]:
    """A municipality may be given by number or name; what is none of them is refused with the rest."""
    place = values.get("municipality_code")
    return values | ({} if place is None else {"municipality_code": municipalities.recognise(place) or place})


def _opened(chosen: Params, added: Added = ()) -> Study:
    run_before = None if added else _released_by_run(chosen)
    if run_before is not None:
        return Study(run_before)
    Key(chosen).hold()
    inputs = checks.read_inputs(chosen)
    for indicator in added:
        inputs = replace(inputs, codebook=_with(inputs.codebook, indicator))
    everybody = computation.municipalities_in(inputs)  # one may look at any of them, by group too
    computed = computation.compute(inputs, everybody)
    results = select(computed, inputs.context)
    stated = {**results.facts, "indicators_added": [*map(list, added)]} if added else results.facts
    return Study(replace(results, facts=stated), computed.released, added)


def _with(codebook: Codebook | None, indicator: tuple[str, tuple[str, ...], str]) -> Codebook:
    if codebook is None:
        raise ValueError("this report has no survey, so there is no question to make an indicator of")
    return with_indicator(codebook, *indicator)


def _chosen(path: str | Path | None, values: dict[str, Any]) -> Params:
    if path is not None:
        written = params.read(_found(path))
        return params.replaced(written, values) if values else written
    given = {key: value for key, value in values.items() if value is not None}
    if set(given) >= REPORT and not set(given) <= NAMING:
        return params.from_mapping(given, _project_folder())
    written = params.read(_project_folder() / params.PARAMS_FOLDER / f"{given.pop('name', EXAMPLE)}.yml")
    return params.replaced(written, given, leave_out_empty=True)


def _found(path: str | Path) -> Path:
    """A path that is not here is looked for in the folders above: notebooks lie beside ``params/``."""
    named = Path(params.PARAMS_FOLDER) / f"{path}.yml"
    places = (folder / wanted for folder in (Path(), *Path.cwd().parents) for wanted in (path, named))
    return next((place for place in places if place.is_file()), Path(path))


def _project_folder() -> Path:
    here = Path.cwd()
    return next((folder for folder in (here, *here.parents) if (folder / params.PARAMS_FOLDER).is_dir()), here)


def _released_by_run(chosen: Params) -> Results | None:
    """Take the results that `jobreport run` has already released for just these params, if there are any."""
    if RELEASED_IN not in os.environ:
        return None
    folder = Path(os.environ[RELEASED_IN])
    facts = json.loads((folder / FACTS).read_text(encoding="utf-8"))
    if facts["params"] != chosen.to_plain():
        return None
    context = checks.read_context(chosen)
    refuse_other_bytes(context, ((part["file"], part["sha256"]) for part in facts["inputs"]))
    released = read_copy(folder, Rule(**chosen.disclosure.model_dump()))
    published = with_intervals(context.benchmarks)
    around = (context.earlier, context.quotations)
    return Results(chosen, context.codebook, released, published, context.claims, facts, *around)


@dataclass(frozen=True)
class Study(Sections):
    """Released results of one report. Tables come as DataFrames, figures and sections as blocks.

    Parameters
    ----------
    results
        What the report is made of.
    everywhere
        Released rows of all municipalities, also those that this report does not name; None where a run has selected
        them already.
    added
        Indicators that the codebook does not hold: name, questions, label.
    """

    everywhere: Released | None = None
    added: Added = ()

    def __repr__(self) -> str:
        front = self.front_matter()
        said = [self.municipality(), f"»{front['title']}«", front["date"], f"{len(self.indicators())} indicators"]
        return f"<Study {self.params.name}: {', '.join([*said, *(['SIMULATED'] if front['simulated'] else [])])}>"

    def _repr_mimebundle_(self, include: object = None, exclude: object = None) -> dict[str, object]:
        """A line for a person; for the exporters what `run` would put in the notebook, so that they give its bytes."""
        carried = {
            "matter": self.front_matter(),
            "has": [what for what in NEEDED if self.has(what)],
            "attachments": {FACTS: as_json(self.results.facts).decode("utf-8")},
        }
        return {"text/plain": repr(self), "text/html": self._card(), tree.REPORT_MIME: carried}

    def _card(self) -> str:
        """Title, municipality, date and indicators; it carries the typeface for all that the notebook shows."""
        front = self.front_matter()
        said = [self.municipality(), front["date"], ", ".join(self.indicators()["label"])]
        blocks = Paragraph((front["title"],), "headline"), Paragraph((" · ".join(said),), "note")
        stamp = f'<p class="stamp">{STAMPS_HTML}</p>\n' if front["simulated"] else ""
        return scoped(stamp + "".join(block.html() for block in blocks), fonts.font_face_css())

    def with_(self, **values: Any) -> Study:
        """Return the same study with keys of its params replaced: ``study.with_(events=[], language="en")``.

        Everything is read, checked and computed anew; what is wrong is refused as `load` refuses it.
        """
        chosen = params.replaced(self.params, _coded(values))
        with speaking(chosen.language):
            return _opened(chosen, self.added)

    def add_indicator(self, name: str, items: Sequence[str], *, label: str = "", positive: int | None = None) -> Study:
        """Return the study with one more indicator of questions that it knows, with all that an indicator has.

        Parameters
        ----------
        name, items, positive
            See `with_indicator`.
        label
            What readers see; the name, where nothing is said.

        Raises
        ------
        ValueError
            If the name is taken, a question is unknown, or their scales do not go together; with what there is.
        """
        indicator = (name, tuple([items] if isinstance(items, str) else items), label or name.capitalize())
        if self.results.codebook is not None:
            with_indicator(self.results.codebook, *indicator, positive=positive)
        return _opened(self.params, (*self.added, indicator))

    def estimates(self, **where: Wanted) -> pd.DataFrame:
        """Released estimates; ``where`` picks rows by column.

        Parameters
        ----------
        **where
            A column and the value, or list of values, that it shall hold, as in ``indicator="trust", group_by=""``;
            a municipality by code, number or name (``municipality_code="Ishøj"``).

        Raises
        ------
        KeyError
            If there is no such column, or no row with such a value; with those there are.
        """
        return self._picked(self.results.released.estimates, where)

    def all_estimates(self, **where: Wanted) -> pd.DataFrame:
        """Released estimates of all municipalities, by group too; `estimates` holds what the report names."""
        return self._picked((self.everywhere or self.results.released).estimates, where)

    def changes(self, **where: Wanted) -> pd.DataFrame:
        """Released changes; ``where`` picks rows by column, as in ``method="effect", scale="points"``."""
        return self._picked(self.results.released.changes, where)

    def diagnostics(self, **where: Wanted) -> pd.DataFrame:
        """Released diagnostics; ``where`` picks rows by column."""
        return self._picked(self.results.released.diagnostics, where)

    def indicators(self) -> pd.DataFrame:
        """Indicators and official series: name, label, questions, and the measure each is judged by."""
        book = self.results.codebook
        rows = [
            (each.name, *self._judged_by(each.name), ", ".join(item.name for item in each.items), each.comparable)
            for each in (book.indicators if book else ())
        ]
        rows += [(name, self.writer.indicator(name), "register", "", True) for name in views.series_of(self.params)]
        return pd.DataFrame(rows, columns=["indicator", "label", "measure", "questions", "comparable"])

    def figure(self, name: str, indicator: str, **where: str | int) -> Block:
        """Draw a figure of an indicator.

        Parameters
        ----------
        name : {'paths', 'distribution', 'groups', 'map', 'funnel', 'rank', 'false_dates', 'choices'}
            Which figure.
        indicator
            A name of `indicators`, or of a question.
        **where
            ``municipality`` (code, number or name), ``event``, ``wave`` (the latest to look at), ``group_by``; else
            what the params say.

        Returns
        -------
        Block
            With alt text and source; a sentence where there is nothing to draw.

        Raises
        ------
        KeyError
            If there is no such figure, indicator, municipality, event, wave or grouping; with those there are.
        """
        return self._view(views.FIGURES, name, indicator, where)

    def table(self, name: str, indicator: str, **where: str | int) -> Block:
        """Show a table: 'estimates', 'groups' (needs ``group_by``), 'effects' or 'register'; otherwise as `figure`."""
        return self._view(views.TABLES, name, indicator, where)

    def unsafe_responses(self) -> pd.DataFrame:
        """Answers of persons, read anew from the file: nothing made from them has passed disclosure control."""
        responses = checks.read_inputs(self.params).responses
        if responses is None:
            raise KeyError("this report has no answers of persons")
        return responses

    def _picked(self, table: pd.DataFrame, where: Mapping[str, Wanted]) -> pd.DataFrame:
        """What one table lacks and another, or the codebook, holds gives no row: an indicator may have no change."""
        released = self.everywhere or self.results.released
        tables = (table, released.estimates, released.changes, released.diagnostics)
        held = {name: [each[name].unique().tolist() for each in tables if name in each] for name in where}
        known = {name: list(dict.fromkeys(chain.from_iterable(values))) for name, values in held.items()}
        if "indicator" in known:
            known["indicator"] = list(dict.fromkeys([*known["indicator"], *self.indicators()["indicator"]]))
        return _picked(table, where, known)

    def _view(self, kind: dict[str, views.Draw], name: str, indicator: str, where: Mapping[str, str | int]) -> Block:
        known_choices = [field.name for field in fields(views.View)][1:]
        if unknown := sorted(set(where) - set(known_choices)):
            raise KeyError(f"{', '.join(unknown)}: no such choice; there are {', '.join(known_choices)}")
        place = where.get("municipality", "")
        known = {**where, "municipality": municipalities.recognise(place) or str(place)}
        view = views.View(indicator, **{what: str(value) for what, value in known.items()})
        return views.draw(kind, name, self.everywhere or self.results.released, self.writer, view)

    def _judged_by(self, indicator: str) -> tuple[str, str]:
        measure = " ".join(filter(None, self.writer.main_measure(indicator)))
        return self.writer.indicator(indicator), measure


def _picked(table: pd.DataFrame, where: Mapping[str, Wanted], known: Mapping[str, list[object]]) -> pd.DataFrame:
    unknown = sorted(set(where) - set(table.columns))
    if unknown:
        raise KeyError(f"no column {', '.join(unknown)}; there are {', '.join(table.columns)}")
    for column, wanted in {name: _wanted(name, given, known[name]) for name, given in where.items()}.items():
        table = table[table[column].isin(wanted)]
    return table.reset_index(drop=True)


def _wanted(column: str, given: Wanted, known: list[object]) -> list[object]:
    """The values that are asked for, each of which the study must hold somewhere: else it is a mistake."""
    asked = [given] if isinstance(given, str) or not isinstance(given, Iterable) else list(given)
    if column == "municipality_code":
        asked = [municipalities.recognise(value) or value for value in asked]
    missing = [value for value in asked if value not in known]
    if missing:
        raise KeyError(f"{column}: {', '.join(map(repr, missing))} is none of {_some(known)}")
    return asked


def _some(known: list[object]) -> str:
    shown = ", ".join(map(repr, known[:LISTED]))
    return shown if len(known) <= LISTED else f"{shown} and {len(known) - LISTED} more"


def with_indicator(
    codebook: Codebook, name: str, items: Sequence[str], label: str, positive: int | None = None
) -> Codebook:
    """Return the codebook with one more indicator of questions that it holds.

    Parameters
    ----------
    codebook
        Of the survey.
    name
        A new name: small letters, digits and underscores.
    items
        Names of its questions, all with equally many answers.
    label
        What readers see, in either language.
    positive
        How many of the top answers are positive; what the codebook says, for a second definition beside it would
        let a hidden answer be found by subtraction.

    Raises
    ------
    ValueError
        If the name is taken or none, a question is unknown, or the scales do not go together; with what there is.

    Examples
    --------
    >>> from jobreport.setup.codebook import Question, Scale
    >>> scale = Scale("grad", {"da": ("a", "b", "c"), "en": ("a", "b", "c")}, 1, 1)
    >>> book = Codebook((Indicator("trust", {}, (Question("s_1", {}, scale),)),))
    >>> [indicator.name for indicator in with_indicator(book, "kontakt", ["s_1"], "Kontakt").indicators]
    ['trust', 'kontakt']
    """
    known = {item.name: item for item in codebook.items}
    taken = {*known, *(indicator.name for indicator in codebook.indicators)}
    if not re.fullmatch("[a-z][a-z0-9_]*", name) or name in taken:
        raise ValueError(f"{name!r} is no new name of small letters, digits and _; taken are {', '.join(taken)}")
    if missing := [item for item in items if item not in known]:
        raise ValueError(f"{', '.join(missing)}: no such question; there are {', '.join(known)}")
    asked = tuple(known[item] for item in dict.fromkeys(items))
    scales = {(item.scale.lowest, item.scale.size, item.scale.positive) for item in asked}
    if len(scales) != 1 or (positive is not None and {positive} != {count for *_, count in scales}):
        said = ", ".join(f"{item.name} {item.scale.positive} of {item.scale.size}" for item in asked)
        raise ValueError(f"the questions must have the same answers and as many positive: {said or 'none named'}")
    reasons = [each.reason for each in codebook.indicators if not each.comparable and {*each.items} & {*asked}]
    alike = not reasons and len({item.waves for item in asked}) == 1
    labels = dict.fromkeys(LANGUAGES, label)
    return replace(
        codebook, indicators=(*codebook.indicators, Indicator(name, labels, asked, alike, "; ".join(reasons)))
    )
