"""Menus in JupyterLab: a choice changes what is shown, at once, and can be kept as a params file."""

import pytest

from jobreport.domain.released import Searched
from jobreport.errors import InputRefused
from jobreport.setup import params

pytestmark = [pytest.mark.dear, pytest.mark.usefixtures("computed_once", "drawn_wide")]

pytest.importorskip("ipywidgets", reason="JupyterLab's packages are not installed (extra 'lab')")
explore = pytest.importorskip("jobreport.desk.explore")


@pytest.fixture
def explorer(study):
    return explore.Explorer(study)


@pytest.mark.parametrize(
    "chosen",
    [{"indicator": "trust"}, {"municipality": "730"}, {"wave": "2022-1"}, {"figure": "groups"}, {"figure": "rank"}],
)
def test_a_choice_changes_the_figure(explorer, chosen):
    before = explorer.drawing.value
    explorer.choose(**chosen)
    assert explorer.drawing.value != before
    assert "<svg" in explorer.drawing.value


def test_a_menu_that_would_change_nothing_is_off(explorer):
    explorer.choose(figure="rank", table="effects")
    assert (explorer.menus["wave"].disabled, explorer.menus["group_by"].disabled) == (True, True)
    explorer.choose(table="estimates", wave="2022-1")
    assert (explorer.menus["wave"].disabled, explorer.menus["group_by"].disabled) == (False, True)
    explorer.choose(figure="groups")
    assert not explorer.menus["group_by"].disabled


def test_of_several_events_one_is_chosen_where_it_changes_what_is_shown(explorer, small_study):
    assert explorer.menus["event"].disabled  # there is one
    events = small_study.params.to_plain()["events"]
    two = explore.Explorer(small_study.with_(events=[*events, events[0] | {"event": "other", "treated": ["730"]}]))
    assert not two.menus["event"].disabled
    assert two.choose(figure="groups", table="estimates").menus["event"].disabled


def test_a_choice_draws_the_figure_and_the_table_once_and_searches_each_table_once(explorer, monkeypatch):
    """What a choice costs, counted: on an idle machine it is under a quarter of a second."""
    drawn, prepared = [], []
    draw, rows = explore.views.draw, Searched.cells

    def counted(kind, name, *rest):
        drawn.append(name)
        return draw(kind, name, *rest)

    def searched(table, places):
        if len(table._objects) < len(table.columns):
            prepared.append(len(table))
        return rows(table, places)

    monkeypatch.setattr(explore.views, "draw", counted)
    monkeypatch.setattr(Searched, "cells", searched)
    everything = len(explorer.study.all_estimates()) + len(explorer.study.changes())
    for chosen in ({"municipality": "730"}, {"indicator": "trust"}, {"wave": "2022-1"}, {"figure": "rank"}):
        drawn.clear(), prepared.clear()
        explorer.choose(**chosen)
        assert len(drawn) == len(set(drawn)) <= 2
        assert len(prepared) <= 4
        assert sum(prepared) < 0.6 * everything
        drawn.clear()
    explorer.choose(figure="paths"), explorer.choose(figure="rank")
    assert drawn.count("rank") == 0  # (it was drawn before)


def test_municipalities_stand_in_the_order_of_the_alphabet(explorer):
    names = [name for name, _ in explorer.menus["municipality"].options]
    assert names.index("Ballerup") < names.index("Ishøj") < names.index("Randers")
    assert names == sorted(names, key=lambda name: name.casefold().replace("å", "øø"))


def test_a_group_is_asked_for_before_its_table_is_shown(explorer):
    explorer.choose(table="groups")
    assert "Vælg en gruppe" in explorer.rows.value
    explorer.choose(group_by="gender")
    assert "Kvinde" in explorer.rows.value


def test_what_is_chosen_becomes_a_params_file(explorer, demo_project):
    explorer.choose(municipality="730", event="ishoej_2022")
    written = explorer.write_params("chosen")
    read = params.read(written)
    assert (read.municipality_code, read.name) == ("730", "chosen")
    assert read.survey == explorer.study.params.survey
    assert explorer.write_params("chosen") == written


def test_a_file_that_somebody_wrote_is_not_overwritten(explorer, demo_project):
    before = (demo_project / "params" / "demo.yml").read_bytes()
    with pytest.raises(InputRefused):
        explorer.write_params("demo")
    assert (demo_project / "params" / "demo.yml").read_bytes() == before


def test_a_name_that_leads_out_of_the_folder_is_refused(explorer, demo_project):
    with pytest.raises(InputRefused):
        explorer.write_params("../outside")
    assert not (demo_project / "outside.yml").exists()
