"""Commands say what they do, come at once, and answer with the right exit code."""

import errno
import json
import subprocess
import sys
from pathlib import Path

import pytest

from jobreport.desk import cli
from jobreport.errors import HEADINGS, BatchIncomplete, ExportFailed, OutputsDiffer, RunFailed
from jobreport.make import batch as many
from jobreport.make import explain as explaining
from jobreport.make import single
from jobreport.make import verify as verifying
from jobreport.make.verify import Verdict


def run(capsys, *words):
    code = cli.main(list(words))
    captured = capsys.readouterr()
    return code, captured.out, captured.err


def test_bare_command_shows_every_command(capsys):
    code, out, _ = run(capsys)
    assert code == 0
    for name in ("init", "check", "run", "schema"):
        assert f"\n  {name}" in out
    assert "130 afbrudt" in out


@pytest.mark.parametrize("name", ["init", "check", "run", "schema"])
def test_help_of_every_command_has_an_example(capsys, name):
    code, out, _ = run(capsys, name, "--help")
    assert code == 0
    assert "Eksempel:  jobreport" in " ".join(out.split()).replace("Eksempel: ", "Eksempel:  ")


def test_help_needs_nothing_heavy():
    """Help pulls in no data library, so that it comes at once."""
    heavy = {"pandas", "numpy", "pydantic", "papermill"}
    code = (
        f"import sys\nfrom jobreport.desk import cli\ncli.main(['--help'])\nprint(sorted(sys.modules.keys() & {heavy}))"
    )
    done = subprocess.run([sys.executable, "-c", code], capture_output=True, text=True, check=True)
    assert done.stdout.splitlines()[-1] == "[]"


def test_refused_input_is_exit_code_2_with_its_message(capsys, tmp_path):
    path = tmp_path / "x.yml"
    path.write_text("name: x\nmunicipality_code: 0730\n", encoding="utf-8")
    code, out, err = run(capsys, "check", str(path))
    assert (code, out) == (2, "")
    assert "skriv '730' for Randers" in err
    assert "write '730' for Randers" in run(capsys, "check", str(path), "--language", "en")[2]


@pytest.mark.parametrize("words", [("chek",), ("run",), ("run", "x.yml", "--language", "sv"), ("check", "a", "b")])
def test_wrong_commands_are_exit_code_2(capsys, words):
    assert run(capsys, *words)[0] == 2


@pytest.mark.parametrize(
    ("failure", "code"),
    [
        (RunFailed("stoppede"), 1),
        (OutputsDiffer("x"), 3),
        (BatchIncomplete("x"), 4),
        (KeyboardInterrupt(), 130),
        (ValueError("0101801234"), 1),
    ],
)
def test_exit_code_of_every_failure(capsys, monkeypatch, failure, code):
    def fail(*_, **__):
        raise failure

    monkeypatch.setattr(single, "run", fail)
    found, _, err = run(capsys, "run", "x.yml")
    assert found == code
    assert "010180" not in err


def test_an_unexpected_failure_says_where_but_not_what(capsys, monkeypatch):
    def fail(*_, **__):
        raise ValueError("Hansen")

    monkeypatch.setattr(single, "run", fail)
    _, _, err = run(capsys, "run", "x.yml")
    assert "cli.py, linje" in err
    assert "Uventet fejl: ValueError" in err
    assert "Hansen" not in err


def test_every_line_of_the_program_that_a_failure_went_through_is_told(capsys, monkeypatch):
    def fail(*_, **__):
        raise ValueError

    monkeypatch.setattr(single.checks, "read_params", fail)
    err = run(capsys, "run", "x.yml")[2]
    assert "cli.py, linje" in err
    assert "single.py, linje" in err, "a module outside desk"


@pytest.mark.parametrize(
    ("failure", "words"),
    [
        (MemoryError(), "ikke hukommelse nok"),
        (OSError(errno.ENOSPC, "No space left on device", "/tmp/010180-1234"), "kan ikke skrives: No space left"),
        (PermissionError(errno.EACCES, "Permission denied", "/proc/x"), "kan ikke skrives: Permission denied"),
    ],
)
def test_a_machine_that_is_full_or_closed_is_told_in_words(capsys, monkeypatch, failure, words):
    def fail(*_, **__):
        raise failure

    monkeypatch.setattr(single, "run", fail)
    _, _, told = run(capsys, "run", "x.yml")
    assert words in told
    assert "Uventet" not in told
    assert "010180" not in told


def test_a_missing_package_is_named(capsys, monkeypatch):
    def fail(*_, **__):
        raise ModuleNotFoundError("No module named 'seaborn'", name="seaborn")

    monkeypatch.setattr(single, "run", fail)
    _, _, err = run(capsys, "run", "x.yml")
    assert "pakken seaborn er ikke installeret" in err


@pytest.mark.parametrize(("failure", "words"), [(ValueError(), "Unexpected failure"), (KeyboardInterrupt(), "Interr")])
def test_a_failure_is_told_in_the_language_of_the_report(capsys, monkeypatch, tmp_path, failure, words):
    def fail(*_, **__):
        raise failure

    monkeypatch.setattr(single, "run", fail)
    (tmp_path / "x.yml").write_text("name: x\nlanguage: en # English\n", encoding="utf-8")
    assert words in run(capsys, "run", str(tmp_path / "x.yml"))[2]
    assert words in run(capsys, "run", "gone.yml", "--language", "en")[2]
    assert words not in run(capsys, "run", str(tmp_path / "x.yml"), "--language", "da")[2]


def finished(folder, language):
    (folder / "params").mkdir()
    plain = {"name": "x", "municipality_code": "183", "language": language}
    held = {"params": plain, "outputs": {}, "inputs": [], "jobreport": "0"}
    (folder / "manifest.json").write_text(json.dumps(held, indent=2), encoding="utf-8")
    return str(folder)


@pytest.mark.parametrize(("asked", "told"), [(None, "en"), ("da", "da"), ("en", "en")])
def test_verify_speaks_one_language_from_the_first_step_to_the_last(capsys, monkeypatch, tmp_path, asked, told):
    def read(*_, **__):
        raise ExportFailed("typst")

    monkeypatch.setattr(single.checks, "read_inputs", read)
    code, _, err = run(capsys, "verify", finished(tmp_path, "en"), *(["--language", asked] if asked else []))
    assert code == 1
    steps, headings = single.steps, HEADINGS
    other = {"da": "en", "en": "da"}[told]
    assert steps(told)["read"] in err
    assert headings[told][0] in err
    assert steps(other)["read"] not in err
    assert headings[other][0] not in err
    verdict = Verdict((), (), 3, told)
    assert verdict.text() == Verdict((), (), 3).text(told)


@pytest.mark.parametrize("language", ["da", "en"])
@pytest.mark.parametrize("command", ["batch", "explain", "verify"])
def test_an_interruption_is_told_in_the_language_of_what_is_named(capsys, monkeypatch, tmp_path, command, language):
    def stopped(*_, **__):
        raise KeyboardInterrupt

    monkeypatch.setattr(many.jobs, "read", stopped)
    monkeypatch.setattr(explaining, "read_manifest", stopped)
    monkeypatch.setattr(verifying, "read_manifest", stopped)
    folder = finished(tmp_path, language)
    given = {"batch": ["x.yml", "--languages", language], "explain": [folder, "59"], "verify": [folder]}[command]
    assert cli.SAID[language]["interrupted"] in run(capsys, command, *given)[2]


def test_a_report_that_cannot_be_written_out_is_told_in_either_language():
    for language, words in (("da", "rapporten kunne ikke skrives ud (x)"), ("en", "could not be written out (x)")):
        assert words in ExportFailed("x").text(language)


def test_schema_is_json(capsys):
    code, out, _ = run(capsys, "schema")
    assert code == 0
    assert "municipality_code" in json.loads(out)["properties"]


def test_init_writes_two_files_and_says_what_comes_next(capsys, tmp_path, monkeypatch):
    monkeypatch.chdir(tmp_path)
    answers = "kommune;tilfreds\n183;Tilfreds\n183;Utilfreds\n183;Meget tilfreds\n"
    (tmp_path / "Vores svar.csv").write_text(answers, encoding="utf-8")
    code, out, _ = run(capsys, "init", "Vores svar.csv")
    assert code == 0
    assert "jobreport check params/vores-svar.yml" in out
    assert (tmp_path / "params" / "vores-svar-codebook.yml").exists()


def test_no_column_moves_the_cursor_of_a_terminal_or_turns_its_letters_around(capsys, tmp_path, monkeypatch):
    """A terminal reads what click takes out of the text for a file, so the gate stands before it."""
    monkeypatch.chdir(tmp_path)
    monkeypatch.setattr("click.utils.should_strip_ansi", lambda *_, **__: False)
    rows = [f"{n};{2021 + n % 2};{'Ishøj' if n % 2 else 'Tårnby'};{n * n % 5 + 1}" for n in range(60)]
    header = "id;runde;kommune;\x1b[2Jti\u202elfreds\u2066"
    (tmp_path / "svar.csv").write_text("\n".join([header, *rows]), encoding="utf-8")
    for words in (("init", "svar.csv", "--name", "x"), ("check", "params/x.yml"), ("check", "\x1b[2J\u202e.yml")):
        _, out, err = run(capsys, *words)
        assert out + err
        assert not {"\x1b", "\u202e", "\u2066"} & {*out, *err}


def test_all_that_is_said_goes_through_one_gate():
    desk = Path(cli.__file__).parent
    said = {path.name: path.read_text(encoding="utf-8").count("typer.echo") for path in desk.glob("cli*.py")}
    assert {name: count for name, count in said.items() if count} == {"cli.py": 1, "cli_words.py": 3}


@pytest.mark.parametrize(("words", "code"), [(["--version"], 0), (["run", "nowhere.yml"], 2)])
@pytest.mark.dear
def test_a_command_ends_with_its_code_and_what_it_said_after_what_was_left_to_the_end(tmp_path, words, code):
    source = f"import atexit, sys; atexit.register(print, 'left'); sys.argv[1:] = {words}\n"
    source += "from jobreport.__main__ import command; command()"
    done = subprocess.run([sys.executable, "-c", source], cwd=tmp_path, capture_output=True, text=True, check=False)
    assert done.returncode == code
    assert done.stdout.endswith("left\n")
    assert "jobreport" in done.stdout + done.stderr
