"""Choices, figures and tables that change at once, for a notebook in JupyterLab.

Everything shown comes from `Study.figure` and `Study.table`; nothing is computed anew when a choice changes.
"""

from __future__ import annotations

import gc
from dataclasses import replace
from functools import partial
from pathlib import Path
from typing import Any

import ipywidgets

from jobreport.domain import municipalities
from jobreport.domain.texts import texts_of
from jobreport.errors import Problem, refuse
from jobreport.make import exchange, single
from jobreport.page import Block, Figure, Paragraph, Table
from jobreport.page.scoped import scoped
from jobreport.report import views
from jobreport.report.scope import series_of
from jobreport.report.study import Study
from jobreport.report.views import View
from jobreport.setup import params, yaml_writer
from jobreport.setup.kinds import is_name
from jobreport.setup.params_model import NO_EVENT

OF_SURVEYS = tuple(name for name in (*views.FIGURES, *views.TABLES) if name != "register")
STEPS = 4  # what `single.run` tells of


_texts = partial(texts_of, "explore")


class Explorer:
    """Menus for indicator, municipality, event, wave and group, with the figure and the table that they choose.

    Examples
    --------
    >>> explorer = Explorer(jobreport.load("params/demo.yml"))  # doctest: +SKIP
    >>> explorer.choose(municipality="187", figure="groups")    # doctest: +SKIP
    """

    def __init__(self, study: Study) -> None:
        self.study = study
        self._texts = _texts(study.params.language)
        self._offering = False
        self._drawn: dict[tuple[str, str, View], str] = {}
        self.menus = {name: self._menu(name, options) for name, options in self._options().items()}
        self.drawing, self.rows = ipywidgets.HTML(), ipywidgets.HTML()
        self._offer()
        for name, menu in self.menus.items():
            menu.observe(self._indicator_changed if name == "indicator" else self._show, names="value")
        self._show()
        gc.collect()
        gc.freeze()  # a look for garbage in all that a study holds takes as long as a choice

    @property
    def view(self) -> View:
        """What is chosen."""
        return View(**{name: self.menus[name].value for name in View.__dataclass_fields__})

    def choose(self, **values: str) -> Explorer:
        """Choose from the menus by code, as in ``municipality="187"`` or ``figure="groups"``."""
        for name, value in values.items():
            self.menus[name].value = value
        return self

    def figure(self) -> Block:
        """The figure that is chosen."""
        return self._shown("figure")

    def table(self) -> Block:
        """The table that is chosen."""
        return self._shown("table")

    def write_params(self, name: str) -> Path:
        """Write ``params/<name>.yml``: the report on the chosen municipality, and on the chosen event alone.

        Indicators, waves and groups are not chosen away: a report shows all that the survey asked.

        Raises
        ------
        InputRefused
            If there is such a file that was not written here.
        """
        chosen = self.study.params
        facts = {"field": "name", "value": name}
        refuse([] if is_name(name) else [Problem("name_invalid", "write_params", facts)], chosen.language)
        events = [event for event in chosen.events if self.view.event in ("", event.event)]
        code = self.view.municipality or chosen.municipality_code
        kept = tuple(s for s in chosen.registers if s.event in (None, NO_EVENT, *(event.event for event in events)))
        other = {} if code == chosen.municipality_code else {"municipality_code": code, "title": None}
        seen = chosen.model_copy(update={"name": name, "events": tuple(events), "registers": kept, **other})
        facts = {"where": Path(chosen.where).name, "municipality": municipalities.name(code, chosen.language)}
        written = yaml_writer.write(seen.to_plain(), self._texts["params_comment"].format(**facts))
        path = chosen.root.resolve() / params.PARAMS_FOLDER / f"{name}.yml"
        refuse([Problem("init_exists", path.name)] if path.exists() and not _own(path) else [], chosen.language)
        exchange.put(path, written.encode("utf-8"))
        return path

    def _ipython_display_(self) -> None:
        from IPython.display import display

        boxes = ipywidgets.HBox(list(self.menus.values()), layout=ipywidgets.Layout(flex_flow="row wrap"))
        display(ipywidgets.VBox([boxes, self.drawing, self.rows]))  # type: ignore[no-untyped-call]

    def _options(self) -> dict[str, list[tuple[str, str]]]:
        study, texts, book = self.study, self._texts, self.study.results.codebook
        named = study.indicators()
        codes = [code for code in study.all_estimates()["municipality_code"].unique() if code.isdigit()]
        places = [(study.writer.municipality(code), code) for code in codes if code != municipalities.COUNTRY_CODE]
        events = [(study.writer.texts.of(event.label), event.event) for event in study.params.events]
        return {
            "indicator": list(zip(named["label"], named["indicator"], strict=True)),
            "municipality": sorted(places, key=lambda place: place[0].casefold().replace("å", "øø")),
            "event": [(texts["as_params"], ""), *events],
            "wave": [(texts["latest"], ""), *((wave, wave) for wave in views.waves_of(study.all_estimates()))],
            "group_by": [
                (texts["everybody"], ""),
                *((study.writer.grouping(each), each) for each in (book.groups if book else ())),
            ],
            "figure": [(texts["figures"][name], name) for name in views.FIGURES],
            "table": [(texts["tables"][name], name) for name in views.TABLES],
        }

    def _menu(self, name: str, options: list[tuple[str, str]]) -> Any:
        of_params = self.study.params.municipality_code
        first = of_params if name == "municipality" and of_params in dict(options).values() else options[0][1]
        menu = ipywidgets.Dropdown(options=options, value=first, description=self._texts[name])
        menu.style.description_width, menu.layout.width = "9em", "24em"
        return menu

    def _indicator_changed(self, change: object) -> None:
        self._offering = True  # (what is offered meanwhile is not chosen yet)
        self._offer()
        self._offering = False
        self._show()

    def _offer(self) -> None:
        # Offer the figures and tables that the indicator has: an official series has no answers to spread.
        is_series = self.menus["indicator"].value in series_of(self.study.params)
        for name, kind in (("figure", views.FIGURES), ("table", views.TABLES)):
            fitting = views.OF_REGISTERS if is_series else OF_SURVEYS
            options = [(self._texts[f"{name}s"][each], each) for each in kind if each in fitting]
            menu, before = self.menus[name], self.menus[name].value
            if tuple(options) != tuple(menu.options):
                menu.options = options
                menu.value = before if before in dict(options).values() else options[0][1]

    def _show(self, change: object = None) -> None:
        if self._offering:
            return
        names = {self.menus[kind].value for kind in ("figure", "table")}
        for what, those in views.HEEDED.items():
            nothing_else = what == "event" and len(self.study.params.events) < 2
            self.menus[what].disabled = nothing_else or names.isdisjoint(those)
        self.drawing.value, self.rows.value = self._html("figure"), self._html("table")

    def _html(self, kind: str) -> str:
        key = (kind, self.menus[kind].value, self.view)
        if key not in self._drawn:
            self._drawn[key] = scoped(self._shown(kind).html())
        return self._drawn[key]

    def _shown(self, kind: str) -> Block:
        name = self.menus[kind].value
        deaf = {what for what, those in views.HEEDED.items() if name not in those}
        chosen = {what: value for what, value in vars(self.view).items() if value and what not in deaf}
        if (kind, name) == ("table", "groups") and not self.view.group_by:
            return Paragraph((self._texts["choose_group"],), "note")
        drawn = (self.study.figure if kind == "figure" else self.study.table)(name, **chosen)
        # a page that shows the same figure twice must not hold the same id twice
        return replace(drawn, key=f"explore-{drawn.key}") if isinstance(drawn, (Figure, Table)) else drawn


def run(params_path: str | Path) -> Path:
    """Make the report of a params file, as `jobreport run` does, and show how far it is."""
    from IPython.display import display

    chosen = params.read(Path(params_path))
    bar = ipywidgets.IntProgress(max=STEPS)
    said = ipywidgets.Label()
    display(ipywidgets.HBox([bar, said]))  # type: ignore[no-untyped-call]

    def progress(step: str) -> None:
        said.value = step
        bar.value += 1

    folder = single.run(Path(params_path), progress=progress)
    said.value = _texts(chosen.language)["done"].format(folder=folder.name)
    return folder


def _own(path: Path) -> bool:
    return "notebooks/explore.ipynb" in "".join(path.read_text(encoding="utf-8").splitlines()[1:2])
