"""The ways a file can be wrong, and the full message of each (`refusals.txt`, in Danish).

Row numbers are those of the file: row 1 names the columns. A case changes the small survey of
`conftest.py` in one way; what it must say stands in the table, and nothing else may be said.
"""

import re
from pathlib import Path

import openpyxl
import pandas as pd
import pytest

from jobreport.errors import texts

TABLE = Path(__file__).with_name("refusals.txt")
CASES = {}


def case(function):
    CASES[function.__name__] = function
    return function


def entries():
    """The table: name -> message."""
    parts = re.split(r"(?m)^\[(\w+)\]\n", TABLE.read_text(encoding="utf-8"))[1:]
    return {name: text.rstrip("\n") for name, text in zip(parts[::2], parts[1::2], strict=True)}


def change(project, forms, column, **cells):
    """Change cells by their row number in the file, and write it."""
    for row, cell in cells.items():
        project.rows[int(row.removeprefix("row")) - 2][column] = cell
    return forms["delimited"](project.rows)


@case
def empty_file(project, forms):
    return b""


@case
def header_only(project, forms):
    return forms["delimited"](project.rows).split(b"\r\n")[0] + b"\r\n"


@case
def one_column(project, forms):
    return b"svar\r\n1\r\n2\r\n"


@case
def two_delimiters_fit(project, forms):
    return b"a;b,c\r\n1;2,3\r\n4;5,6\r\n"


@case
def quotation_mark_left_open(project, forms):
    return forms["delimited"](project.rows).replace(b"2021-03-10", b'"2021-03-10', 1)


@case
def delimiter_inside_a_text(project, forms):
    return forms["delimited"](project.rows).replace(b"Jeg synes, at", b"Jeg synes; at", 2)


@case
def title_above_the_columns(project, forms):
    _, answers = forms["delimited"](project.rows).split(b"\r\n", 1)  # the names of the columns are gone
    return b"Undersogelse 2021;;;;;;;;\r\n" + answers


@case
def column_without_a_name(project, forms):
    return forms["delimited"](project.rows).replace(b";ydelse;", b";;", 1)


@case
def column_named_twice(project, forms):
    return forms["delimited"](project.rows).replace(b";ydelse;", b";q1;", 1)


@case
def csv_that_is_a_workbook(project, forms):
    openpyxl.Workbook().save(project.folder / "x.xlsx")
    return (project.folder / "x.xlsx").read_bytes()


@case
def two_encodings(project, forms):
    lines = forms["delimited"](forms["labelled"](project.rows)).split(b"\r\n")
    return b"\r\n".join([lines[0], lines[1], *(line.decode().encode("cp1252") for line in lines[2:])])


@case
def old_dos_encoding(project, forms):
    return forms["delimited"](forms["labelled"](project.rows), encoding="cp865")


@case
def utf16_cut_in_the_middle(project, forms):
    return forms["delimited"](project.rows, "\t", "utf-16")[:-1]


@case
def decoded_wrongly_before(project, forms):
    rows = forms["labelled"](project.rows)
    rows[3]["q2"] = rows[3]["q2"].encode().decode("cp1252")
    return forms["delimited"](rows)


@case
def unknown_kind_of_file(project, forms):
    project.file = "svar.docx"
    return b"x"


@case
def damaged_workbook(project, forms):
    project.file = "svar.xlsx"
    return b"PK\x03\x04 not a workbook"


@case
def workbook_with_two_sheets(project, forms):
    project.file = "svar.xlsx"
    book = openpyxl.Workbook()
    for name in ("Sheet", "Andet"):
        sheet = book[name] if name in book.sheetnames else book.create_sheet(name)
        sheet.append(["a", "b"])
    book.save(project.folder / project.file)


@case
def sheet_that_is_not_there(project, forms):
    workbook_with_two_sheets(project, forms)
    project.params = project.params.replace("  codebook:", "  sheet: Svar\n  codebook:")


@case
def damaged_spss(project, forms):
    project.file = "svar.sav"
    return b"$FL2 not a data file"


@case
def damaged_parquet(project, forms):
    project.file = "svar.parquet"
    return b"PAR1 not a table PAR1"


@case
def parquet_with_lists(project, forms):
    project.file = "svar.parquet"
    pd.DataFrame({"id": [1], "svar": [[1, 2]]}).to_parquet(project.folder / project.file)


@case
def export_without_labels(project, forms):
    project.file = "eksport"
    (project.folder / "eksport").mkdir()
    for part, rows in forms["surveyxact"](project.rows).items():
        if part != "labels":
            (project.folder / "eksport" / f"{part}.csv").write_bytes(forms["as_text"](rows, ";", "cp1252"))


@case
def export_with_the_structure_of_another(project, forms):
    project.file = "eksport"
    (project.folder / "eksport").mkdir()
    tables = forms["surveyxact"](project.rows)
    tables["structure"] = [tables["structure"][0], ["x", "x", "Closed", "Single", "X", "", ""]]
    for part, rows in tables.items():
        (project.folder / "eksport" / f"{part}.csv").write_bytes(forms["as_text"](rows, ";", "cp1252"))


@case
def export_whose_status_nobody_used(project, forms):
    project.file = "eksport"
    (project.folder / "eksport").mkdir()
    for part, rows in forms["surveyxact"](project.rows).items():
        (project.folder / "eksport" / f"{part}.csv").write_bytes(forms["as_text"](rows, ";", "cp1252"))


@case
def column_that_is_not_there(project, forms):
    project.codebook = project.codebook.replace("column: q2", "column: Q2")


@case
def cpr_numbers_with_hyphen(project, forms):
    return change(project, forms, "bemærkning", row4="Mit nummer er 010180-1234", row9="311299-4321")


@case
def cpr_numbers_that_lost_their_zero(project, forms):
    return change(project, forms, "id", **{f"row{row}": f"10180{1399 + 113 * row:04d}" for row in range(2, 42)})


@case
def email_addresses(project, forms):
    return change(project, forms, "bemærkning", row2="skriv til per.hansen@example.dk")


@case
def column_named_telephone(project, forms):
    project.rows = [{**row, "tlf_nr": f"{12345678 + place}"} for place, row in enumerate(project.rows)]
    return forms["delimited"](project.rows)


@case
def column_named_name(project, forms):
    project.rows = [{**row, "Efternavn": f"Hansen{chr(65 + place)}"} for place, row in enumerate(project.rows)]
    return forms["delimited"](project.rows)


@case
def survey_key_that_looks_like_dates(project, forms):
    cells = {f"row{row}": str(9999990000 + row) for row in range(2, 42)}
    return change(project, forms, "id", **(cells | {"row5": "0101801234", "row6": "0202801234"}))


@case
def wave_left_blank(project, forms):
    return change(project, forms, "runde", row3="", row30="")


@case
def wave_nobody_described(project, forms):
    return change(project, forms, "runde", row41="2023")


@case
def wave_without_answers(project, forms):
    return forms["delimited"](project.rows[:20])


@case
def municipality_left_blank(project, forms):
    return change(project, forms, "kommune", row2="")


@case
def municipality_unknown(project, forms):
    return change(
        project, forms, "kommune", row2="Ishoi", row3="Ishoi", row4="Ishoi", row5="Ishoi", row6="Ishoi", row7="Ishoi"
    )


@case
def municipality_of_the_report_without_answers(project, forms):
    return forms["delimited"]([row for row in project.rows if row["kommune"] == "185"])


@case
def jobcentre_that_served_two(project, forms):
    rows = [{**row, "kommune": "18701"} for row in project.rows]
    (project.folder / "jobcentres.csv").write_text(
        "jobcentre,jobcentre_municipality_code,municipality_code,valid_from,valid_to,source\n"
        "a,187,183,ikke oplyst,2021-12-31,x\na,187,187,ikke oplyst,,x\n",
        encoding="utf-8",
    )
    project.params = project.params.replace("name: own\n", "name: own\njobcentres: jobcentres.csv\n")
    project.codebook = project.codebook.replace("municipality_code: kommune", "jobcentre_code: kommune")
    return forms["delimited"](rows)


@case
def jobcentre_nobody_knows(project, forms):
    content = jobcentre_that_served_two(project, forms)
    return content.replace(b"18701", b"10101")


@case
def jobcentre_left_blank(project, forms):
    content = jobcentre_that_served_two(project, forms).replace(b"18701", b"18500").replace(b"18500", b"", 2)
    table = project.folder / "jobcentres.csv"
    table.write_text(table.read_text(encoding="utf-8").replace("a,187,183", "a,185,183"), encoding="utf-8")
    return content


@case
def jobcentre_without_a_table(project, forms):
    project.codebook = project.codebook.replace("municipality_code: kommune", "jobcentre_code: kommune")


@case
def respondent_twice_in_a_wave(project, forms):
    return change(project, forms, "id", row5="1")


@case
def respondent_left_blank(project, forms):
    return change(project, forms, "id", row5="", row6="")


@case
def cluster_left_blank(project, forms):
    project.codebook = project.codebook.replace("columns: {", "columns: {cluster: sagsbehandler, ")
    for place, row in enumerate(project.rows):
        row["sagsbehandler"] = "" if place in (3, 4) else f"{place % 5}"
    return forms["delimited"](project.rows)


@case
def respondent_numbers_that_count_rows(project, forms):
    for place, row in enumerate(project.rows):
        row["id"] = f"{place % 20 + 1}"
    return forms["delimited"](project.rows)


@case
def respondents_who_are_somebody_else_the_next_time(project, forms):
    for place, row in enumerate(project.rows):
        row |= {"id": f"{3 * (place % 20) + 1}", "ydelse": f"{(place + place // 20) % 2 + 1}"}
    return forms["delimited"](project.rows)


@case
def weight_missing(project, forms):
    return change(project, forms, "vægt", row5="")


@case
def weight_negative(project, forms):
    return change(project, forms, "vægt", row5="-1")


@case
def weight_is_a_text(project, forms):
    return change(project, forms, "vægt", row5="høj")


@case
def weight_with_two_decimal_signs(project, forms):
    return change(project, forms, "vægt", row5="1,25", row6="1,5")


@case
def weight_with_a_lost_decimal_sign(project, forms):
    return change(project, forms, "vægt", row41="29375")


@case
def weight_that_no_sum_can_hold(project, forms):
    return change(project, forms, "vægt", row2="1e308", row3="1e308")


@case
def weights_that_can_be_read_in_two_ways(project, forms):
    for row, weight in zip(project.rows, ("900", "1.500", "2.250") * len(project.rows), strict=False):
        row["vægt"] = weight
    return forms["delimited"](project.rows)


@case
def weights_in_one_wave_only(project, forms):
    for place, row in enumerate(project.rows):
        row["vægt"] = "1" if row["runde"] == "2021" else ("1", "90")[place % 2]
    return forms["delimited"](project.rows)


@case
def weights_of_two_scales(project, forms):
    for row in project.rows:
        row["vægt"] = "1" if row["runde"] == "2021" else "90"
    return forms["delimited"](project.rows)


@case
def date_outside_field_time(project, forms):
    return change(project, forms, "dato", row2="2022-01-01", row40="2021-12-31")


@case
def days_in_none_of_the_rounds(project, forms):
    project.codebook = project.codebook.replace("wave: runde, ", "")
    return change(project, forms, "dato", row2="2052-01-01", row3="", row40="2020-12-31")


@case
def date_that_is_none(project, forms):
    return change(project, forms, "dato", row2="2021-02-30", row3="i går")


@case
def dates_that_can_be_read_in_two_ways(project, forms):
    for row in project.rows:
        row["dato"] = f"03-04-{row['runde']}"
    return forms["delimited"](project.rows)


@case
def answer_outside_the_scale(project, forms):
    return change(project, forms, "q1", row2="7", row3="7", row4="9", row5="99", row6="7", row7="7", row8="7")


@case
def answer_with_decimals(project, forms):
    return change(project, forms, "q1", row2="2,5")


@case
def answer_label_in_two_spellings(project, forms):
    project.rows = forms["labelled"](project.rows)
    return change(project, forms, "q1", row3="Meget tilfredse", row4="Meget tilfredse")


@case
def answer_nobody_knows(project, forms):
    project.rows = forms["labelled"](project.rows)
    return change(project, forms, "q2", row3="Kom og spørg en anden gang")


@case
def codes_and_labels_in_one_column(project, forms):
    rows = forms["labelled"](project.rows)
    return forms["delimited"](project.rows[:25] + rows[25:])


@case
def group_nobody_knows(project, forms):
    return change(project, forms, "ydelse", row2="3")


@case
def question_nobody_answered(project, forms):
    for row in project.rows[20:]:
        row["q2"] = ""
    return forms["delimited"](project.rows)


@case
def proposals_not_confirmed(project, forms):
    project.codebook = project.codebook.replace("    scale: grad\n", "    scale: grad\n    proposal: true\n")


@case
def scale_with_too_few_codes(project, forms):
    project.codebook = project.codebook.replace("codes: [5, 4, 3, 2, 1]", "codes: [4, 3, 2, 1]")


@case
def code_with_two_meanings(project, forms):
    project.codebook = project.codebook.replace("code: 6,", "code: 5,")


@case
def item_that_is_not_described(project, forms):
    project.codebook = project.codebook.replace("items: [meaning]", "items: [mening]")


@case
def key_of_the_codebook_misspelt(project, forms):
    project.codebook = project.codebook.replace("    scale: grad\n", "    skale: grad\n    scale: grad\n")


@case
def rounds_that_the_codebook_alone_knows(project, forms):
    own = "    waves: ['2021', '20222']\n    in_wave: {'2012': {missing: ['9']}}\n"
    project.codebook = project.codebook.replace("    scale: grad\n", f"    scale: grad\n{own}", 1)


@case
def invited_of_a_round_and_a_group_misspelt(project, forms):
    lines = ["wave,municipality_code,group_by,group,n_invited,n_answered", "2021,183,,,100,", "2O22,183,,,100,",
             "2021,183,ydelsesgruppe,dagpenge,50,"]  # fmt: skip
    (project.folder / "invited.csv").write_text("\n".join(lines) + "\n", encoding="utf-8")
    project.params = project.params.replace("  codebook:", "  invited: invited.csv\n  codebook:")


@case
def simulated_answers_not_said(project, forms):
    project.codebook = project.codebook.replace("weight: vægt", "weight: vægt, simulated: opdigtet")
    project.rows = [{**row, "opdigtet": "1"} for row in project.rows]
    return forms["delimited"](project.rows)


@case
def invited_that_do_not_fit(project, forms):
    project.params = project.params.replace("  codebook:", "  invited: inviterede.csv\n  codebook:")
    lines = ["wave,municipality_code,group_by,group,n_invited,n_answered", "2021,183,,,30,10", "2021,185,,,30,12"]
    (project.folder / "inviterede.csv").write_text("\n".join(lines), encoding="utf-8")


@case
def more_answers_than_invited(project, forms):
    invited_that_do_not_fit(project, forms)
    path = project.folder / "inviterede.csv"
    path.write_text(path.read_text(encoding="utf-8").replace("30,12", "9,10"), encoding="utf-8")


@case
def file_that_is_not_there(project, forms):
    project.params = project.params.replace("  file: {file}", "  file: glemt.csv")


@case
def many_at_once(project, forms):
    change(project, forms, "q1", row2="7")
    change(project, forms, "vægt", row3="-2")
    change(project, forms, "kommune", row4="")
    project.params = project.params.replace("municipality_code: '183'", "municipality_code: null")
    project.codebook = project.codebook.replace("    scale: grad\n", "    scale: grad\n    proposal: true\n")
    return forms["delimited"](project.rows)


def test_the_table_names_every_case_and_has_at_least_forty():
    assert list(entries()) == list(CASES)
    assert len(CASES) >= 40


@pytest.mark.parametrize("name", CASES)
def test_full_message(name, project, forms):
    refused = project.refusal(CASES[name](project, forms))
    assert refused.text().replace(f"{project.folder.as_posix()}/", "") == entries()[name]


@pytest.mark.parametrize("name", CASES)
def test_the_same_problems_in_english(name, project, forms):
    project.language = "en"
    refused = project.refusal(CASES[name](project, forms))
    assert refused.text("en").count("  Expected: ") == len(refused.problems)
    assert "{" not in re.sub(r"\{\w+: ?'?\.\.\.'?\}|\{municipality_code: \{\.\.\.\}\}", "", refused.text("en"))


def test_no_message_quotes_what_is_personal(project, forms):
    planted = ("010180", "311299", "per.hansen", "Hansen", "12345678", "9999990")
    for name in CASES:
        text = entries()[name]
        assert not any(part in text for part in planted), name


def test_every_kind_of_refusal_of_a_survey_is_in_the_table_or_known_elsewhere(project, forms):
    """A text nobody can provoke is dead; those of params files are provoked in test_params.py."""
    written = "\n".join(entries().values())
    survey = [
        key for key in texts("da") if key.startswith(("weight_", "date_", "wave_blank", "answer_", "respondent_"))
    ]
    unseen = [key for key in survey if texts("da")[key]["expected"].split("{")[0] not in written]
    assert unseen == ["date_invalid"]
