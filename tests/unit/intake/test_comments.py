"""Comments: only what somebody coded them as is read, and a quotation that may point to anybody stops the report."""

from __future__ import annotations

import csv
import random
from dataclasses import replace
from pathlib import Path

import pandas as pd
import pytest

import jobreport
from jobreport.domain.released import UNIT
from jobreport.errors import InputRefused
from jobreport.intake import checks
from jobreport.intake.checks import personal
from jobreport.release import computation
from jobreport.report.study import Study
from jobreport.setup import codebook as codebooks
from jobreport.setup.units import Unit

pytestmark = pytest.mark.usefixtures("computed_once", "undrawn")

BOOK = """
columns: {comment_key: id, wave: runde, municipality_code: kommune}
scales:
  tilfredshed: {labels: {da: [Utilfreds, Hverken-eller, Tilfreds]}, positive: 1, negative: 1}
questions:
  - {name: help, column: help, wording: {da: "Hjælpen?"}, scale: tilfredshed, codes: [1, 2, 3]}
indicators:
  - {name: help, label: {da: Hjælpen, en: The help}, items: [help]}
groups:
  gender:
    column: gender
    label: {da: Køn, en: Gender}
    values:
      - {code: k, key: women, label: {da: Kvinder, en: Women}}
      - {code: m, key: men, label: {da: Mænd, en: Men}}
comments:
  wording: {da: "Har du andet at sige?", en: "Anything else?"}
  themes:
    - {name: critical, column: kritisk, label: {da: Kritisk, en: Critical}}
    - {name: waiting, column: vente, label: {da: Ventetid, en: Waiting}}
"""
PARAMS = """
name: ord
municipality_code: '253'
survey:
  file: svar.csv
  codebook: params/bog.yml
  comments: {coded: kodet.csv, quotations: citater.csv}
  waves:
    - {wave: '2024', from: '2024-03-01', to: '2024-03-28'}
    - {wave: '2025', from: '2025-03-01', to: '2025-03-28'}
"""
CODED, QUOTED = ("id", "runde", "kritisk", "vente"), "quotation,approved,municipality_code,wave,theme,group_by,group"
WROTE = 40


def write(path: Path, head: tuple[str, ...], rows: list[tuple[object, ...]]) -> None:
    with path.open("w", encoding="utf-8", newline="") as file:
        csv.writer(file).writerows([head, *rows])


@pytest.fixture(scope="module")
def survey(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """200 answers in each of two rounds; in 2025 forty wrote a comment, of which 36 are critical."""
    root = tmp_path_factory.mktemp("ord")
    (root / "params").mkdir()
    (root / "params" / "bog.yml").write_text(BOOK, encoding="utf-8")
    (root / "params" / "ord.yml").write_text(PARAMS, encoding="utf-8")
    draw = random.Random(5)
    answered = ((wave, at) for wave in (2024, 2025) for at in range(200))
    people = [(f"person{at}", wave, 253, draw.choice("km"), draw.choice((1, 2, 3))) for wave, at in answered]
    write(root / "svar.csv", ("id", "runde", "kommune", "gender", "help"), people)
    return root


@pytest.fixture
def commented(survey: Path) -> Path:
    """The survey with its comments as they should be; a test spoils what it likes."""
    coded_rows = [(f"person{at}", 2025, int(at < 36), int(at < 12)) for at in range(WROTE)]
    write(survey / "kodet.csv", CODED, coded_rows)
    quoted = [
        QUOTED,
        "Jeg ventede i 3 måneder.,ja,253,2025,waiting,,",
        "Ingen lyttede til mig.,ja,253,2025,critical,gender,women",
    ]
    (survey / "citater.csv").write_text("\n".join(quoted) + "\n", encoding="utf-8")
    return survey


def study(commented: Path, **keys: str) -> Study:
    return jobreport.load(commented / "params" / "ord.yml", **keys)


def spoken(study: Study) -> str:
    return " ".join(" ".join(study.each_indicator().lines()).split())


def refused(commented: Path) -> set[str]:
    with pytest.raises(InputRefused) as caught:
        study(commented)
    return {problem.key for problem in caught.value.problems}


@pytest.mark.parametrize("language", ["da", "en"])
@pytest.mark.dear
def test_ninety_per_cent_of_the_comments_stand_beside_eighteen_of_all_who_answered(
    commented: Path, language: str
) -> None:
    said = spoken(study(commented, language=language))
    assert ("40 af de 200, der svarede" if language == "da" else "40 of the 200 who answered") in said
    assert ("90 pct. af dem, der skrev" if language == "da" else "90 per cent of those who wrote") in said
    assert ("18 pct. af alle" if language == "da" else "18 per cent of all") in said
    assert "Jeg ventede i 3 måneder." in said
    assert ("lyttede til mig.« (Kvinder, 2025)" if language == "da" else "(Women, 2025)") in said


@pytest.mark.parametrize(("critical", "waiting"), [(12, 12), (13, 12), (0, 0)])
def test_themes_that_are_alike_as_they_are_printed_are_none_the_most_frequent(
    commented: Path, critical: int, waiting: int
) -> None:
    rows = [(f"person{at}", 2025, int(at < critical), int(at < waiting)) for at in range(WROTE)]
    write(commented / "kodet.csv", CODED, rows)
    told = spoken(study(commented))
    assert ("Flest kommentarer handler om »Kritisk«: 33 pct." in told) is (critical > waiting)
    assert ("Flest kommentarer" in told) is (critical > waiting)


@pytest.mark.dear
def test_the_shares_and_bases_are_those_of_the_coded_file(commented: Path) -> None:
    rows = study(commented).estimates(municipality_code="253", group_by="", wave="2025")
    found = {(row.indicator, row.measure): row for row in rows.itertuples()}
    assert [found["critical", "share"].estimate, found["critical", "share"].n] == [0.9, WROTE]
    assert [found["critical", "share_of_answered"].estimate, found["critical", "share_of_answered"].n] == [0.18, 200]
    assert [found["waiting", "share"].estimate, found["comments", "share"].estimate] == [0.3, 0.2]
    assert found["critical", "share"].ci_low < 0.9 < found["critical", "share"].ci_high


def test_a_round_whose_comments_nobody_coded_is_not_a_round_without_comments(commented: Path) -> None:
    rows = study(commented).estimates(indicator=["critical", "comments"])
    assert set(rows["wave"]) == {"2025"}


@pytest.mark.dear
def test_fewer_comments_than_the_threshold_are_not_told(commented: Path) -> None:
    write(commented / "kodet.csv", CODED, [(f"person{at}", 2025, at % 2, 0) for at in range(4)])
    (commented / "citater.csv").write_text(QUOTED + "\nDe ringede aldrig.,ja,253,2025,,,\n", encoding="utf-8")
    assert "quotation_of_few" in refused(commented)
    (commented / "citater.csv").write_text(QUOTED + "\n", encoding="utf-8")
    made = study(commented)
    rows = made.estimates(indicator=["critical", "comments"])
    assert set(rows["flag"]) == {"suppressed"}
    assert rows[["n", "estimate", "ci_low", "n_effective", "standard_error"]].isna().all(axis=None)
    assert "Flest kommentarer" not in spoken(made)


@pytest.mark.parametrize("wrote", [6, 29, 30])
@pytest.mark.dear
def test_a_theme_is_told_as_a_single_answer_is_only_where_enough_wrote(commented: Path, wrote: int) -> None:
    """Of six comments a theme of one would be what one person wrote."""
    (commented / "citater.csv").write_text(QUOTED + "\n", encoding="utf-8")
    write(commented / "kodet.csv", CODED, [(f"person{at}", 2025, int(at < 1), at % 2) for at in range(wrote)])
    rows = study(commented).estimates(municipality_code="253", group_by="", indicator=["critical", "waiting"])
    assert set(rows["measure"]) == {"share", "share_of_answered"}
    assert (set(rows["flag"]) == {"suppressed"}, rows["estimate"].isna().all()) == (wrote < 30, wrote < 30)
    (shown,) = study(commented).estimates(municipality_code="253", indicator="comments").itertuples()
    assert shown.estimate == wrote / 200


@pytest.mark.dear
def test_few_comments_all_about_the_same_are_not_told(commented: Path) -> None:
    """As with answers: fewer than twice the threshold and all alike would tell what each of them wrote."""
    (commented / "citater.csv").write_text(QUOTED + "\n", encoding="utf-8")
    write(commented / "kodet.csv", CODED, [(f"person{at}", 2025, 1, at % 2) for at in range(8)])
    assert set(study(commented).estimates(indicator="critical")["flag"]) == {"suppressed"}


@pytest.mark.dear
def test_a_units_report_holds_nothing_of_what_the_whole_municipality_wrote(commented: Path) -> None:
    """The municipality's report may hide it for reasons that its units' rows do not show."""
    read = checks.read_inputs(study(commented).params)
    units = tuple(Unit(unit=name, label={"da": name}, municipality_code="253") for name in "ab")
    responses = read.responses.assign(**{UNIT: ["253-a", "253-b"] * 200})
    params = read.params.model_copy(update={"units": units})
    inputs = replace(read, params=params.of_unit(units[0]), responses=responses)
    released = computation.compute(inputs, computation.municipalities_in(inputs)).released
    assert not released.estimates["indicator"].isin(["critical", "comments"]).any()
    assert "253-a" in set(released.estimates["municipality_code"])


SPOILT = {
    "a column of text": ((*CODED, "kommentar"), ("person1", 2025, 1, 0, "De lyttede ikke"), "comments_other_columns"),
    "text in a theme": (CODED, ("person1", 2025, "De lyttede ikke", 0), "comments_not_coded"),
    "a theme left blank": (CODED, ("person1", 2025, "", 0), "comments_not_coded"),
    "a count for a theme": (CODED, ("person1", 2025, 2, 0), "comments_not_coded"),
    "a CPR number as key": (CODED, ("010180-1234", 2025, 1, 0), "personal_data"),
    "somebody else": (CODED, ("q1", 2025, 1, 0), "comments_of_nobody"),
    "another round": (CODED, ("person1", 2026, 1, 0), "comments_of_nobody"),
    "no round, where the key stands in two": (("id", "kritisk", "vente"), ("person1", 1, 0), "comments_of_nobody"),
    "a theme that is not there": (("id", "runde", "kritisk"), ("person1", 2025, 1), "table_column_missing"),
}


@pytest.mark.parametrize(("head", "row", "key"), SPOILT.values(), ids=SPOILT.keys())
def test_what_the_coded_file_may_not_hold(commented: Path, head, row, key) -> None:
    write(commented / "kodet.csv", head, [row])
    assert key in refused(commented)


def test_the_same_person_twice_is_refused_and_nobody_is_named(commented: Path) -> None:
    (commented / "citater.csv").write_text(QUOTED + "\n", encoding="utf-8")
    write(commented / "kodet.csv", CODED, [("person7", 2025, 1, 0), ("person7", 2025, 0, 1)])
    with pytest.raises(InputRefused) as caught:
        study(commented)
    assert {problem.key for problem in caught.value.problems} == {"comments_twice"}
    assert "person7" not in str(caught.value)


@pytest.mark.parametrize(
    ("row", "key"),
    [
        ("De ringede aldrig.,nej,253,2025,,,", "quotation_not_approved"),
        ("De ringede aldrig.,,253,2025,,,", "quotation_not_approved"),
        (",ja,253,2025,,,", "quotation_empty"),
        ("Mit nummer er 010180-1234,ja,253,2025,,,", "personal_data"),
        ("Skriv til a@b.dk,ja,253,2025,,,", "personal_data"),
        ("Ring på 12 34 56 78,ja,253,2025,,,", "quotation_of_person"),
        ("Ring på +4512345678,ja,253,2025,,,", "quotation_of_person"),
        ("Min sagsbehandler Ane Prøve var god,ja,253,2025,,,", "quotation_of_person"),
        ("Mette var god,ja,253,2025,,,", "quotation_of_person"),
        ("Det var mette der ringede,ja,253,2025,,,", "quotation_of_person"),
        ("De ringede aldrig.,ja,253,2025,food,,", "quotation_theme"),
        ("De ringede aldrig.,ja,253,2025,,gender,other", "aggregate_group"),
        ("De ringede aldrig.,ja,253,2024,,,", "quotation_of_few"),
        ("De ringede aldrig.,ja,183,2025,,,", "quotation_of_few"),
        ("De ringede aldrig.,ja,Ingensteds,2025,,,", "table_municipality_unknown"),
    ],
)
def test_a_quotation_that_may_not_be_shown(commented: Path, row: str, key: str) -> None:
    (commented / "citater.csv").write_text(f"{QUOTED}\n{row}\n", encoding="utf-8")
    with pytest.raises(InputRefused) as caught:
        study(commented)
    assert key in {problem.key for problem in caught.value.problems}
    assert not {"010180", "a@b.dk", "12 34", "Prøve", "ringede"} & set(str(caught.value).split())


def test_a_group_in_which_few_wrote_stands_beside_no_quotation(commented: Path) -> None:
    women = pd.read_csv(commented / "svar.csv").query("runde == 2025 and gender == 'k'")["id"].tolist()
    men = [f"person{at}" for at in range(200) if f"person{at}" not in women]
    write(
        commented / "kodet.csv", CODED, [(person, 2025, at % 2, 0) for at, person in enumerate([*women[:4], *men[:20]])]
    )
    assert "quotation_of_few" in refused(commented)


def test_coded_comments_need_a_key_and_themes(commented: Path) -> None:
    book = commented / "params" / "bog.yml"
    try:
        book.write_text(BOOK[: BOOK.index("comments:")], encoding="utf-8")
        assert "comments_without_themes" in refused(commented)
        book.write_text(BOOK.replace("comment_key: id, ", ""), encoding="utf-8")
        assert "comments_without_key" in refused(commented)
    finally:
        book.write_text(BOOK, encoding="utf-8")


@pytest.mark.parametrize("name", ["help", "gender", "wave", "comments", "critical"])
def test_a_theme_has_a_name_of_its_own(tmp_path: Path, name: str) -> None:
    (tmp_path / "bog.yml").write_text(BOOK.replace("name: waiting", f"name: {name}"), encoding="utf-8")
    with pytest.raises(InputRefused) as caught:
        codebooks.read(tmp_path / "bog.yml")
    assert "codebook_name_twice" in {problem.key for problem in caught.value.problems}


@pytest.mark.parametrize(
    "text",
    [
        "Jeg fik hjælp i Ishøj, og I lyttede. Det var godt!",
        "Efter 12.500 kr. og 100 timer: intet. A-kassen svarede ikke.",
        "Jeg fik et CV, men [navn] ringede aldrig.",
    ],
)
def test_a_quotation_that_points_to_nobody_passes(text: str) -> None:
    assert personal.in_prose(text) == ()
