"""StatBank over real HTTP on the loopback: what it may answer, and what must never be taken for data."""

import hashlib
import json
import math
from dataclasses import replace

import pandas as pd
import pytest

from jobreport.desk import cli
from jobreport.domain import municipalities
from jobreport.errors import FetchFailed
from jobreport.fetch import run, selftest
from jobreport.fetch.statbank import Part, StatBank
from jobreport.intake.formats import register

FEW = ("183", "563", "825")
TWO_CODES = {"OMRÅDE": ("825", "563"), "ALDER": ("TOT",), "KØN": ("TOT",), "Tid": ("2021M02", "2021M03")}


def problem_of(call, *arguments, **options):
    with pytest.raises(FetchFailed) as refused:
        call(*arguments, **options)
    for language in ("da", "en"):
        text = refused.value.problem.text(language)
        assert "{" not in text
        assert text.count("\n") == 3
    return refused.value.problem


@pytest.mark.parametrize("language", ["da", "en"])
def test_held_back_and_zero_stay_apart_in_both_languages(client, language):
    table = client.table("AUP02", language)
    value = client.cells(table, Part(TWO_CODES), language).set_index(["OMRÅDE", "Tid"])["value"]
    assert math.isnan(value["825", "2021M03"])
    assert value["563", "2021M02"] == 0
    assert value["825", "2021M02"] == 825 % 7 + 1.5
    assert value["563", "2021M03"] == 563 % 7 + 1.5


def test_a_series_is_stored_tidy_and_says_where_it_came_from(client, tmp_path, monkeypatch):
    monkeypatch.chdir(tmp_path)
    fetched = run.statbank(client, "unemployment", first_year=2021)
    assert fetched.file.as_posix() == "data/register/unemployment_monthly.csv"
    (stored, _), problems = register.read(fetched.file, "x.csv")
    assert problems == []
    assert len(stored) == 99 * 12 == fetched.counts["rows"]
    assert set(stored["municipality_code"]) == {"000", *municipalities.names()}
    country = stored[stored["municipality_code"] == "000"].set_index("period")["value"]
    assert country["2021M12"] == 4.6
    assert country["2021M01"] == 4.0
    held_back = stored[stored["value"].isna()]
    assert held_back[["municipality_code", "period"]].to_numpy().tolist() == [["825", "2021M03"]]
    told = json.loads(fetched.sidecar.read_text(encoding="utf-8"))
    assert told["sha256"] == hashlib.sha256(fetched.file.read_bytes()).hexdigest()
    assert told["query"]["ALDER"] == ["TOT"]
    assert told["licence"].startswith("CC BY 4.0")
    assert told["counts"] == {"rows": 1188, "held_back": 1, "zeros": 1}
    assert [path.name for path in fetched.file.parent.iterdir()] == [fetched.file.name, fetched.sidecar.name]


def test_a_year_is_the_mean_of_twelve_months_and_has_no_figure_where_a_month_has_none(client, tmp_path):
    out = tmp_path / "year.csv"
    run.statbank(client, "unemployment", municipalities=["825"], yearly=True, out=out)
    value = pd.read_csv(out, dtype=str).set_index(["municipality_code", "period"])["value"].astype(float)
    assert value["000", "2021"] == pytest.approx(4.0 + 0.6 / 12)
    assert math.isnan(value["825", "2021"])
    assert not math.isnan(value["825", "2020"])


def test_a_year_that_is_not_over_has_no_yearly_figure(client, service, tmp_path):
    time = service.tables["AUP02"]["variables"][-1]
    time["values"] = [value for value in time["values"] if value["id"] != "2021M12"]
    run.statbank(client, "unemployment", municipalities=["183"], yearly=True, out=tmp_path / "year.csv")
    assert set(pd.read_csv(tmp_path / "year.csv", dtype=str)["period"]) == {"2020"}


def test_education_is_five_shares_of_those_whose_education_is_stated(client, tmp_path):
    run.statbank(client, "education", municipalities=["183"], out=tmp_path / "education.csv")
    rows = pd.read_csv(tmp_path / "education.csv", dtype={"municipality_code": str, "period": str})
    one = rows[(rows["municipality_code"] == "183") & (rows["period"] == "2022")].set_index("series")["value"]
    assert one.to_dict() == {"education_unskilled": 30, "education_vocational": 40, "education_short": 5,
                             "education_medium": 15, "education_long": 10}  # fmt: skip


def test_population_of_a_year_is_that_of_the_first_of_january(client, tmp_path):
    run.statbank(client, "population", municipalities=["183"], yearly=True, out=tmp_path / "people.csv")
    rows = pd.read_csv(tmp_path / "people.csv", dtype=str).set_index(["municipality_code", "period"])["value"]
    assert rows["183", "2022"] == "183001"


def test_questions_stay_under_the_cell_limit_and_the_parts_make_the_whole(client, service, tmp_path):
    service.limit = 4 * 3 * 5  # three months at a time
    small = StatBank(client.connection, most_cells=service.limit)
    run.statbank(small, "unemployment", municipalities=FEW, out=tmp_path / "parts.csv")
    data = [question for path, question, _ in service.asked if path.endswith("/data")]
    assert [question["format"] for question in data] == ["JSONSTAT"] * 8
    service.limit = 1_000_000
    run.statbank(client, "unemployment", municipalities=FEW, out=tmp_path / "whole.csv")
    assert (tmp_path / "parts.csv").read_bytes() == (tmp_path / "whole.csv").read_bytes()


@pytest.mark.dear
def test_a_table_of_which_not_one_period_fits_is_divided_by_area_too(client, service, tmp_path):
    service.limit = 5 * 2  # two areas of one month
    small = StatBank(client.connection, most_cells=service.limit)
    run.statbank(small, "unemployment", municipalities=FEW, first_year=2021, out=tmp_path / "parts.csv")
    assert len([path for path, _, _ in service.asked if path.endswith("/data")]) == 2 * 12
    service.limit = 1_000_000
    run.statbank(client, "unemployment", municipalities=FEW, first_year=2021, out=tmp_path / "whole.csv")
    assert (tmp_path / "parts.csv").read_bytes() == (tmp_path / "whole.csv").read_bytes()


def test_a_limit_that_was_lowered_is_met_with_smaller_questions(client, service, tmp_path):
    service.limit = 4 * 3 * 5
    run.statbank(client, "unemployment", municipalities=FEW, out=tmp_path / "parts.csv")
    service.limit = 1_000_000
    run.statbank(client, "unemployment", municipalities=FEW, out=tmp_path / "whole.csv")
    assert (tmp_path / "parts.csv").read_bytes() == (tmp_path / "whole.csv").read_bytes()


def test_a_limit_under_one_cell_is_told_and_not_asked_for_ever(client, service, tmp_path):
    service.limit = 4
    problem = problem_of(run.statbank, client, "unemployment", municipalities=FEW, out=tmp_path / "x.csv")
    assert problem.key == "fetch_refused"


def test_an_interrupted_fetch_goes_on_where_it_stopped(client, service, tmp_path):
    small = StatBank(client.connection, most_cells=4 * 3 * 5)
    service.faults = [None] * 6 + ["html"]  # three descriptions, three parts, then a page
    problem_of(run.statbank, small, "unemployment", municipalities=FEW, out=tmp_path / "x.csv")
    assert not (tmp_path / "x.csv").exists()
    service.asked.clear()
    run.statbank(small, "unemployment", municipalities=FEW, out=tmp_path / "x.csv")
    assert len([path for path, _, _ in service.asked if path.endswith("/data")]) == 5
    assert sorted(path.name for path in tmp_path.iterdir()) == ["x.csv", "x.csv.json"]


def test_parts_of_two_versions_of_a_table_do_not_mix(client, service, tmp_path):
    small = StatBank(client.connection, most_cells=4 * 3 * 5)
    service.faults = [None] * 6 + ["html"]
    problem_of(run.statbank, small, "unemployment", municipalities=FEW, out=tmp_path / "x.csv")
    service.tables["AUP02"]["updated"] = "2026-05-31T08:00:00"
    service.asked.clear()
    run.statbank(small, "unemployment", municipalities=FEW, out=tmp_path / "x.csv")
    assert len([path for path, _, _ in service.asked if path.endswith("/data")]) == 8


@pytest.mark.parametrize(
    "fault", ["busy", "busy_until", "busy_without_word", "error", "silent", "drip", "cut", "cut_chunk"]
)
def test_a_passing_fault_is_survived(client, service, fault):
    table = client.table("AUP02", "en")
    expected = client.cells(table, Part(TWO_CODES), "en")
    service.faults = [fault]
    assert client.cells(table, Part(TWO_CODES), "en").equals(expected)


def test_chunks_are_a_whole_answer(client, service):
    table = client.table("AUP02", "en")
    service.faults = ["chunked"]
    assert len(client.cells(table, Part(TWO_CODES), "en")) == 4


@pytest.mark.parametrize(
    ("fault", "key"),
    [("busy", "fetch_busy"), ("error", "fetch_busy"), ("silent", "fetch_too_slow"), ("drip", "fetch_too_slow"),
     ("cut", "fetch_broken_off"), ("cut_chunk", "fetch_broken_off")],
)  # fmt: skip
def test_a_lasting_fault_is_told_after_the_last_attempt(client, service, pauses, fault, key):
    service.faults = [fault] * 3
    soon = replace(client.connection.patience, silence=0.05 if fault == "silent" else 0.2)
    problem = problem_of(StatBank(replace(client.connection, patience=soon)).table, "AUP02", "en")
    assert (problem.key, problem.values["attempts"]) == (key, 3)
    assert pauses == ([7.0, 7.0] if fault == "busy" else [1.0, 2.0])
    assert len(service.asked) == 3


@pytest.mark.parametrize(
    ("fault", "key"),
    [("html", "fetch_not_data"), ("wrong_type", "fetch_not_data"), ("html_error", "fetch_refused"),
     ("moved", "fetch_refused"), ("half_json", "fetch_not_json"), ("latin", "fetch_not_utf8"),
     ("other_json", "fetch_not_jsonstat")],
)  # fmt: skip
def test_what_is_no_data_is_refused_at_once(client, service, pauses, fault, key):
    table = client.table("AUP02", "en")
    service.faults = [fault]
    assert problem_of(client.cells, table, Part(TWO_CODES), "en").key == key
    assert pauses == []


def test_an_answer_cut_short_without_a_length_is_refused(client, service):
    table = client.table("AUP02", "en")
    service.faults = ["unframed"]
    assert problem_of(client.cells, table, Part(TWO_CODES), "en").key == "fetch_not_json"


def test_the_services_own_words_are_told(client):
    problem = problem_of(client.table, "AUP2", "en")
    assert problem.key == "fetch_refused"
    assert "Tabel findes ikke: AUP2" in problem.text("en")


def test_no_server_is_told_without_hanging(pauses):
    from jobreport.fetch.connection import Connection, Patience

    nobody = StatBank(Connection("http://127.0.0.1:9/v1", patience=Patience(attempts=2), sleep=pauses.append))
    assert problem_of(nobody.table, "AUP02", "en").key == "fetch_unreachable"


def renamed(tables):
    tables["AUP02"]["variables"][2]["id"] = "KOEN2"
    tables["AUP02"]["variables"][2]["values"] = [{"id": "M", "text": "Mænd"}, {"id": "K", "text": "Kvinder"}]


def without_ishoej(tables):
    area = tables["AUP02"]["variables"][0]
    area["values"] = [value for value in area["values"] if value["id"] != "183"]


def without_areas(tables):
    tables["AUP02"]["variables"][0]["values"] = [{"id": "084", "text": "Region Hovedstaden"}]


def ended(tables):
    time = tables["AUP02"]["variables"][-1]
    time["values"] = [value for value in time["values"] if value["id"] < "2020M06"]


@pytest.mark.parametrize(
    ("change", "key"),
    [(renamed, "fetch_total_gone"), (without_ishoej, "fetch_area_gone"), (without_areas, "fetch_role_gone"),
     (ended, "fetch_no_period")],
)  # fmt: skip
def test_a_changed_table_is_refused_before_any_figure_is_fetched(client, service, change, key, tmp_path):
    change(service.tables)
    assert problem_of(run.statbank, client, "unemployment", first_year=2021, out=tmp_path / "x.csv").key == key
    assert not [path for path, _, _ in service.asked if path.endswith("/data")]


def test_a_new_level_of_education_is_refused(client, service, tmp_path):
    service.tables["HFUDD11"]["variables"][2]["values"].append({"id": "H75", "text": "H75 Ny"})
    problem = problem_of(run.statbank, client, "education", out=tmp_path / "x.csv")
    assert problem.key == "fetch_levels_changed"
    assert "H75" in problem.text("da")


@pytest.mark.dear
def test_the_self_test_passes_on_a_service_as_documented_and_fails_on_one_that_is_not(client, service, monkeypatch):
    monkeypatch.setattr(selftest, "KNOWN", {"000": 4.05, "183": 183 % 7 + 1.55})
    findings = list(selftest.selftest(client, None, "en"))
    assert [finding.outcome for finding in findings] == ["ok"] * 6 + ["skipped"]
    service.tables["AUP02"]["value"] = lambda cell: 36.1
    assert [f.outcome for f in selftest.selftest(client, None, "da")].count("failed") == 2
    renamed(service.tables)
    assert [f.outcome for f in selftest.selftest(client, None, "da")].count("failed") == 3


@pytest.mark.dear
def test_the_commands_fetch_and_check_over_http(service, tmp_path, monkeypatch, capsys):
    monkeypatch.chdir(tmp_path)
    server = ["--server", f"{service.address}/v1"]
    assert cli.main(["fetch", "statbank", "unemployment", "-m", "Ishøj", "--from", "2021", *server]) == 0
    assert (tmp_path / "data/register/unemployment_monthly.csv").exists()
    assert "24 tal" in capsys.readouterr().out
    monkeypatch.setattr(selftest, "KNOWN", {"000": 4.05})
    assert cli.main(["fetch", "--selftest", "--language", "en", *server]) == 0
    assert "Everything answered as expected." in capsys.readouterr().out
    renamed(service.tables)
    assert cli.main(["fetch", "--selftest", *server]) == 1
    assert "FEJL" in capsys.readouterr().out
    assert cli.main(["fetch", "statbank", "unemployment", "--language", "en", *server]) == 1
    assert "has no value that sums the others" in capsys.readouterr().err
