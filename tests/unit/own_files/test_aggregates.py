"""A table of counts, shares or means instead of answers: what it can say, and what it never becomes."""

import math

import pytest

from jobreport import aggregates, indicators
from jobreport.errors import InputRefused

HEADER = "wave,municipality_code,question,measure,answer,value,n,sd"
COUNTS = {
    "Meget utilfreds": 4,
    "Utilfreds": 6,
    "Hverken tilfreds eller utilfreds": 10,
    "Tilfreds": 20,
    "Meget tilfreds": 10,
}


def lines(*cells):
    return "\n".join([HEADER, *(",".join(str(cell) for cell in row) for row in cells)]).encode("utf-8")


def counts(wave="2021", code="183", answers=None):
    table = COUNTS | {"Ved ikke": 5} if answers is None else answers
    return [(wave, code, "satisfaction", "count", label, number, "", "") for label, number in table.items()]


@pytest.fixture
def own(project):
    project.params = project.params.replace("  file: {file}", "  file: {file}\n  aggregates: true")
    return project


def picked(rows, **where):
    for name, value in where.items():
        rows = rows[rows[name] == value]
    assert len(rows) == 1
    return rows.iloc[0]


def test_counts_become_what_the_answers_would_have_been(own):
    """Base 50: positive 30 of 50; mean (4·1 + 6·2 + 10·3 + 20·4 + 10·5)/50 = 3.52; don't know 5 of 55."""
    inputs = own.read(lines(*counts(), *counts("2022")))
    rows = indicators.estimate(inputs.responses, inputs.codebook.indicators, simulated=False, names={})
    own_rows = rows[
        (rows["municipality_code"] == "183") & (rows["wave"] == "2021") & (rows["indicator"] == "satisfaction")
    ]
    assert picked(own_rows, measure="share", category="positive")["estimate"] == pytest.approx(0.6, abs=1e-12)
    assert picked(own_rows, measure="share", category="positive")["n"] == 50
    assert picked(own_rows, measure="mean")["estimate"] == pytest.approx(3.52, abs=1e-12)
    assert picked(own_rows, measure="dont_know")["estimate"] == pytest.approx(5 / 55, abs=1e-12)
    assert inputs.aggregates is None


def test_a_share_stays_a_share(own):
    inputs = own.read(lines(("2021", "183", "satisfaction", "share", "positive", 0.59, 200, "")))
    assert inputs.responses is None
    rows = aggregates.estimate(inputs.aggregates, inputs.codebook, simulated=False, names={"183": "Ishøj"})
    row = picked(rows)
    assert (row["measure"], row["category"], row["municipality"], row["n"]) == ("share", "positive", "Ishøj", 200)
    assert row["estimate"] == 0.59
    assert row["standard_error"] == pytest.approx(math.sqrt(0.59 * 0.41 / 199), abs=1e-12)
    assert row["ci_low"] < 0.59 < row["ci_high"]
    assert tuple(rows.columns) == indicators.ESTIMATE_COLUMNS


def test_a_mean_stays_a_mean(own):
    """sd 1.1, n 121: SE = 1.1/11 = 0.1, and t(120) at 97.5 pct. is 1.97993."""
    inputs = own.read(lines(("2021", "183", "meaning", "mean", "", 3.4, 121, 1.1)))
    row = picked(aggregates.estimate(inputs.aggregates, inputs.codebook, simulated=False, names={}))
    assert (row["measure"], row["unit"]) == ("mean", "points_1_5")
    assert row["standard_error"] == pytest.approx(0.1, abs=1e-12)
    assert row["ci_low"] == pytest.approx(3.4 - 0.197993, abs=1e-5)


def test_a_small_base_is_uncertain(own):
    inputs = own.read(lines(("2021", "183", "satisfaction", "share", "positive", 0.5, 20, "")))
    row = picked(aggregates.estimate(inputs.aggregates, inputs.codebook, simulated=False, names={}))
    assert row["flag"] == "uncertain"


def test_an_index_of_several_questions_cannot_come_from_a_table(own):
    one = "  - {name: meaning, label: {da: Mening, en: Meaning}, items: [meaning]}\n"
    both = "  - {name: trust, label: {da: Tillid, en: Trust}, items: [satisfaction, meaning]}\n"
    own.codebook = own.codebook.replace(one, both)
    inputs = own.read(lines(*counts(), *counts("2022")))
    assert [indicator.name for indicator in inputs.codebook.indicators] == ["satisfaction", "satisfaction", "meaning"]


@pytest.mark.parametrize(
    ("row", "key"),
    [
        (("2021", "183", "satisfacton", "share", "positive", 0.5, 50, ""), "aggregate_question"),
        (("2021", "183", "satisfaction", "median", "", 4, 50, ""), "aggregate_measure"),
        (("2020", "183", "satisfaction", "share", "positive", 0.5, 50, ""), "aggregate_wave"),
        (("2021", "999", "satisfaction", "share", "positive", 0.5, 50, ""), "table_municipality_unknown"),
        (("2021", "183", "satisfaction", "share", "glad", 0.5, 50, ""), "aggregate_answer"),
        (("2021", "183", "satisfaction", "count", "Tilfreds", 2.5, "", ""), "aggregate_count"),
        (("2021", "183", "satisfaction", "count", "Tilfreds", -1, "", ""), "aggregate_count"),
        (("2021", "183", "satisfaction", "share", "positive", 59, 50, ""), "aggregate_share"),
        (("2021", "183", "satisfaction", "share", "positive", 0.59, "", ""), "aggregate_share"),
        (("2021", "183", "satisfaction", "mean", "", 3.4, 50, ""), "aggregate_mean"),
        (("2021", "183", "satisfaction", "mean", "", 5.4, 50, 1), "aggregate_mean"),
        (("2021", "183", "satisfaction", "mean", "", "3;4", 50, 1), "table_not_a_number"),
    ],
)
def test_tables_that_are_refused(own, row, key):
    with pytest.raises(InputRefused) as caught:
        own.read(lines(row))
    found = {problem.key for problem in caught.value.problems}
    assert key in found
    assert found <= {key, "aggregate_mean"}


def test_counts_of_one_grouping_are_everybody(own):
    """Two benefit groups of 50 valid answers each: everybody is 100."""
    table = [f"{HEADER},group_by,group"]
    for group in ("dagpenge", "sygedagpenge"):
        table += [",".join(map(str, (*row, "benefit_group", group))) for row in counts() + counts("2022")]
    inputs = own.read("\n".join(table).encode("utf-8"))
    rows = indicators.estimate(
        inputs.responses, inputs.codebook.indicators, group_by=("benefit_group",), simulated=False, names={}
    )
    where = {"municipality_code": "183", "wave": "2021", "indicator": "satisfaction", "category": "positive"}
    assert picked(rows, **where, group="")["n"] == 100
    assert picked(rows, **where, group="dagpenge")["n"] == 50


FOUND = ("2021", "183", "satisfaction")


@pytest.mark.parametrize(
    "rows",
    [
        [(*FOUND, "share", "positive", 0.7, 100, ""), (*FOUND, "share", "negative", 0.6, 100, "")],
        [(*FOUND, "share", "positive", 0.33, 5, "")],
        [(*FOUND, "mean", "", 4.9, 100, 3)],
        [(*FOUND, "mean", "", 3.0, 100, 2.5)],
        [(*FOUND, "mean", "", 1.5, 100, 0.9), (*FOUND, "share", "positive", 0.9, 100, "")],
        [(*FOUND, "share", "Meget tilfreds", 0.52, 100, ""), (*FOUND, "share", "positive", 0.41, 100, "")],
        [
            (*FOUND, "share", box, share, 100, "")
            for box, share in (("positive", 0.5), ("neutral", 0.2), ("negative", 0.1))
        ],
    ],
    ids=[
        "over one",
        "no whole number",
        "spread at the end",
        "spread in the middle",
        "mean and box",
        "answer and box",
        "under one",
    ],
)
def test_figures_that_no_persons_can_have_given_are_refused_with_their_rows(own, rows):
    """A sound figure of another question stands in row 2 and is not named."""
    with pytest.raises(InputRefused) as caught:
        own.read(lines(("2021", "183", "meaning", "mean", "", 3.4, 121, 1.1), *rows))
    (problem,) = caught.value.problems
    assert problem.key == "aggregate_impossible"
    assert problem.values["count"] == len(rows)
    assert problem.values["rows"]["da"].split(", ")[0] == "3"


@pytest.mark.parametrize(
    "rows",
    [
        [(*FOUND, "share", "positive", 0.59, 200, ""), (*FOUND, "share", "negative", 0.41, 200, "")],
        [
            (*FOUND, "share", box, share, 999, "")
            for box, share in (("positive", 0.333), ("neutral", 0.333), ("negative", 0.333))
        ],
        [(*FOUND, "share", "positive", 0.6, 7, "")],
        [(*FOUND, "share", "Ved ikke", 0.5, 10, ""), (*FOUND, "share", "positive", 0.8, 5, "")],
        [(*FOUND, "mean", "", 4.9, 100, 0.3), (*FOUND, "share", "positive", 0.99, 100, "")],
    ],
    ids=["sum to one", "thirds", "one decimal", "two bases", "mean and box"],
)
def test_figures_that_are_only_rounded_are_taken(own, rows):
    assert len(own.read(lines(*rows)).aggregates) == len(rows)


def test_weighted_shares_need_no_whole_number_of_persons(own):
    table = [f"{HEADER},weighted", "2021,183,satisfaction,share,positive,0.33,5,,ja"]
    assert len(own.read("\n".join(table).encode("utf-8")).aggregates) == 1
    impossible = [*table, "2021,183,satisfaction,share,negative,0.72,5,,ja"]
    with pytest.raises(InputRefused, match="sande sammen"):
        own.read("\n".join(impossible).encode("utf-8"))


@pytest.mark.parametrize("row", [("share", "positive", 0.5, "12.000", ""), ("count", "Tilfreds", "1.500", "", "")])
def test_whole_numbers_with_a_sign_between_thousands_are_asked_about(own, row):
    with pytest.raises(InputRefused) as caught:
        own.read(lines((*FOUND, *row)))
    assert "number_thousands" in {problem.key for problem in caught.value.problems}


def test_weights_that_differ_between_waves_are_taken_once_somebody_says_so(project, forms):
    for row in project.rows:
        row["vægt"] = "1" if row["runde"] == "2021" else "90"
    project.codebook += "\nallowed: [vægt]\n"
    assert set(project.read(forms["delimited"](project.rows)).responses["weight"]) == {1.0, 90.0}
