"""Themes of comments: by both bases, of whole municipalities, and of nobody who is hidden or too few."""

import pandas as pd
import pytest

from jobreport.domain.released import COLUMNS, NUMBERS, OF_ANSWERED, of_kind
from jobreport.estimate.sample import Sample
from jobreport.release.comments import themes
from jobreport.release.disclosure import Released
from jobreport.release.suppression import Rule
from jobreport.setup.codebook import Comments, Question, Scale

BLANK = {"measure": "share", "category": "positive", "group_by": "", "group": "", "flag": ""}
TWO = Scale("kommentar", {"da": ("nej", "ja")}, 1, 1)
NONE = {"da": ("uden",)}
ASKED = Comments(
    {}, Question("comments", {}, TWO), tuple(Question(name, {}, TWO, NONE) for name in ("critical", "waiting")), {}
)


def people(n=100, wrote=40, critical=30, wave="2025", code="183"):
    """Some who answered, of whom the first wrote a comment, the first of them a critical one; two waited."""
    place = pd.Series(range(n))
    about = {"critical": place.lt(critical), "waiting": place.between(wrote - 2, wrote - 1)}
    rows = {name: (1 + told.astype(int)).where(place < wrote, 0) for name, told in about.items()}
    rows |= {"comments": 1 + place.lt(wrote).astype(int), "wave": wave, "municipality_code": code, "weight": 1.0}
    return pd.DataFrame(rows)


def uncoded(wave="2024", code="183"):
    """Forty whose comments nobody has coded."""
    return people(40, wave=wave, code=code).assign(comments=-1, critical=-1, waiting=-1)


def sample(*tables):
    joined = pd.concat(tables, ignore_index=True)
    return Sample(joined.astype({"wave": "category", "municipality_code": "category"}))


def row(wave="2025", code="183", **other):
    return BLANK | {"wave": wave, "municipality_code": code} | other


def told(*tables, answers=(row(),), rule=Rule(), **stated):  # noqa: B008 - the rule is frozen
    released = Released(pd.DataFrame(list(answers), columns=[*row()]), pd.DataFrame(), pd.DataFrame(), rule)
    return themes(sample(*tables), ASKED, released, **{"names": {}, "simulated": False} | stated)


def figures(rows):
    """Number and estimate of each row that is shown."""
    shown = rows[rows["flag"].ne("suppressed")]
    keys = zip(shown["wave"], shown["indicator"], shown["measure"], strict=True)
    return dict(zip(keys, zip(shown["n"], shown["estimate"].round(6), strict=True), strict=True))


WHOLE = {
    ("2025", "comments", "share"): (100, 0.4),
    ("2025", "critical", "share"): (40, 0.75),
    ("2025", "critical", OF_ANSWERED): (100, 0.3),
    ("2025", "waiting", "share"): (40, 0.05),
    ("2025", "waiting", OF_ANSWERED): (100, 0.02),
}
OF_COMMENTS = {("2025", "comments", "share"): (100, 0.4)}


def test_a_theme_is_a_share_of_those_who_wrote_and_of_all_who_answered():
    found = told(people())
    assert figures(found) == WHOLE
    assert [*found.columns] == [*COLUMNS["estimates"]]
    assert [*found.index] == [0, 1, 2, 3, 4]
    assert set(found["category"]) == {"positive"}


@pytest.mark.dear
def test_what_is_stated_stands_beside_the_figures():
    invited = pd.DataFrame([{"wave": "2025", "municipality_code": "183", "n_invited": 250, "n_answered": None}])
    invited = invited.assign(group_by="", group="")
    found = told(people(), names={"183": "Ishøj"}, simulated=True, invited=invited)
    assert set(found["municipality"]) == {"Ishøj"}
    assert set(found["n_invited"]) == {250}
    assert set(found["n_answered"]) == {100}
    assert found["simulated"].all()
    assert not told(people())["simulated"].any()


@pytest.mark.parametrize(("wrote", "found"), [(29, 1), (30, 5)])
def test_themes_are_told_where_thirty_wrote(wrote, found):
    rows = told(people(wrote=wrote, critical=20))
    assert len(figures(rows)) == found
    secret = rows[rows["flag"].eq("suppressed")]
    assert len(secret) == 5 - found
    assert secret[of_kind("estimates", NUMBERS)].isna().all(axis=None)
    assert figures(rows)["2025", "comments", "share"] == (100, wrote / 100)


@pytest.mark.dear
def test_so_many_as_single_answers_are_told_from_by_the_params():
    rule = Rule(suppress_cells_below=41)
    assert figures(told(people(), rule=rule)) == OF_COMMENTS
    assert figures(told(people(), rule=Rule(suppress_cells_below=40))) == WHOLE


def test_a_round_in_which_few_wrote_hides_its_own_themes_alone():
    rows = told(people(), people(50, wrote=10, critical=5, wave="2026"), answers=[row(), row("2026")])
    assert figures(rows) == WHOLE | {("2026", "comments", "share"): (50, 0.2)}


@pytest.mark.parametrize(
    ("wrote", "critical", "found"),
    [(4, 2, {}), (5, 2, {"comments": 0.05}), (9, 9, {}), (9, 8, {"comments": 0.09}), (10, 10, {"comments": 0.1})],
)
def test_how_many_wrote_is_hidden_where_few_did_or_few_who_all_wrote_alike(wrote, critical, found):
    rows = told(people(wrote=wrote, critical=critical))
    assert {name: share for (_, name, _), (_, share) in figures(rows).items()} == found


@pytest.mark.dear
def test_only_municipalities_and_rounds_of_which_comments_were_coded_are_told():
    answers = [row(), row("2024"), row(code="187"), row(code="000")]
    rows = told(people(), uncoded(), uncoded("2025", "187"), answers=answers)
    assert figures(rows) == WHOLE
    assert set(rows["municipality_code"]) == {"183"}
    assert len(told(uncoded(), answers=answers)) == 0
    assert [*told(uncoded(), answers=answers).columns] == [*COLUMNS["estimates"]]


def test_what_the_report_holds_no_answers_of_is_not_told():
    assert figures(told(people(), people(code="187"), answers=[row()])) == WHOLE
    assert len(told(people(), answers=[row("2026"), row(code="187")])) == 0


def test_a_municipality_by_itself_is_hidden_with_its_answers_and_another_is_not_hidden_for_it():
    answers = [row(flag="suppressed"), row(code="187")]
    rows = told(people(), people(code="187"), answers=answers)
    assert rows.loc[rows["flag"].ne("suppressed"), "municipality_code"].tolist() == ["187"] * 5
    assert rows["municipality_code"].tolist().count("183") == 5


@pytest.mark.parametrize(
    "gone", [{"group_by": "sex", "group": "man"}, {"category": "answer_2"}, {"wave": "2024"}, {"flag": "uncertain"}]
)
def test_a_hidden_group_or_single_answer_hides_no_comments(gone):
    assert figures(told(people(), answers=[row(), row(**{"flag": "suppressed"} | gone)])) == WHOLE
