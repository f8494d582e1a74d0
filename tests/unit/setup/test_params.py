"""A params file is read as it is meant, or refused with everything that is wrong with it."""

import contextlib
import datetime
import json
import re
from pathlib import Path

import pytest
import yaml

from jobreport.domain import periods
from jobreport.errors import InputRefused
from jobreport.setup import codebook as codebooks
from jobreport.setup import params

PROJECT = Path(__file__).parents[3]
GOOD = {"name": "x", "municipality_code": "183"}
EVENT = {"event": "e", "label": "E", "date": "2022-01-01", "treated": ["183"], "exposed": ["187"]}


def keys_of(mapping, root=PROJECT):
    with pytest.raises(InputRefused) as caught:
        params.from_mapping(mapping, root)
    return [problem.key for problem in caught.value.problems]


def written(tmp_path, text):
    path = tmp_path / "x.yml"
    path.write_text(text, encoding="utf-8")
    return path


def message(path, language="en"):
    with pytest.raises(InputRefused) as caught:
        params.read(path)
    return caught.value.text(language).replace(path.as_posix(), "params/x.yml")


@pytest.mark.parametrize("name", ["ishoej", "demo"])
def test_shipped_files_are_read_and_survive_a_round_trip(name):
    chosen = params.read(PROJECT / "params" / f"{name}.yml")
    assert chosen.name == name
    assert chosen.root == PROJECT
    again = params.from_mapping(json.loads(json.dumps(chosen.to_plain())), PROJECT)
    assert again.to_plain() == chosen.to_plain()


@pytest.mark.parametrize("name", ["ishoej", "demo"])
def test_every_key_of_a_shipped_file_is_commented_or_explained(name):
    lines = (PROJECT / "params" / f"{name}.yml").read_text(encoding="utf-8").splitlines()
    assert lines[0] == "# yaml-language-server: $schema=params.schema.json"
    assert any("SIMULATED" in line for line in lines[:3]) is (name == "demo")


def test_shipped_schemas_are_those_of_the_code():
    for file, schema in (("params", params.schema()), ("codebook", codebooks.schema())):
        shipped = json.loads((PROJECT / "params" / f"{file}.schema.json").read_text(encoding="utf-8"))
        assert shipped == json.loads(json.dumps(schema))


@pytest.mark.dear
def test_schema_accepts_the_shipped_params_and_refuses_an_unknown_key():
    jsonschema = pytest.importorskip("jsonschema")
    plain = params.read(PROJECT / "params" / "ishoej.yml").to_plain()
    jsonschema.validate(plain, params.schema())
    with pytest.raises(jsonschema.ValidationError):
        jsonschema.validate(plain | {"municipality": "183"}, params.schema())


def test_a_code_with_a_zero_too_many_in_the_words_of_the_house(tmp_path):
    path = written(tmp_path, "name: x\nmunicipality_code: 0223\n")
    assert message(path, "da") == (
        "params/x.yml: municipality_code er '0223'.\n"
        "  Forventet: kommunekoden '223'\n"
        "  Hvorfor: navne staves på flere måder; i denne fil bruges kun koden\n"
        "  Gør: skriv '223' for Hørsholm"
    )
    assert message(path) == (
        "params/x.yml: municipality_code is '0223'.\n"
        "  Expected: the municipality code '223'\n"
        "  Why: names are spelt in several ways; this file takes the code only\n"
        "  Do: write '223' for Hørsholm"
    )


def test_a_scalar_of_a_file_is_the_text_it_looks_like_whatever_its_quotes(tmp_path):
    plain = "name: 2020_1\nmunicipality_code: 147\ntitle: no\nreport_date: 2024-05-01\n"
    plain += "disclosure: {suppress_below: 7}\nunchanged_margin: 2.5\n"
    plain += "survey: {file: x.yml, codebook: x.yml, simulated: ja, waves: [{wave: 12:30, from: 2024-01-01}]}\n"
    quoted = re.sub(r"(\w+: )([^\[\]{}, \n]+)", r"\1'\2'", plain)
    assert quoted.count("'") == 2 * 11
    chosen = params.read(written(tmp_path, plain))
    assert chosen == params.read(written(tmp_path, quoted))
    assert (chosen.name, chosen.municipality_code, chosen.title["da"]) == ("2020_1", "147", "no")
    assert (chosen.survey.simulated, chosen.survey.waves[0].wave) == (True, "12:30")
    assert (chosen.disclosure.suppress_below, chosen.unchanged_margin) == (7, 2.5)


@pytest.mark.parametrize("text", ["0223", "223", "0730", "147"])
def test_a_code_that_papermill_read_is_the_file_s_code_or_refused(text, tmp_path):
    """Papermill reads 0223 as 147; a number tells nothing of how it was written, so none is taken for a code."""
    content = f"name: x\nmunicipality_code: {text}\n"
    assert keys_of(yaml.safe_load(content)) == ["code_not_text"]
    in_quotes = content.replace(text, f"'{text}'")
    path = written(tmp_path, content)
    with contextlib.suppress(InputRefused):
        assert params.read(path).municipality_code == text
        assert params.from_mapping(yaml.safe_load(in_quotes), PROJECT).municipality_code == text


@pytest.mark.parametrize(
    ("code", "key"),
    [
        (183, "code_not_text"), (472, "code_not_text"), (147, "code_not_text"), (999, "code_not_text"),
        ("999", "municipality_unknown"), ("184", "municipality_unknown"),
        ("Ishoi", "municipality_unknown_near"),
        ("Ishøj", "municipality_spelt"), ("0183", "municipality_spelt"), (True, "code_not_text"),
        (1.5, "code_not_text"), (None, "value_empty"),
    ],
)  # fmt: skip
def test_codes_that_are_refused(code, key):
    assert keys_of({"name": "x", "municipality_code": code}) == [key]


@pytest.mark.parametrize(
    ("change", "key"),
    [
        ({"municipalty_code": "183"}, "unknown_key"),
        ({"zzz": 1}, "unknown_key_unlike"),
        ({"name": None}, "value_empty"),
        ({"name": True}, "text_changed"),
        ({"name": 20201}, "text_changed"),
        ({"name": datetime.date(2022, 1, 1)}, "text_changed"),
        ({"name": ["a"]}, "text_expected"),
        ({"name": "../x"}, "name_invalid"),
        ({"name": "con"}, "name_invalid"),
        ({"title": 5}, "label_invalid"),
        ({"language": "sv"}, "choice_invalid"),
        ({"report_date": "01-02-2022"}, "date_invalid"),
        ({"report_date": "2022-02-31"}, "date_invalid"),
        ({"disclosure": {"suppress_below": 4}}, "below_minimum"),
        ({"disclosure": {"suppress_below": "05"}}, "number_expected"),
        ({"disclosure": 5}, "mapping_expected"),
        ({"unchanged_margin": 0}, "below_minimum"),
        ({"unchanged_margin": "2,5"}, "number_expected"),
        ({"benchmarks": "data/none.csv"}, "file_missing"),
        ({"events": [EVENT | {"treated": "183"}]}, "list_expected"),
        ({"events": [EVENT | {"treated": []}]}, "list_empty"),
        ({"events": [EVENT | {"treated": ["183", "183"]}]}, "named_twice"),
        ({"events": [EVENT, EVENT]}, "event_named_twice"),
        ({"events": [EVENT | {"exposed": ["183"]}]}, "treated_and_exposed"),
        ({"events": [EVENT | {"announced": "2022-01-02"}]}, "announced_after_event"),
        ({"events": [EVENT | {"comparison": ["101", "183"]}]}, "comparison_contains_treated"),
        ({"events": [EVENT | {"comparison": ["187"]}]}, "comparison_contains_treated"),
        ({"events": [EVENT | {"comparison": []}]}, "comparison_empty"),
        ({"events": [EVENT | {"comparison": "some"}]}, "choice_invalid"),
    ],
)
def test_one_breach_is_one_problem(change, key):
    assert keys_of(GOOD | change) == [key]


SERIES = {
    "series": "unemployment", "file": "data/register/unemployment.csv", "label": "L", "unit": "pct_of_labour_force",
    "before": ["2021"], "after": ["2022"],
}  # fmt: skip


@pytest.mark.parametrize(
    ("change", "events", "key"),
    [
        ({"before": ["2022"], "after": ["2021"]}, [], "windows_reversed"),
        ({"event": "none", "before": ["2023"]}, [EVENT], "windows_reversed"),
        ({}, [EVENT, EVENT | {"event": "f"}], "register_event_open"),
        ({"event": "g"}, [EVENT], "register_event_unknown"),
        ({"before": ["2022"], "after": ["2023"]}, [EVENT], "window_straddles"),
        ({"after": ["2021"], "before": ["2020"]}, [EVENT], "window_straddles"),
        ({"before": ["2021-1"]}, [EVENT], "period_malformed"),
        ({}, [EVENT | {"date": "2021-07-01"}], "window_straddles"),
    ],
)
def test_windows_of_a_register(change, events, key):
    assert keys_of(GOOD | {"events": events, "registers": [SERIES | change]}) == [key]


def test_period_in_both_windows_is_named():
    change = {"before": ["2020", "2021"], "after": ["2021", "2022"]}
    found = keys_of(GOOD | {"events": [EVENT], "registers": [SERIES | change]})
    assert found == ["windows_overlap", "window_straddles"]


def survey(*waves, **more):
    return {"file": "data/demo/responses.parquet", "codebook": "data/demo/codebook.yml", "waves": list(waves)} | more


BEFORE = {"wave": "a", "from": "2021-01-01", "to": "2021-11-30"}
AFTER = {"wave": "b", "from": "2022-02-01", "to": "2022-06-30"}
ACROSS = {"wave": "aa", "from": "2021-12-01", "to": "2022-01-31"}


@pytest.mark.parametrize(
    ("described", "event", "key"),
    [
        (survey(BEFORE, AFTER, ACROSS), {}, "wave_straddles"),
        (survey(BEFORE), {}, "event_after_survey"),
        (survey(AFTER), {}, "event_before_survey"),
        (survey({"wave": "a"}, AFTER), {}, "wave_without_dates"),
        (survey(BEFORE, AFTER), {"waves_before": ["z"], "waves_after": ["b"]}, "wave_unknown"),
        (survey(BEFORE, ACROSS), {"waves_before": ["a"], "waves_after": ["aa"]}, "wave_window_straddles"),
        (survey(BEFORE, AFTER, BEFORE), {"waves_before": ["a"], "waves_after": ["b"]}, "wave_named_twice"),
        (survey(BEFORE, AFTER, file=None), {}, "survey_file_open"),
        (survey(BEFORE | {"wave": "Forår"}, AFTER | {"wave": "Efterår"}), {}, "waves_out_of_order"),
        (survey(BEFORE | {"to": "2020-01-01"}, AFTER), {}, "wave_ends_before_start"),
    ],
)
def test_waves_and_events(described, event, key):
    assert keys_of(GOOD | {"survey": described, "events": [EVENT | event]}) == [key]


def test_survey_may_be_described_only():
    described = survey({"wave": "a"})
    event = EVENT | {"waves_before": [], "waves_after": []}
    chosen = params.from_mapping(GOOD | {"survey": described, "events": [event]}, PROJECT)
    assert chosen.survey.windows(chosen.events[0]) == ((), ())


def test_windows_left_open_take_every_wave_that_fits():
    chosen = params.read(PROJECT / "params" / "demo.yml")
    assert chosen.survey.windows(chosen.events[0]) == (("2020-2", "2021-1", "2021-2"), ("2022-1", "2022-2", "2023-1"))


def test_all_breaches_come_at_once(tmp_path):
    text = (
        "name: No\nmunicipality_code: 0223\nlanguage: sv\nbenchmark: b.csv\nclaims: none.csv\nevents:\n"
        "  - {event: a, label: x, date: 2022-02-31, treated: ['183']}\n"
        "  - {event: b, label: x, date: '2022-01-01', treated: ['183'], comparison: ['183']}\n"
    )
    with pytest.raises(InputRefused) as caught:
        params.read(written(tmp_path, text))
    assert sorted(problem.key for problem in caught.value.problems) == sorted(
        ["name_invalid", "municipality_spelt", "choice_invalid", "unknown_key", "file_missing", "date_invalid",
         "comparison_contains_treated"]
    )  # fmt: skip


@pytest.mark.parametrize(
    ("text", "key"),
    [
        ("", "yaml_not_mapping"), ("- a", "yaml_not_mapping"), ("a: [", "yaml_syntax"), ("a:\n\t- b", "yaml_syntax"),
        ("a: &x 1\nb: *x", "yaml_alias"), ("a: !!python/object:os.system x", "yaml_tag"),
        ("name: 1\nname: 2", "yaml_duplicate_key"),
        ("a: " + "[" * 60 + "]" * 60, "yaml_deep"), ("a: \x01", "yaml_syntax"),
    ],
)  # fmt: skip
def test_yaml_that_is_not_read(tmp_path, text, key):
    with pytest.raises(InputRefused) as caught:
        params.read(written(tmp_path, text))
    assert caught.value.problems[0].key == key


def test_file_that_is_missing_or_in_another_encoding(tmp_path):
    with pytest.raises(InputRefused) as caught:
        params.read(tmp_path / "none.yml")
    assert caught.value.problems[0].key == "params_missing"
    path = tmp_path / "x.yml"
    path.write_bytes("name: høj".encode("cp1252"))
    with pytest.raises(InputRefused) as caught:
        params.read(path)
    assert caught.value.problems[0].key == "yaml_encoding"


def test_messages_are_in_the_language_of_the_file(tmp_path):
    with pytest.raises(InputRefused) as caught:
        params.read(written(tmp_path, "name: x\nlanguage: en\n"))
    assert "is missing" in str(caught.value)


def test_dates_may_be_quoted_or_not(tmp_path):
    text = "name: x\nmunicipality_code: '183'\nreport_date: {}\n"
    quoted = params.read(written(tmp_path, text.format("'2024-05-01'")))
    assert params.read(written(tmp_path, text.format("2024-05-01"))) == quoted


def test_paths_are_counted_from_the_folder_above_params(tmp_path):
    (tmp_path / "params").mkdir()
    (tmp_path / "b.csv").write_text("x", encoding="utf-8")
    path = tmp_path / "params" / "x.yml"
    path.write_text("name: x\nmunicipality_code: '183'\nbenchmarks: b.csv\n", encoding="utf-8")
    assert params.read(path).resolve("b.csv").read_text(encoding="utf-8") == "x"


def test_what_a_survey_or_a_wave_states_is_one_text_or_one_per_language():
    wave = BEFORE | {"description": {"mode": {"da": "telefon", "en": "telephone"}}}
    described = survey(wave, AFTER, description={"payer": "kommunen"})
    chosen = params.from_mapping(GOOD | {"survey": described}, PROJECT)
    assert chosen.survey.waves[0].description.mode == {"da": "telefon", "en": "telephone"}
    assert chosen.survey.description.payer == {"da": "kommunen", "en": "kommunen"}
    assert chosen.survey.description.collector is None


@pytest.mark.parametrize(
    ("period", "first", "last"),
    [("2021", "2021-01-01", "2021-12-31"), ("2020M02", "2020-02-01", "2020-02-29"),
     ("2021K4", "2021-10-01", "2021-12-31"), ("2021Q1", "2021-01-01", "2021-03-31"),
     ("2021M12", "2021-12-01", "2021-12-31")],
)  # fmt: skip
def test_days_of_a_period(period, first, last):
    assert tuple(day.isoformat() for day in periods.span(period)) == (first, last)


@pytest.mark.parametrize("period", ["2021K5", "2021M13", "21", "2021-1", ""])
def test_what_is_not_a_period(period):
    assert periods.span(period) is None


def test_a_key_that_replicate_weights_do_not_have_is_told_beside_those_they_have(tmp_path):
    survey = {"file": "x.csv", "codebook": "c.yml", "replicates": {"columns": "w*", "kind": "jk1", "typ": "x"}}
    with pytest.raises(params.ParamsRefused) as refused:
        params.from_mapping({"name": "x", "municipality_code": "183", "survey": survey}, tmp_path)
    assert "columns, kind, rho" in refused.value.text("da")
