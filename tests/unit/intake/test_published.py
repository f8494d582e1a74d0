"""Other people's figures: all that is known is there, nothing is shown beside what it cannot be compared with."""

import math
from pathlib import Path

import pandas as pd
import pytest

from jobreport.intake import checks
from jobreport.intake.formats import published
from jobreport.setup import params
from jobreport.setup.codebook import Scale

DATA = Path(__file__).parents[3] / "data"
DEGREE = Scale("grad", {"da": ("slet ikke", "lav", "nogen", "høj", "meget høj")}, 2, 2)
SATISFACTION = Scale("tilfredshed", {"da": ("meget u", "u", "hverken", "t", "meget t")}, 2, 2)

# What is known of the published surveys, written down from their sources and not from the file under test:
# source, year, base, indicator, category, value (a share, or a mean on 1-5), stated with "about".
KNOWN = [
    ("Marselisborg", 2023, 9989, "satisfaction", "positive", 0.59, False),
    ("Marselisborg", 2023, 9989, "satisfaction", "neutral", 0.21, False),
    ("Marselisborg", 2023, 9989, "satisfaction", "negative", 0.20, False),
    ("Marselisborg", 2023, 9989, "trust_met", "positive", 0.60, True),
    ("Marselisborg", 2023, 9989, "trust_listened", "positive", 0.60, True),
    ("Marselisborg", 2023, 9989, "trust_situation", "positive", 0.60, True),
    ("Marselisborg", 2023, 9989, "meaning", "negative", 0.28, False),
    ("Marselisborg", 2023, 9989, "meaning", "neutral", 0.28, False),
    ("Marselisborg", 2023, 9989, "meaning", "positive", 0.44, False),
    ("KL", 2024, 33000, "satisfaction", "positive", 0.60, True),
    ("KL", 2025, None, "satisfaction", "", 3.88, False),
    ("KL", 2025, None, "meeting", "", 4.07, False),
    ("KL", 2025, None, "goals_and_activities", "", 3.67, False),
    ("KL", 2025, None, "cooperation", "", 3.34, False),
    ("KL", 2025, None, "conversation", "", 3.95, False),
    ("KL", 2025, None, "progression", "", 3.23, False),
    ("VIVE", 2019, 186, "treatment", "positive", 0.77, False),
    ("VIVE", 2019, 186, "latest_conversation", "positive", 0.86, False),
    ("VIVE", 2020, None, "latest_conversation", "positive", 0.80, False),
    ("VIVE", 2020, None, "latest_conversation", "positive", 0.93, False),
    ("VIVE", 2022, None, "latest_conversation", "positive", 0.79, False),
    ("VIVE", 2022, None, "latest_conversation", "positive", 0.78, False),
    ("Psykiatrifonden", 2019, None, "quality_of_life_burden", "negative", 0.679, False),
    ("Psykiatrifonden", 2019, None, "humiliation", "negative", 0.60, True),
]


@pytest.fixture(scope="module")
def benchmarks():
    frame, problems = published.read_benchmarks(DATA / "benchmarks.csv", "data/benchmarks.csv")
    assert problems == []
    return frame


@pytest.fixture(scope="module")
def claims():
    frame, problems = published.read_claims(DATA / "claims.csv", "data/claims.csv")
    assert problems == []
    return frame.set_index("claim")


def test_every_published_figure_is_there_and_no_other(benchmarks):
    found = [
        (row.source.replace(",", " ").split()[0], int(row.year), None if math.isnan(row.n) else int(row.n),
         row.indicator, row.category, row.value, row.approximate)
        for row in benchmarks.itertuples()
    ]  # fmt: skip
    assert sorted(found, key=str) == sorted(KNOWN, key=str)


@pytest.mark.parametrize(
    ("survey", "words"),
    [("kl_2025", ("61.868", "20.247", "29 kommuner")), ("kl_2024", ("mere end 33.000",)),
     ("vive_2019", ("næsten 200",)), ("vive_2022", ("331",)), ("vive_2020", ("400",)),
     ("psykiatrifonden", ("omstridt", "1.400", "1.000")), ("marselisborg", ("job og er uddannelsesparate",))],
)  # fmt: skip
def test_reservations_stand_with_every_figure_of_a_survey(benchmarks, survey, words):
    notes = benchmarks[benchmarks["benchmark"].str.startswith(survey)]["quality_notes_da"]
    assert len(notes) > 0
    assert all(word in note for note in notes for word in words)


def test_what_was_computed_here_says_so(benchmarks):
    assert list(benchmarks[benchmarks["computed"]]["benchmark"]) == ["marselisborg_2023_meaning_high"]


@pytest.mark.parametrize(
    ("claim", "words", "checkable"),
    [("facebook_before", "90-95", False), ("facebook_after", "80-90", False), ("headline_80", "80 procent", False),
     ("fell_more_than_country", "faldt mere", True), ("vallensbaek_results", "Ledigheden", True),
     ("chiefs_fewer_on_support", "nogensinde", False), ("chiefs_satisfaction_surveys", "", False),
     ("surveys_of_2010", "2010", False)],
)  # fmt: skip
def test_every_claim_is_there_as_what_it_is(claims, claim, words, checkable):
    row = claims.loc[claim]
    assert words in row["claim_da"]
    assert not row["is_survey"]
    assert row["checkable"] == checkable
    assert ("ikke efterprøvet" in row["status_da"]) != checkable


def test_the_facebook_comments_carry_the_reply_of_vallensbaek_and_enter_no_indicator(claims, benchmarks):
    for claim in ("facebook_before", "facebook_after", "headline_80"):
        assert "Vallensbæk" in claims.loc[claim, "reply_by_da"]
    assert not benchmarks["source"].str.contains("Facebook|Udsatterådet").any()
    assert (
        not benchmarks["value"].isin([0.80, 0.90, 0.95]).where(benchmarks["indicator"] == "satisfaction", False).any()
    )


def test_the_surveys_of_2010_say_who_answered(claims):
    assert claims.loc["surveys_of_2010", "basis_da"] == "Besvaret af ledere og medarbejdere og handler om et websted"


@pytest.mark.parametrize(
    ("construct", "scale", "sources"),
    [("satisfaction", SATISFACTION, ["marselisborg_2023_satisfied"]),
     ("satisfaction", DEGREE, []),
     ("meaning", DEGREE, ["marselisborg_2023_meaning_high"]),
     ("meaning", Scale("grad", {"da": ("slet ikke", "lav", "nogen", "høj")}, 2, 2), []),
     ("trust_met", DEGREE, ["marselisborg_2023_trust_met"]),
     ("quality_of_life_burden", DEGREE, []),
     ("latest_conversation", SATISFACTION, [])],
)  # fmt: skip
def test_a_figure_stands_beside_a_question_only_if_construct_scale_and_box_agree(benchmarks, construct, scale, sources):
    assert list(published.beside(benchmarks, construct, scale)["benchmark"]) == sources


@pytest.mark.dear
def test_no_figure_stands_beside_another_scale_kind_whatever_the_question(benchmarks):
    for scale in (SATISFACTION, DEGREE, Scale("enighed", {"da": tuple("abcde")}, 2, 2)):
        for construct in set(benchmarks["indicator"]):
            for category in published.CATEGORIES:
                shown = published.beside(benchmarks, construct, scale, category)
                assert set(shown["scale_kind"]) <= {scale.kind}
                assert set(shown["box"]) <= {published.box(scale, category)}


@pytest.mark.parametrize("column", ["source", "n", "reference", "commissioner", "mode_da", "box", "year"])
def test_an_entry_without_source_or_base_is_refused_and_not_stated_must_be_written_out(tmp_path, column):
    table = pd.read_csv(DATA / "benchmarks.csv", dtype=str, keep_default_na=False)
    table.loc[3, column] = ""
    table.to_csv(tmp_path / "b.csv", index=False)
    _, problems = published.read_benchmarks(tmp_path / "b.csv", "b.csv")
    assert [(problem.key, problem.values["column"]) for problem in problems] == [("published_blank", column)]
    assert "ikke oplyst" in problems[0].text("da")
    table.loc[3, column] = "ikke oplyst"
    table.to_csv(tmp_path / "b.csv", index=False)
    assert published.read_benchmarks(tmp_path / "b.csv", "b.csv")[1] == []


@pytest.mark.parametrize(
    ("column", "cell"), [("value", "59"), ("value", ""), ("measure", "pct"), ("category", "good"), ("upper", "59")]
)
def test_a_share_that_is_none_is_refused(tmp_path, column, cell):
    table = pd.read_csv(DATA / "benchmarks.csv", dtype=str, keep_default_na=False)
    table.loc[0, column] = cell
    table.to_csv(tmp_path / "b.csv", index=False)
    assert [p.key for p in published.read_benchmarks(tmp_path / "b.csv", "b.csv")[1]] == ["benchmark_share"]


@pytest.mark.parametrize(
    ("cell", "refused"),
    [("commissioner payer", False), ("collector", False), ("Ingen", False), ("ikke oplyst", False),
     ("kommunen", True), ("commissioner, payer", True)],
)  # fmt: skip
def test_what_the_evaluated_party_did_is_read_or_refused_with_what_can_stand_there(tmp_path, cell, refused):
    table = pd.read_csv(DATA / "benchmarks.csv", dtype=str, keep_default_na=False)
    table.loc[0, "evaluated_party"] = cell
    table.to_csv(tmp_path / "b.csv", index=False)
    problems = published.read_benchmarks(tmp_path / "b.csv", "b.csv")[1]
    assert [problem.key for problem in problems] == ["benchmark_evaluated"] * refused
    assert all("collector" in problem.text("da") for problem in problems)
    older = table.drop(columns="evaluated_party")
    older.to_csv(tmp_path / "b.csv", index=False)
    frame, problems = published.read_benchmarks(tmp_path / "b.csv", "b.csv")
    assert (set(frame["evaluated_party"]), problems) == ({"ikke oplyst"}, [])


def test_a_claim_without_basis_is_refused(tmp_path):
    table = pd.read_csv(DATA / "claims.csv", dtype=str, keep_default_na=False)
    table.loc[0, "basis_da"] = ""
    table.to_csv(tmp_path / "c.csv", index=False)
    assert [p.key for p in published.read_claims(tmp_path / "c.csv", "c.csv")[1]] == ["published_blank"]


def test_the_report_on_copenhagen_has_its_event_and_the_surveys_of_vive():
    chosen = params.read(DATA.parent / "params" / "koebenhavn.yml")
    inputs = checks.read_inputs(chosen)
    assert (chosen.events[0].treated, chosen.events[0].date.year) == (("101",), 2018)
    assert "usikkert" in chosen.events[0].source
    vive = inputs.benchmarks.query("municipality_code == '101' and year == '2019'")
    assert sorted(zip(vive["value"], vive["n"], strict=True)) == [(0.77, 186), (0.86, 186)]


@pytest.mark.parametrize(
    ("name", "read"), [("benchmarks", published.read_benchmarks), ("claims", published.read_claims)]
)
def test_every_published_entry_says_where_it_can_be_looked_up_or_that_this_is_not_known(name, read):
    frame, problems = read(DATA / f"{name}.csv", name)
    assert problems == []
    known = frame["address"].str.match(r"https?://\S+( https?://\S+)*$")
    assert (known | frame["address"].eq("ikke oplyst")).all()
    assert frame.loc[known, "read_on"].str.fullmatch(r"\d{4}-\d\d-\d\d").all()
    assert known.sum() == {"benchmarks": 15, "claims": 2}[name]


def test_three_entries_are_as_their_sources_say():
    frame = published.read_benchmarks(DATA / "benchmarks.csv", "b")[0].set_index("benchmark")
    commissioner = frame.loc["vive_2019_treated_well", "commissioner"]
    assert commissioner == "Beskæftigelses- og Integrationsudvalget i Københavns Kommune"
    groups = frame.loc[["vive_2022_first_group", "vive_2022_second_group"]]
    assert list(zip(groups["population_en"], groups["value"], strict=True)) == [
        ("Vulnerable unemployed in Copenhagen", 0.79),
        ("Unemployed in Copenhagen, ready for job or education", 0.78),
    ]
    disputed = frame.loc["psykiatrifonden_2019_burden", "quality_notes_en"]
    assert "about 1,000 answers, according to another source 1,400 answers" in disputed
