"""The command line speaks the language asked for, else the machine's, else Danish."""

import pytest
import typer

from jobreport.desk import cli
from jobreport.domain.texts import texts_of


def every(command=None, name="jobreport"):
    """Name and command of the whole tree."""
    command = command or typer.main.get_command(cli.app)
    yield name, command
    for inner, one in getattr(command, "commands", {}).items():
        yield from every(one, f"{name} {inner}")


COMMANDS = dict(every())


@pytest.mark.parametrize("language", ["da", "en"])
def test_every_command_and_option_has_its_help_and_no_other(language):
    said = {name: set(texts) for name, texts in texts_of("cli", language).items() if name != "metavars"}
    told = {
        name: {option.name for option in command.params} | ({"help"} if name == "jobreport" else {"help", "short"})
        for name, command in COMMANDS.items()
    }
    assert said == told


def test_what_the_code_calls_in_danish_is_called_in_english():
    danish = {str(option.metavar) for command in COMMANDS.values() for option in command.params}
    alike = {
        "None",
        "PARAMS",
        "PARAMS...",
        "da|en",
        "da,en",
        "PORT",
        "N",
        "tls://...",
        "municipality|unit",
        "municipality",
        "CSV",
    }
    assert danish - alike == set(texts_of("cli", "en")["metavars"])


def test_the_help_in_english_keeps_the_commands_of_the_danish():
    for name in COMMANDS:
        typed, said = (
            [line.split() for line in texts_of("cli", language)[name]["help"].splitlines() if "jobreport " in line]
            for language in ("da", "en")
        )
        assert [line[:3] for line in typed if line[0] == "jobreport"] == [
            [word.replace("survey.xlsx", "undersoegelse.xlsx").replace("name.yml", "navn.yml") for word in line[:3]]
            for line in said
            if line[0] == "jobreport"
        ]


@pytest.mark.parametrize("name", [name for name in COMMANDS if name != "jobreport"])
def test_every_command_can_be_asked_in_english(name, capsys):
    assert cli.main([*name.split()[1:], "--language", "en", "--help"]) == 0
    shown = capsys.readouterr().out
    assert texts_of("cli", "en")[name]["help"].splitlines()[0].split()[0] in shown
    assert not set("æøå") & set(shown.lower())


@pytest.mark.parametrize(
    ("typed", "danish", "english"),
    [
        (["runn"], "kender ikke runn; mente du run?", "does not know runn; did you mean run?"),
        (["run"], "Der mangler PARAMS", "PARAMS is missing"),
        (["check", "x", "--lang", "en"], "kender ikke --lang", "does not know --lang"),
        (["plan", "x", "--before", "to"], "--before: værdien", "--before: the value"),
    ],
)
def test_a_mistyped_command_is_told_in_the_language_of_the_machine(typed, danish, english, capsys, monkeypatch):
    for machine, said in (("da_DK.UTF-8", danish), ("en_GB.UTF-8", english)):
        monkeypatch.setenv("LC_ALL", machine)
        assert cli.main(typed) == 2
        told = capsys.readouterr().err
        assert said in told
        assert "--help" in told
        assert "Usage" not in told


def test_a_shell_completes_commands(monkeypatch, capsys):
    asked = {"_JOBREPORT_COMPLETE": "complete_bash", "COMP_WORDS": "jobreport ve", "COMP_CWORD": "1"}
    for name, value in asked.items():
        monkeypatch.setenv(name, value)
    monkeypatch.setattr("sys.argv", ["jobreport"])
    with pytest.raises(SystemExit):
        cli.main()
    assert capsys.readouterr().out.split() == ["verify"]


@pytest.mark.parametrize(("language", "said"), [("da", "fuldfører nu"), ("en", "once the terminal is opened again")])
def test_completion_is_installed_and_says_so_in_the_language(language, said, monkeypatch, tmp_path, capsys):
    from typer import _completion_shared

    monkeypatch.setenv("HOME", str(tmp_path))
    monkeypatch.setattr(_completion_shared, "_get_shell_name", lambda: "bash")
    assert cli.main(["--install-completion", "--language", language]) == 0
    assert said in capsys.readouterr().out
    assert "_JOBREPORT_COMPLETE" in (tmp_path / ".bash_completions" / "jobreport.sh").read_text(encoding="utf-8")
    monkeypatch.setattr(_completion_shared, "_get_shell_name", lambda: None)
    assert cli.main(["--install-completion", "-l", language]) == 1
