"""One params file opened: its released results as tables and figures, and every section of its report.

>>> import jobreport                                        # doctest: +SKIP
>>> study = jobreport.load("params/ishoej.yml")             # doctest: +SKIP
>>> study.changes(method="effect", municipality="183")      # doctest: +SKIP
"""

from __future__ import annotations

import json
import os
from collections.abc import Mapping, Sequence
from dataclasses import dataclass, fields, replace
from itertools import chain
from pathlib import Path
from typing import Any

import pandas as pd

from jobreport.domain import municipalities
from jobreport.errors import speaking
from jobreport.intake import checks
from jobreport.intake.formats.key import Key
from jobreport.page import Block, Paragraph, fonts, tree
from jobreport.page.blocks import STAMPS_HTML
from jobreport.page.scoped import scoped
from jobreport.release import computation
from jobreport.release.answers import listed
from jobreport.release.disclosure import Released
from jobreport.release.suppression import Rule
from jobreport.report import bench, drawer, views
from jobreport.report.bench import Wanted
from jobreport.report.results import (
    FACTS,
    RELEASED_IN,
    Results,
    as_json,
    has_copy,
    read_copy,
    refuse_other_bytes,
    select,
)
from jobreport.report.scope import NEEDED, series_of
from jobreport.report.sections import Sections
from jobreport.setup import params
from jobreport.setup.codebook import Codebook
from jobreport.setup.params import Params

NAMING = frozenset({"name", "language", "municipality_code"})  # keys that say which report, and nothing of its data
REPORT = frozenset({"name", "municipality_code"})  # what every params file says of itself
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
    # A municipality may be given by number or name; what is none of them is refused with the rest.
    place = values.get("municipality_code")
    return values | ({} if place is None else {"municipality_code": municipalities.recognise(place) or place})


def hand_over(results: Results, values: dict[str, Any], way: drawer.Drawer) -> None:
    """Open a run's study as `load` would, for the two that are forked of this process, and begin it for both."""
    chosen = _chosen(None, _coded(values))
    way.opened = study = Study(replace(results, params=chosen), drawer=way)
    study.writer.begin()


def _opened(chosen: Params, added: Added = ()) -> Study:
    beside = drawer.given()
    if beside is not None and isinstance(beside.opened, Study) and beside.opened.params == chosen and not added:
        return beside.opened
    run_before = None if added else _released_by_run(chosen)
    if run_before is not None:
        return Study(run_before, drawer=beside)
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
    return bench.with_indicator(codebook, *indicator)


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
    # A path that is not here is looked for in the folders above: notebooks lie beside ``params/``.
    named = Path(params.PARAMS_FOLDER) / f"{path}.yml"
    places = (folder / wanted for folder in (Path(), *Path.cwd().parents) for wanted in (path, named))
    return next((place for place in places if place.is_file()), Path(path))


def _project_folder() -> Path:
    here = Path.cwd()
    return next((folder for folder in (here, *here.parents) if (folder / params.PARAMS_FOLDER).is_dir()), here)


def _released_by_run(chosen: Params) -> Results | None:
    if RELEASED_IN not in os.environ:
        return None
    folder = Path(os.environ[RELEASED_IN])
    facts = json.loads((folder / FACTS).read_text(encoding="utf-8"))
    if facts["params"] != chosen.to_plain() or not has_copy(folder):
        return None
    context = checks.read_context(chosen)
    refuse_other_bytes(context, ((part["file"], part["sha256"]) for part in facts["inputs"]))
    return Results.of(context, read_copy(folder, Rule(**chosen.disclosure.model_dump())), facts)


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
        # A line for a person; for the exporters what `run` would put in the notebook, so that they give its bytes.
        carried = {
            "matter": self.front_matter(),
            "has": [what for what in NEEDED if self.has(what)],
            "attachments": {FACTS: as_json(self.results.facts).decode("utf-8")},
        }
        return {"text/plain": repr(self), "text/html": self._card(), tree.REPORT_MIME: carried}

    def _card(self) -> str:
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
            See `jobreport.report.bench.with_indicator`.
        label
            What readers see; the name, where nothing is said.

        Raises
        ------
        ValueError
            If the name is taken, a question is unknown, or their scales do not go together; with what there is.
        """
        indicator = (name, tuple(listed(items)), label or str(name).capitalize())
        if self.results.codebook is not None:
            bench.with_indicator(self.results.codebook, *indicator, positive=positive)
        return _opened(self.params, (*self.added, indicator))

    def estimates(self, *, tidy: bool = False, **where: Wanted) -> pd.DataFrame:
        """Released estimates; ``where`` picks rows by column.

        Parameters
        ----------
        tidy
            Labels, per cent and single waves, to draw and read; keys are in ``indicator_key`` and so on.
        **where
            A column and the value, or list of values, that it shall hold, as in ``indicator="trust", group_by=""``;
            a municipality by code, number or name (``municipality_code="Ishøj"``).

        Returns
        -------
        DataFrame
            ``indicator, measure, category, unit``: what; ``municipality_code, municipality, wave, group_by, group``:
            of whom and when; ``n_invited, n_answered, n, n_effective``: what it rests on; ``estimate, standard_error,
            ci_low, ci_high``; ``flag, reason``: 'uncertain' or 'suppressed', and why; ``simulated``; ``kind``
            ('indicator', 'question', 'series') and ``period`` ('wave', 'window').

        Raises
        ------
        KeyError
            If there is no such column, or no row with such a value; with those there are.
        """
        return self._picked(self.results.released.estimates, where, tidy=tidy)

    def all_estimates(self, *, tidy: bool = False, **where: Wanted) -> pd.DataFrame:
        """Released estimates of all municipalities, by group too; `estimates` holds what the report names."""
        return self._picked((self.everywhere or self.results.released).estimates, where, tidy=tidy)

    def changes(self, *, tidy: bool = False, **where: Wanted) -> pd.DataFrame:
        """Released changes; ``where`` picks rows by column, as in ``method="effect", scale="points"``.

        Returns
        -------
        DataFrame
            As of `estimates`, with ``event, role, method, adjustment, specification, scale``: how it was compared;
            ``wave_before, wave_after, n_before, n_after, n_comparison``; ``change`` for the estimate; ``p_value,
            p_smallest_possible, rank, p_adjusted, detectable_change``; ``wording_level``: what may be said of it.
        """
        return self._picked(self.results.released.changes, where, tidy=tidy)

    def diagnostics(self, *, tidy: bool = False, **where: Wanted) -> pd.DataFrame:
        """Released diagnostics; ``where`` picks rows by column.

        Returns
        -------
        DataFrame
            As of `estimates`, with ``diagnostic``: which; ``value`` for the estimate; ``p_value, p_adjusted``.
        """
        return self._picked(self.results.released.diagnostics, where, tidy=tidy)

    def indicators(self) -> pd.DataFrame:
        """Indicators and official series: name, label, questions, and the measure each is judged by."""
        asked = self.writer.codebook.indicators
        known = [(each.name, ", ".join(item.name for item in each.items), each.comparable) for each in asked]
        rows = [
            (name, self.writer.indicator(name), " ".join(filter(None, self.writer.main_measure(name))), *more)
            for name, *more in (*known, *((name, "", True) for name in series_of(self.params)))
        ]
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

    def plot(self, indicator: str, *, municipality: str | int | Sequence[str | int] = "", ax: Any = None) -> Any:
        """Draw an indicator over the waves on axes of matplotlib, to go on with; `figure` draws a finished figure.

        Parameters
        ----------
        indicator
            A name of `indicators`.
        municipality
            One, or several, by code, number or name; that of the report, if nothing is said.
        ax
            Axes to draw on; the current ones, if nothing is said.

        Returns
        -------
        Axes
            With a line and intervals (95 pct.) for each municipality.

        Raises
        ------
        KeyError
            If there is no such indicator or municipality, or nothing to draw; with what there is.
        """
        known = self.indicators()["indicator"].tolist()
        if indicator not in known:
            raise KeyError(f"indicator: {indicator!r} is none of {', '.join(known)}")
        measure, category = self.writer.main_measure(indicator)
        asked = municipality or self.params.municipality_code
        of_all: dict[str, Wanted] = {"indicator": indicator, "measure": measure, "group_by": ""}
        rows = self.all_estimates(tidy=True, category=category, municipality_code=asked, **of_all)
        if rows["estimate"].isna().all():
            raise KeyError(f"{indicator}: there is no number to draw of {asked}")
        if ax is None:
            from matplotlib import pyplot

            ax = pyplot.gca()
        return bench.draw(rows, ax)

    def unsafe_responses(self, *, labelled: bool = False) -> pd.DataFrame:
        """Answers of persons, read anew from the file: nothing made from them has passed disclosure control.

        Parameters
        ----------
        labelled
            Answers and groups in words, as ordered categories; "don't know" is blank then. Otherwise codes: 1 is the
            least positive answer, 0 "don't know", -1 none.
        """
        responses = checks.read_inputs(self.params).responses
        if responses is None:
            raise KeyError("this report has no answers of persons")
        return bench.labelled(responses, self.writer) if labelled else responses

    def _picked(self, table: pd.DataFrame, where: Mapping[str, Wanted], *, tidy: bool) -> pd.DataFrame:
        # What one table lacks and another, or the codebook, holds gives no row: an indicator may have no change.
        released = self.everywhere or self.results.released
        tables = (table, released.estimates, released.changes, released.diagnostics)
        held = {name: [each[name].dropna().unique().tolist() for each in tables if name in each] for name in where}
        known = {name: list(dict.fromkeys(chain.from_iterable(values))) for name, values in held.items()}
        if "indicator" in known:
            known["indicator"] = list(dict.fromkeys([*known["indicator"], *self.indicators()["indicator"]]))
        rows = bench.picked(bench.with_kinds(table, self.writer), where, known | dict(bench.KINDS))
        return bench.tidy(rows, self.writer) if tidy else rows

    def _view(self, kind: dict[str, views.Draw], name: str, indicator: str, where: Mapping[str, str | int]) -> Block:
        known_choices = [field.name for field in fields(views.View)][1:]
        if unknown := sorted(set(where) - set(known_choices)):
            raise KeyError(f"{', '.join(unknown)}: no such choice; there are {', '.join(known_choices)}")
        place = where.get("municipality", "")
        known = {**where, "municipality": municipalities.recognise(place) or str(place)}
        view = views.View(indicator, **{what: str(value) for what, value in known.items()})
        return views.draw(kind, name, self.everywhere or self.results.released, self.writer, view)
