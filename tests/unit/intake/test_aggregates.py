"""A table of counts, shares or means instead of answers: what it can say, and what it never becomes."""

import math
from itertools import product

import pytest

import jobreport
from jobreport.domain.released import COLUMNS
from jobreport.errors import InputRefused
from jobreport.estimate.indicators import table_estimates
from jobreport.prepare import check
from jobreport.release import computation

pytestmark = pytest.mark.usefixtures("computed_once", "undrawn")

EVENT = """
events:
  - event: left
    label: {{da: Ishøj forlader jobcentret, en: Ishøj leaves the jobcentre}}
    date: '2022-01-01'
    treated: ['183']
    comparison: all
"""
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


@pytest.mark.dear
def test_counts_become_what_the_answers_would_have_been(own):
    """Base 50: positive 30 of 50; mean (4·1 + 6·2 + 10·3 + 20·4 + 10·5)/50 = 3.52; don't know 5 of 55."""
    inputs = own.read(lines(*counts(), *counts("2022")))
    rows = computation.compute(inputs, ("183",)).released.estimates
    own_rows = rows[
        (rows["municipality_code"] == "183") & (rows["wave"] == "2021") & (rows["indicator"] == "satisfaction")
    ]
    assert own_rows["n_answered"].isna().all()
    assert picked(own_rows, measure="share", category="positive")["estimate"] == pytest.approx(0.6, abs=1e-3)
    assert picked(own_rows, measure="share", category="positive")["n"] == 50
    assert picked(own_rows, measure="mean")["estimate"] == pytest.approx(3.52, abs=1e-3)
    assert picked(own_rows, measure="dont_know")["estimate"] == pytest.approx(5 / 55, abs=1e-3)
    assert inputs.aggregates is None
    assert inputs.responses is None


@pytest.mark.dear
def test_what_a_table_leaves_out_is_not_nought(own):
    """The page said that 0 pct. answered 'don't know' where the table has no such row."""
    inputs = own.read(lines(*counts(answers=COUNTS), *counts("2022", answers=COUNTS)))
    rows = computation.compute(inputs, ("183",)).released.estimates
    assert "dont_know" not in set(rows["measure"])
    study = jobreport.load(own.write())
    page = " ".join("\n".join([*study.indicator("satisfaction").lines(), *study.details().lines()]).split())
    assert "Ved ikke" not in page
    assert "ved ikke, pct. | ikke oplyst" in page


@pytest.mark.dear
def test_the_error_of_a_question_rests_on_its_own_answers_alone(own):
    """Standard error of 30 positive of 50: the root of 0.6 x 0.4/49, however many answered something else."""
    other = [("2021", "183", "meaning", "count", answer, 900, "", "") for answer in range(1, 6)]
    rows = computation.compute(own.read(lines(*counts(answers=COUNTS), *other)), ("183",)).released.estimates
    own_rows = rows[(rows["municipality_code"] == "183") & (rows["indicator"] == "satisfaction")]
    error = picked(own_rows, measure="share", category="positive")["standard_error"]
    assert error == pytest.approx(math.sqrt(0.6 * 0.4 / 49), abs=1e-3)


@pytest.mark.dear
def test_nobody_is_made_up_of_counts(own):
    """Persons with answers sorted side by side gave a strong 'what goes together' that nobody had answered."""
    both = [(wave, "183", "meaning", "count", code, 30, "", "") for wave in ("2021", "2022") for code in range(1, 6)]
    inputs = own.read(lines(*counts(), *counts("2022"), *both))
    computed = computation.compute(inputs, ("183",)).released
    assert not set(computed.diagnostics["diagnostic"]) & {"drivers", "reliability", "weights"}
    study = jobreport.load(own.write())
    with pytest.raises(KeyError):
        study.unsafe_responses()
    assert "kan kun regnes ud fra svar fra enkeltpersoner" in " ".join(study.priorities().lines())
    assert "130 svar" not in " ".join(study.response_basis().lines())


@pytest.mark.dear
def test_a_number_that_the_table_does_not_state_is_not_said_to_be_few(own):
    own.write(lines(*counts(), *counts("2022")))
    told = " ".join(jobreport.load(own.write()).response_basis().lines())
    assert "for få" not in told
    assert "er ikke oplyst" in told


FORMS = {  # (with each form of a table two of its eight cases for CI, in which all else meets)
    "mean": {("one", True, "da"), ("two", False, "en")},
    "share": {("two", True, "da"), ("one", False, "en")},
    "answers": {("one", True, "en"), ("two", False, "da")},
    "count": {("two", True, "en"), ("one", False, "da")},
}
CASES = [
    pytest.param(form, *case, marks=[] if case in quick else [pytest.mark.slow])
    for form, quick in FORMS.items()
    for case in product(("one", "two"), (True, False), ("da", "en"))
]


@pytest.mark.parametrize(("form", "items", "event", "language"), CASES)
@pytest.mark.dear
def test_every_form_that_check_accepts_reaches_the_page(own, form, items, event, language):
    """`check` said 'a table with 3 figures'; the page said that there is no survey."""
    forms = {
        "mean": [("mean", "", 3.4, 121, 1.1)],
        "share": [("share", "positive", 0.34, 121, "")],
        "answers": [("share", code, 0.2, 121, "") for code in range(1, 6)],
        "count": [("count", code, 40, "", "") for code in range(1, 6)],
    }
    rows = [
        (wave, "183", name, *rest)
        for wave in ("2021", "2022")
        for name in ("satisfaction", "meaning")
        for rest in forms[form]
    ]
    own.language, own.params = language, own.params + (EVENT if event else "")
    if items == "two":
        trust = "{name: trust, label: {da: Tillid, en: Trust}, items: [satisfaction, meaning]}"
        own.codebook = own.codebook.replace(
            "{name: meaning, label: {da: Mening, en: Meaning}, items: [meaning]}", trust
        )
    study = jobreport.load(own.write(lines(*rows)))
    told = check.check(own.write())  # (after the key is there, so that both take one computation)
    number = {"mean": "3,40", "share": "34", "answers": "40", "count": "40"}[form]
    number = number.replace(",", "." if language == "en" else ",")
    sections = [
        study.front(),
        study.indicator("satisfaction"),
        study.indicator("trust" if items == "two" else "meaning"),
    ]
    pages = [" ".join(" ".join(block.lines()).split()) for block in sections]
    assert all(number in page for page in pages)
    assert told.count("2021: n = ") == 2
    missing = {"da": "Rapporten har ingen borgerundersøgelse", "en": "The report has no survey of citizens"}[language]
    assert not any(missing in page for page in pages)
    if event:
        compared = " ".join(study.before_after().lines())
        assert ("tabel" in compared or "table" in compared) == (form != "count")
        assert "Der er ingen andre kommuner i svarene" not in compared


def test_a_survey_that_lacks_the_reports_municipality_is_refused(own):
    with pytest.raises(InputRefused) as caught:
        own.read(lines(*counts(code="185"), *counts("2022", "185")))
    assert {problem.key for problem in caught.value.problems} == {"municipality_without_answers"}


def test_the_answers_of_a_box_add_up_where_the_box_is_not_given(own):
    given = {"Tilfreds": 0.35, "Meget tilfreds": 0.24}
    inputs = own.read(lines(*[("2021", "183", "satisfaction", "share", *each, 200, "") for each in given.items()]))
    rows = table_estimates(inputs.aggregates, inputs.codebook, simulated=False, names={})
    assert picked(rows, category="positive")["estimate"] == pytest.approx(0.59, abs=1e-12)


def test_a_mean_names_the_ends_of_its_own_scale(own):
    own.codebook = own.codebook.replace(
        "labels: {da: [Slet ikke, I lav grad, I nogen grad, I høj grad, I meget høj grad]}",
        "labels: {da: [Slet ikke, I lav grad, I høj grad, I meget høj grad]}",
    ).replace("codes: [1, 2, 3, 4, 5]", "codes: [1, 2, 3, 4]")
    own.write(lines(("2021", "183", "meaning", "mean", "", 3.1, 121, 0.9)))
    study = jobreport.load(own.write())
    page = " ".join(" ".join([*study.indicator("meaning").lines(), *study.details().lines()]).split())
    assert "fra 1 til 4" in page
    assert "(1–4)" in page
    assert "points_1_4" not in page


FIVE, GIVEN = "[Slet ikke, I lav grad, I nogen grad, I høj grad, I meget høj grad]", "codes: [1, 2, 3, 4, 5]"


def numbered(own, *labels):
    quoted = ", ".join(f"'{label}'" for label in labels)
    own.codebook = own.codebook.replace(f"labels: {{da: {FIVE}}}", f"labels: {{da: [{quoted}]}}")
    own.codebook = own.codebook.replace(GIVEN, f"codes: {[f's{n}' for n in range(len(labels))]}")
    return own


@pytest.mark.dear
def test_a_mean_from_0_to_10_is_printed_so_and_one_above_10_is_refused(own):
    own = numbered(own, *range(11))
    own.write(lines(("2021", "183", "meaning", "mean", "", 7.1, 121, 2.0)))
    study = jobreport.load(own.write())
    page = " ".join(" ".join([*study.indicator("meaning").lines(), *study.details().lines()]).split())
    assert "fra 0 til 10" in page
    assert "(0–10)" in page
    assert set(study.estimates(measure="mean", indicator="meaning")["unit"]) == {"points_0_10"}
    with pytest.raises(InputRefused, match="gennemsnit"):
        own.read(lines(("2021", "183", "meaning", "mean", "", 10.4, 121, 0.5)))


@pytest.mark.parametrize(("mean", "possible"), [(0.4, True), (-1.2, True), (-2.3, False)])
def test_numbers_below_nought_can_have_been_answered(own, mean, possible):
    table = lines(("2021", "183", "meaning", "mean", "", mean, 121, 0.9))
    if possible:
        assert len(numbered(own, -2, -1, 0, 1, 2).read(table).aggregates) == 1
    else:
        with pytest.raises(InputRefused):
            numbered(own, -2, -1, 0, 1, 2).read(table)


@pytest.mark.dear
def test_a_scale_whose_lowest_number_is_best_says_which_end_is_the_most_positive(own):
    numbered(own, "5 - Elendig", "4", "3", "2", "1 - Fin")
    own.write(lines(("2021", "183", "meaning", "mean", "", 3.1, 121, 0.9)))
    page = " ".join(" ".join(jobreport.load(own.write()).indicator("meaning").lines()).split())
    assert "fra 1 til 5, hvor 5 er det mest positive" in page


def test_a_share_stays_a_share(own):
    inputs = own.read(lines(("2021", "183", "satisfaction", "share", "positive", 0.59, 200, "")))
    assert inputs.responses is None
    rows = table_estimates(inputs.aggregates, inputs.codebook, simulated=False, names={"183": "Ishøj"})
    row = picked(rows)
    assert (row["measure"], row["category"], row["municipality"], row["n"]) == ("share", "positive", "Ishøj", 200)
    assert row["estimate"] == 0.59
    assert row["standard_error"] == pytest.approx(math.sqrt(0.59 * 0.41 / 199), abs=1e-12)
    assert row["ci_low"] < 0.59 < row["ci_high"]
    assert tuple(rows.columns) == COLUMNS["estimates"]


def test_a_mean_stays_a_mean(own):
    """sd 1.1, n 121: SE = 1.1/11 = 0.1, and t(120) at 97.5 pct. is 1.97993; 3.4 is 60 pct. up the scale of 4 points."""
    inputs = own.read(lines(("2021", "183", "meaning", "mean", "", 3.4, 121, 1.1)))
    row = picked(table_estimates(inputs.aggregates, inputs.codebook, simulated=False, names={}))
    assert (row["measure"], row["unit"]) == ("mean", "points_1_5")
    assert row["standard_error"] == pytest.approx(0.1, abs=1e-12)
    odds = 0.6 / 0.4 * math.exp(-1.97993 * 0.1 / (4 * 0.6 * 0.4))
    assert row["ci_low"] == pytest.approx(1 + 4 * odds / (1 + odds), abs=1e-5)


def test_a_small_base_is_uncertain(own):
    inputs = own.read(lines(("2021", "183", "satisfaction", "share", "positive", 0.5, 20, "")))
    row = picked(table_estimates(inputs.aggregates, inputs.codebook, simulated=False, names={}))
    assert row["flag"] == "uncertain"


@pytest.mark.dear
def test_an_index_of_several_questions_cannot_come_from_a_table(own):
    one = "  - {name: meaning, label: {da: Mening, en: Meaning}, items: [meaning]}\n"
    both = "  - {name: trust, label: {da: Tillid, en: Trust}, items: [satisfaction, meaning]}\n"
    own.codebook = own.codebook.replace(one, both)
    inputs = own.read(lines(*counts(), *counts("2022")))
    assert [each.indicator.name for each in inputs.counted] == ["satisfaction"]
    rows = computation.compute(inputs, ("183",)).released.estimates
    assert "trust" not in set(rows["indicator"])


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
        (("2021", "183", "satisfaction", "count", "Tilfreds", 25, "", ""), "aggregate_counts_missing"),
    ],
)
def test_tables_that_are_refused(own, row, key):
    with pytest.raises(InputRefused) as caught:
        own.read(lines(row))
    found = {problem.key for problem in caught.value.problems}
    assert key in found
    assert found <= {key, "aggregate_mean"}


@pytest.mark.parametrize(
    ("more", "key"),
    [
        (("2021", "183", "satisfaction", "count", 2, 20, "", ""), "count_row_twice"),
        (("2021", "183", "satisfaction", "share", "positive", 0.6, 50, ""), "aggregate_both"),
    ],
)
def test_one_figure_given_in_two_ways_is_refused(own, more, key):
    """The same answer by its label and by its code; counts and a share of the same question."""
    with pytest.raises(InputRefused) as caught:
        own.read(lines(*counts(), more))
    assert {problem.key for problem in caught.value.problems} == {key}


@pytest.mark.dear
def test_counts_of_one_grouping_are_everybody(own):
    """Two benefit groups of 50 valid answers each: everybody is 100."""
    table = [f"{HEADER},group_by,group"]
    for group in ("dagpenge", "sygedagpenge"):
        table += [",".join(map(str, (*row, "benefit_group", group))) for row in counts() + counts("2022")]
    inputs = own.read("\n".join(table).encode("utf-8"))
    rows = computation.compute(inputs, ("183",)).released.estimates
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
    assert str(problem.values["rows"]).split(", ")[0] == "3"


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


def test_a_table_whose_codebook_is_broken_is_refused_for_its_codebook(own):
    """Without a codebook no table can be read; that there is none is no problem of its own, and stops nothing."""
    own.codebook = own.codebook.replace("scales:", "scale:")
    keys = [problem.key for problem in own.refusal(lines(*counts())).problems]
    assert keys
    assert set(keys) <= {"unknown_key", "key_missing"}
