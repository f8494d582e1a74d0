"""What a municipality gives others: sums that can be added up, of forty a year of whom twenty answered in both."""

import numpy as np
import pandas as pd
import pytest

from jobreport.errors import InputRefused
from jobreport.release import package

EVERYBODY = {"indicator": "satisfaction", "measure": "share", "category": "positive", "group_by": ""}


def answered(again=20, first=20, later=30):
    """Forty a year, every second of whom weighs 3; the satisfied stand first, and who comes again was last before."""
    for wave, satisfied, begin in (("2021", first, 0), ("2022", later, 40 - again)):
        for at in range(40):
            about = {"q1": "1" if at < satisfied else "4", "q2": "4" if at % 4 == 0 else "2", "ydelse": f"{at % 2 + 1}"}
            yield {"id": f"p{(begin + at) ** 2}", "runde": wave, "kommune": "183"} | about | {
                "dato": f"{wave}-03-10", "vægt": "1" if at % 2 else "3", "bemærkning": "",
            }  # fmt: skip


@pytest.fixture(scope="module")
def tables_of(forms, tmp_path_factory):
    def tables(rows, change=lambda made: None):
        made = forms["project"](tmp_path_factory.mktemp("package"), [*rows])
        change(made)
        return package.tables(made.read())

    return tables


@pytest.fixture(scope="module")
def made(tables_of):
    return tables_of(answered())


def sums(made, weighted, **where):
    where = EVERYBODY | {"weighted": weighted} | where
    rows = made["moments"]
    rows = rows[(rows[[*where]] == pd.Series(where)).all(axis=1)]
    return rows.set_index(["wave", "other_wave"])


def test_everybody_who_answered_is_counted_in_a_wave_and_in_both(made):
    assert made["people"].values.tolist() == [["2021", "2021", 40], ["2022", "2022", 40], ["2021", "2022", 20]]


def test_the_sums_of_a_wave_are_those_of_scores_and_weights(made):
    """Weights of 3 and 1 are 80 together, and their squares 200: each half a point from 0.5, over 80."""
    row = sums(made, "yes").loc[("2021", "2021")]
    found = row[["n", "weight", "n_effective", "estimate", "spread"]].tolist()
    assert found == pytest.approx([40, 80, 32, 0.5, 0.25])
    assert [row["scatter"], row["base"], row["total"], row["tilt"]] == pytest.approx([200 / 4 / 6400, 200 / 6400, 0, 0])
    assert row["base_total"] == pytest.approx(1)
    plain = sums(made, "no").loc[("2022", "2022")]
    assert plain[["n", "weight", "n_effective", "estimate"]].tolist() == [40, 40, 40, 0.75]
    assert [plain["scatter"], plain["base"]] == pytest.approx([40 * 3 / 16 / 1600, 1 / 40])


def test_the_sums_between_two_waves_are_those_of_who_answered_both(made):
    """Half below in the first, a quarter above in the second, with weights whose squares are 100."""
    row = sums(made, "yes").loc[("2021", "2022")]
    assert row["n"] == 20
    found = [row[name] for name in ("scatter", "tilt", "tilt_back", "base")]
    assert found == pytest.approx([-100 / 8 / 6400, 100 / 4 / 6400, -100 / 2 / 6400, 100 / 6400])
    assert row[["weight", "estimate", "spread", "total"]].isna().all()


def test_groups_are_told_wave_by_wave_and_single_answers_of_everybody_by_their_weights(made):
    group = sums(made, "yes", group_by="benefit_group", group="dagpenge")
    assert [*group.index] == [("2021", "2021"), ("2022", "2022")]
    assert group["n"].tolist() == [20, 20]
    rows = made["moments"]
    single = rows[rows["category"].str.startswith("answer_")]
    assert ({*single["group_by"]}, {*single["weighted"]}) == ({""}, {"yes"})
    assert {*rows.loc[rows["group_by"].ne(""), "group_by"]} == {"benefit_group"}


def test_the_levels_are_those_of_a_report(made):
    rows = made["estimates"]
    assert {*rows["municipality_code"]} == {"183"}
    share = rows[(rows[[*EVERYBODY]] == pd.Series(EVERYBODY)).all(axis=1)].set_index("wave")
    assert share["estimate"].to_dict() == {"2021": 0.5, "2022": 0.75}
    assert share["standard_error"].tolist() == pytest.approx(
        [np.sqrt(40 / 39 * 200 * p * (1 - p)) / 80 for p in (0.5, 0.75)]
    )
    few = rows["category"].str.startswith("answer_") & rows["group_by"].ne("")
    assert rows["flag"].eq("suppressed").eq(few).all(), "of twenty it is not told how many gave each answer"


@pytest.mark.dear
def test_how_many_were_invited_goes_with_the_levels(tables_of):
    def invited(made):
        (made.folder / "inviterede.csv").write_text(
            "wave,municipality_code,group_by,group,n_invited,n_answered\n2021,183,,,90,40\n2022,183,,,80,40\n", "utf-8"
        )
        made.params = made.params.replace("  file: {file}", "  file: {file}\n  invited: inviterede.csv")

    rows = tables_of(answered(), invited)["estimates"]
    whole = rows[rows["group_by"].eq("")]
    assert whole.groupby("wave")["n_invited"].unique().map(list).to_dict() == {"2021": [90], "2022": [80]}


@pytest.mark.parametrize(("again", "both"), [(6, False), (10, True), (30, True), (36, False)])
def test_who_came_again_is_told_where_they_and_those_left_are_enough_and_not_few_and_alike(tables_of, again, both):
    """Six who came again were all dissatisfied before; ten of whom all were are enough. Four left are too few."""
    found = tables_of(answered(again=again))
    assert ("2021", "2022") in {*found["people"][["wave", "other_wave"]].itertuples(index=False, name=None)} or not both
    assert (
        bool(len(sums(found, "yes").loc[lambda rows: rows.index.get_level_values(0) != rows.index.get_level_values(1)]))
        == both
    )
    assert len(found["people"]) == 2 + both


@pytest.mark.parametrize(("whole", "told"), [(2, False), (5, True), (20, True)])
@pytest.mark.dear
def test_who_came_again_is_told_only_where_enough_have_a_mean_of_several_questions(tables_of, whole, told):
    """Of twenty who came again each of three questions has enough answers, but so many alone answered two and more."""
    asked = ("q1", "q2", "q3")
    rows = [row | {"q1": "14"[at % 2], "q3": "24"[at % 3 > 0]} for at, row in enumerate(answered())]
    for at, row in enumerate(rows[40 : 60 - whole]):
        row |= {name: "" for place, name in enumerate(asked) if at % 3 != place}

    def together(made):
        third = "  - {name: third, column: q3, wording: {da: 'Er hjælpen god?'}, scale: grad, codes: [1, 2, 3, 4, 5]}\n"
        both = "  - {name: all, label: {da: Alle}, items: [satisfaction, meaning, third]}\n"
        made.codebook = made.codebook.replace("indicators:\n", f"{third}indicators:\n{both}")

    found = tables_of(rows, together)
    again = found["moments"].loc[lambda moments: moments["wave"].ne(moments["other_wave"])]
    assert (len(again) > 0, len(found["people"]) == 3) == (told, told)


def test_a_package_is_of_persons_who_were_drawn_one_by_one(tables_of):
    def asked_by_clusters(made):
        made.rows = [row | {"hold": f"h{at % 7}"} for at, row in enumerate(made.rows)]
        made.codebook = made.codebook.replace("weight: vægt", "weight: vægt, cluster: hold")

    with pytest.raises(InputRefused) as refused:
        tables_of(answered(), asked_by_clusters)
    assert [problem.key for problem in refused.value.problems] == ["package_of_clusters"]
