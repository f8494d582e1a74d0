"""Two processes draw a report's sections, each section one of them, and nobody can see from the result which."""

import json
import multiprocessing
import os
import warnings
from dataclasses import dataclass
from pathlib import Path
from types import SimpleNamespace

import pandas as pd
import pytest

import jobreport
from jobreport.domain.released import TABLES
from jobreport.domain.shipped import shipped
from jobreport.make import parent
from jobreport.page import Paragraph
from jobreport.report import drawer
from jobreport.report.drawer import DRAWN, Drawer
from jobreport.report.results import RELEASED_IN
from jobreport.report.sections import Sections
from jobreport.report.study import hand_over

forked = pytest.mark.skipif(not parent.POSSIBLE, reason="who draws beside is forked on Linux only")


@dataclass
class Told:
    """Sections that write down who drew them; the sentence is longer than what a pipe holds."""

    log: Path
    ended_at: str = ""
    warned_at: str = ""
    drawer: Drawer | None = None

    def __getattr__(self, name: str):
        if name not in DRAWN:
            raise AttributeError(name)
        made = None if self.drawer is None else self.drawer.made(name)
        return lambda: self._drawn(name) if made is None else made

    def _drawn(self, name: str) -> Paragraph:
        with self.log.open("a", encoding="utf-8") as log:
            log.write(f"{name} {os.getpid()}\n")
        if self.drawer is None and name == self.ended_at:
            os._exit(1)
        if name == self.warned_at:
            warnings.warn("old", RuntimeWarning, stacklevel=1)
        return Paragraph((name * 20_000,))


def shown(told: Told, monkeypatch: pytest.MonkeyPatch, names: tuple[str, ...] = DRAWN) -> list[tuple[str, int]]:
    """Show sections as a kernel does beside which somebody draws; return who drew what."""
    monkeypatch.setattr(drawer, "_given", [])
    way = Drawer()
    other = multiprocessing.get_context("fork").Process(target=way.draw, args=(told,))
    other.start()
    way.receive()
    kernel = Told(told.log, warned_at=told.warned_at, drawer=drawer.given())
    assert [getattr(kernel, name)() for name in names] == [Paragraph((name * 20_000,)) for name in names]
    assert all("_shown" in vars(block) for block in kernel.drawer._made.values())  # (it is not written twice)
    os.close(way._tokens)
    way._received.close()
    other.join(30)
    assert other.exitcode is not None
    return [(line.split()[0], int(line.split()[1])) for line in told.log.read_text(encoding="utf-8").splitlines()]


@forked
def test_each_section_is_drawn_by_one_of_two_and_shown_in_order(tmp_path, monkeypatch):
    drawn = shown(Told(tmp_path / "log"), monkeypatch)
    assert sorted(name for name, _ in drawn) == sorted(DRAWN)
    own = [name for name, pid in drawn if pid == os.getpid()]
    assert (*own,) == DRAWN[: len(own)]
    others = [name for name, pid in drawn if pid != os.getpid()]
    assert (*others,) == DRAWN[: len(own) - 1 if own else None : -1]


@forked
def test_a_notebook_that_lacks_sections_shows_the_rest(tmp_path, monkeypatch):
    shown(Told(tmp_path / "log"), monkeypatch, DRAWN[2::3])


@forked
@pytest.mark.parametrize("name", [DRAWN[-1], DRAWN[5]])
def test_what_nobody_could_finish_beside_the_kernel_draws(name, tmp_path, monkeypatch):
    drawn = shown(Told(tmp_path / "log", ended_at=name), monkeypatch)
    assert dict(drawn).keys() == set(DRAWN)


@forked
def test_a_warning_is_met_where_the_cell_is_executed(tmp_path, monkeypatch):
    with pytest.warns(RuntimeWarning, match="old"):
        drawn = shown(Told(tmp_path / "log", warned_at=DRAWN[-1]), monkeypatch)
    assert (DRAWN[-1], os.getpid()) in drawn


@forked
@pytest.mark.parametrize("handed", [False, True])
@pytest.mark.dear
def test_the_drawer_of_a_run_opens_what_was_released_and_draws_what_the_kernel_would(
    handed, study, tmp_path, monkeypatch
):
    study.results.write_copy(tmp_path)
    monkeypatch.chdir(study.params.root)
    monkeypatch.setenv(RELEASED_IN, str(tmp_path / "nothing") if handed else str(tmp_path))
    monkeypatch.setattr(drawer, "DRAWN", ("response_basis",))
    way, given = Drawer(), study.params.to_plain()
    if handed:
        hand_over(study.results.copied(), given, way)
    other = multiprocessing.get_context("fork").Process(target=parent._drawer, args=(given, way))
    other.start()
    monkeypatch.setattr(drawer, "_given", [])
    way.receive()
    assert way._received.poll(60)
    assert way.made("response_basis") == study.response_basis()
    other.join(30)
    os.close(way._tokens)
    way._received.close()
    assert other.exitcode == 0


@pytest.mark.usefixtures("computed_once")
@pytest.mark.dear
def test_what_is_handed_over_is_what_the_copy_says_and_is_opened_for_no_other_params(study, tmp_path, monkeypatch):
    handed = study.results.copied()
    handed.write_copy(tmp_path)
    monkeypatch.chdir(study.params.root)
    monkeypatch.setenv(RELEASED_IN, str(tmp_path))
    plain = study.params.to_plain()
    read = jobreport.load(**plain).results
    for name in TABLES:
        pd.testing.assert_frame_equal(getattr(read.released, name), getattr(handed.released, name), check_exact=True)
    assert read.facts == handed.facts
    way = Drawer()
    hand_over(handed, plain, way)
    monkeypatch.setattr(drawer, "_given", [way])
    assert jobreport.load(**plain) is way.opened
    assert way.opened.drawer is way
    assert way.opened.results.released is handed.released
    other = jobreport.load(**plain | {"title": {"da": "En anden", "en": "Another"}})
    assert other is not way.opened
    assert other.results.params.title["da"] == "En anden"
    way.close()


def test_sections_are_drawn_in_the_order_of_the_notebook():
    cells = json.loads(shipped("notebooks/report.ipynb").read_text(encoding="utf-8"))["cells"]
    called = ["".join(cell["source"]).removeprefix("study.").removesuffix("()") for cell in cells]
    assert tuple(name for name in called if name in DRAWN) == DRAWN
    shared = {name for name, method in vars(Sections).items() if hasattr(method, "__wrapped__")}
    assert shared - {"__repr__"} == {*DRAWN}


def test_a_section_that_nobody_draws_beside_is_drawn():
    @drawer.drawn
    def front(_sections: SimpleNamespace) -> Paragraph:
        return Paragraph(("here",))

    assert front(SimpleNamespace(drawer=None)) == Paragraph(("here",))
