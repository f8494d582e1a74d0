"""jobindsats: the key goes into one header and nowhere else; a download needs no key and no network."""

import json
import math

import pandas as pd
import pytest

from jobreport.desk import cli
from jobreport.errors import FetchFailed, InputRefused
from jobreport.fetch import run
from jobreport.fetch.connection import Connection
from jobreport.fetch.jobindsats import Wanted, connect, number, period_code
from jobreport.intake.formats import register

KEY = "a-secret-key-0123456789"
WANTED = Wanted("dagpenge", "personer", "Fuldtidspersoner", {"Køn": "I alt"})
DOWNLOAD = "Område;Periode;Køn;Fuldtidspersoner\nIshøj;2021M01;I alt;1.234,5\nVallensbæk;2021M01;I alt;-\n"


def test_figures_come_by_name_with_decimal_comma_and_are_stored_by_code(star, service, tmp_path):
    fetched = run.jobindsats_api(star, "y01a02", WANTED, first_year=2021, out=tmp_path / "x.csv")
    (stored, _), problems = register.read(fetched.file, "x.csv")
    assert problems == []
    assert set(stored["municipality_code"]) == {"000", "183", "187"}
    value = stored.set_index(["municipality_code", "period"])["value"]
    assert value["183", "2021M02"] == 1234.5
    assert math.isnan(value["187", "2021M01"])
    assert fetched.counts == {"rows": 6, "held_back": 4, "zeros": 0, "rows_of_other_areas": 2}
    assert [question.get("period") for _, question, _ in service.asked] == [None, "2021M01", "2021M02"]


def test_the_key_is_sent_bare_and_written_nowhere(star, service, tmp_path, capsys):
    run.jobindsats_api(star, "y01a02", WANTED, first_year=2021, out=tmp_path / "x.csv")
    assert {headers["Authorization"] for _, _, headers in service.asked} == {KEY}
    assert not any(KEY in json.dumps([path, question]) for path, question, _ in service.asked)
    assert not any(KEY in path.read_text(encoding="utf-8") for path in tmp_path.rglob("*") if path.is_file())
    service.faults = ["html_error"]
    with pytest.raises(FetchFailed) as refused:
        star.periods("y01a02", 2021)
    assert KEY not in refused.value.text("da") + repr(star) + repr(refused.value.problem)


def test_a_wrong_key_and_no_key_are_told_apart(service):
    connection = Connection(f"{service.address}/star")
    with pytest.raises(FetchFailed) as refused:
        connect("wrong", connection).periods("y01a02", 2021)
    assert refused.value.problem.key == "fetch_key_refused"
    with pytest.raises(FetchFailed) as refused:
        connect(None, connection)
    assert refused.value.problem.key == "fetch_key_missing"


@pytest.mark.parametrize("encoding", ["utf-8", "utf-8-sig", "cp1252"])
def test_a_downloaded_file_gives_the_same_without_key_or_network(tmp_path, encoding, monkeypatch):
    monkeypatch.delenv("JOBINDSATS_KEY", raising=False)
    (tmp_path / "hentet.csv").write_text(DOWNLOAD, encoding=encoding, newline="")
    given = ["fetch", "jobindsats", "y01a02", "--file", str(tmp_path / "hentet.csv"), "--out", str(tmp_path / "x.csv"),
             "--measure", "Fuldtidspersoner", "--series", "dagpenge", "--unit", "personer", "--where", "Køn=I alt",
             ]  # fmt: skip
    assert cli.main(given) == 0
    stored = pd.read_csv(tmp_path / "x.csv", dtype=str, keep_default_na=False)
    assert list(stored["value"]) == ["1234.5", ""]
    assert list(stored["municipality_code"]) == ["183", "187"]
    told = json.loads((tmp_path / "x.csv.json").read_text(encoding="utf-8"))
    assert "Danmarks Statistik" in told["not_danmarks_statistik"]["da"]


def refused_keys(text, wanted, tmp_path):
    (tmp_path / "hentet.csv").write_text(text, encoding="utf-8", newline="")
    with pytest.raises(InputRefused) as refused:
        run.jobindsats_file(tmp_path / "hentet.csv", "y01a02", wanted, out=tmp_path / "x.csv")
    assert not (tmp_path / "x.csv").exists()
    return [problem.key for problem in refused.value.problems]


def test_a_column_divides_the_figures_and_must_be_chosen_from(tmp_path):
    text = DOWNLOAD + "Ishøj;2021M01;Kvinder;600,0\n"
    assert refused_keys(text, Wanted("x", "y", "Fuldtidspersoner", {}), tmp_path) == ["fetch_choose_value"]


def test_unreadable_figures_and_periods_are_told_at_once(tmp_path):
    text = DOWNLOAD.replace("1.234,5", "4.7").replace("Vallensbæk;2021M01", "Vallensbæk;2023QMAT02")
    assert refused_keys(text, WANTED, tmp_path) == ["fetch_figure_unreadable", "fetch_figure_unreadable"]


def test_absent_columns_and_values_are_told_at_once(tmp_path):
    wanted = Wanted("x", "y", "Personer", {"Køn": "Mænd"})
    assert refused_keys(DOWNLOAD, wanted, tmp_path) == ["table_column_missing", "fetch_value_unknown"]


@pytest.mark.parametrize(("cell", "value"), [("1.234,5", 1234.5), ("-3,0", -3), (2.5, 2.5), ("12", 12)])
def test_a_figure_is_read_with_decimal_comma(cell, value):
    assert number(cell) == value


@pytest.mark.parametrize("cell", ["4.7", "1,234.5", "12,", "ca. 5", True])
def test_a_figure_is_never_guessed(cell):
    assert number(cell) is None


@pytest.mark.parametrize(
    ("cell", "code"),
    [("2023", "2023"), ("2023.0", "2023"), ("2023Q2", "2023K2"), ("2023K4", "2023K4"), ("2023M1", "2023M01"),
     ("Maj 2023", "2023M05"), ("2023QMAT02", None), ("2023M13", None), ("i alt", None)],
)  # fmt: skip
def test_a_period_is_a_year_a_quarter_or_a_month(cell, code):
    assert period_code(cell) == code


@pytest.mark.parametrize("there", ["another's", "changed", "described by hand", "a link"])
def test_only_what_a_fetch_wrote_is_replaced(star, service, tmp_path, there):
    out = tmp_path / "x.csv"
    fetched = run.jobindsats_api(star, "y01a02", WANTED, first_year=2021, out=out)
    assert run.jobindsats_api(star, "y01a02", WANTED, first_year=2021, out=out).file == fetched.file
    if there == "another's":
        fetched.sidecar.unlink()
    elif there == "changed":
        out.write_text(out.read_text(encoding="utf-8") + "183,2030,dagpenge,1,personer,x,x,x\n", encoding="utf-8")
    elif there == "described by hand":
        fetched.sidecar.write_text('["mine"]', encoding="utf-8")
    else:
        out.rename(tmp_path / "kept.csv")
        out.symlink_to(tmp_path / "kept.csv")
    before, asked = out.read_bytes(), len(service.asked)
    with pytest.raises(InputRefused) as refused:
        run.jobindsats_api(star, "y01a02", WANTED, first_year=2021, out=out)
    assert [problem.key for problem in refused.value.problems] == ["fetch_not_its_own"]
    assert (out.read_bytes(), len(service.asked)) == (before, asked)
    with pytest.raises(InputRefused):
        run.write(out, pd.DataFrame({"value": [1]}), {})
    assert all("--out" in refused.value.text(language) for language in ("da", "en"))
