"""The same answers in every form that survey systems export become the same `responses`."""

import dataclasses
from pathlib import Path

import openpyxl
import pandas as pd
import pyarrow as pa
import pyarrow.parquet as pq
import pytest

from jobreport.errors import InputRefused
from jobreport.intake import checks
from jobreport.intake.formats.tables import read_table
from jobreport.setup import params

FIELD = Path(__file__).parents[4] / "shared" / "reference" / "field"
WITH_STATUS = "weight: vægt, answered_on: dato, status: status}\nanswered: [4]\ninvited: [2, 3, 4, 5]"


def workbook(path, sheets):
    book = openpyxl.Workbook()
    book.remove(book.active)
    for name, rows in sheets.items():
        sheet = book.create_sheet(name)
        for row in rows:
            sheet.append([None if cell == "" else cell for cell in row])
    book.save(path)


def ods(path, rows):
    pd.DataFrame(rows[1:], columns=rows[0]).to_excel(path, engine="odf", index=False, sheet_name="Ark1")


def spss(path, forms):
    import pyreadstat

    frame = forms["typed"](forms["people"]()).rename(columns={"vægt": "vaegt", "bemærkning": "bemaerkning"})
    labels = {name: {float(code): label for code, label in table.items()} for name, table in forms["labels"].items()}
    pyreadstat.write_sav(
        frame,
        str(path),
        variable_value_labels=labels,
        missing_ranges={"q1": [{"lo": 6, "hi": 9}], "q2": [{"lo": 9, "hi": 9}]},
    )


def numbers(rows):
    """Cells as a spreadsheet holds them: numbers where they are numbers."""
    return [[float(cell) if cell.replace(".", "", 1).isdigit() else cell for cell in row] for row in rows]


def comma(rows):
    return [{**row, "vægt": row["vægt"].replace(".", ",")} for row in rows]


def codebook_for_spss(text):
    return text.replace("vægt", "vaegt")


def export_files(folder, tables, forms, delimiter, encoding):
    folder.mkdir()
    for part, rows in tables.items():
        (folder / f"{part}.csv").write_bytes(forms["as_text"](rows, delimiter, encoding))


def build(name, project, forms):
    """Write the survey in one form and return the project."""
    rows = forms["people"]()
    table = [list(rows[0]), *(list(row.values()) for row in rows)]
    text = {
        "csv utf-8 semicolon": (rows, ";", "utf-8"), "csv utf-8 comma": (rows, ",", "utf-8"),
        "csv utf-8 with BOM": (rows, ";", "utf-8-sig"), "csv windows-1252": (rows, ";", "cp1252"),
        "csv windows-1252 decimal comma": (comma(rows), ";", "cp1252"), "csv utf-16 tab": (rows, "\t", "utf-16"),
        "csv tab": (rows, "\t", "utf-8"), "csv labels": (forms["labelled"](rows), ";", "utf-8"),
        "csv labels windows-1252": (forms["labelled"](rows), ";", "cp1252"),
        "csv names in NFD": (forms["decomposed"](rows), ";", "utf-8"),
        "csv labels and names in NFD": (forms["decomposed"](forms["labelled"](rows)), ";", "utf-8"),
    }  # fmt: skip
    if name in text:
        (project.folder / project.file).write_bytes(forms["delimited"](*text[name]))
    elif name.startswith("excel"):
        project.file = "svar.xlsx"
        workbook(project.folder / project.file, {"Ark1": numbers(table) if "numbers" in name else table})
    elif name == "ods":
        project.file = "svar.ods"
        ods(project.folder / project.file, numbers(table))
    elif name == "spss":
        project.file = "svar.sav"
        project.codebook = codebook_for_spss(project.codebook)
        spss(project.folder / project.file, forms)
    elif name.startswith("parquet"):
        project.file = "svar.parquet"
        frame = forms["typed"](rows) if "typed" in name else pd.DataFrame(rows)
        frame.to_parquet(project.folder / project.file)
    else:
        build_surveyxact(name, project, forms)
    return project


def build_surveyxact(name, project, forms):
    tables = forms["surveyxact"](forms["people"]())
    project.codebook = project.codebook.replace("weight: vægt, answered_on: dato}", WITH_STATUS)
    forms_of = {"surveyxact utf-16 tab": ("\t", "utf-16"), "surveyxact ansi semicolon": (";", "cp1252"),
                "surveyxact ansi comma": (",", "cp1252")}  # fmt: skip
    if name in forms_of:
        project.file = "eksport"
        export_files(project.folder / "eksport", tables, forms, *forms_of[name])
        return
    project.file = "svar.xlsx"
    dataset = numbers(tables["dataset"])
    sheets = {"Dataset": dataset}
    if name == "surveyxact workbook split by rows":
        sheets = {"Dataset": dataset[:15], "Dataset(1)": [dataset[0], *dataset[15:]]}
    if name == "surveyxact workbook split by rows without header":
        sheets = {"Dataset": dataset[:15], "Dataset(1)": dataset[15:]}
    if name == "surveyxact workbook split by columns":
        sheets = {"Dataset(1)": [row[:4] for row in dataset], "Dataset(2)": [row[4:] for row in dataset]}
    workbook(project.folder / project.file, sheets | {"Structure": tables["structure"], "Labels": tables["labels"]})


FORMS = [
    "csv utf-8 semicolon", "csv utf-8 comma", "csv utf-8 with BOM", "csv windows-1252",
    "csv windows-1252 decimal comma", "csv utf-16 tab", "csv tab", "csv labels", "csv labels windows-1252",
    "csv names in NFD", "csv labels and names in NFD",
    "excel text", "excel numbers", "ods", "spss", "parquet text", "parquet typed", "surveyxact utf-16 tab",
    "surveyxact ansi semicolon", "surveyxact ansi comma", "surveyxact workbook", "surveyxact workbook split by rows",
    "surveyxact workbook split by rows without header", "surveyxact workbook split by columns",
]  # fmt: skip


def expected(forms):
    """The answers by hand, from the rows: 1 is the worst and 5 the best."""
    rows = forms["people"]()
    satisfaction = [0 if row["q1"] == "6" else 6 - int(row["q1"]) for row in rows]
    meaning = [-1 if row["q2"] == "" else 0 if row["q2"] == "8" else int(row["q2"]) for row in rows]
    return satisfaction, meaning


@pytest.mark.parametrize("name", FORMS)
def test_every_form_gives_the_same_answers(name, project, forms):
    inputs = build(name, project, forms).read()
    responses = inputs.responses
    satisfaction, meaning = expected(forms)
    assert responses["satisfaction"].tolist() == satisfaction
    assert responses["meaning"].tolist() == meaning
    assert responses["municipality_code"].tolist() == [row["kommune"] for row in forms["people"]()]
    assert responses["wave"].tolist() == [row["runde"] for row in forms["people"]()]
    assert responses["respondent_id"].astype(str).tolist() == [row["id"] for row in forms["people"]()]
    assert responses["weight"].tolist() == pytest.approx([0.5 + n / 16 for n in range(40)], abs=0)
    assert responses["benefit_group"].tolist() == ["dagpenge", "sygedagpenge"] * 20
    assert inputs.dropped == (("bemaerkning",) if name == "spss" else ("bemærkning",))


def test_status_columns_tell_who_was_invited(project, forms):
    rows = forms["people"]()
    tables = forms["surveyxact"](rows)
    for row in tables["dataset"][1:]:
        if row[2] == "185" and row[1] == "2022":
            row[-4:-1] = ["1", "0", "0"]  # distributed, not answered
    project.file = "eksport"
    project.codebook = project.codebook.replace("weight: vægt, answered_on: dato}", WITH_STATUS)
    export_files(project.folder / "eksport", tables, forms, ";", "cp1252")
    inputs = project.read()
    assert len(inputs.responses) == 30
    table = inputs.invited.set_index(["wave", "municipality_code"])[["n_invited", "n_answered"]].to_dict("index")
    assert table["2022", "185"] == {"n_invited": 10, "n_answered": 0}
    assert table["2022", "183"] == {"n_invited": 10, "n_answered": 10}


def test_spss_user_missing_is_an_answer_if_the_codebook_says_so(project, forms):
    """Code 6 is user-missing in the file and 'ved ikke' in the codebook: the codebook decides."""
    inputs = build("spss", project, forms).read()
    assert (inputs.responses["satisfaction"] == 0).sum() == 6


def test_spss_user_missing_without_a_meaning_is_no_answer(project, forms):
    build("spss", project, forms)
    project.codebook = project.codebook.replace(
        "    dont_know: [{code: 6, label: {da: Ved ikke, en: Don't know}}]\n", ""
    )
    inputs = project.read()
    assert (inputs.responses["satisfaction"] == -1).sum() == 6


def test_one_file_per_wave_with_other_columns_codes_and_wording(project, forms):
    rows = forms["people"]()
    second = [
        {"spm1": SWAP[row["q1"]], **{k: v for k, v in row.items() if k not in ("q1", "runde")}} for row in rows[20:]
    ]
    first = [{k: v for k, v in row.items() if k != "runde"} for row in rows[:20]]
    (project.folder / "a.csv").write_bytes(forms["delimited"](first))
    (project.folder / "b.csv").write_bytes(forms["delimited"](second))
    project.params = project.params.replace("  file: {file}\n", "").replace(
        "to: '2021-12-31'", "to: '2021-12-31', file: a.csv"
    )
    project.params = project.params.replace("to: '2022-12-31'", "to: '2022-12-31', file: b.csv")
    project.codebook = project.codebook.replace("wave: runde, ", "").replace(
        "    codes: [5, 4, 3, 2, 1]\n",
        "    codes: [5, 4, 3, 2, 1]\n"
        "    in_wave: {'2022': {column: spm1, codes: [1, 2, 3, 4, 5], wording: {da: 'Er du tilfreds?'}}}\n",
    )
    inputs = project.read()
    assert inputs.responses["satisfaction"].tolist() == expected(forms)[0]
    found = inputs.codebook.indicator("satisfaction")
    assert not found.comparable
    assert "ordlyden" in found.reason
    assert found.items[0].wording_in("2022")["da"] == "Er du tilfreds?"
    assert inputs.codebook.indicator("meaning").comparable


def test_a_question_that_one_waves_file_lacks_is_told_with_both_remedies_and_no_other_questions_column(project, forms):
    rows = [{k: v for k, v in row.items() if k != "runde"} for row in forms["people"]()]
    (project.folder / "a.csv").write_bytes(forms["delimited"](rows[:20]))
    (project.folder / "b.csv").write_bytes(
        forms["delimited"]([{k: v for k, v in row.items() if k != "q1"} for row in rows[20:]])
    )
    project.params = project.params.replace("  file: {file}\n", "")
    for year, file in (("2021", "a.csv"), ("2022", "b.csv")):
        project.params = project.params.replace(f"to: '{year}-12-31'", f"to: '{year}-12-31', file: {file}")
    project.codebook = project.codebook.replace("wave: runde, ", "")
    (problem,) = project.refusal().problems
    assert (problem.key, problem.values["wave"], problem.values["question"]) == (
        "column_missing_in_wave", "2022", "satisfaction",
    )  # fmt: skip
    assert "q2" not in problem.text("da")  # (which is near q1, and answers another question)
    project.codebook = project.codebook.replace("    column: q1\n", "    column: q1\n    waves: ['2021']\n")
    assert [project.read().codebook.items[0].asked_in(wave) for wave in ("2021", "2022")] == [True, False]


SWAP = {"1": "5", "2": "4", "3": "3", "4": "2", "5": "1", "6": "6"}


def test_waves_that_differ_are_compared_only_with_a_reason(project):
    other = "in_wave: {'2022': {wording: {da: 'Er du tilfreds?'}}}\n"
    project.codebook = project.codebook.replace(
        "    codes: [5, 4, 3, 2, 1]\n", f"    codes: [5, 4, 3, 2, 1]\n    {other}"
    )
    assert not project.read().codebook.indicator("satisfaction").comparable
    project.codebook = project.codebook.replace("items: [satisfaction]}", "items: [satisfaction], comparable: true}")
    assert [problem.key for problem in project.refusal().problems] == ["comparable_without_reason"]
    project.codebook = project.codebook.replace("comparable: true}", "comparable: true, reason: Afprøvet side om side}")
    found = project.read().codebook.indicator("satisfaction")
    assert found.comparable
    assert found.reason == "Afprøvet side om side"


def test_jobcentre_alone_is_enough_where_it_served_one_municipality(project, forms):
    rows = [
        {**row, "kommune": "18301" if row["kommune"] == "183" else "18701"}
        for row in forms["people"]()
        if row["runde"] == "2022"
    ]
    served(project)
    responses = project.read(forms["delimited"](rows)).responses
    assert responses["municipality_code"].tolist() == [row["kommune"][:3] for row in rows]


def served(project):
    (project.folder / "jobcentres.csv").write_text(
        "jobcentre,jobcentre_municipality_code,municipality_code,valid_from,valid_to,source\n"
        "fælles,187,183,ikke oplyst,2021-12-31,x\nfælles,187,187,ikke oplyst,2021-12-31,x\n"
        "Vallensbæk,187,187,2022-01-01,,x\nIshøj,183,183,2022-01-01,,x\n",
        encoding="utf-8",
    )
    project.params = project.params.replace("name: own\n", "name: own\njobcentres: jobcentres.csv\n").replace(
        "    - {{wave: '2021', from: '2021-01-01', to: '2021-12-31'}}\n", ""
    )
    project.codebook = project.codebook.replace("municipality_code: kommune", "jobcentre_code: kommune")


def test_clusters_and_strata_stand_beside_the_answers(project, forms):
    project.codebook = project.codebook.replace("columns: {", "columns: {cluster: hold, stratum: del, ")
    rows = [{**row, "hold": f"{i % 5}", "del": "by" if i % 5 < 3 else "land"} for i, row in enumerate(project.rows)]
    responses = project.read(forms["delimited"](rows)).responses
    assert responses["cluster"].astype(str).tolist() == [row["hold"] for row in rows]
    assert responses["stratum"].astype(str).tolist() == [row["del"] for row in rows]


def with_replicates(project, kind="kind: jk1", blank=None):
    project.params = project.params.replace("  waves:\n", f"  replicates: {{{{columns: 'repw*', {kind}}}}}\n  waves:\n")
    made = [{f"repw{r}": "0" if i % 3 == r else "1,5" for r in range(3)} for i in range(len(project.rows))]
    if blank is not None:
        made[blank]["repw1"] = ""
    return [row | weights for row, weights in zip(project.rows, made, strict=True)]


def test_replicate_weights_stand_beside_the_answers_and_have_their_scale(project, forms):
    rows = with_replicates(project)
    read = project.read(forms["delimited"](rows))
    found = read.responses.filter(regex="^replicate_")
    assert found.shape == (len(rows), 3)
    assert found.iloc[:3].to_numpy().tolist() == [[0.0, 1.5, 1.5], [1.5, 0.0, 1.5], [1.5, 1.5, 0.0]]
    assert read.params.survey.replicates.scale(3) == pytest.approx(2 / 3)


@pytest.mark.parametrize(
    ("given", "key"),
    [({"kind": "kind: fay"}, "replicates_rho"), ({"kind": "kind: jk1, rho: 0.5"}, "replicates_rho"),
     ({"blank": 4}, "replicates_not_weights")],
)  # fmt: skip
def test_replicate_weights_that_cannot_be_used_are_refused(project, forms, given, key):
    rows = with_replicates(project, **given)
    with pytest.raises(InputRefused) as refused:
        project.read(forms["delimited"](rows))
    assert [problem.key for problem in refused.value.problems] == [key]


def test_replicate_weights_that_are_not_there_are_refused(project, forms):
    with_replicates(project)
    with pytest.raises(InputRefused) as refused:
        project.read(forms["delimited"](project.rows))
    assert [problem.key for problem in refused.value.problems] == ["replicates_absent"]


def test_read_params_is_read_where_nothing_is_wrong(project):
    path = project.write()
    assert checks.read_params(path) == params.read(path)


def test_checksums_name_every_file(project):
    files = {file.path for file in project.read().files}
    assert files == {"svar.csv", "params/own-codebook.yml"}


def test_reading_leaves_a_layout_untouched(project):
    codebook = project.read().codebook
    assert dataclasses.replace(codebook) == codebook


def test_every_form_of_the_made_up_survey_gives_what_was_made(
    write_survey, write_codebook, survey_form, made_up_responses, canonical_columns, tmp_path
):
    """Files by another hand than the readers' (conftest.py): 'ved ikke' user-missing in SPSS, silent persons."""
    file, book = write_survey(survey_form), write_codebook(survey_form)
    if survey_form.startswith("surveyxact"):
        text = book.read_text(encoding="utf-8").replace("columns:\n", "columns:\n  status: status\n")
        book.write_text(f"{text}answered: [4]\ninvited: [2, 3, 4, 5]\n", encoding="utf-8")
    waves = [{"wave": wave} for wave in made_up_responses["wave"].cat.categories]
    survey = {"file": file.name, "codebook": book.name, "simulated": True, "waves": waves}
    chosen = params.from_mapping({"name": "x", "municipality_code": "183", "survey": survey}, tmp_path)
    found = checks.read_inputs(chosen).responses
    for column in canonical_columns:
        same = pytest.approx if column == "weight" else list
        assert found[column].tolist() == same(made_up_responses[column].tolist()), column


def mistyped(frame, kind):
    """The day of the first row in the year 20222, in a file of this kind."""
    days = pd.to_datetime(frame["dato"])
    if kind == "sav":
        seconds = (days - pd.Timestamp("1582-10-14")).dt.total_seconds()
        return frame.assign(dato=seconds.where(days.index > 0, 588_208_867_200.0))
    import pyarrow as pa

    numbers = (days - pd.Timestamp("1970-01-01")).dt.days.where(days.index > 0, 6_666_666).astype("int32")
    table = pa.Table.from_pandas(frame.drop(columns="dato"), preserve_index=False)
    return table.append_column("dato", pa.array(numbers.to_numpy(), type=pa.date32()))


@pytest.mark.parametrize("kind", ["sav", "parquet"])
@pytest.mark.parametrize("used", [False, True])
def test_a_date_of_a_mistyped_year_is_named_where_it_is_used_and_stops_no_file_where_it_is_not(
    project, forms, kind, used
):
    frame = mistyped(forms["typed"](project.rows), kind)
    project.file = f"svar.{kind}"
    path = project.folder / project.file
    if kind == "sav":
        import pyreadstat

        pyreadstat.write_sav(frame, str(path), variable_format={"dato": "DATE11"})
    else:
        pq.write_table(frame, path)
    if not used:
        project.codebook = project.codebook.replace(", answered_on: dato", "")
        assert len(project.read(path.read_bytes()).responses) == len(project.rows)
        return
    (problem,) = project.refusal(path.read_bytes()).problems
    assert problem.key == "date_unreadable"
    assert problem.values["rows"] == "2"


LAYOUTS = ["surveymonkey", "surveymonkey in another language", "qualtrics", "qualtrics without wording"]


def headed(kind, rows, questions):
    """The survey under the header rows of SurveyMonkey (two) or Qualtrics (three)."""
    names = list(rows[0])
    body = [list(row.values()) for row in rows]
    response = "Réponse" if "another language" in kind else "Response"
    if kind.startswith("surveymonkey"):
        return [names, ["", *(response if name in ("q1", "q2", "ydelse") else "" for name in names[1:])], *body]
    wording = [] if "without" in kind else [[questions[name] for name in names]]
    return [names, *wording, [f'{{"ImportId":"{name}"}}' for name in names], *body]


def write_rows(path, rows, forms):
    if path.suffix == ".csv":
        path.write_bytes(forms["as_text"](rows, ",", "utf-8"))
    elif path.suffix == ".xlsx":
        workbook(path, {"Ark1": rows})
    else:
        pd.DataFrame(rows).to_excel(path, engine="odf", index=False, header=False, sheet_name="Ark1")


@pytest.mark.parametrize("suffix", ["csv", "xlsx", "ods"])
@pytest.mark.parametrize("kind", LAYOUTS)
def test_a_second_and_third_header_row_are_no_persons(kind, suffix, project, forms):
    project.file = f"svar.{suffix}"
    rows = headed(kind, project.rows, forms["questions"])
    write_rows(project.folder / project.file, rows, forms)
    responses = project.read().responses
    assert responses["satisfaction"].tolist() == expected(forms)[0]


@pytest.mark.parametrize("suffix", ["csv", "xlsx", "ods"])
@pytest.mark.parametrize("kind", LAYOUTS)
def test_rows_keep_their_number_under_several_header_rows(kind, suffix, project, forms):
    project.rows[5]["q1"] = "77"
    project.file = f"svar.{suffix}"
    rows = headed(kind, project.rows, forms["questions"])
    write_rows(project.folder / project.file, rows, forms)
    (problem,) = project.refusal().problems
    assert problem.key == "answer_outside_scale"
    assert problem.values["rows"] == str(next(place for place, row in enumerate(rows, start=1) if "77" in row))


@pytest.mark.parametrize("suffix", ["csv", "xlsx", "ods"])
def test_rows_keep_their_number_below_an_empty_row(suffix, project, forms):
    project.rows[5]["q1"] = "77"
    project.file = f"svar.{suffix}"
    rows = [list(project.rows[0]), *(list(row.values()) for row in project.rows)]
    rows.insert(3, [] if suffix == "csv" else [""] * len(rows[0]))
    write_rows(project.folder / project.file, rows, forms)
    (problem,) = project.refusal().problems
    assert problem.values["rows"] == "8"


def test_choices_of_one_question_are_named_by_question_and_choice(tmp_path):
    lines = ["Respondent ID,Tilfreds?,Hvilken hjælp?,,Andet?", ",Response,Kursus,Praktik,Open-Ended Response"]
    (tmp_path / "s.csv").write_text("\n".join([*lines, "1,Ja,Kursus,,nej tak", "2,Nej,,Praktik,"]), encoding="utf-8")
    frame = read_table(tmp_path / "s.csv", "s.csv").frame
    assert list(frame)[2:4] == ["Hvilken hjælp? [Kursus]", "Hvilken hjælp? [Praktik]"]
    assert [list(frame)[1], list(frame)[4], len(frame)] == ["Tilfreds?", "Andet?", 2]


def test_wordings_of_a_header_row_are_the_questions(tmp_path):
    lines = ["Q1,Q2", "Er du tilfreds?,Hvor længe?", '"{""ImportId"":""QID1""}","{""ImportId"":""QID2""}"', "Ja,2"]
    (tmp_path / "s.csv").write_text("\n".join(lines), encoding="utf-8")
    assert read_table(tmp_path / "s.csv", "s.csv").questions == {"Q1": "Er du tilfreds?", "Q2": "Hvor længe?"}


PERSONS = {
    "who gives no number and answers as others do": [",Ja,Ja,Ja", *(f"{n},Ja,Nej,Nej" for n in range(20))],
    "who alone answers so, among few": [",Ja,Nej,Ja", "1,Nej,Ja,Nej", "2,Nej,Ja,Nej"],
    "who is one of two without a number": [",Ja,Ja,Ja", ",Nej,Nej,Nej", *(f"{n},Nej,Nej,Nej" for n in range(20))],
    "who answers with numbers": [",4,4,4", *(f"{n},3,3,3" for n in range(20))],
    "who answers all else than others": [",Ja,Nej,Måske", *(f"{n},A,B,C" for n in range(20))],
}


@pytest.mark.parametrize("who", PERSONS)
def test_a_person_is_no_header_row(who, tmp_path):
    (tmp_path / "s.csv").write_text("\n".join(["nr,a,b,c", *PERSONS[who]]), encoding="utf-8")
    assert len(read_table(tmp_path / "s.csv", "s.csv").frame) == len(PERSONS[who])


def test_an_export_of_surveymonkey_has_its_second_row_no_more():
    path = FIELD / "02-surveymonkey-two-header-rows" / "surveymonkey-nopersonal.csv"
    if not path.exists():
        pytest.skip("the reference files are not here")
    table = read_table(path, path.name)
    assert len(table.frame) == 90
    assert not table.frame.isin(["Response"]).any(axis=None)


def test_millions_of_answers_are_read_into_a_few_bytes_each(tmp_path):
    """Texts stand once, numbers with gaps in one byte; what mostly differs, and what others ask for, as it stands."""
    columns = {"wave": ["2021-1", "2021-2"] * 500, "id": [f"P{n}" for n in range(1000)]}
    small = pd.array([1, None, 3, 4] * 250, dtype="Int8")
    frame = pd.DataFrame(columns | {"q": small, "group": pd.array([1, 2] * 500, dtype="int8"), "w": [0.5, 1.5] * 500})
    frame.to_parquet(tmp_path / "svar.parquet")
    read = read_table(tmp_path / "svar.parquet", "svar.parquet", each_once=True).frame
    assert read.drop(columns="id").memory_usage(index=False, deep=True).sum() <= 11 * 1000 + 500
    assert [str(kind) for kind in read.dtypes] == ["category", "str", "category", "int8", "float64"]
    plain = read_table(tmp_path / "svar.parquet", "svar.parquet").frame
    assert [str(kind) for kind in plain.dtypes] == ["str", "str", "float64", "int8", "float64"]
    assert plain.equals(read.astype(plain.dtypes.to_dict()))


@pytest.mark.parametrize(
    ("column", "cell"),
    [
        ("bemærkning", "ring til 010180-1234"), ("bemærkning", "skriv til per@prøve.dk"), ("q1", "99"),
        ("q1", "meget tilfres"), ("q2", "IshÃ¸j"), ("kommune", "Ishoi"), ("runde", ""), ("ydelse", "x"),
        ("id", "1"), ("id", ""), ("vægt", "-1"),
    ],
)  # fmt: skip
def test_a_wrong_cell_is_refused_in_the_same_words_where_each_text_is_held_once(column, cell, tmp_path, forms):
    rows = forms["people"]()
    rows[5][column], rows[9][column] = cell, cell
    said = []
    for suffix in ("csv", "parquet"):
        (tmp_path / suffix).mkdir()
        project = forms["project"](tmp_path / suffix, rows, file=f"svar.{suffix}")
        if suffix == "parquet":
            pd.DataFrame(rows).to_parquet(project.folder / project.file)
        said.append(str(project.refusal()).replace(f"svar.{suffix}", "svar"))
    assert said[0] == said[1]


@pytest.mark.parametrize("damage", ["twice", "nested", "cut"])
def test_a_parquet_file_is_looked_at_before_its_columns_are_read(damage, tmp_path):
    table = {"twice": [["1"], ["2"]], "nested": [["1"], [["2"]]], "cut": [["1"], ["2"]]}[damage]
    names = ["a", "a "] if damage == "twice" else ["a", "a.b"]
    pq.write_table(pa.table([pa.array(each) for each in table], names=names), tmp_path / "svar.parquet")
    whole = (tmp_path / "svar.parquet").read_bytes()
    if damage == "cut":
        (tmp_path / "svar.parquet").write_bytes(whole[:20] + bytes(20) + whole[40:])
    with pytest.raises(InputRefused) as refused:
        read_table(tmp_path / "svar.parquet", "svar.parquet")
    told = {"twice": "column_twice", "nested": "column_nested", "cut": "parquet_unreadable"}
    assert [problem.key for problem in refused.value.problems] == [told[damage]]


def test_columns_of_bytes_and_of_lists_are_refused_by_their_own_names_at_once(tmp_path):
    columns = {"list": pa.array([[1]]), "key": pa.array([b"1"]), "a": pa.array(["1"]), "often": pa.array([b"1"])}
    columns["often"] = columns["often"].dictionary_encode()
    pq.write_table(pa.table(columns), tmp_path / "svar.parquet")
    with pytest.raises(InputRefused) as refused:
        read_table(tmp_path / "svar.parquet", "svar.parquet")
    found = [(problem.key, problem.values["columns"]) for problem in refused.value.problems]
    assert found == [("column_nested", ["list"]), ("column_of_bytes", ["key", "often"])]


def test_a_column_may_be_called_by_part_of_the_name_of_another(tmp_path):
    frame = pd.DataFrame({"a": [1], "a.b": [2], "a.b.c": [3]})
    frame.to_parquet(tmp_path / "svar.parquet")
    assert read_table(tmp_path / "svar.parquet", "svar.parquet").frame.equals(frame)
