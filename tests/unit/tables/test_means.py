"""Own means beside published ones: only where wording and scale are the same, and only of the municipality or round."""

import shutil
from dataclasses import replace
from pathlib import Path

import pandas as pd
import pytest

from jobreport.errors import speaking
from jobreport.page import plain
from jobreport.report.study import Study, _opened
from jobreport.setup import codebook, params

pytestmark = pytest.mark.usefixtures("computed_once")

PROJECT = Path(__file__).parents[3]
SOURCE = "KL, tværkommunal borgerundersøgelse"


@pytest.fixture
def study(tmp_path):
    """KL's themes of the latest round of Norddjurs as a municipality has them, with what is said of the wording."""

    def made(*, table="kl", code="707", language="da", change=lambda book: book):
        for name in ("kl.csv", "kl-gennemsnit.csv"):
            head, *lines = (PROJECT / "data/examples" / name).read_text(encoding="utf-8").splitlines()
            of_2025 = [line.replace(",253,", ",707,") for line in lines if line.startswith("2025,")]
            (tmp_path / name).write_text("\n".join([head, *of_2025, ""]), encoding="utf-8")
        book = (PROJECT / "data/examples/kl.yml").read_text(encoding="utf-8")
        book = book.replace("    scale: grad\n", f"    scale: grad\n    published_as: '{SOURCE}'\n")
        (tmp_path / "kl.yml").write_text(change(book), encoding="utf-8")
        shutil.copy(PROJECT / "data/benchmarks.csv", tmp_path / "benchmarks.csv")
        waves = [{"wave": "2025", "from": "2025-03-01", "to": "2025-03-28"}]
        survey = {"file": f"{table}.csv", "codebook": "kl.yml", "simulated": True, "waves": waves}
        survey |= {"aggregates": True} if table != "kl" else {}
        values = {"name": "n", "municipality_code": code, "language": language, "survey": survey}
        chosen = params.from_mapping(values | {"benchmarks": "benchmarks.csv"}, tmp_path)
        with speaking(language):
            return _opened(chosen)

    return made


def asked_otherwise(study: Study, change) -> Study:
    """The same results with a codebook that says something else of what was asked."""
    book = study.params.resolve("kl.yml")
    book.write_text(change(book.read_text(encoding="utf-8")), encoding="utf-8")
    return Study(replace(study.results, codebook=codebook.read(book)))


def table_of(study: Study):
    return next((block for block in study.published().blocks if getattr(block, "key", "") == "table-means"), None)


def lines(study):
    return "\n".join(study.published().lines())


@pytest.mark.parametrize(
    ("table", "language"),
    [("kl", "da"), ("kl", "en"), ("kl-gennemsnit", "da"), pytest.param("kl-gennemsnit", "en", marks=pytest.mark.slow)],
)
@pytest.mark.dear
def test_the_six_themes_stand_beside_the_published_means_with_base_and_date(study, table, language):
    made = study(table=table, language=language)
    rows = [[plain(cell) for cell in row] for row in table_of(made).rows]
    assert len(rows) == 6
    mark = "," if language == "da" else "."
    assert [row[4].replace(mark, ".") for row in rows] == ["3.88", "4.07", "3.67", "3.34", "3.95", "3.23"]
    for row in rows:
        assert "KL" in row[5]
        assert "2025" in row[5]
        assert row[1] == "2025"
        assert row[3].isdigit()


@pytest.mark.dear
def test_the_own_mean_is_that_of_the_answers(study):
    made = study()
    answers = pd.read_csv(made.params.resolve("kl.csv"))
    now = answers.loc[answers["runde"].eq(2025) & answers["satisfaction"].between(1, 5), "satisfaction"]
    row = [plain(cell) for cell in table_of(made).rows[0]]
    assert row[2].startswith(f"{now.mean():.2f}".replace(".", ","))
    assert row[3] == str(len(now))


@pytest.mark.parametrize("published_as", ["", "En anden undersøgelse"])
@pytest.mark.dear
def test_where_nobody_says_that_the_wording_is_the_same_it_is_refused(study, published_as):
    said = f"    published_as: '{SOURCE}'\n", f"    published_as: '{published_as}'\n" if published_as else ""
    made = asked_otherwise(study(), lambda book: book.replace(*said))
    assert table_of(made) is None
    assert lines(made).count("kodebogen siger ikke, at ordlyden er den samme") == 6
    assert "3,88" in lines(made)  # still told, with its own survey


def test_another_scale_is_refused_whatever_the_codebook_says(study):
    def four(book):
        book = book.replace("[Slet ikke, I lav grad, I nogen grad, ", "[Slet ikke, I nogen grad, ")
        book = book.replace("[Not at all, To a low degree, To some degree, ", "[Not at all, To some degree, ")
        return book.replace("codes: [1, 2, 3, 4, 5]\n    dont_know: [", "codes: [[1, 2], 3, 4, 5]\n    dont_know: [")

    made = asked_otherwise(study(), four)
    assert table_of(made) is None
    assert lines(made).count("skalaen er en anden") == 6


def test_five_answers_from_0_to_4_are_not_five_from_1_to_5(study):
    def from_nought(book):
        book = book.replace("[Slet ikke, I lav grad, I nogen grad, I høj grad, ", "['0 - Slet ikke', '1', '2', '3', ")
        return book.replace("I meget høj grad]", "'4 - I meget høj grad']")

    made = asked_otherwise(study(), from_nought)
    assert table_of(made) is None
    assert lines(made).count("skalaen er en anden") == 6


@pytest.mark.dear
def test_the_means_of_another_municipality_never_stand_beside(study):
    def moved(book):
        return book.replace(
            "columns: {wave: runde, ", "recodes: {municipality_code: {707: '253'}}\ncolumns: {wave: runde, "
        )

    made = study(code="253", change=moved)
    assert table_of(made) is None
    assert "ikke ved siden af vores" not in lines(made)
