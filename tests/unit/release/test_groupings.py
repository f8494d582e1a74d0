"""Sums of two groupings: 33 of a wide group less 30 of a narrow one are three persons, whom no table shows."""

import pandas as pd
import pytest

from jobreport.domain.released import DOMAIN
from jobreport.release import groupings
from jobreport.release.groupings import Nest, covered, nests
from jobreport.release.suppression import Rule, domains_of, suppressed_domains

HERE = "183"


def rows(*counts: tuple[str, str, int, float]) -> pd.DataFrame:
    """Positive, neutral and negative shares of one question; (grouping, group, answers, share of positive)."""
    made = []
    for group_by, group, n, positive in counts:
        domain = dict(zip(DOMAIN, ("2021", HERE, group_by, group), strict=True))
        for category, share in (("positive", positive), ("neutral", 0.0), ("negative", 1 - positive)):
            made.append(
                domain
                | {"indicator": "q", "measure": "share", "category": category, "estimate": share}
                | {"n": n, "n_answered": n, "n_effective": n}
            )
    return pd.DataFrame(made)


def hidden(table: pd.DataFrame, *found: Nest) -> set[tuple[str, str]]:
    return {(by, group) for *_, by, group in suppressed_domains(domains_of(table), Rule(), nests=found)}


WIDE = Nest("two", "young", "three", ("youngest",))


def test_few_who_are_in_the_wide_group_only_are_protected():
    table = rows(
        ("", "", 93, 0.5), ("two", "young", 33, 0.4), ("two", "old", 60, 0.5), ("three", "youngest", 30, 0.4),
        ("three", "others", 63, 0.5),
    )  # fmt: skip
    assert hidden(table) == set()
    shown = {("two", "young"), ("three", "youngest")} - hidden(table, WIDE)
    assert len(shown) < 2


def test_enough_who_are_in_the_wide_group_only_hide_nothing():
    table = rows(
        ("", "", 93, 0.5), ("two", "young", 40, 0.4), ("two", "old", 53, 0.5), ("three", "youngest", 30, 0.4),
        ("three", "others", 63, 0.5),
    )  # fmt: skip
    assert hidden(table, WIDE) == set()


def test_a_small_group_within_a_wide_one_hides_nothing_more():
    """Nobody is shown the rest of the wide group, so it covers the small one."""
    table = rows(("", "", 90, 0.5), ("two", "young", 40, 0.4), ("two", "old", 50, 0.5), ("three", "youngest", 3, 0.4))
    assert hidden(table, WIDE) == hidden(table) == {("three", "youngest")}


def test_the_same_group_under_two_names_is_not_shown_under_one():
    """'old' covers the three young; whoever knows that it is 'x' of the other grouping reads its number there."""
    table = rows(
        ("", "", 60, 0.5), ("two", "young", 3, 0.3), ("two", "old", 7, 0.5), ("two", "oldest", 50, 0.5),
        ("three", "x", 7, 0.5), ("three", "y", 53, 0.5),
    )  # fmt: skip
    assert hidden(table) == {("two", "young"), ("two", "old")}
    assert ("three", "x") in hidden(table, Nest("two", "old", "three", ("x",)))


def test_a_whole_less_what_is_shown_does_not_tell_what_ten_persons_answered():
    """All of a and b are positive; the whole (40) less c and d (30) would be ten positive answers."""
    table = rows(
        ("", "", 42, 26 / 42), ("g", "a", 4, 1.0), ("g", "b", 4, 1.0), ("g", "c", 14, 0.5), ("g", "d", 20, 11 / 20)
    )
    assert len(hidden(table)) == 3
    mixed = rows(
        ("", "", 42, 24 / 42), ("g", "a", 4, 0.5), ("g", "b", 4, 1.0), ("g", "c", 14, 0.5), ("g", "d", 20, 11 / 20)
    )
    assert hidden(mixed) == {("g", "a"), ("g", "b")}


def test_many_of_the_hidden_who_all_answered_alike_give_nobody_away():
    """All of a and b are positive, and they are twenty."""
    table = rows(("", "", 50, 0.7), ("g", "a", 4, 1.0), ("g", "b", 16, 1.0), ("g", "c", 30, 0.5))
    assert hidden(table) == {("g", "a"), ("g", "b")}


def test_those_in_no_group_who_all_answer_alike_are_covered():
    """The whole (36) less both groups (30) would tell that all six without a group are positive."""
    table = rows(("", "", 36, 21 / 36), ("g", "a", 14, 0.5), ("g", "b", 16, 0.5))
    assert hidden(table) == {("g", "a")}
    assert hidden(rows(("", "", 36, 18 / 36), ("g", "a", 14, 0.5), ("g", "b", 16, 0.5))) == set()


def test_groups_are_found_by_inclusion_in_all_waves():
    people = pd.DataFrame({"wave": [1, 1, 2, 2], "wide": ["a", "b", "a", None], "narrow": ["x", "y", "x", "z"]})
    assert list(nests(people, ["wide", "narrow"])) == [
        Nest("wide", "a", "narrow", ("x",)), Nest("wide", "b", "narrow", ("y",)),
        Nest("narrow", "x", "wide", ("a",)), Nest("narrow", "y", "wide", ("b",)),
    ]  # fmt: skip
    crossed = people.assign(wide=["a", "b", "b", "a"])
    assert [nest for nest in nests(crossed, ["wide", "narrow"]) if "x" in nest.groups] == []
    assert list(nests(None, ["wide"])) == []


def test_groups_are_found_whichever_block_of_persons_is_looked_at(monkeypatch):
    monkeypatch.setattr(groupings, "BLOCK", 2)
    people = pd.DataFrame({"wide": ["a", "a", "a", "b", "b"], "narrow": ["x", "x", "y", "z", "y"]})
    assert [nest.groups for nest in nests(people, ["wide", "narrow"]) if nest.group_by == "wide"] == [("x",), ("z",)]


def groups_of(*sizes, wave="1", code="183", q=3, **columns):
    """So many of each group; None is no group."""
    names = [group for group, n in sizes for _ in range(n)]
    table = pd.DataFrame({"wave": wave, "municipality_code": code, "sex": names, "q": q} | columns)
    return table.astype({"sex": pd.CategoricalDtype(["man", "woman"])})


def left(table, items=("q",), place="municipality_code"):
    made = covered(table, ["sex"], [*items])
    counted = made.groupby(["wave", place], observed=True)["sex"].value_counts(dropna=False)
    return {(*key[:2], "" if key[2] != key[2] else key[2]): int(n) for key, n in counted.items() if n}


@pytest.mark.parametrize(
    ("sizes", "men", "outside"),
    [
        ([("man", 20), ("woman", 15), (None, 1)], 16, 5),
        ([("man", 20), ("woman", 15), (None, 4)], 19, 5),
        ([("man", 20), ("woman", 15), (None, 5)], 20, 5),
        ([("man", 14), ("woman", 5), (None, 1)], 10, 5),
        ([("man", 13), ("woman", 5), (None, 1)], 13, 1),
    ],
)
def test_five_stand_outside_and_ten_stay_in_the_largest_group_or_nobody_is_moved(sizes, men, outside):
    women = dict(sizes)["woman"]
    assert left(groups_of(*sizes)) == {
        ("1", "183", "man"): men,
        ("1", "183", "woman"): women,
        ("1", "183", ""): outside,
    }


def test_each_round_and_municipality_has_its_own_lot_and_where_all_have_a_group_nobody_is_moved():
    few, all_told = [("man", 20), (None, 2)], [("man", 20)]
    parts = [groups_of(*few), groups_of(*all_told, wave="2"), groups_of(*all_told, code="187")]
    found = left(pd.concat(parts, ignore_index=True))
    assert found == {("1", "183", "man"): 17, ("1", "183", ""): 5, ("2", "183", "man"): 20, ("1", "187", "man"): 20}
    whole = groups_of(*all_told)
    assert covered(whole, ["sex"], ["q"]) is whole
    nobody = groups_of((None, 3))
    assert covered(nobody, ["sex"], ["q"]) is nobody


def test_enough_stand_outside_of_every_question_that_any_of_them_answered():
    """Every fourth man answered r, as one of those outside did: four more of them, however many men that takes."""
    sizes, answered = [("man", 60), (None, 2)], [3 if at % 4 == 0 else -1 for at in range(60)]
    made = covered(groups_of(*sizes, r=[*answered, 3, -1]), ["sex"], ["q", "r"])
    assert (made.loc[made["sex"].isna(), "r"] > 0).sum() == 5
    assert (made.loc[made["sex"].isna(), "q"] > 0).sum() > 5
    unasked = covered(groups_of(*sizes, r=[-1] * 62), ["sex"], ["q", "r"])
    assert unasked["sex"].isna().sum() == 5, "a question that nobody answered waits for nobody"


def test_where_there_are_units_each_has_its_own_few():
    units = [*["183-a"] * 20, *["183-b"] * 20, "183-a", "183-b"]
    found = left(groups_of(("man", 40), (None, 2), unit=units), place="unit")
    assert found == {("1", unit, group): n for unit in ("183-a", "183-b") for group, n in (("man", 16), ("", 5))}


def test_the_lot_falls_by_the_answers_and_not_by_their_order():
    table = groups_of(("man", 40), ("woman", 12), (None, 1)).assign(q=[1 + at % 5 for at in range(53)], who=range(53))
    first, turned = (covered(each, ["sex"], ["q"]).set_index("who")["sex"] for each in (table, table[::-1]))
    pd.testing.assert_series_equal(first, turned.sort_index())


def test_a_municipality_of_which_nobody_has_a_group_leaves_the_lot_to_those_after_it():
    parts = [groups_of((None, 3), code="101"), groups_of(("man", 20), (None, 2))]
    found = left(pd.concat(parts, ignore_index=True))
    assert found == {("1", "101", ""): 3, ("1", "183", "man"): 17, ("1", "183", ""): 5}
