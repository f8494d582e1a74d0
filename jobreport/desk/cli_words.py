"""The command line in the language asked for: its help, and what it says of a mistyped command."""

import copy
import itertools
import locale
import os
import re
from collections.abc import Mapping, Sequence
from functools import partial
from typing import Annotated, Any

import typer

from jobreport.domain.texts import LANGUAGES, texts_of

PROGRAM, COMPLETE = "jobreport", "_JOBREPORT_COMPLETE"
SHELLS = ("bash", "zsh", "fish", "powershell", "pwsh")
SETTINGS = ("LC_ALL", "LC_MESSAGES", "LANG")
UNKNOWN = "No such command"  # how the library begins what it says
OPTIONS = ("--language", "-l", "--languages")


def asked(given: Sequence[str]) -> str | None:
    """Language that a command line asks for, None if it asks for none.

    Examples
    --------
    >>> asked(["run", "params/x.yml", "--language", "en"]), asked(["check", "-l=da"]), asked(["plan"])
    ('en', 'da', None)
    """
    found = [after for before, after in itertools.pairwise(given) if before in OPTIONS]
    found += [part.split("=", 1)[1] for part in given if part.split("=", 1)[0] in OPTIONS and "=" in part]
    return found[-1] if found and found[-1] in LANGUAGES else None


def of_system(settings: Mapping[str, str] = os.environ) -> str:
    """English where the machine speaks English, else Danish.

    Examples
    --------
    >>> of_system({"LANG": "en_GB.UTF-8"}), of_system({"LANG": "da_DK.UTF-8"}), of_system({"LC_ALL": "C"})
    ('en', 'da', 'da')
    """
    said = next((settings[name] for name in SETTINGS if settings.get(name)), None)
    spoken = said or (locale.getlocale()[0] if os.name == "nt" else None) or ""
    return "en" if spoken.lower().startswith(("en_", "en-", "english")) else "da"


def say(text: str, *, err: bool = False) -> None:
    """Write to the terminal; what would move its cursor or turn its letters around is written out.

    Examples
    --------
    >>> say("Til" + chr(0x202E) + "freds" + chr(27) + "[2J")
    Til[U+202E]freds[U+001B][2J
    """
    from jobreport.page.inline import visible  # imported here: help needs none of it

    typer.echo("\n".join(visible(line) for line in text.split("\n")), err=err)


def progress(line: str) -> None:
    """Say how far the work is, beside what it answers."""
    say(line, err=True)


def checked(language: str | None) -> str | None:
    """Refuse a language that there are no texts in.

    Examples
    --------
    >>> checked("en"), checked(None)
    ('en', None)
    """
    if language not in (None, *LANGUAGES):
        raise typer.BadParameter("da | en", param_hint="--language")
    return language


Language = Annotated[str | None, typer.Option("--language", "-l", metavar="da|en", callback=checked)]


def with_language(command: Any, pattern: Any = None) -> Any:
    """Let every command be asked in a language, also those whose own answer has none."""
    inner = getattr(command, "commands", {})
    pattern = pattern or next(option for option in inner["run"].params if option.name == "language")
    if not any("--language" in option.opts for option in command.params):
        added = copy.copy(pattern)
        added.expose_value, added.hidden, added.callback = False, True, None
        command.params.append(added)
    for one in inner.values():
        with_language(one, pattern)
    return command


def with_completion(command: Any, language: str) -> Any:
    """Let a shell be taught to complete commands and options, and say in a language what was done."""
    for option in (one for one in command.params if one.name == "install_completion"):
        option.callback = partial(_install_completion, texts_of("phrases", language)["completion"])
    return command


def _install_completion(said: Mapping[str, str], context: Any, option: object, asked_for: object) -> object:
    if not asked_for or context.resilient_parsing:
        return asked_for
    from typer import _completion_shared as shells

    shell = shells._get_shell_name()
    if shell not in SHELLS:
        typer.echo(said["no_shell"].format(shells=", ".join(SHELLS)), err=True)
        raise typer.Exit(1)
    _, path = shells.install(shell=shell, prog_name=PROGRAM, complete_var=COMPLETE)
    typer.echo(said["installed"].format(shell=shell, path=path))
    raise typer.Exit


def translated(command: Any, language: str, name: str = "jobreport") -> Any:
    """Give a command, and those under it, the help in a language; the code names places in Danish."""
    said = texts_of("cli", language)
    command.help = said[name]["help"].replace("{b}", "\b")
    command.short_help = said[name].get("short")
    for parameter in (one for one in command.params if not one.hidden):
        parameter.help = said[name][parameter.name]
        parameter.metavar = said.get("metavars", {}).get(parameter.metavar, parameter.metavar)
    for inner, one in getattr(command, "commands", {}).items():
        translated(one, language, f"{name} {inner}")
    return command


def mistyped(failure: Any, language: str) -> str:
    """What is wrong with a command as it was typed, and where its help is."""
    said = texts_of("phrases", language)["mistyped"]
    kind, facts = type(failure).__name__, _facts(failure)
    if kind == "UsageError" and UNKNOWN in failure.message:
        kind = "NoSuchOption"
    kind = "near" if kind == "NoSuchOption" and facts["near"] else kind
    lines = [said.get(kind, said["other"]).format_map(facts)]
    if failure.ctx is not None:
        lines.append(said["help"].format(command=failure.ctx.command_path))
    return "\n".join(lines)


def _facts(failure: Any) -> dict[str, str]:
    message = failure.message or ""
    quoted = re.findall("'([^']*)'", message) if UNKNOWN in message else []
    parameter = getattr(failure, "param", None)
    option = getattr(parameter, "param_type_name", "") == "option"
    hinted = getattr(failure, "param_hint", None) or getattr(parameter, "metavar", "")
    return {
        "option": getattr(failure, "option_name", None) or next(iter(quoted), ""),
        "near": ", ".join(getattr(failure, "possibilities", None) or quoted[1:]),
        "wanted": parameter.opts[0] if option and parameter is not None else str(hinted),
        "message": message,
    }
