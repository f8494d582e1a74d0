"""Plans that were edited, are no plans, or name persons: refused with a reason, or told of line by line."""

import datetime
import re

import pytest

from jobreport.errors import HEADINGS, InputRefused
from jobreport.intake import checks
from jobreport.prepare import freeze
from jobreport.setup import frozen
from jobreport.setup import params as params_file
from tests import plans
from tests.stamps import OFFICE, token
from tests.unit.intake.test_timestamp import TOKEN

CPR = "010180" + "-1234"


def signed(text: str) -> bytes:
    """An edited plan whose last line was made to fit again."""
    return frozen.signed(text[: text.rindex("sha256: ")])


@pytest.fixture(scope="module")
def written(tmp_path_factory):
    return plans.frozen(tmp_path_factory.mktemp("frozen") / "p", {"none": {"da": "Intet.", "en": "Nothing."}})


@pytest.fixture
def project(written, tmp_path):
    return plans.copied(written, tmp_path / "p", "frozen: {file: params/pleje.frozen.yml}")


def problems(params):
    """Keys of everything that is refused; every reason can be read in both languages."""
    with pytest.raises(InputRefused) as found:
        checks.read_context(params_file.read(params))
    for language, headings in HEADINGS.items():
        told = found.value.text(language)
        assert all(f"  {heading}: " in told for heading in headings)
        assert CPR not in told
    return [problem.key for problem in found.value.problems]


EDITS = {
    "another main outcome": lambda text: text.replace('indicator: "help"', 'indicator: "weather"').encode(),
    "an earlier day": lambda text: text.replace("2022-12-15", "2021-12-15").encode(),
    "a line more": lambda text: (text + "x: 1\n").encode(),
    "without its last line": lambda text: text[: text.rindex("sha256: ")].encode(),
    "a checksum of its own above": lambda text: ('sha256: "' + "0" * 64 + '"\n' + text).encode(),
    "a space more": lambda text: text.replace("frozen_on:", "frozen_on: ").encode(),
}


@pytest.mark.parametrize("edit", EDITS)
def test_a_plan_that_was_edited_is_refused(project, edit):
    file = project.with_name("pleje.frozen.yml")
    file.write_bytes(EDITS[edit](file.read_text(encoding="utf-8")))
    assert set(problems(project)) <= {"frozen_altered", "frozen_unreadable", "yaml_duplicate_key"}


NO_PLANS = {
    "nothing": b"",
    "a list": b"- a\n",
    "other yaml": b"name: x\nmunicipality_code: '183'\n",
    "not text": bytes(range(256)),
    "an alias": b"a: &x 1\nb: *x\n",
    "a tag": b"jobreport_frozen: !!python/object/apply:os.system ['true']\n",
    "a key twice": b'jobreport_frozen: "1"\njobreport_frozen: "1"\n',
    "very deep": b"a: " + b"[" * 500 + b"]" * 500 + b"\n",
    "large": b"a: " + b"x" * 3_000_000 + b"\n",
}


@pytest.mark.parametrize("name", NO_PLANS)
def test_what_is_no_plan_is_refused(project, name):
    project.with_name("pleje.frozen.yml").write_bytes(NO_PLANS[name])
    assert problems(project)


SHAPES = {
    "sections that are lists": lambda text: re.sub(r"\noutcome:\n(  .*\n)+", '\noutcome: ["x"]\n', text),
    "another format": lambda text: text.replace('jobreport_frozen: "1"', 'jobreport_frozen: "2"'),
    "a day that is none": lambda text: text.replace('"2022-12-15"', '"2022-12-35"'),
    "a number that is none": lambda text: re.sub("answers: [0-9]+", "answers: mange", text),
    "no sentences": lambda text: re.sub(r"\nsentences:\n(  .*\n)+", "\nsentences: null\n", text),
    "a key that nobody knows": lambda text: text.replace("\ngate:", '\nextra: "x"\ngate:'),
}


@pytest.mark.parametrize("shape", SHAPES)
def test_a_plan_of_another_shape_is_refused_even_if_it_is_signed_again(project, shape):
    file = project.with_name("pleje.frozen.yml")
    file.write_bytes(signed(SHAPES[shape](file.read_text(encoding="utf-8"))))
    assert problems(project) == ["frozen_unreadable"]


def test_values_of_another_shape_in_a_plan_that_was_signed_again_are_departures_and_no_crash(project):
    file = project.with_name("pleje.frozen.yml")
    text = file.read_text(encoding="utf-8").replace('indicator: "help"', 'indicator: {a: {b: ["x", {c: "d"}]}}')
    file.write_bytes(signed(text.replace('"2023": "2023-03-01 – 2023-03-28"', '"2023": ["x"]')))
    context = checks.read_context(params_file.read(project))
    now = context.frozen.plan.checksums
    found = {
        (each.section, each.path)
        for each in context.frozen.departures(frozen.Held(context.params, context.codebook), now)
    }
    assert {("outcome", "indicator"), ("outcome", "indicator.a.b.2.c"), ("windows", "after.2023")} <= found
    assert context.frozen.too_late(frozen.Held(context.params, None), ()) == ()


def test_line_ends_of_another_system_are_no_edit(project):
    file = project.with_name("pleje.frozen.yml")
    file.write_bytes(b"\xef\xbb\xbf" + file.read_bytes().replace(b"\n", b"\r\n"))
    assert checks.read_context(params_file.read(project)).frozen.plan.signed_by == "Analysekontoret"


def test_another_checksum_than_they_have_who_hold_it_is_refused(project):
    plans.named(project, "frozen: {file => frozen: {sha256: " + "a" * 64 + ", file")
    assert problems(project) == ["frozen_other"]


def test_a_checksum_that_is_none_is_refused(project):
    plans.named(project, "frozen: {file => frozen: {sha256: 'abc', file")
    with pytest.raises(InputRefused) as found:
        params_file.read(project)
    assert [problem.key for problem in found.value.problems] == ["checksum_invalid"]


@pytest.mark.parametrize(("data", "key"), [(TOKEN, "timestamp_other"), (b"hello", "timestamp_unreadable")])
def test_a_time_stamp_on_something_else_is_refused(project, data, key):
    project.with_name("plan.tsr").write_bytes(data)
    plans.named(project, "frozen: {file => frozen: {timestamp: params/plan.tsr, file")
    assert problems(project) == [key]


def test_a_time_stamp_on_the_plan_gives_it_its_day(project):
    day = datetime.date(2022, 12, 14)
    project.with_name("plan.tsr").write_bytes(token(project.with_name("pleje.frozen.yml").read_bytes(), day))
    plans.named(project, "frozen: {file => frozen: {timestamp: params/plan.tsr, file")
    found = checks.read_context(params_file.read(project)).frozen
    assert (found.day, found.plan.frozen_on, found.stamped_by) == (day, plans.BEFOREHAND, OFFICE)


def test_a_plan_outside_the_project_is_refused(project):
    plans.named(project, "params/pleje.frozen.yml => ../pleje.frozen.yml")
    with pytest.raises(InputRefused) as found:
        params_file.read(project)
    assert [problem.key for problem in found.value.problems] == ["file_outside"]


def test_nobodys_number_is_signed_with(written, project):
    with pytest.raises(InputRefused) as found:
        freeze.freeze(written, f"Ane {CPR}", out=project.with_name("other.yml"), today=datetime.date(2022, 1, 1))
    assert [problem.key for problem in found.value.problems] == ["personal_data_in_text"]
    assert CPR not in found.value.text("da")
    assert not project.with_name("other.yml").exists()


@pytest.mark.parametrize("text", ["Analysekontoret", "Kommuner i samme region", "2023-03-01 – 2023-03-28"])
def test_nobodys_number_is_read_back_wherever_it_stands(project, text):
    file = project.with_name("pleje.frozen.yml")
    file.write_bytes(signed(file.read_text(encoding="utf-8").replace(text, f"Ane {CPR}")))
    assert problems(project) == ["personal_data_in_text"]
