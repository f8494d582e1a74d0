"""The commands under `jobreport fetch`; no logic, and nothing imported before it is needed."""

from __future__ import annotations

from pathlib import Path
from typing import TYPE_CHECKING, Annotated

import typer

from jobreport.errors import JobreportError

if TYPE_CHECKING:
    from jobreport.fetch.jobindsats import Jobindsats
    from jobreport.fetch.run import Fetched, Progress
    from jobreport.fetch.statbank import StatBank

app = typer.Typer(name="fetch", rich_markup_mode=None, add_completion=False)

Language = Annotated[str, typer.Option("--language", "-l", metavar="da|en")]
Server = Annotated[str | None, typer.Option("--server", metavar="ADRESSE")]
First = Annotated[int, typer.Option("--from", metavar="ÅR")]
Out = Annotated[Path | None, typer.Option("--out", "-o", metavar="FIL")]


@app.callback(invoke_without_command=True)
def overview(
    context: typer.Context,
    selftest: Annotated[bool, typer.Option("--selftest")] = False,
    language: Language = "da",
    server: Server = None,
) -> None:
    """Run the self-test, or show the help where no command is given."""
    if selftest:
        raise typer.Exit(_selftest(language, server))
    if context.invoked_subcommand is None:
        typer.echo(context.get_help())


@app.command()
def statbank(
    series: Annotated[str, typer.Argument(metavar="SERIE")],
    municipality: Annotated[list[str] | None, typer.Option("--municipality", "-m", metavar="KODE")] = None,
    first: First = 2014,
    yearly: Annotated[bool, typer.Option("--yearly")] = False,
    out: Out = None,
    language: Language = "da",
    server: Server = None,
) -> None:
    """Fetch unemployment, education or population from Statistics Denmark."""
    from jobreport.domain import municipalities
    from jobreport.fetch import run
    from jobreport.fetch.official import OFFICIAL

    if series not in OFFICIAL:
        raise typer.BadParameter(f"vælg {', '.join(OFFICIAL)}", param_hint="SERIE")
    codes = [municipalities.recognise(text) for text in municipality or ()]
    if None in codes:
        raise typer.BadParameter("en kommune kendes ikke", param_hint="--municipality")
    fetched = run.statbank(
        _statbank(server),
        series,
        municipalities=[code for code in codes if code],
        first_year=first,
        yearly=yearly,
        out=out,
        progress=_progress(language),
    )
    _tell(fetched, language)


@app.command()
def jobindsats(
    table: Annotated[str, typer.Argument(metavar="TABEL")],
    measure: Annotated[str, typer.Option("--measure", metavar="KOLONNE")],
    series: Annotated[str, typer.Option("--series", metavar="NAVN")],
    unit: Annotated[str, typer.Option("--unit", metavar="ENHED")],
    where: Annotated[list[str] | None, typer.Option("--where", metavar="KOLONNE=VÆRDI")] = None,
    file: Annotated[Path | None, typer.Option("--file", metavar="CSV")] = None,
    first: First = 2014,
    out: Out = None,
    language: Language = "da",
    server: Server = None,
) -> None:
    """Fetch a table of jobindsats.dk, or read one that you have fetched as CSV."""
    from jobreport.fetch import run
    from jobreport.fetch.jobindsats import Wanted

    pairs = [text.partition("=") for text in where or ()]
    if not all(equals for _, equals, _ in pairs):
        raise typer.BadParameter("skriv KOLONNE=VÆRDI", param_hint="--where")
    wanted = Wanted(series, unit, measure, {column.strip(): value.strip() for column, _, value in pairs})
    if file is not None:
        fetched = run.jobindsats_file(file, table, wanted, out=out)
    else:
        fetched = run.jobindsats_api(
            _star(server), table, wanted, first_year=first, out=out, progress=_progress(language)
        )
    _tell(fetched, language)


@app.command()
def sql(
    address: Annotated[str, typer.Argument(metavar="ADRESSE")],
    query: Annotated[Path, typer.Option("--query", "-q", metavar="FIL")],
    out: Annotated[Path | None, typer.Option("--out", "-o", metavar="FIL")] = None,
    language: Language = "da",
) -> None:
    """Fetch answers from a database to a file of which the report is made."""
    from jobreport.fetch import sql as asking

    if out is not None and out.suffix != ".parquet":
        raise typer.BadParameter("filen ender på .parquet", param_hint="--out")
    _tell(asking.snapshot(address, query, out), language, "stored_answers")


@app.command()
def packages(
    address: Annotated[str, typer.Argument(metavar="ADRESSE")],
    out: Annotated[Path, typer.Option("--out", "-o", metavar="MAPPE")] = Path("pakker"),
    language: Language = "da",
) -> None:
    """Fetch other municipalities' packages from a shared folder on the network."""
    from jobreport.fetch import packages as shared
    from jobreport.fetch.connection import Connection

    for path in shared.fetch(Connection(address.removesuffix("/index.json").rstrip("/")), out, language):
        typer.echo(path.as_posix())


def _statbank(server: str | None) -> StatBank:
    from jobreport.fetch.connection import Connection
    from jobreport.fetch.statbank import ADDRESS, StatBank

    return StatBank(Connection((server or ADDRESS).rstrip("/")))


def _star(server: str | None) -> Jobindsats:
    import os

    from jobreport.fetch import jobindsats as star
    from jobreport.fetch.connection import Connection

    return star.connect(os.environ.get(star.KEY_VARIABLE), Connection((server or star.ADDRESS).rstrip("/")))


def _progress(language: str) -> Progress:
    from jobreport.fetch.run import texts

    said = texts(language)["progress"]
    return lambda done, of: typer.echo(said.format(done=done, of=of), err=True)


def _tell(fetched: Fetched, language: str, said: str = "stored") -> None:
    from jobreport.fetch.run import texts

    paths = {"file": fetched.file.as_posix(), "sidecar": fetched.sidecar.as_posix()}
    typer.echo(texts(language)[said].format(**paths, **fetched.counts))


def _selftest(language: str, server: str | None) -> int:
    import os

    from jobreport.fetch import selftest
    from jobreport.fetch.jobindsats import KEY_VARIABLE
    from jobreport.fetch.run import texts

    said = texts(language)["selftest"]
    client = _statbank(server)
    typer.echo(said["head"].format(server=client.connection.base))
    with_key = bool(os.environ.get(KEY_VARIABLE)) and server is None
    failed = 0
    for finding in selftest.selftest(client, (lambda: _star(None)) if with_key else None, language):
        failed += finding.outcome == "failed"
        typer.echo(said[finding.outcome].format(what=finding.what))
    typer.echo(said["not_well"].format(count=failed) if failed else said["all_well"])
    return JobreportError.exit_code if failed else 0
