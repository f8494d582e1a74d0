"""What stands around the answers is set aside, told and never counted; the tool that wrote a file is known by name."""

import csv
import io
from pathlib import Path

import openpyxl
import pytest

from jobreport.intake.formats.tables import read_table
from jobreport.prepare import init

REFERENCE = Path(__file__).parents[4] / "shared" / "reference"
ASKED = "Hvor tilfreds er du samlet set med dit forløb i jobcentret?"
LABELS = ("Meget tilfreds", "Tilfreds", "Hverken tilfreds eller utilfreds", "Utilfreds", "Meget utilfreds")
PEOPLE = range(40)
DAYS = [f"2024-03-{1 + n % 28:02} 09:{n:02}:00" for n in PEOPLE]


def answers(*first):
    """Columns of the tool itself, then a municipality and the question."""
    return [[*(cell(n) for cell in first), ("Ishøj", "Vallensbæk")[n % 2], LABELS[n % 5]] for n in PEOPLE]


def number(n):
    return n + 1


def handed_in(n):
    return "" if n % 8 == 7 else DAYS[n]


FORMS = answers(number, DAYS.__getitem__, DAYS.__getitem__, lambda n: "anonymous", lambda n: "")
LIME = answers(number, handed_in, lambda n: 3, lambda n: "da")
QUALTRICS = answers(DAYS.__getitem__, DAYS.__getitem__, lambda n: str(n % 8 != 7), DAYS.__getitem__, lambda n: f"R_{n}")
OF_QUALTRICS = ["StartDate", "EndDate", "Finished", "RecordedDate", "ResponseId", "Q1", "Q2"]
OF_FORMS = ["Id", "Starttidspunkt", "Fuldførelsestidspunkt", "Mail", "Navn", "Kommune", ASKED]
FILES = {
    "Microsoft Forms, Danish": [OF_FORMS, *FORMS],
    "Microsoft Forms, English": [["ID", "Start time", "Completion time", "Email", "Name", "Kommune", ASKED], *FORMS],
    "LimeSurvey": [["id", "submitdate", "lastpage", "startlanguage", "kommune", ASKED], *LIME],
    "LimeSurvey, Danish": [["Svar-ID", "Dato afsendt", "Sidste side", "Startsprog", "Kommune", ASKED], *LIME],
    "Qualtrics": [
        OF_QUALTRICS,
        ["Start Date", "End Date", "Finished", "Recorded Date", "Response ID", "Kommune", ASKED],
        [f'{{"ImportId":"{name}"}}' for name in OF_QUALTRICS],
        *QUALTRICS,
    ],
    "Google Forms": [["Tidsstempel", "Kommune", ASKED], *answers(DAYS.__getitem__)],
    "SurveyMonkey": [
        ["Respondent ID", "Collector ID", "Start Date", "End Date", "Kommune", ASKED],
        ["", "", "", "", "Response", "Response"],
        *answers(lambda n: 9000 + 3 * n, lambda n: 77, DAYS.__getitem__, DAYS.__getitem__),
    ],
}  # fmt: skip
REAL = {
    "SurveyXact": REFERENCE / "surveyxact" / "semicolon_ansi",
    "SurveyMonkey": REFERENCE / "field" / "02-surveymonkey-two-header-rows" / "surveymonkey-nopersonal.csv",
    "Google Forms": REFERENCE / "field" / "15-timestamps-of-forms" / "google.csv",
}


def written(folder, rows, file="svar.csv"):
    path = folder / file
    if path.suffix == ".xlsx":
        book = openpyxl.Workbook()
        for row in rows:
            book.active.append(row)
        book.save(path)
    else:
        text = io.StringIO()
        csv.writer(text).writerows(rows)
        path.write_text(text.getvalue(), encoding="utf-8")
    return path


@pytest.mark.parametrize("file", ["svar.csv", "svar.xlsx"])
@pytest.mark.parametrize("kind", FILES)
def test_the_tool_that_wrote_a_file_is_named_and_the_answers_are_those_of_persons(kind, file, tmp_path):
    path = written(tmp_path, FILES[kind], file)
    table = read_table(path, file)
    assert table.layout == kind.partition(",")[0]
    assert len(table.frame) == len(PEOPLE)
    told = init.summary(init.look([path]), "da")
    assert f"Filen ligner en eksport fra {table.layout}." in told
    assert "satisfaction / satisfaction" in told
    assert "municipality_code: kolonnen" in told


@pytest.mark.parametrize("tool", REAL)
def test_a_real_export_is_named_by_its_tool(tool):
    if not REAL[tool].exists():
        pytest.skip("the reference files are not here")
    assert read_table(REAL[tool], REAL[tool].name).layout == tool


@pytest.mark.parametrize(("kind", "done"), [("LimeSurvey", ["1"]), ("Qualtrics", ["True"])])
def test_answers_that_were_never_handed_in_are_proposed_to_count_as_none(kind, done, tmp_path):
    path = written(tmp_path, FILES[kind])
    started = init.start([path], tmp_path, "ours")
    table, text = read_table(path, path.name), started.codebook.read_text(encoding="utf-8")
    column = next(name for name, what in table.kinds.items() if what == "status")
    assert table.frame[column].isin(done).sum() == 35
    assert f'status: "{column}"' in text
    assert f'answered: ["{done[0]}"]' in text


def titled(rows):
    return [["Brugerundersøgelse 2024", "", ""], ["", "", ""], ["Nr", "Kommune", ASKED], *rows]


TOTAL = ["I alt", "", len(PEOPLE)]


@pytest.mark.parametrize("file", ["svar.csv", "svar.xlsx"])
def test_titles_totals_and_notes_are_told_and_no_persons(file, tmp_path):
    rows = titled(answers(lambda n: f"A{n}"))
    path = written(tmp_path, [*rows, TOTAL, ["Kilde: forvaltningen", "", ""]], file)
    table = read_table(path, file)
    assert [(each.kind, each.names) for each in table.aside] == [
        ("titles", ("1",)), ("totals", ("44",)), ("notes", ("45",)),
    ]  # fmt: skip
    assert len(table.frame) == len(PEOPLE)
    assert table.frame.index[0] + 2 == 4
    told = init.summary(init.look([path]), "en")
    assert "row 44 is a total or a mean" in told


def test_a_narrow_title_over_a_file_of_commas_is_no_column(tmp_path):
    rows = [["Undersøgelse 2024"], [], ["Nr", "Kommune", ASKED], *answers(lambda n: f"A{n}")]
    assert len(read_table(written(tmp_path, rows), "svar.csv").frame) == len(PEOPLE)


@pytest.mark.parametrize(
    "rows",
    [
        pytest.param([["Nr", "", ""], *answers(number)], id="columns without a name"),
        pytest.param([["Undersøgelse", "", ""], *answers(number)], id="a title and no names"),
    ],
)
def test_a_person_never_becomes_the_names_of_columns(rows, tmp_path):
    with pytest.raises(Exception, match="har intet navn"):
        read_table(written(tmp_path, rows), "svar.csv")


def test_an_answer_that_others_gave_is_no_total(tmp_path):
    rows = [["Omfang", "Kommune"], *(["Alle" if n % 3 else "Få", "Ishøj"] for n in PEOPLE), ["Alle", "Ishøj"]]
    assert len(read_table(written(tmp_path, rows), "svar.csv").frame) == len(rows) - 1


@pytest.mark.parametrize("start", [0, 1], ids=["pandas", "R"])
def test_row_numbers_without_a_name_are_no_answers(start, tmp_path):
    rows = [["", "kommune", ASKED], *answers(lambda n: n + start)]
    path = written(tmp_path, rows)
    (found,) = init.look([path])
    assert [each.kind for each in found.table.aside] == ["numbers"]
    assert "respondent_id" not in found.keys
    assert "tæller kun rækker" in init.summary([found])


def test_na_is_no_answer_and_stands_under_missing(tmp_path):
    rows = [["kommune", ASKED], *(["Ishøj", "NA" if n % 9 == 0 else LABELS[n % 5]] for n in PEOPLE)]
    started = init.start([written(tmp_path, rows)], tmp_path, "ours")
    assert 'missing: ["NA"]' in started.codebook.read_text(encoding="utf-8")


def sheets(folder, **others):
    book = openpyxl.Workbook()
    book.active.title = "Svar"
    for row in [["kommune", "q1"], *(["Ishøj", 1 + n % 5] for n in PEOPLE)]:
        book.active.append(row)
    for name, rows in others.items():
        sheet = book.create_sheet(name)
        for row in rows:
            sheet.append(row)
        sheet.sheet_state = "hidden" if name == "Lister" else "visible"
    book.save(folder / "svar.xlsx")
    return read_table(folder / "svar.xlsx", "svar.xlsx")


def test_a_hidden_sheet_is_left_out_and_a_key_says_what_codes_mean(tmp_path):
    key = [["Variabel", "Kode", "Tekst"], *([("q1", "")[code > 1], code, LABELS[5 - code]] for code in range(1, 6))]
    table = sheets(tmp_path, Lister=[["Ja"], ["Nej"]], Kodenøgle=key)
    assert len(table.frame) == len(PEOPLE)
    assert table.labels == {"q1": {str(code): LABELS[5 - code] for code in range(1, 6)}}
    assert [(each.kind, each.names) for each in table.aside] == [("hidden", ("Lister",)), ("keys", ("Kodenøgle",))]


def test_a_total_is_told_by_the_check_too(project, forms):
    text = forms["delimited"](project.rows)
    inputs = project.read(text + b"I alt;;;;;;;;\r\n")
    assert [(where, each.kind) for where, each in inputs.aside] == [("svar.csv", "totals")]
    assert len(inputs.responses) == len(project.rows)
