"""Commands, no logic: every command hands over to one function and turns its errors into exit codes.

Exit codes: 0 done, 1 a failure, 2 the input is refused, 3 something differs, 4 some reports of a batch
failed, 130 interrupted. What commands need is imported when they run, so that help comes at once.
"""

import contextlib
import re
import sys
import traceback
from pathlib import Path
from typing import Annotated, Any, Literal

import typer

import jobreport
from jobreport import __version__
from jobreport.desk import cli_others, cli_words
from jobreport.desk.cli_words import Language, progress
from jobreport.domain.texts import phrase
from jobreport.errors import JobreportError, speaking
from jobreport.fetch.cli import app as fetch

INTERRUPTED = 130
# Not in texts/: this is said also where the package that reads those is missing.
SAID = {
    "da": {
        "interrupted": "Afbrudt.",
        "where": "  {file}, linje {line}, i {name}",
        "no_package": "Uventet fejl: pakken {name} er ikke installeret; se README, Without make",
        "no_memory": "Maskinen har ikke hukommelse nok. Luk andre programmer, eller gør filen mindre.",
        "closed": "Der kan ikke skrives: {reason}. Se efter plads og rettigheder, også til midlertidige filer.",
        "unexpected": "Uventet fejl: {kind} (beskeden vises ikke; den kan indeholde data)",
    },
    "en": {
        "interrupted": "Interrupted.",
        "where": "  {file}, line {line}, in {name}",
        "no_package": "Unexpected failure: the package {name} is not installed; see README, Without make",
        "no_memory": "The machine has not enough memory. Close other programs, or make the file smaller.",
        "closed": "It cannot be written: {reason}. Look for space and permissions, for temporary files too.",
        "unexpected": "Unexpected failure: {kind} (the message is not shown; it may hold data)",
    },
}
_WRITTEN = re.compile(r"""^(?: *")?language"?: *['"]?(da|en)\b""", re.MULTILINE)
_WrongCommand: Any = typer.BadParameter.__mro__[2]  # typer brings its own copy of click

app = typer.Typer(
    name="jobreport",
    rich_markup_mode=None,
    pretty_exceptions_enable=False,
    add_completion=True,
    context_settings={"help_option_names": ["-h", "--help"], "max_content_width": 110},
)

app.add_typer(fetch)

ParamsFile = Annotated[Path, typer.Argument(metavar="PARAMS")]


def _version(asked: bool) -> None:
    if asked:
        cli_words.say(f"jobreport {__version__}")
        raise typer.Exit


@app.callback(invoke_without_command=True)
def overview(
    context: typer.Context,
    version: Annotated[bool, typer.Option("--version", callback=_version, is_eager=True)] = False,
) -> None:
    """Show the help where no command is given."""
    if context.invoked_subcommand is None:
        typer.echo(context.get_help())


@app.command()
def run(
    params: ParamsFile,
    out: Annotated[Path | None, typer.Option("--out", "-o", metavar="MAPPE")] = None,
    language: Language = None,
    summary: Annotated[bool, typer.Option("--summary")] = False,
    annex: Annotated[Literal["yes", "no"], typer.Option("--annex")] = "yes",
    previous: Annotated[str | None, typer.Option("--previous", metavar="MAPPE")] = None,
) -> None:
    """Make a report (PDF, HTML, tables) of a params file."""
    from jobreport.make import parent

    parent.share()  # before anything that begins a thread is imported
    from jobreport.make import exchange, single

    made = single.run(
        params,
        out,
        language,
        progress,
        more=[*([exchange.SUMMARY] if summary else []), *([exchange.MAIN] if annex == "no" else [])],
        previous=previous,
    )
    cli_words.say(str(made))


@app.command()
def init(
    files: Annotated[list[Path] | None, typer.Argument(metavar="FIL...")] = None,
    name: Annotated[str | None, typer.Option("--name", "-n", metavar="NAVN")] = None,
    sheet: Annotated[str | None, typer.Option("--sheet", metavar="ARK")] = None,
    leave_out: Annotated[list[str] | None, typer.Option("--leave-out", metavar="KOLONNE")] = None,
    allow: Annotated[list[str] | None, typer.Option("--allow", metavar="KOLONNE")] = None,
    example: Annotated[bool, typer.Option("--example")] = False,
    language: Language = None,
) -> None:
    """Begin a report on answers of your own; propose params and codebook."""
    from jobreport.prepare import init as starting

    if example:
        cli_words.say("\n".join(starting.begin_example(Path(), language or cli_words.of_system())))
        cli_words.say("\n  jobreport run params/ishoej.yml\n  jobreport run params/demo.yml")
        return
    if not files:
        raise typer.BadParameter("FIL... | --example", param_hint="FIL...")
    told_in = language or cli_words.of_system()
    said = starting.Said(tuple(leave_out or ()), tuple(allow or ()))
    with speaking(told_in):
        started = starting.start(files, Path(), name, sheet, said, told_in)
    places = {"params": started.params.as_posix(), "codebook": started.codebook.as_posix()}
    cli_words.say(f"{started.found}\n\n{phrase('begun.written', told_in, **places)}\n{phrase('begun.next', told_in)}")
    cli_words.say(f"  jobreport check {started.params.as_posix()}")


@app.command()
def form(
    language: Language = None,
    port: Annotated[int | None, typer.Option("--port", metavar="PORT")] = None,
    browser: Annotated[bool, typer.Option("--browser/--no-browser")] = True,
    host: Annotated[str, typer.Option("--host", metavar="ADRESSE")] = "127.0.0.1",
) -> None:
    """Make a report by filling in a form in the browser."""
    from jobreport.desk.form import server

    server.serve(language or "da", port, cli_words.say, open_browser=browser, host=host)


@app.command()
def check(params: ParamsFile, language: Language = None) -> None:
    """Show everything that is wrong or missing; write nothing."""
    from jobreport.prepare import check as checking

    cli_words.say(checking.check(params, language, progress))


@app.command()
def plan(
    params: ParamsFile,
    change: Annotated[list[float] | None, typer.Option("--change", metavar="POINT")] = None,
    comparison: Annotated[int | None, typer.Option("--comparison", metavar="ANTAL")] = None,
    before: Annotated[int | None, typer.Option("--before", metavar="ANTAL")] = None,
    after: Annotated[int | None, typer.Option("--after", metavar="ANTAL")] = None,
    persons: Annotated[int | None, typer.Option("--persons", metavar="ANTAL")] = None,
    language: Language = None,
) -> None:
    """Say how many answers are needed, before anybody is asked."""
    from jobreport.prepare import plan

    design = {"n_comparison": comparison, "waves_before": before, "waves_after": after, "persons": persons}
    cli_words.say(plan.describe(params, change or plan.CHANGES, language, **design))


@app.command()
def method(
    out: Annotated[Path | None, typer.Option("--out", "-o", metavar="MAPPE")] = None,
    language: Language = "da",
) -> None:
    """Explain the method in small numbers (PDF, HTML)."""
    from jobreport.make import parent

    parent.share()
    from jobreport.lessons import method as explained

    made = explained.make(out, language or "da", progress)
    cli_words.say(str(made))


@app.command()
def schema(codebook: Annotated[bool, typer.Option("--codebook")] = False) -> None:
    """Write the JSON Schema of params or codebook."""
    import json

    from jobreport.setup import codebook as codebooks
    from jobreport.setup import params as params_file

    made = codebooks.schema() if codebook else params_file.schema()
    cli_words.say(json.dumps(made, indent=2, ensure_ascii=False))


for command in cli_others.COMMANDS:
    app.command()(command)


def main(arguments: list[str] | None = None) -> int:
    """Run the command line and return its exit code.

    An unexpected failure shows where it happened but not its message, which could quote the data.
    """
    for stream in (sys.stdout, sys.stderr):
        if hasattr(stream, "reconfigure"):
            stream.reconfigure(errors="replace")  # a Windows console may lack a letter
    given = sys.argv[1:] if arguments is None else arguments
    try:
        commands = cli_words.with_language(typer.main.get_command(app))
        language = cli_words.asked(given) or cli_words.of_system()
        spoken = cli_words.translated(cli_words.with_completion(commands, language), language)
        result = spoken(given, standalone_mode=False, complete_var=cli_words.COMPLETE)
        if result == INTERRUPTED:  # what the library makes of Ctrl+C
            raise KeyboardInterrupt
        return int(result) if isinstance(result, int) else 0
    except JobreportError as refused:
        cli_words.say(refused.text(_language_of(given, refused)), err=True)
        return refused.exit_code
    except (KeyboardInterrupt, typer.Abort):
        cli_words.say(SAID[_language_of(given)]["interrupted"], err=True)
        return INTERRUPTED
    except Exception as failure:
        return _other(failure, _language_of(given))


def _other(failure: Exception, language: str) -> int:
    said = SAID[language]
    if isinstance(failure, _WrongCommand):
        cli_words.say(cli_words.mistyped(failure, language), err=True)
        return int(failure.exit_code)
    if isinstance(failure, MemoryError):
        cli_words.say(said["no_memory"], err=True)
        return JobreportError.exit_code
    from jobreport.make import exchange

    if isinstance(failure, OSError) and failure.errno in (*exchange.FULL, *exchange.CLOSED):
        cli_words.say(said["closed"].format(reason=failure.strerror), err=True)
        return JobreportError.exit_code
    for frame in traceback.extract_tb(failure.__traceback__):
        if Path(frame.filename).parent.is_relative_to(Path(jobreport.__file__).parent):
            where = {"file": Path(frame.filename).name, "line": frame.lineno, "name": frame.name}
            cli_words.say(said["where"].format(**where), err=True)
    if isinstance(failure, ModuleNotFoundError):
        cli_words.say(said["no_package"].format(name=failure.name), err=True)
        return JobreportError.exit_code
    cli_words.say(said["unexpected"].format(kind=type(failure).__name__), err=True)
    return JobreportError.exit_code


def _language_of(given: list[str], refused: JobreportError | None = None) -> str:
    # Answer in the language asked for, else in that of the params: of a failure that does not know it, the file's.
    asked = cli_words.asked(given)
    if asked is not None:
        return asked
    return refused.language if refused is not None else _language_written(given)


def _language_written(given: list[str]) -> str:
    found = set()
    for path in map(Path, given):
        file = path / "manifest.json" if path.is_dir() else path
        if file.suffix in (".yml", ".yaml", ".json") and file.is_file():
            with contextlib.suppress(OSError, ValueError):
                found |= set(_WRITTEN.findall(file.read_text(encoding="utf-8")))
    return found.pop() if len(found) == 1 else cli_words.of_system()


if __name__ == "__main__":
    sys.exit(main())
