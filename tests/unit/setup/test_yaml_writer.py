"""What is written is read as it was meant: as text here, and by the YAML 1.1 of other programs."""

from pathlib import Path

import pytest
import yaml

from jobreport.setup import params, yaml_file, yaml_writer
from tests.hostile.texts import TEXTS

PROJECT = Path(__file__).parents[3]


@pytest.mark.parametrize("name", ["ishoej", "demo"])
def test_params_are_written_as_a_file_that_run_and_papermill_read_alike(name, tmp_path):
    plain = params.read(PROJECT / "params" / f"{name}.yml").to_plain()
    text = yaml_writer.write(plain, "A copy.")
    assert yaml.safe_load(text) == plain
    (tmp_path / "x.yml").write_text(text, encoding="utf-8")
    content, problems = yaml_file.read(tmp_path / "x.yml", "x.yml")
    assert problems == []
    again = params.from_mapping(content, PROJECT)
    assert again.to_plain() == plain


@pytest.mark.parametrize("text", [*TEXTS.values(), "0223", "no", "~", "12:30", "2022-01-01", "- a", "# b", ""])
def test_a_text_is_read_as_just_that_text(text):
    for written in (f"a: {yaml_writer.quoted(text)}\n", yaml_writer.fill("a: null # note\n", {"a": text})):
        assert yaml_file.parse(written, "x") == ({"a": text}, [])


@pytest.mark.parametrize("name", ["params/ishoej.yml", "params/demo.yml", "data/demo/codebook.yml"])
def test_filling_in_what_stands_there_changes_no_letter(name):
    text = (PROJECT / name).read_text(encoding="utf-8")
    assert yaml_writer.fill(text, yaml.safe_load(text)) == text


def test_a_remark_of_any_letters_ends_with_its_line():
    """Labels of a survey file stand in remarks: none may begin a line of its own."""
    remark = "Ja\nleft_out: [a]\r\u2028x: \u0007\x85# # {"
    text = yaml_writer.sections(
        {"a": yaml_writer.Noted(["1"], remark), "b": {"c": yaml_writer.Noted({}, remark)}}, [remark]
    )
    assert yaml_file.parse(text, "x") == ({"a": ["1"], "b": {"c": {}}}, [])
    assert "left_out: [a]" in text


@pytest.mark.parametrize("key", ["1", "no", "2021: a", "Øst", "a b", '"', "# a", "null"])
def test_a_key_of_any_letters_is_that_key(key):
    text = yaml_writer.sections({"a": {key: "1"}, "b": [yaml_writer.Line({key: "no"})]})
    assert yaml_file.parse(text, "x") == ({"a": {key: "1"}, "b": [{key: "no"}]}, [])
    assert yaml.safe_load(text) == {"a": {key: "1"}, "b": [{key: "no"}]}
