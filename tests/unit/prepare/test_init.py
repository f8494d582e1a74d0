"""`jobreport init` proposes, says that it does, and leaves open what the file does not tell."""

import re

import pytest
import yaml

from jobreport.errors import InputRefused
from jobreport.intake import checks
from jobreport.intake.formats.tables import read_table
from jobreport.prepare import init
from jobreport.prepare.init.propose import propose
from jobreport.prepare.init.vocabulary import sortable
from jobreport.setup import codebook as codebooks
from jobreport.setup import params


def start(project, forms, content=None, file="svar.csv", **options):
    path = project.folder / file
    if content is not None or not path.exists():
        path.write_bytes(forms["delimited"](forms["labelled"](forms["people"]())) if content is None else content)
    return init.start([path], project.folder, **options)


def confirmed(started):
    """Do what the two files ask for: confirm every proposal and write the municipality and the dates."""
    text = started.codebook.read_text(encoding="utf-8")
    started.codebook.write_text(re.sub(r"\n *proposal: true", "", text), encoding="utf-8")
    text = started.params.read_text(encoding="utf-8").replace("municipality_code: null", "municipality_code: '183'")
    for wave in ("2021", "2022"):
        text = text.replace(
            f'wave: "{wave}", from: null, to: null', f"wave: '{wave}', from: '{wave}-01-01', to: '{wave}-12-31'"
        )
    started.params.write_text(text, encoding="utf-8")
    return checks.read_inputs(params.read(started.params))


def test_every_role_is_found_in_a_file_with_labels(project, forms):
    started = start(project, forms)
    table = read_table(project.folder / "svar.csv", "svar.csv")
    found = propose(table)
    assert {key: column.name for key, column in found.keys.items()} == {
        "respondent_id": "id", "wave": "runde", "municipality_code": "kommune", "weight": "vægt", "answered_on": "dato",
    }  # fmt: skip
    assert {name: column.name for name, column in found.groups.items()} == {"benefit_group": "ydelse"}
    assert found.free_text == ("bemærkning",)
    assert started.params.name == "svar.yml"
    assert started.codebook.name == "svar-codebook.yml"


def test_a_proposal_is_refused_until_it_is_confirmed(project, forms):
    exported(project, forms)
    started = init.start([project.folder / "eksport"], project.folder, name="vores")
    with pytest.raises(InputRefused) as caught:
        checks.read_inputs(checks.read_params(started.params))
    found = {problem.key: problem for problem in caught.value.problems}
    assert set(found) == {"value_empty", "proposal_open"}
    named = found["proposal_open"].values["names"]
    assert named == [
        "columns", "questions: satisfaction", "questions: meaning", "indicators: satisfaction", "indicators: meaning",
        "groups: benefit_group",
    ]  # fmt: skip


def exported(project, forms):
    folder = project.folder / "eksport"
    folder.mkdir()
    for part, rows in forms["surveyxact"](forms["people"]()).items():
        (folder / f"{part}.csv").write_bytes(forms["as_text"](rows, "\t", "utf-16"))


def test_confirmed_proposals_of_an_export_give_the_right_answers(project, forms):
    exported(project, forms)
    inputs = confirmed(init.start([project.folder / "eksport"], project.folder, name="vores"))
    by_hand = [0 if row["q1"] == "6" else 6 - int(row["q1"]) for row in forms["people"]()]
    assert inputs.responses["satisfaction"].tolist() == by_hand
    assert inputs.responses["meaning"].tolist()[:7] == [1, 2, 3, 4, 5, 1, 0]
    assert inputs.codebook.indicator("satisfaction").items[0].wording["da"] == forms["questions"]["q1"]
    assert inputs.dropped == ("bemærkning",)


def test_numbers_without_labels_have_no_direction_until_someone_says_so(project, forms):
    rows = [{("tilfreds" if k == "q1" else k): v for k, v in row.items()} for row in forms["people"]()]
    started = start(project, forms, forms["delimited"](rows))
    text = started.codebook.read_text(encoding="utf-8")
    assert "tilfreds har kun tal (1, 2, 3, 4, 5, 6) uden svartekster" in text
    assert "codes:" not in text.split("questions:\n")[1].split("indicators:")[0]
    with pytest.raises(InputRefused) as caught:
        checks.read_inputs(checks.read_params(started.params))
    assert "codebook_open_question" in {problem.key for problem in caught.value.problems}


@pytest.mark.dear
def test_municipalities_in_labels_become_a_recode(project, forms):
    exported(project, forms)
    folder = project.folder / "eksport"
    tables = forms["surveyxact"](forms["people"]())
    for row in tables["dataset"][1:]:
        row[2] = {"183": "1", "185": "2"}[row[2]]
    tables["labels"] += [["kommune", "1", "Ishøj Kommune "], ["kommune", "2", "Tårnby Kommune"]]
    for part, rows in tables.items():
        (folder / f"{part}.csv").write_bytes(forms["as_text"](rows, ";", "cp1252"))
    inputs = confirmed(init.start([folder], project.folder, name="vores"))
    assert inputs.responses["municipality_code"].tolist() == [row["kommune"] for row in forms["people"]()]


def test_nothing_is_overwritten(project, forms):
    start(project, forms)
    with pytest.raises(InputRefused) as caught:
        start(project, forms)
    assert [problem.key for problem in caught.value.problems] == ["init_exists", "init_exists"]


@pytest.mark.dear
def test_what_a_killed_init_left_is_completed_and_another_codebook_is_not_touched(project, forms):
    made = start(project, forms)
    whole = made.params.read_bytes(), made.codebook.read_bytes()
    made.params.unlink()
    start(project, forms)
    assert (made.params.read_bytes(), made.codebook.read_bytes()) == whole
    made.params.unlink()
    made.codebook.write_text("mine", encoding="utf-8")
    with pytest.raises(InputRefused, match=r"own-codebook|codebook\.yml"):
        start(project, forms)
    assert made.codebook.read_text(encoding="utf-8") == "mine"
    assert not made.params.exists()


def test_a_file_outside_the_project_is_refused_without_its_folders(project, forms, tmp_path_factory):
    path = tmp_path_factory.mktemp("hansen") / "svar.csv"
    path.write_bytes(forms["delimited"](forms["people"]()))
    with pytest.raises(InputRefused) as caught:
        init.start([path], project.folder)
    assert [problem.key for problem in caught.value.problems] == ["init_outside"]
    assert "hansen" not in str(caught.value)


@pytest.mark.parametrize(("file", "sheet"), [("010180-1234.csv", None), ("svar af 0101801234.csv", None),
                                            ("svar.csv", "Svar 010180-1234")])  # fmt: skip
def test_a_number_of_a_person_in_the_name_of_a_file_or_sheet_stops_it(file, sheet, project, forms):
    path = project.folder / file
    path.write_bytes(forms["delimited"](forms["people"]()))
    before = sorted(project.folder.rglob("*"))
    with pytest.raises(InputRefused, match="CPR") as caught:
        init.start([path], project.folder, "vores", sheet)
    assert not re.search(r"010180.?1234", str(caught.value))
    assert sorted(project.folder.rglob("*")) == before


def test_personal_data_stop_it_and_leave_no_file(project, forms):
    rows = forms["people"]()
    rows[3]["bemærkning"] = "Jeg hedder Per og har nummer 010180-1234"
    with pytest.raises(InputRefused) as caught:
        start(project, forms, forms["delimited"](rows))
    assert [problem.key for problem in caught.value.problems] == ["personal_data"]
    assert not (project.folder / "params").exists()


def test_free_text_is_named_but_never_quoted(project, forms):
    started = start(project, forms)
    written = started.found + started.codebook.read_text(encoding="utf-8") + started.params.read_text(encoding="utf-8")
    assert "bemærkning" in written
    assert "alt for lang tid" not in written


def test_several_files_become_waves_and_their_differences_are_shown(project, forms):
    rows = [{k: v for k, v in row.items() if k != "runde"} for row in forms["people"]()]
    for name, part in (
        ("2021.csv", rows[:20]),
        ("2022.csv", [{("tilfreds" if k == "q1" else k): v for k, v in r.items()} for r in rows[20:]]),
    ):
        (project.folder / name).write_bytes(forms["delimited"](forms["labelled"](part)))
    started = init.start([project.folder / "2021.csv", project.folder / "2022.csv"], project.folder, name="vores")
    text = started.params.read_text(encoding="utf-8")
    days = [sorted(row["dato"] for row in part) for part in (rows[:20], rows[20:])]
    for (first, *_, last), year in zip(days, ("2021", "2022"), strict=True):
        assert f'{{wave: "{year}", from: "{first}", to: "{last}", file: "{year}.csv"}}' in text


def test_both_files_are_valid_but_for_what_is_open(project, forms):
    started = start(project, forms)
    codebook, problems = codebooks.load(started.codebook, "x")
    assert codebook is not None
    assert {problem.key for problem in problems} <= {"proposal_open", "codebook_open_question"}
    text = started.params.read_text(encoding="utf-8").replace("municipality_code: null", "municipality_code: '183'")
    started.params.write_text(text, encoding="utf-8")
    assert params.read(started.params).survey.file == "svar.csv"


def test_the_event_that_is_commented_out_reads_as_an_event_when_its_marks_are_deleted(project, forms):
    exported(project, forms)
    started = init.start([project.folder / "eksport"], project.folder, name="vores")
    text = started.params.read_text(encoding="utf-8")
    before, block, after = re.split(r"(?s)(#events:\n.*?\n)(?=\n)", text)
    assert len(block.splitlines()) == 10, "the comment above the lines says how many they are"
    started.params.write_text(before + re.sub(r"(?m)^#", "", block) + after, encoding="utf-8")
    confirmed(started)
    event = params.read(started.params).events[0]
    assert (event.event, event.treated, event.comparison) == ("ny_organisering", ("183",), "all")


def test_a_column_that_has_found_its_role_is_not_listed_again(project, forms):
    told = start(project, forms).found
    listed = told.split("Andre spørgsmål med faste svar")[1]
    assert "benefit_group: kolonnen ydelse" in told
    assert "    ydelse" not in listed
    assert '""' not in told, "a column without a question of its own has no empty one"


@pytest.mark.parametrize(
    ("names", "proposed"),
    [
        (("Forår 2021", "Efterår 2021"), {"Forår 2021": "2021-1 forår", "Efterår 2021": "2021-2 efterår"}),
        (("januar 2022", "maj 2021"), {"maj 2021": "2021-1 maj", "januar 2022": "2022-1 januar"}),
        (("1. halvår 2022", "2. halvår 2021"), {"2. halvår 2021": "2021-1", "1. halvår 2022": "2022-1"}),
        (("2021-1", "2021-2"), {}),
        (("Efterår 2021", "Efterår 2022"), {}),
        (("Måling 2", "Måling 10"), {}),
        (("Forår 2021", "forår 2021"), {}),
    ],
)
def test_names_of_waves_are_proposed_that_sort_in_time(names, proposed):
    found = sortable(names)
    assert list(found.items()) == list(proposed.items())
    assert sorted(found.values()) == list(found.values())


def test_waves_by_season_go_through_init_and_stand_in_the_order_of_time(project, forms):
    exported(project, forms)
    file = project.folder / "eksport" / "dataset.csv"
    text = file.read_bytes().decode("utf-16")
    text = text.replace("\t2021\t", "\tForår 2022\t").replace("\t2022\t", "\tEfterår 2022\t")
    text = text.replace("2022-03", "2022-10").replace("2021-", "2022-")
    file.write_bytes(text.encode("utf-16"))
    started = init.start([project.folder / "eksport"], project.folder, name="vores")
    inputs = confirmed(started)
    assert list(inputs.responses["wave"].cat.categories) == ["2022-1 forår", "2022-2 efterår"]
    assert inputs.responses["wave"].value_counts().min() == 20


@pytest.mark.parametrize(("language", "told"), [
    ("da", ("»forår 2022, FORÅR 2022« er den samme runde som »Forår 2022«", "kolonnen runde er tom i 2 af 40 rækker")),
    ("en", ("“forår 2022, FORÅR 2022” is the same round as “Forår 2022”", "the column runde is empty in 2 of 40 rows")),
])  # fmt: skip
def test_a_wave_spelt_in_several_ways_is_one_and_rows_without_a_wave_are_counted(project, forms, language, told):
    exported(project, forms)
    file = project.folder / "eksport" / "dataset.csv"
    text = file.read_bytes().decode("utf-16").replace("\t2021\t", "\tEfterår 2021\t")
    spelt = ["forår 2022", "forår 2022", "FORÅR 2022", *["Forår 2022"] * 15, "", ""]
    for name in spelt:
        text = text.replace("\t2022\t", f"\t{name}\t", 1)
    file.write_bytes(text.encode("utf-16"))
    found = init.summary(init.look([file.parent]), language)
    assert all(said in found for said in told)
    started = init.start([file.parent], project.folder, name="vores")
    params_text = started.params.read_text(encoding="utf-8")
    waves = re.findall(r'wave: "([^"]+)"', params_text)
    assert waves == ["Efterår 2021", "Forår 2022"]
    for wave, year in zip(waves, ("2021", "2022"), strict=True):
        dated = f"'{wave}', from: '{year}-01-01', to: '{year}-12-31'"
        params_text = params_text.replace(f'"{wave}", from: null, to: null', dated)
    started.params.write_text(params_text, encoding="utf-8")
    with pytest.raises(InputRefused) as refused:
        confirmed(started)
    assert {problem.key for problem in refused.value.problems} == {"wave_blank"}


@pytest.mark.parametrize("name", ["../outside", "/etc/x", "con", "Ærø"])
def test_a_name_that_no_report_may_have_is_refused_before_anything_is_written(project, forms, name):
    with pytest.raises(InputRefused) as refused:
        start(project, forms, name=name)
    assert [problem.key for problem in refused.value.problems] == ["name_invalid"]
    assert not (project.folder.parent / "outside.yml").exists()


def with_columns(forms, **columns):
    """The small survey with more columns: name -> cell of a row's number."""
    return [
        {**row, **{name: cell(place) for name, cell in columns.items()}} for place, row in enumerate(forms["people"]())
    ]


def asked(forms, rows):
    """The rows with answers as texts under headers that say what was asked."""
    names = {"q1": "Hvor tilfreds er du?", "q2": "Kan du se meningen?"}
    return forms["delimited"]([{names.get(k, k): v for k, v in row.items()} for row in forms["labelled"](rows)])


def written_by(started):
    return started.found + started.codebook.read_text(encoding="utf-8") + started.params.read_text(encoding="utf-8")


NAMES = ("Ane Prøve", "Bo Test")
FREE = ("God mad", "Tak", "Personalet skifter hele tiden, og ingen ringer", "Per Hansen er sød")


def test_names_births_and_what_few_people_wrote_are_on_no_screen_and_in_no_codebook(project, forms):
    rows = with_columns(
        forms,
        Sagsbehandler=lambda n: NAMES[n % 2],
        Kontaktperson=lambda n: NAMES[n % 2],
        Fødselsår=lambda n: str(1980 + n % 5),
        Kommentar=lambda n: FREE[n] if n < len(FREE) else "",
        Hold=lambda n: "Hold A" if n % 2 else "Hold B",
    )
    told = written_by(start(project, forms, forms["delimited"](forms["labelled"](rows))))
    assert [part for part in (*NAMES, *FREE, "1983") if part in told] == []
    assert "Hold A" in told
    assert "Sagsbehandler" in told


def test_names_in_the_labels_of_a_file_are_not_shown_either(project, forms):
    exported(project, forms)
    tables = forms["surveyxact"](forms["people"]())
    tables["dataset"] = [[*tables["dataset"][0], "s_9"], *([*row, "1"] for row in tables["dataset"][1:])]
    tables["structure"].append(["s_9", "s_9", "Closed", "Single", "Hvem er din sagsbehandler?", "", ""])
    tables["labels"] += [["s_9", "1", NAMES[0]], ["s_9", "2", NAMES[1]]]
    for part, table in tables.items():
        (project.folder / "eksport" / f"{part}.csv").write_bytes(forms["as_text"](table, ";", "utf-8"))
    told = written_by(init.start([project.folder / "eksport"], project.folder, name="vores"))
    assert "Hvem er din sagsbehandler?" in told
    assert [name for name in NAMES if name in told] == []


@pytest.mark.parametrize("said", [init.Said(left_out=("Navn",)), init.Said(allowed=("Navn",))])
def test_what_a_refusal_says_can_be_done_at_the_step_that_refuses(project, forms, said):
    rows = with_columns(forms, Navn=lambda n: f"Person{n}")
    content = asked(forms, rows)
    with pytest.raises(InputRefused) as caught:
        start(project, forms, content)
    assert "--leave-out 'Navn'" in str(caught.value)
    assert "--allow 'Navn'" in str(caught.value)
    started = start(project, forms, content, said=said)
    assert len(confirmed(started).responses) == len(rows), "what was said stands in the codebook"


def test_a_column_of_real_addresses_can_be_left_out_but_never_allowed(project, forms):
    content = asked(forms, with_columns(forms, Mail=lambda n: f"person{n}@ishoj.dk"))
    with pytest.raises(InputRefused):
        start(project, forms, content, said=init.Said(allowed=("Mail",)))
    started = start(project, forms, content, said=init.Said(left_out=("Mail",)))
    assert "@" not in written_by(started)
    assert "Mail" not in confirmed(started).dropped


def test_leaving_out_a_column_that_is_not_there_is_told(project, forms):
    with pytest.raises(InputRefused) as caught:
        start(project, forms, said=init.Said(left_out=("Maill",)))
    assert [problem.key for problem in caught.value.problems] == ["column_missing"]


def test_a_question_and_an_indicator_are_called_by_the_words_that_were_asked(project, forms):
    """»Min sagsbehandler lytter til mig« became »Lyttet til, når planen lægges« under the heading »Tillid«."""
    rows = ["runde;kommune;Hvor tilfreds er du?;Er du enig i: Min sagsbehandler lytter til mig"]
    grades = ("Meget uenig", "Uenig", "Hverken enig eller uenig", "Enig", "Meget enig")
    pleased = ("Meget utilfreds", "Utilfreds", "Hverken tilfreds eller utilfreds", "Tilfreds", "Meget tilfreds")
    rows += [f"{2021 + n % 2};{'Ishøj' if n % 4 < 2 else 'Tårnby'};{pleased[n % 5]};{grades[n % 5]}" for n in range(80)]
    started = start(project, forms, "\r\n".join(rows).encode())
    book = confirmed(started).codebook
    assert {item.name: item.label["da"] for item in book.items} == {
        "satisfaction": "Hvor tilfreds er du?", "trust_listened": "Min sagsbehandler lytter til mig",
    }  # fmt: skip
    named = {one.name: one.label["da"] for one in book.indicators}
    assert named == {"satisfaction": "Tilfredshed", "trust": "Min sagsbehandler lytter til mig"}


@pytest.mark.parametrize(
    ("asked", "named"),
    [("Hvor tilfreds er du med jobcentret?", True), ("Hvor tilfreds er du med hjemmeplejen?", False)],
)
def test_published_surveys_of_jobcentres_are_named_by_default_only_where_the_questions_are_about_one(
    tmp_path, asked, named
):
    answers = ["Meget tilfreds", "Tilfreds", "Hverken tilfreds eller utilfreds", "Utilfreds", "Meget utilfreds"]
    lines = [f"Kommune;{asked}", *(f"Ishøj;{answers[row % 5]}" for row in range(40))]
    (tmp_path / "svar.csv").write_text("\n".join(lines), encoding="utf-8")
    started = init.start([tmp_path / "svar.csv"], tmp_path)
    written = yaml.safe_load(started.params.read_text(encoding="utf-8"))
    assert (written["benchmarks"] == "data/benchmarks.csv") is named
    assert (tmp_path / "data/benchmarks.csv").exists() is named
