"""A table instead of answers is known as one, and a table that lacks number and spread is told what it lacks."""

import zipfile

import pytest

from jobreport.errors import InputRefused
from jobreport.intake.formats.tables import read_table
from jobreport.prepare import init

HEAD = "wave,municipality_code,question,measure,answer,value,n,sd"
PLEASED = ("Meget utilfreds", "Utilfreds", "Hverken tilfreds eller utilfreds", "Tilfreds", "Meget tilfreds")
COUNTS = [HEAD, *(f"2024,253,tilfreds,count,{label},{30 + n},," for n, label in enumerate(PLEASED))]
MEANS = [HEAD, "2024,253,tilfreds,mean,,3.88,210,1.1", "2024,253,møde,mean,,4.07,208,1.0"]
WIDE = ["Kommune;Tilfredshed;Mødet;Samtalen", "Greve;3,88;4,07;3,95", "Ishøj;3,71;4,01;3,90", "Tårnby;3,65;3,99;3,84"]


def file(folder, lines, name="tabel.csv"):
    path = folder / name
    path.write_text("\n".join(lines), encoding="utf-8")
    return path


def test_counts_tell_the_scale_of_their_question(tmp_path):
    (found,) = init.look([file(tmp_path, COUNTS)])
    assert found.is_table
    assert found.questions[0].scale.labels_da == PLEASED
    assert not found.questions[0].scale.unsure


def test_means_have_a_scale_that_one_mark_asks_about(tmp_path):
    started = init.start([file(tmp_path, MEANS)], tmp_path, "ours")
    book = started.codebook.read_text(encoding="utf-8")
    assert book.count("proposal: true #") == 2
    assert "aggregates: true" in started.params.read_text(encoding="utf-8")


def test_a_table_of_means_without_spread_is_told_what_is_wanted(tmp_path):
    with pytest.raises(InputRefused, match="ligner en tabel med gennemsnit") as refused:
        init.look([file(tmp_path, WIDE)])
    assert "sd" in str(refused.value)


ANSWERS = ["Kommune;Hvor tilfreds er du?", *(f"Greve;{PLEASED[n % 5]}" for n in range(43))]


def packed(folder, name, **members):
    path = folder / name
    with zipfile.ZipFile(path, "w") as archive:
        archive.writestr("__MACOSX/._svar.csv", b"\x00")
        for member, lines in members.items():
            archive.writestr(f"{member}.csv", "\n".join(lines))
    return path


def test_a_zip_for_each_round_is_read_and_nothing_is_unpacked(tmp_path):
    paths = [packed(tmp_path, f"eksport {year}.zip", svar=ANSWERS) for year in (2024, 2025)]
    started = init.start(paths, tmp_path, "ours")
    assert 'wave: "2024"' in started.params.read_text(encoding="utf-8")
    assert 'file: "eksport 2025.zip"' in started.params.read_text(encoding="utf-8")
    assert sorted(path.name for path in tmp_path.iterdir()) == ["eksport 2024.zip", "eksport 2025.zip", "params"]


def test_an_export_in_a_zip_is_an_export(tmp_path):
    head = "questionName\tvariableName\tquestionType\tsubType\tquestionText\tchoiceValue\tchoiceText"
    parts = {
        "dataset": ["q1\tq2", "1\t2", "2\t1"],
        "structure": [head, "q1\tq1\tClosed\tSingle\tHvor tilfreds er du?\t\t"],
        "labels": ["q1\t1\tTilfreds", "q1\t2\tUtilfreds"],
    }
    table = read_table(packed(tmp_path, "eksport.zip", **parts), "eksport.zip")
    assert (table.layout, len(table.frame), table.questions["q1"]) == ("SurveyXact", 2, "Hvor tilfreds er du?")


def test_a_zip_of_two_files_is_refused_by_their_names(tmp_path):
    with pytest.raises(InputRefused, match=r"2 filer \(a\.csv, b\.csv\)"):
        read_table(packed(tmp_path, "begge.zip", a=ANSWERS, b=ANSWERS), "begge.zip")


@pytest.mark.parametrize("content", [b"PK\x03\x04 broken", b""])
def test_a_zip_that_is_none_is_refused(tmp_path, content):
    (tmp_path / "x.zip").write_bytes(content)
    with pytest.raises(InputRefused):
        read_table(tmp_path / "x.zip", "x.zip")


def test_a_folder_with_a_file_for_each_round_is_its_rounds(tmp_path):
    folder = tmp_path / "runder"
    folder.mkdir()
    for year in (2024, 2025):
        file(folder, ANSWERS, f"svar {year}.csv")
    started = init.start([folder], tmp_path, "ours")
    text = started.params.read_text(encoding="utf-8")
    assert [f'file: "runder/svar {year}.csv"' in text for year in (2024, 2025)] == [True, True]
