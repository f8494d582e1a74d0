"""'Andet' with two answers: who hides whom, what can be done about it, and that doing it gives nobody away."""

import pandas as pd
import pytest

from jobreport.intake.formats.tables import read_table
from jobreport.prepare import check
from jobreport.prepare.init.propose import propose
from jobreport.report import results
from jobreport.setup import codebook as codebooks

pytestmark = pytest.mark.usefixtures("computed_once")

ANDET = "      - {code: 3, key: andet, label: {da: Andet, en: Other}}\n"
SIZES = {"1": 30, "2": 28, "3": 2}


@pytest.fixture
def small(project):
    """Two waves of 60 in Ishøj: 30 and 28 of two groups, and two of a third."""
    project.rows = [
        {**project.rows[0], "id": "", "runde": wave, "kommune": "183", "ydelse": group, "vægt": "1"}
        | {"q1": f"{number % answers + 1}", "q2": f"{number % 4 + 1}", "dato": f"{wave}-03-10", "bemærkning": ""}
        for wave, answers in (("2021", 5), ("2022", 3))
        for group, size in SIZES.items()
        for number in range(size)
    ]
    project.codebook = project.codebook.replace("respondent_id: id, ", "") + ANDET
    return project


def outside(project):
    """Do what `check` offers: the code goes from values to missing."""
    project.codebook = project.codebook.replace(ANDET, "    missing: [3]\n")
    return project


def groups(project):
    """The released shares of positive answers by group in 2021, everybody under ''."""
    rows = results.compute(project.read()).released.estimates
    rows = rows[rows["municipality_code"].eq("183") & rows["wave"].eq("2021") & rows["category"].eq("positive")]
    return rows[rows["indicator"] == "satisfaction"].set_index("group")


@pytest.mark.parametrize(
    ("language", "said"),
    [
        ("da", "Ydelse i 2021: »Andet« har 2 svar. Derfor skjules også »Sygedagpenge«"),
        ("en", "Benefit in 2021: »Other« has 2 answers. So »Sickness benefit« is hidden too"),
    ],
)
@pytest.mark.dear
def test_check_names_the_group_that_hides_another_and_what_can_be_done(small, language, said):
    told = check.check(small.write(), language)
    assert said in told
    assert "missing" in told


@pytest.mark.dear
def test_a_small_group_hides_a_large_one_as_long_as_it_is_a_group(small):
    assert list(groups(small)["flag"].eq("suppressed").loc[["dagpenge", "sygedagpenge", "andet"]]) == [
        False,
        True,
        True,
    ]


@pytest.mark.dear
def test_outside_the_grouping_it_hides_nobody_and_cannot_be_subtracted(small):
    found = groups(outside(small))
    assert not found["flag"].eq("suppressed").any()
    assert found.loc["", "n"] == 60
    rest = found.loc["", "n"] - found.loc[["dagpenge", "sygedagpenge"], "n"].sum()
    assert rest >= 5
    assert found.loc["sygedagpenge", "n"] == 28  # the lot falls in the largest group
    assert "Derfor skjules" not in check.check(small.write())


@pytest.mark.dear
def test_blank_cells_are_not_given_away_either(small):
    for row in small.rows:
        row["ydelse"] = "" if row["ydelse"] == "3" else row["ydelse"]
    found = groups(small)
    assert found.loc["", "n"] - found.loc[["dagpenge", "sygedagpenge"], "n"].sum() >= 5


@pytest.mark.dear
def test_the_lot_does_not_depend_on_the_order_of_the_file(small):
    small = outside(small)
    first = groups(small)["estimate"]
    small.rows.reverse()
    (small.folder / small.file).unlink()
    pd.testing.assert_series_equal(first, groups(small)["estimate"])


def test_init_proposes_few_and_untold_as_outside_the_grouping(small, forms):
    names = {"1": "Kvinde", "2": "Mand", "3": "Andet"}
    rows = [{**row, "køn": names[row["ydelse"]]} for row in small.rows]
    for number in range(20):
        rows[number]["køn"] = "Ønsker ikke at oplyse"
    path = small.folder / "kon.csv"
    path.write_bytes(forms["delimited"](rows))
    assert sorted(propose(read_table(path, "kon.csv")).outside["gender"]) == ["Andet", "Ønsker ikke at oplyse"]


def test_what_init_writes_about_it_is_read_back_as_outside(small, forms):
    from jobreport.prepare import init

    names = {"1": "Kvinde", "2": "Mand", "3": "Andet"}
    path = small.folder / "kon.csv"
    path.write_bytes(forms["delimited"]([{**row, "køn": names[row["ydelse"]]} for row in small.rows]))
    started = init.start([path], small.folder)
    book, _ = codebooks.load(started.codebook, "kon-codebook.yml", "da")
    text = started.codebook.read_text(encoding="utf-8")
    assert 'missing: ["Andet"] # Andet: tæller kun med i alle' in text
    assert book is None or list(book.groups["gender"].values) == ["Kvinde", "Mand"]
