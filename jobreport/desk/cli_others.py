"""Commands beside the making of one report: about finished ones, many, other municipalities' figures, and the plan."""

from pathlib import Path
from typing import Annotated

import typer

from jobreport.desk import cli_words
from jobreport.desk.cli_words import Language, progress
from jobreport.domain.texts import LANGUAGES
from jobreport.errors import OutputsDiffer

Report = Annotated[Path, typer.Argument(metavar="MAPPE")]
FolderBeside = Annotated[Path | None, typer.Option("--to", metavar="MAPPE")]


def verify(
    published: Annotated[Path, typer.Argument(metavar="MAPPE|FIL")],
    params: Annotated[Path | None, typer.Option("--params", "-p", metavar="PARAMS")] = None,
    report: Annotated[Path | None, typer.Option("--report", metavar="MAPPE")] = None,
    language: Language = None,
) -> None:
    """Make a finished report again, and say whether it is the same."""
    from jobreport.make import parent

    parent.share()
    from jobreport.make import verify as verifying

    if published.suffix.lower() == ".docx":
        from jobreport.make import word as working

        verdict: verifying.Verdict | working.Compared = working.verify(published, report, language)
    elif published.suffix.lower() == ".zip" and params is not None:
        from jobreport.make import package

        verdict = package.verify(published, params, language)
    elif published.suffix.lower() not in (".pdf", ".zip"):
        verdict = verifying.folder(published, params, progress, language)
    elif params is not None:
        verdict = verifying.pdf(published, params, progress, language)
    else:
        raise typer.BadParameter("en fil alene siger ikke, hvor data er", param_hint="--params")
    cli_words.say(verdict.text())
    if not verdict.identical:
        raise typer.Exit(OutputsDiffer.exit_code)


def explain(published: Report, wanted: Annotated[str, typer.Argument(metavar="TAL")]) -> None:
    """Say where a number in a finished report comes from."""
    from jobreport.make import explain as explaining

    cli_words.say(explaining.explain(published, wanted))


def word(
    published: Report, to: Annotated[Path | None, typer.Option("--to", metavar="FIL")] = None, language: Language = None
) -> None:
    """Write a finished report as a Word file to work on."""
    from jobreport.make import word as working

    cli_words.say(str(working.write(published, to, language)))


def press(published: Report, to: FolderBeside = None, language: Language = None) -> None:
    """Write a page for the press, and each figure for use on a web page."""
    from jobreport.make import press as pressing

    cli_words.say(str(pressing.write(published, to, language)))


def archive(published: Report, to: FolderBeside = None, language: Language = None) -> None:
    """Write a page of all rounds, one line for each question."""
    from jobreport.make import archive as archiving

    cli_words.say(str(archiving.write(published, to, language)))


def export(
    published: Report,
    form: Annotated[str, typer.Argument(metavar="FORM")],
    to: Annotated[Path | None, typer.Option("--to", metavar="FIL")] = None,
    language: Language = None,
) -> None:
    """Write a finished report in another form."""
    from jobreport.setup import plugins

    cli_words.say(str(plugins.named(plugins.EXPORTERS, form, published.as_posix())(published, to, language)))


def published(
    folder: Annotated[Path | None, typer.Option("--project", metavar="MAPPE")] = None,
    language: Language = "da",
) -> None:
    """Show what others have published, and claims that are no surveys."""
    from jobreport.prepare import published

    cli_words.say(published.published_list(folder, language or "da"))


def comparable(
    params: Annotated[Path, typer.Argument(metavar="PARAMS")],
    register: Annotated[list[str] | None, typer.Option("--register", "-r", metavar="FIL")] = None,
    event: Annotated[str | None, typer.Option("--event", metavar="NAVN")] = None,
    count: Annotated[int, typer.Option("--count", min=1, max=97, metavar="ANTAL")] = 20,
) -> None:
    """Find municipalities that were alike before the event; for comparison in the params."""
    from jobreport.prepare import alike

    cli_words.say(alike.comparable(params, files=register or (), event=event, count=count))


def codebook(name: Annotated[str | None, typer.Argument(metavar="[NAVN]")] = None) -> None:
    """Show a codebook to begin with, or the names of those there are."""
    from jobreport.setup import plugins

    known = plugins.found(plugins.CODEBOOKS)
    text = "\n".join(sorted(known)) if name is None else plugins.named(plugins.CODEBOOKS, name, "codebook")()
    cli_words.say(text.rstrip("\n"))


def publish(
    published: Annotated[Path, typer.Argument(metavar="MAPPE")],
    to: Annotated[Path, typer.Option("--to", metavar="PAKKE")],
    language: Language = None,
    sign: Annotated[Path | None, typer.Option("--sign", metavar="NØGLE")] = None,
) -> None:
    """Make a package of a finished report that other municipalities can compare with."""
    from jobreport.make import package

    if to.suffix.lower() != ".zip":
        raise typer.BadParameter("pakken er en fil, der ender på .zip", param_hint="--to")
    cli_words.say(str(package.publish(published, to, progress, language, sign)))


def gather(
    files: Annotated[list[Path], typer.Argument(metavar="PAKKE...")],
    params: Annotated[Path | None, typer.Option("--params", "-p", metavar="PARAMS")] = None,
    language: Language = None,
    index: Annotated[Path | None, typer.Option("--index", metavar="MAPPE")] = None,
) -> None:
    """Say which packages are comparable on what, and why not."""
    from jobreport.prepare import gather

    cli_words.say(gather.gather(files, params, language))
    if index is not None:
        cli_words.say(str(gather.shelf(files, index, language or "da")))


def freeze(
    params: Annotated[Path, typer.Argument(metavar="PARAMS")],
    sign_by: Annotated[str, typer.Option("--sign-by", metavar="NAVN")],
    out: Annotated[Path | None, typer.Option("--out", "-o", metavar="FIL")] = None,
    language: Language = None,
) -> None:
    """Write down, before the answers come, what will be measured and said."""
    from jobreport.prepare import freeze as freezing

    cli_words.say(freezing.freeze(params, sign_by, out, language))


def batch(
    files: Annotated[list[Path], typer.Argument(metavar="PARAMS...")],
    each: Annotated[str | None, typer.Option("--each", metavar="municipality|unit")] = None,
    languages: Annotated[str, typer.Option("--languages", metavar="da,en")] = "",
    workers: Annotated[int | None, typer.Option("--workers", "-w", min=1, metavar="N")] = None,
    scheduler: Annotated[str | None, typer.Option("--scheduler", metavar="tls://...")] = None,
    tls: Annotated[tuple[Path, Path, Path] | None, typer.Option("--tls", metavar="CA CERTIFIKAT NØGLE")] = None,
    resume: Annotated[bool, typer.Option("--resume")] = False,
    out: Annotated[Path | None, typer.Option("--out", "-o", metavar="MAPPE")] = None,
    fresh: Annotated[bool, typer.Option("--fresh-kernels")] = False,
) -> None:
    """Make many reports, of many params files or one for each municipality."""
    from jobreport.make import parent

    parent.share()  # before anything that begins a thread is imported
    from jobreport.make import batch as many
    from jobreport.make.batch.cluster import Scheduler

    if each not in (None, *many.EACH):
        raise typer.BadParameter("vælg municipality eller unit", param_hint="--each")
    chosen = tuple(language.strip() for language in languages.split(",") if language.strip())
    if not set(chosen) <= {*LANGUAGES}:
        raise typer.BadParameter("vælg da, en eller begge", param_hint="--languages")
    there = Scheduler(scheduler, tls or ()) if scheduler else None
    options = many.Options(out, each, chosen, workers, there, resume, not fresh)
    cli_words.say(many.run(files, options, progress))


OF_ONE = (freeze, verify, explain, publish, word, press, archive, export)
COMMANDS = (*OF_ONE, codebook, gather, batch, published, comparable)
