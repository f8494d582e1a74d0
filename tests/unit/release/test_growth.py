"""Two releases side by side: a figure that rests on a few answers more gives them away, however they are hidden."""

import pandas as pd
import pytest

from jobreport.domain.released import KEYS
from jobreport.release.growth import few_more, few_since

GROUPS = ("", "a", "b", "c")


def release(*numbers, people=20):
    """The whole and three groups of one wave, None where it is hidden, and how many came in two waves."""
    cells = [
        {"wave": "2022", "group_by": "kind" if group else "", "group": group, "n": n}
        for group, n in zip(GROUPS, numbers, strict=True)
    ]
    estimates = pd.DataFrame(cells).reindex(columns=[*KEYS["estimates"], "n"])
    estimates[[name for name in KEYS["estimates"] if name not in cells[0]]] = ""
    pairs = pd.DataFrame({"wave": ["2021"], "other_wave": ["2022"], "n": [people]})
    return {"estimates": estimates, "people": pairs}


@pytest.mark.parametrize(
    ("after", "found"),
    [
        ((40, 20, 12, 8), []),
        ((50, 30, 12, 8), []),
        ((42, 22, 12, 8), ["2022"]),
        ((38, 18, 12, 8), ["2022"]),
        ((50, 28, 14, 8), ["2022"]),
    ],
)
def test_a_few_that_came_or_left_are_found(after, found):
    assert few_more(release(40, 20, 12, 8), release(*after), 5) == found


@pytest.mark.parametrize(("after", "found"), [((46, 25, None, None), ["2022"]), ((51, 25, None, None), [])])
def test_so_are_those_of_hidden_groups_by_what_the_whole_and_the_shown_groups_grew(after, found):
    """The whole by six and the one group that both show by five: one person in the two that are hidden."""
    assert few_more(release(40, 20, None, None), release(*after), 5) == found


def test_a_group_that_is_shown_first_now_counts_as_hidden():
    assert few_more(release(40, 20, None, None), release(46, 25, 15, 6), 5) == ["2022"]
    assert few_more(release(40, 20, None, None), release(40, 20, 14, 6), 5) == []


def test_a_new_wave_alone_gives_nobody_away():
    one, both = release(40, 20, 12, 8), release(40, 20, 12, 8)
    later = both["estimates"].assign(wave="2023", n=9.0)
    both["estimates"] = pd.concat([both["estimates"], later])
    assert few_more(one, both, 5) == []


def test_who_came_in_both_waves_is_a_figure_too():
    assert few_more(release(40, 20, 12, 8), release(40, 20, 12, 8, people=22), 5) == ["2021"]


def test_a_table_that_one_of_both_has_not_tells_nothing():
    alone = {"estimates": release(40, 20, 12, 8)["estimates"]}
    assert few_more(alone, release(42, 22, 12, 8), 5) == ["2022"]
    assert few_more(release(42, 22, 12, 8), alone, 5) == ["2022"]


def test_a_report_in_a_folder_is_held_against_the_new_figures(tmp_path):
    release(40, 20, None, None)["estimates"].to_csv(tmp_path / "estimates.csv", index=False)
    assert few_since(tmp_path, release(46, 25, None, None)["estimates"], 5) == ["2022"]
    assert few_since(tmp_path, release(40, 20, None, None)["estimates"], 5) == []
    assert few_since(tmp_path / "no report", release(46, 25, None, None)["estimates"], 5) == []
