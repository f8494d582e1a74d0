"""The door: what is hidden, that nothing hidden can be worked out, and that reports laid side by side tell no more."""

from __future__ import annotations

import itertools

import numpy as np
import pandas as pd
import pytest

from jobreport.domain.released import COUNTRY, NUMBERS, of_kind
from jobreport.errors import InputRefused
from jobreport.release import disclosure, ranges, suppression
from jobreport.release.suppression import Rule

LABELS = ["indicator", "measure", "category", "unit", "municipality_code", "municipality", "wave", "group_by", "group"]


def estimates(counts: dict[tuple[str, str], int], wave: str = "2021-2", share: float = 0.5) -> pd.DataFrame:
    """One row for each (municipality, group) with its number of answers; '' is everybody."""
    rows = [
        dict.fromkeys(LABELS, "")
        | {"indicator": "satisfaction", "measure": "share", "category": "positive", "municipality_code": code}
        | {"wave": wave, "group_by": "benefit_group" if group else "", "group": group, "n": n, "n_answered": n}
        | {
            "n_invited": 3 * n,
            "n_effective": n,
            "estimate": share,
            "standard_error": 0.1,
            "ci_low": 0.3,
            "ci_high": 0.7,
        }
        | {"flag": "", "reason": "", "simulated": False}
        for (code, group), n in counts.items()
    ]
    return pd.DataFrame(rows)


def with_totals(cells: dict[tuple[str, str], int]) -> dict[tuple[str, str], int]:
    """Cells of municipality × group with every margin added."""
    out = dict(cells)
    for (code, group), n in cells.items():
        for margin in ((code, ""), (COUNTRY, group), (COUNTRY, "")):
            out[margin] = out.get(margin, 0) + n
    return out


def no_changes() -> pd.DataFrame:
    columns = [
        "event",
        "measure",
        "municipality_code",
        "role",
        "group_by",
        "group",
        "method",
        "adjustment",
        "wave_before",
    ]
    return pd.DataFrame(
        columns=[*columns, "wave_after", *of_kind("changes", NUMBERS), "wording_level", "flag", "reason"]
    )


def change(**given: object) -> pd.DataFrame:
    row = dict.fromkeys(no_changes().columns, "") | dict.fromkeys(of_kind("changes", NUMBERS), 1.0)
    row |= {"measure": "share", "municipality_code": "183", "role": "treated", "method": "change"}
    row |= {"wave_before": "2021-2", "wave_after": "2022-1", "n_before": 90.0, "n_after": 90.0}
    return pd.DataFrame([row | given])


def no_diagnostics() -> pd.DataFrame:
    return pd.DataFrame(
        columns=["measure", "municipality_code", "wave", "group_by", "group", *of_kind("diagnostics", NUMBERS)]
    )


DEFAULT = Rule()


def release(table: pd.DataFrame, changes: pd.DataFrame | None = None, rule: Rule = DEFAULT) -> disclosure.Released:
    return disclosure.release(table, no_changes() if changes is None else changes, no_diagnostics(), rule)


def hidden_groups(table: pd.DataFrame, rule: Rule = DEFAULT) -> set[tuple[str, str]]:
    return {(code, group) for _, code, _, group in suppression.suppressed_domains(suppression.domains_of(table), rule)}


def test_a_small_group_hides_the_next_smallest_and_the_total_stands() -> None:
    table = estimates({("183", ""): 63, ("183", "a"): 3, ("183", "b"): 20, ("183", "c"): 40})
    assert hidden_groups(table) == {("183", "a"), ("183", "b")}


def test_two_tiny_groups_need_a_third() -> None:
    # 1 + 2 = 3 leaves each count two possibilities at most
    table = estimates({("183", ""): 63, ("183", "a"): 1, ("183", "b"): 2, ("183", "c"): 60})
    assert ("183", "c") in hidden_groups(table)


def test_a_group_hidden_in_one_municipality_is_hidden_in_another_when_the_country_is_shown() -> None:
    cells = {("101", "a"): 3, ("101", "b"): 50, ("147", "a"): 30, ("147", "b"): 40, ("151", "a"): 60, ("151", "b"): 45}
    hidden = hidden_groups(estimates(with_totals(cells)))
    assert {("101", "a"), ("101", "b")} <= hidden
    for group in "ab":
        assert sum(g == group and code != COUNTRY for code, g in hidden) >= 2


def test_everybody_in_one_box_is_hidden_in_a_small_group_only() -> None:
    assert hidden_groups(estimates({("183", ""): 9}, share=1.0)) == {("183", "")}
    assert hidden_groups(estimates({("183", ""): 10}, share=1.0)) == set()


def test_a_suppressed_row_holds_no_numbers_and_one_reason() -> None:
    released = release(estimates({("183", ""): 63, ("183", "a"): 3, ("183", "b"): 20, ("183", "c"): 40})).estimates
    secret = released[released["flag"] == "suppressed"]
    assert len(secret) == 2
    assert secret[of_kind("estimates", NUMBERS)].isna().all(axis=None)
    assert set(secret["reason"]) == {disclosure.REASON}


def test_few_answers_are_flagged_uncertain() -> None:
    flags = release(estimates({("183", ""): 29, ("187", ""): 30})).estimates["flag"]
    assert list(flags) == ["uncertain", ""]


def test_a_change_is_hidden_with_any_of_its_waves() -> None:
    table = estimates({("183", ""): 4, ("187", ""): 60})
    assert list(release(table, change()).changes["flag"]) == ["suppressed"]
    assert list(release(table, change(municipality_code="187")).changes["flag"]) == [""]
    assert list(release(table, change(wave_before="2020-1", wave_after="2022-1")).changes["flag"]) == [""]


def test_a_figure_made_of_every_group_is_hidden_with_one_group() -> None:
    table = estimates({("183", ""): 63, ("183", "a"): 3, ("183", "b"): 20, ("183", "c"): 40})
    changes = pd.concat([change(), change(adjustment="mix"), change(method="rates")])
    assert list(release(table, changes.reset_index(drop=True)).changes["flag"]) == ["", "suppressed", "suppressed"]


@pytest.mark.parametrize(
    ("diagnostic", "group_by", "flag"),
    [
        ("funnel", "", "suppressed"),
        ("group_test", "benefit_group", "suppressed"),
        ("group_test", "age_group", ""),  # what it rests on are figures of its own groups, none of which is hidden
        ("weights", "", ""),
    ],
)
def test_a_diagnostic_made_of_every_group_is_hidden_with_one_group(diagnostic: str, group_by: str, flag: str) -> None:
    table = estimates({("183", ""): 63, ("183", "a"): 3, ("183", "b"): 20, ("183", "c"): 40})
    row = {"diagnostic": diagnostic, "measure": "x", "municipality_code": "183", "wave": "2021-2", "group": ""}
    row |= {"group_by": group_by, "value": 1.0, "ci_low": 0.5, "ci_high": 2.0, "n": 63, "flag": "", "reason": ""}
    released = disclosure.release(table, no_changes(), pd.DataFrame([row]), Rule()).diagnostics
    assert list(released["flag"]) == [flag]
    assert released["value"].isna().tolist() == [flag != ""]


def test_all_others_are_not_given_by_group_nor_where_they_give_a_hidden_municipality() -> None:
    table = estimates({("183", ""): 4, ("187", ""): 60, ("others", ""): 900, ("others", "a"): 400, (COUNTRY, ""): 964})
    released = disclosure.release(
        table, no_changes(), no_diagnostics(), Rule(), left_out_of_others=["183", "187"]
    ).estimates
    others = released[released["municipality_code"] == "others"]
    assert list(others["group"]) == [""]
    assert list(others["flag"]) == ["suppressed"]


def test_register_figures_are_nobodys_answers() -> None:
    table = estimates({("183", ""): 4}).assign(measure="register", n=np.nan)
    assert list(release(table).estimates["flag"]) == [""]


def test_an_official_figure_stands_where_all_answers_of_its_place_are_hidden() -> None:
    hidden = estimates({("183", ""): 4})
    official = hidden.assign(measure="register", indicator="rate", n=np.nan)
    found = release(pd.concat([hidden, official], ignore_index=True)).estimates
    assert found["flag"].tolist() == ["suppressed", ""]
    assert found["estimate"].tolist()[1] == 0.5


def test_the_floor_cannot_be_lowered() -> None:
    with pytest.raises(ValueError, match="suppress_below"):
        suppression.suppressed_domains(suppression.domains_of(estimates({("183", ""): 40})), Rule(suppress_below=4))


def country(seed: int) -> dict[tuple[str, str], int]:
    rng = np.random.default_rng(seed)
    cells = itertools.product((f"{100 + i}" for i in range(12)), "abcd")
    return with_totals({cell: int(n) for cell in cells if (n := rng.negative_binomial(1, 0.05)) > 0})


def attack(counts: dict[tuple[str, str], int], hidden: set[tuple[str, str]]) -> dict[tuple[str, str], float]:
    """Width of what an attacker can say of each hidden count, by linear programming written apart from the product."""
    from scipy.optimize import linprog

    groups = sorted({g for _, g in counts if g})
    codes = sorted({c for c, _ in counts if c != COUNTRY})
    unknown = sorted(hidden)
    sums = [((c, ""), [(c, g) for g in groups if (c, g) in counts]) for c in [*codes, COUNTRY]]
    sums += [((COUNTRY, g), [(c, g) for c in codes if (c, g) in counts]) for g in ["", *groups]]
    left = np.array([[(u == total) - (u in parts) for u in unknown] for total, parts in sums], dtype=float)
    known = [
        sum(counts[p] for p in parts if p not in hidden) - (counts[total] if total not in hidden else 0)
        for total, parts in sums
    ]
    widths = {}
    for i, u in enumerate(unknown):
        ends = [
            linprog(sign * np.eye(len(unknown))[i], A_eq=left, b_eq=known, bounds=(1, 10_000)).fun * sign
            for sign in (1, -1)
        ]
        widths[u] = ends[1] - ends[0]
    return widths


# Of these countries 4 hides the fewest groups and 2 the most; the others are drawn with the slow tests.
COUNTRIES = [seed if seed in (2, 4) else pytest.param(seed, marks=pytest.mark.slow) for seed in range(6)]


@pytest.mark.parametrize("seed", COUNTRIES)
@pytest.mark.parametrize("threshold", [5, 10])
def test_an_attacker_cannot_narrow_any_hidden_count(seed: int, threshold: int) -> None:
    counts = country(seed)
    hidden = hidden_groups(estimates(counts), Rule(suppress_below=threshold))
    assert hidden
    assert min(attack(counts, hidden).values()) >= threshold - 1e-6


@pytest.mark.parametrize("seed", COUNTRIES)
def test_primary_suppression_alone_would_give_counts_away(seed: int) -> None:
    counts = country(seed)
    primary = {cell for cell, n in counts.items() if n < 5}
    assert min(attack(counts, primary).values()) < 5


@pytest.mark.parametrize("seed", COUNTRIES)
@pytest.mark.dear
def test_a_raised_threshold_hides_all_that_the_default_hides(seed: int) -> None:
    table = estimates(country(seed))
    assert hidden_groups(table, Rule(5)) <= hidden_groups(table, Rule(8)) <= hidden_groups(table, Rule(12))


def one_by_one(self: ranges.Ranges[tuple[str, ...]], hidden: set[tuple[str, ...]], threshold: int) -> set[object]:
    """Ranges as they were found at first: two integer programs for each hidden count, nothing shared or remembered.

    Of a question they are asked of its counts and of those in each box, which add up.
    """
    from scipy.optimize import Bounds, LinearConstraint, milp

    places = self._places(hidden)
    known = self._sums.lines[:, places].toarray()
    for truth in self._truth[:, :, places]:
        boxes, size = truth.shape
        tables = np.vstack([truth.sum(axis=0), truth])
        added_up = np.kron(np.array([[1, *[-1] * boxes]]), np.eye(size))
        limits = LinearConstraint(np.kron(np.eye(boxes + 1), known), *[(tables @ known.T).ravel()] * 2)
        bounds = Bounds(
            np.vstack([np.minimum(1, tables[0]), np.zeros(truth.shape)]).ravel(), tables.ravel() + 4 * threshold
        )
        narrow = []
        for unit in np.eye(tables.size)[:size]:
            asked = {"constraints": [limits, LinearConstraint(added_up, 0, 0)], "bounds": bounds, "integrality": 1}
            low, high = (round(milp(sign * unit, **asked).x @ unit) for sign in (1, -1))
            narrow.append(high - low < threshold)
        if any(narrow):
            names = [*self._sums.index]
            return {names[place] for place in places[narrow]}
    return set()


def small_country(seed: int) -> pd.DataFrame:
    """Random municipalities, groups and sizes, two groupings of the same persons, some cells empty."""
    rng = np.random.default_rng(seed)
    places, groups, mean = rng.integers(2, 9), rng.integers(2, 5), rng.choice([3.0, 8.0, 25.0])
    sizes = rng.negative_binomial(1, 1 / (1 + mean), (places, groups, 2))
    tables = []
    for axis, name in ((2, "age"), (1, "sex")):
        cells = {(f"{100 + i}", f"{name}{j}"): int(n) for (i, j), n in np.ndenumerate(sizes.sum(axis=axis)) if n}
        table = estimates(with_totals(cells))
        tables.append(table.assign(group_by=table["group_by"].mask(table["group"].ne(""), name)))
    return pd.concat(tables).drop_duplicates(["municipality_code", "group_by", "group"]).reset_index(drop=True)


DEAR = (2, 3, 5, 8)  # as large as that of 10, which stays: two integer programs for each of its counts


@pytest.mark.parametrize("threshold", [5, pytest.param(8, marks=pytest.mark.slow)])
@pytest.mark.parametrize("seed", [pytest.param(n, marks=[pytest.mark.slow] * (n in DEAR)) for n in range(12)])
@pytest.mark.dear
def test_pushing_all_counts_at_once_hides_what_trying_each_alone_hides(
    seed: int, threshold: int, monkeypatch: pytest.MonkeyPatch
) -> None:
    table = small_country(seed)
    pushed = suppression.suppressed_domains(suppression.domains_of(table), Rule(threshold))
    monkeypatch.setattr(ranges.Ranges, "narrow", one_by_one)
    assert pushed == suppression.suppressed_domains(suppression.domains_of(table), Rule(threshold))


@pytest.mark.parametrize(
    "mean", [16, pytest.param(8, marks=pytest.mark.slow), 4, pytest.param(2, marks=pytest.mark.slow), 1]
)
@pytest.mark.dear
def test_a_survey_of_98_municipalities_costs_few_programs_however_small_it_is(
    mean: int, monkeypatch: pytest.MonkeyPatch
) -> None:
    rng, solved = np.random.default_rng(1), []
    cells = itertools.product((f"{100 + i}" for i in range(98)), "abcd")
    table = estimates(with_totals({cell: int(n) for cell in cells if (n := rng.negative_binomial(1, 1 / (1 + mean)))}))
    solve = ranges.Ranges._solution
    monkeypatch.setattr(ranges.Ranges, "_solution", lambda *given, **gap: solved.append(1) or solve(*given, **gap))
    assert hidden_groups(table)
    assert len(solved) < 300  # (one by one there are some 700 at 4 answers a group)


def test_a_search_without_end_is_refused_and_says_what_to_do(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(ranges, "MOST_PROGRAMS", 1)
    with pytest.raises(InputRefused) as refused:
        hidden_groups(estimates(country(1)))
    assert [problem.key for problem in refused.value.problems] == ["suppression_too_large"]
    assert "groups" in refused.value.text("da")


def test_a_long_search_tells_how_far_it_has_come(monkeypatch: pytest.MonkeyPatch) -> None:
    told: list[tuple[int, int]] = []
    monkeypatch.setattr(ranges, "EACH", 2)
    suppression.suppressed_domains(
        suppression.domains_of(estimates(country(1))), Rule(), lambda *so_far: told.append(so_far)
    )
    solved = [so_far for so_far, _ in told]  # (of the counts, and of each question's answers anew)
    assert solved[0] == 2
    assert {later - before for before, later in itertools.pairwise(solved) if later > 2} == {2}


def nearly_all_small() -> pd.DataFrame:
    """Twelve municipalities of four groups, of which one municipality's are large enough."""
    cells = {(f"{100 + i}", group): 60 if i == 0 else 3 for i in range(12) for group in "abcd"}
    return estimates(with_totals(cells))


def test_a_grouping_of_which_nearly_all_is_hidden_is_left_out_and_says_so() -> None:
    released = release(nearly_all_small()).estimates
    of_groups = released[released["group"].ne("") & released["municipality_code"].ne(COUNTRY)]
    assert set(of_groups["flag"]) == {"suppressed"}
    assert set(of_groups["reason"]) == {disclosure.LEVEL_LEFT_OUT}
    assert set(released[released["group"].eq("")]["flag"]) <= {"", "uncertain"}


def test_where_some_groups_are_shown_the_reason_is_the_same_for_all_that_are_hidden() -> None:
    released = release(estimates(country(1))).estimates
    assert set(released.loc[released["flag"].eq("suppressed"), "reason"]) == {disclosure.REASON}


def test_who_is_in_no_group_is_not_the_whole_less_the_groups() -> None:
    cells = {("183", ""): 210, ("183", "a"): 105, ("183", "b"): 103}
    assert hidden_groups(estimates(cells)) == {("183", "b")}
    assert hidden_groups(estimates(cells | {("183", ""): 213})) == set()


def test_a_suppressed_row_holds_no_number_of_any_name() -> None:
    table = estimates({("183", ""): 63, ("183", "a"): 3, ("183", "b"): 20, ("183", "c"): 40})
    row = {"diagnostic": "group_test", "measure": "x", "municipality_code": "183", "wave": "2021-2", "group": ""}
    row |= {"group_by": "benefit_group", "value": 1.0, "ci_low": 0.5, "ci_high": 2.0, "n": 63, "flag": "", "reason": ""}
    numbers = {"p_value": 0.0123, "p_adjusted": 0.0246, "a_number_of_tomorrow": 7.0}
    secret = disclosure.release(table, no_changes(), pd.DataFrame([row | numbers]), Rule()).diagnostics
    assert secret[[*numbers, *of_kind("diagnostics", NUMBERS)]].isna().all(axis=None)


def compared(*codes: str, method: str = "effect", **given: object) -> pd.DataFrame:
    """The difference of 183 from others, and the change of each of them."""
    rows = [change(municipality_code=code, role="comparison", method="change", n_comparison=np.nan) for code in codes]
    return pd.concat([change(method=method, n_comparison=float(len(codes)), **given), *rows], ignore_index=True)


@pytest.mark.parametrize(("few", "gone"), [((4, 40, 40), True), ((4, 4, 40), False), ((40, 40, 40), False)])
def test_the_mean_of_others_does_not_give_the_one_that_is_hidden(few: tuple[int, ...], gone: bool) -> None:
    """183 changed by 1, and by 1 more than the mean of three; two changes are shown, so the third would be known."""
    codes = ("101", "147", "151")
    table = estimates({("183", ""): 90} | {(code, ""): n for code, n in zip(codes, few, strict=True)})
    shown = release(table, compared(*codes)).changes
    assert (shown["flag"].iloc[0] == "suppressed") is gone


def test_leaving_out_one_who_is_hidden_is_hidden() -> None:
    table = estimates({("183", ""): 90, ("101", ""): 4, ("147", ""): 4, ("151", ""): 40})
    flags = [
        release(table, compared("101", "147", "151", method="leave_one_out", reason=f"left_out={code}")).changes["flag"]
        for code in ("101", "151")
    ]
    assert [flag.iloc[0] == "suppressed" for flag in flags] == [True, False]


@pytest.mark.parametrize("part", ["region", "similar"])
def test_a_comparison_with_a_part_of_the_others_is_hidden_where_anybody_of_them_is(part: str) -> None:
    """Two of four are hidden: the mean of all gives only their sum, that of a part perhaps one of them."""
    codes = {"101": 4, "147": 4, "151": 40, "153": 40}
    table = estimates({("183", ""): 90} | {(code, ""): n for code, n in codes.items()})
    flags = [
        release(table, compared(*codes, method="specification", specification=f"comparison={name}")).changes["flag"]
        for name in ("all", part)
    ]
    assert [flag.iloc[0] == "suppressed" for flag in flags] == [False, True]


@pytest.mark.parametrize(("n", "below", "shown"), [(29, 30, False), (30, 30, True), (39, 40, False)])
def test_single_answers_are_told_of_so_many_only(n: int, below: int, shown: bool) -> None:
    table = estimates({("183", ""): n, ("101", ""): 90})
    table = pd.concat([table, table.assign(category="answer_3", estimate=0.1)], ignore_index=True)
    found = release(table, rule=Rule(suppress_cells_below=below)).estimates
    told = found[found["municipality_code"].eq("183")].set_index("category")["estimate"].notna()
    assert told.to_dict() == {"positive": True, "answer_3": shown}


def forced_of(*groups, wave="1", column="sex", items=("q",), below=5, code="183", rows=None, **flags):
    """What is said of hidden groups of so many persons, the large ones hidden beside the small."""
    names = [group for group, n in groups for _ in range(n)]
    people = pd.DataFrame({"wave": wave, "municipality_code": "183", "unit": "183-a", "sex": names, "q": 3, "r": -1})
    shown = [{"wave": wave, "municipality_code": code, "group_by": column, "group": group, "category": "positive"}
             | {"flag": flags.get(group, "suppressed")} for group, _ in groups]  # fmt: skip
    table = pd.DataFrame(shown + (rows or []))
    return list(disclosure.forced(people, table, items, code, below))


def test_who_is_hidden_for_whom_is_said_where_somebody_large_is_hidden():
    expected = [disclosure.Forced("1", "sex", (("x", 3),), ("man",))]
    assert forced_of(("man", 20), ("woman", 30), ("x", 3), woman="") == expected
    assert forced_of(("man", 5), ("x", 4)) == [disclosure.Forced("1", "sex", (("x", 4),), ("man",))]
    assert forced_of(("x", 3), ("y", 4)) == [], "nobody large is hidden"
    assert forced_of(("man", 20), ("x", 3), below=21) == []
    assert forced_of(("man", 20), ("x", 3), column="age") == [], "the answers know no such column"
    assert forced_of(("man", 20), ("x", 3), code="187") == []


def test_of_a_unit_those_hidden_are_its_own():
    assert forced_of(("man", 20), ("x", 3), code="183-a")[0].beside == ("man",)
    assert forced_of(("man", 20), ("x", 3), code="183-b") == []


def test_the_fewest_answers_are_to_a_question_that_anybody_was_asked():
    assert forced_of(("man", 20), ("x", 3), items=("q", "r"))[0].small == (("x", 3),)


def test_everybody_and_single_answers_are_no_hidden_groups():
    hidden = {"wave": "1", "municipality_code": "183", "flag": "suppressed", "group": "man"}
    whole, single = hidden | {"group_by": "", "category": ""}, hidden | {"group_by": "sex", "category": "answer_1"}
    assert forced_of(("man", 20), man="", rows=[whole, single]) == []


def test_hidden_rows_are_counted_by_table():
    flagged = pd.DataFrame({"flag": ["suppressed", "", "uncertain", "suppressed"]})
    found = disclosure.Released(flagged, flagged[1:2], pd.DataFrame({"n": [1]}), DEFAULT).counts()
    assert found == {"estimates": 2, "changes": 0}


@pytest.mark.parametrize(("n", "flag"), [(4, "suppressed"), (5, ""), (None, "")])
def test_a_diagnostic_of_fewer_than_five_answers_is_hidden(n: int | None, flag: str) -> None:
    row = {"diagnostic": "rate", "measure": "rate", "municipality_code": "183", "wave": "2021-2", "group": ""}
    row |= {"group_by": "", "value": 1.0, "ci_low": 0.5, "ci_high": 2.0, "n": n, "flag": "", "reason": ""}
    table = estimates({("183", ""): 40})
    found = disclosure.release(table, no_changes(), pd.DataFrame([row]), Rule()).diagnostics
    assert list(found["flag"]) == [flag]
    of_register = pd.DataFrame([row | {"measure": "register"}])
    assert list(disclosure.release(table, no_changes(), of_register, Rule()).diagnostics["flag"]) == [""]


@pytest.mark.dear
def test_changes_of_few_are_uncertain_by_either_side_and_keep_another_flag() -> None:
    table = estimates({("183", ""): 90})
    for before, after, flag in ((30.0, 30.0, ""), (29.0, 90.0, "uncertain"), (90.0, 29.0, "uncertain")):
        assert list(release(table, change(n_before=before, n_after=after)).changes["flag"]) == [flag]
    assert list(release(table, change(n_before=9.0, flag="other")).changes["flag"]) == ["other"]


@pytest.mark.dear
def test_why_a_row_never_had_a_number_is_said_though_it_is_hidden() -> None:
    table = estimates({("183", ""): 4})
    assert list(release(table, change(reason="not_asked")).changes["reason"]) == ["not_asked"]
    assert list(release(table, change(reason="not_asked")).changes["flag"]) == [""]
    assert release(table, change(reason="not_asked")).changes["change"].isna().all()
    assert list(release(table, change(reason="no_variation")).changes["reason"]) == [disclosure.REASON]


def test_a_grouping_is_left_out_where_several_places_have_groups_and_none_is_shown() -> None:
    small = {(code, group): n for code in ("183", "187") for group, n in (("", 8), ("a", 4), ("b", 4))}
    found = release(estimates(small)).estimates
    groups = found[found["group_by"].ne("")]
    assert set(groups["reason"]) == {disclosure.LEVEL_LEFT_OUT}
    alone = release(estimates({("183", ""): 8, ("183", "a"): 4, ("183", "b"): 4})).estimates
    assert set(alone.loc[alone["group_by"].ne(""), "reason"]) == {disclosure.REASON}, "one alone is no level"
