"""What a file itself says of codes, questions, places and waves is held against the codebook of its wave."""

import re

import pandas as pd
import pyreadstat
import pytest
import yaml

from jobreport.intake.formats.tables import read_table
from jobreport.prepare import init
from jobreport.prepare.init.propose import propose

PER_WAVE = """
name: own
language: {language}
municipality_code: '183'
survey:
  codebook: params/own-codebook.yml
  waves:
    - {{wave: '2021', from: '2021-01-01', to: '2021-12-31', file: '{first}'}}
    - {{wave: '2022', from: '2022-01-01', to: '2022-12-31', file: '{second}'}}
"""


def keys(refused):
    for problem in refused.problems:
        assert all(problem.text(language) for language in ("da", "en"))
    return [problem.key for problem in refused.problems]


def apart(project, first="2021", second="2022"):
    """A survey of two files, one for each wave."""
    project.params = PER_WAVE.replace("{first}", first).replace("{second}", second)
    return [[row for row in project.rows if row["runde"] == wave] for wave in ("2021", "2022")]


def export(project, forms, folder, rows, **labels):
    """The folder of a SurveyXact export whose labels say something else of some codes."""
    tables = forms["surveyxact"](rows)
    for row in tables["labels"]:
        row[2] = labels.get(f"{row[0]}_{row[1]}", row[2])
    (project.folder / folder).mkdir()
    for part, lines in tables.items():
        (project.folder / folder / f"{part}.csv").write_bytes(forms["as_text"](lines, ";", "utf-8"))


def with_status(project):
    project.codebook = project.codebook.replace("dato}", "dato, status: status}") + "answered: [4]\n"


def two_exports(project, forms, **labels):
    first, second = apart(project)
    with_status(project)
    export(project, forms, "2021", first)
    export(project, forms, "2022", second, **labels)


def in_wave(project, text):
    """Say of the question of satisfaction what was different in the second wave."""
    declared = f"    scale: tilfredshed\n    in_wave: {{'2022': {text}}}\n"
    project.codebook = project.codebook.replace("    scale: tilfredshed\n", declared)


def test_a_code_that_became_dont_know_in_one_wave_is_refused_until_the_codebook_says_so(project, forms):
    two_exports(project, forms, q1_5="Ved ikke", q1_6="Meget utilfreds")
    refused = project.refusal()
    assert keys(refused) == ["file_code_differs"]
    assert refused.problems[0].where == "2022"
    assert "5 = »Ved ikke« (kodebogen: meget utilfreds)" in refused.text("da")
    in_wave(project, "{codes: [6, 4, 3, 2, 1], dont_know: [{code: 5, label: {da: Ved ikke, en: Don't know}}]}")
    read = project.read().responses
    asked = [int(row["q1"]) for row in project.rows if row["runde"] == "2022"]
    meant = {1: 5, 2: 4, 3: 3, 4: 2, 5: 0, 6: 1}
    assert read.loc[read["wave"] == "2022", "satisfaction"].tolist() == [meant[code] for code in asked]


def test_a_label_that_no_codebook_knows_is_refused_until_it_stands_beside_its_code(project, forms):
    two_exports(project, forms, q1_3="Hverken/eller")
    refused = project.refusal()
    assert keys(refused) == ["file_label_unknown"]
    assert '3 = "Hverken/eller"' in refused.text("en")
    project.codebook = project.codebook.replace("[5, 4, 3, 2, 1]", "[5, 4, [3, Hverken/eller], 2, 1]")
    assert len(project.read().responses) == 40


def test_punctuation_tags_and_the_code_itself_are_no_other_answer(project, forms):
    two_exports(project, forms, q1_5="5 - Meget utilfreds.", q1_3="<b>Hverken  tilfreds eller utilfreds</b>", q1_2="2")
    assert len(project.read().responses) == 40


@pytest.mark.parametrize("suffix", ["export", "sav"])
def test_a_scale_turned_round_against_the_files_own_labels_is_refused(suffix, project, forms):
    project.codebook = project.codebook.replace("[5, 4, 3, 2, 1]", "[1, 2, 3, 4, 5]")
    if suffix == "sav":
        spss(project, forms)
    else:
        project.file = "eksport"
        with_status(project)
        export(project, forms, "eksport", project.rows)
    refused = project.refusal()
    assert keys(refused) == ["file_code_differs"]
    assert "1 = »Meget tilfreds« (kodebogen: meget utilfreds)" in refused.text("da")


def spss(project, forms, waves=None, **questions):
    """The rows as an SPSS file with its labels."""
    project.file = "svar.sav"
    frame = forms["typed"](project.rows).drop(columns=["bemærkning"])
    labels = {name: {int(code): label for code, label in table.items()} for name, table in forms["labels"].items()}
    if waves:
        frame["runde"] = frame["runde"].map({label: code for code, label in waves.items()})
        labels["runde"] = waves
    texts = [{**forms["questions"], **questions}[name] for name in frame]
    pyreadstat.write_sav(frame, str(project.folder / "svar.sav"), variable_value_labels=labels, column_labels=texts)


def test_groups_and_municipalities_are_held_against_the_files_labels_too(project, forms):
    project.codebook = project.codebook.replace("code: 1, key: dagpenge", "code: 9, key: dagpenge").replace(
        "code: 2, key: sygedagpenge", "code: 1, key: sygedagpenge").replace("code: 9", "code: 2")  # fmt: skip
    spss(project, forms)
    assert keys(project.refusal()) == ["file_key_differs"]


def test_a_question_that_the_file_puts_in_other_words_is_refused_until_the_codebook_says_so(project, forms):
    spss(project, forms, q1="Hvor tilfreds er du med din sagsbehandler?")
    refused = project.refusal()
    assert keys(refused) == ["file_question_differs"]
    assert "»Hvor tilfreds er du med din sagsbehandler?«" in refused.text("da")
    project.codebook = project.codebook.replace(
        "    scale: tilfredshed\n", "    scale: tilfredshed\n    file_text: Hvor tilfreds er du med din sagsbehandler\n"
    )
    assert len(project.read().responses) == 40


def test_headers_that_are_two_questions_are_not_compared_as_one(project, forms):
    first, second = apart(project, "a.csv", "b.csv")
    asked = "Hvor tilfreds er du samlet set med forløbet i jobcentret?"
    other = "Hvor tilfreds er du samlet set med din sagsbehandler?"
    for rows, name, header in ((first, "a.csv", asked), (second, "b.csv", other)):
        renamed = pd.DataFrame(rows).rename(columns={"q1": header}).to_dict("records")
        (project.folder / name).write_bytes(forms["delimited"](renamed))
    project.codebook = project.codebook.replace("column: q1", f'column: "{asked}"')
    in_wave(project, f'{{column: "{other}"}}')
    assert keys(project.refusal()) == ["file_question_differs"]
    project.codebook = project.codebook.replace(f'column: "{other}"', f'column: "{other}", wording: {{da: "{other}"}}')
    inputs = project.read()
    assert inputs.codebook.items[0].wording_in("2022")["da"] == other
    assert not inputs.codebook.indicator("satisfaction").comparable


def test_the_labels_of_a_column_of_waves_name_them(project, forms):
    spss(project, forms, waves={1: "2022", 2: "2021"})
    project.codebook = "recodes: {wave: {1: '2021', 2: '2022'}}\n" + project.codebook.lstrip()
    refused = project.refusal()
    assert keys(refused)[:2] == ["file_wave_differs", "file_wave_differs"]
    assert "filen kalder 1 for »2022«, men målingen hedder 2021" in refused.text("da")


@pytest.mark.parametrize("wrong", ["swapped", "cumulative"])
def test_a_file_that_says_it_holds_another_wave_is_refused(wrong, project, forms):
    first, second = apart(project, "a.csv", "b.csv")
    contents = (second, first) if wrong == "swapped" else (first, project.rows)
    for name, rows in zip(("a.csv", "b.csv"), contents, strict=True):
        (project.folder / name).write_bytes(forms["delimited"](rows))
    found = set(keys(project.refusal()))
    assert "wave_file_other" in found


def test_a_new_year_with_the_old_codebook_is_refused_where_the_file_was_renumbered(project, forms):
    labels = {f"q2_{code}": label for code, label in enumerate(reversed(list(forms["labels"]["q2"].values())[:5]), 1)}
    two_exports(project, forms, **labels)
    refused = project.refusal()
    assert keys(refused) == ["file_code_differs"]
    assert len(re.findall(r"»", refused.problems[0].values["pairs"]["da"])) == 4  # the one in the middle stays


def proposed(project, forms, second):
    """What init writes of two exports, the second with other labels, and the problems of confirming it unread."""
    first, later = apart(project)
    export(project, forms, "2021", first)
    export(project, forms, "2022", later, **second)
    started = init.start([project.folder / "2021", project.folder / "2022"], project.folder, name="vores")
    text = started.codebook.read_text(encoding="utf-8")
    return yaml.safe_load(text), text


def test_init_proposes_in_wave_what_it_finds_different_in_another_file(project, forms):
    codebook, text = proposed(project, forms, {"q1_5": "Ved ikke", "q1_6": "Meget utilfreds"})
    satisfaction = codebook["questions"][0]
    assert satisfaction["in_wave"]["2022"]["codes"] == ["6", "4", "3", "2", "1"]
    assert satisfaction["in_wave"]["2022"]["dont_know"][0]["code"] == "5"
    assert "findes ikke i målingen" not in text


def test_init_asks_about_a_question_it_does_not_find_in_another_file(project, forms):
    codebook, text = proposed(project, forms, {"q1_5": "Ved ikke", "q1_6": "Irrelevant"})
    (asked,) = [each for each in codebook["open_questions"] if each.startswith("satisfaction")]
    assert "5 = Ved ikke" in asked
    assert "findes ikke i målingen" not in text


def test_init_names_waves_by_the_files_own_labels(project, forms):
    spss(project, forms, waves={1: "2021", 2: "2022"})
    found = propose(read_table(project.folder / "svar.sav", "svar.sav"))
    assert dict(found.wave_recode) == {"1": "2021", "2": "2022"}
