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

ABOUT = """Hent officielle tal til data/register/. Kun denne kommando bruger nettet; en rapport gør det aldrig.

Hvert hentet sæt tal får en fil ved siden af, der siger hvorfra, hvornår, med hvilket spørgsmål og på hvilke vilkår.

\b
  jobreport fetch statbank unemployment      ledighed pr. måned, alle kommuner
  jobreport fetch statbank education         uddannelse i fem grupper
  jobreport fetch statbank population        folketal
  jobreport fetch jobindsats y01a02 ...      en tabel fra jobindsats.dk
  jobreport fetch sql ADRESSE --query FIL    svar fra en database
  jobreport fetch packages ADRESSE           andre kommuners pakker fra en delt mappe
  jobreport fetch --selftest                 efterprøv, at tjenesterne svarer, som programmet venter
"""

app = typer.Typer(name="fetch", help=ABOUT, rich_markup_mode=None, add_completion=False)

Language = Annotated[str, typer.Option("--language", "-l", metavar="da|en", help="Beskedernes sprog.")]
Server = Annotated[str | None, typer.Option("--server", metavar="ADRESSE", help="En anden adresse end tjenestens.")]
First = Annotated[int, typer.Option("--from", metavar="ÅR", help="Det første år.")]
Out = Annotated[Path | None, typer.Option("--out", "-o", metavar="FIL", help="Filen; ellers i data/register/.")]


@app.callback(invoke_without_command=True, help=ABOUT)
def overview(
    context: typer.Context,
    selftest: Annotated[bool, typer.Option("--selftest", help="Stil tjenesterne nogle små spørgsmål.")] = False,
    language: Language = "da",
    server: Server = None,
) -> None:
    """Run the self-test, or show the help where no command is given."""
    if selftest:
        raise typer.Exit(_selftest(language, server))
    if context.invoked_subcommand is None:
        typer.echo(context.get_help())


@app.command(short_help="Hent ledighed, uddannelse eller folketal fra Danmarks Statistik.")
def statbank(
    series: Annotated[str, typer.Argument(metavar="SERIE", help="unemployment, education eller population.")],
    municipality: Annotated[
        list[str] | None, typer.Option("--municipality", "-m", metavar="KODE", help="Kun disse kommuner og landet.")
    ] = None,
    first: First = 2014,
    yearly: Annotated[
        bool, typer.Option("--yearly", help="Ét tal om året: ledighed som årets gennemsnit, folketal pr. 1. januar.")
    ] = False,
    out: Out = None,
    language: Language = "da",
    server: Server = None,
) -> None:
    """Hent en serie fra StatBank (statistikbanken.dk): ingen nøgle, CC BY 4.0.

    Bliver det afbrudt, går den samme kommando videre, hvor den slap.

    Eksempel:  jobreport fetch statbank unemployment --from 2014
    """
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


@app.command(short_help="Hent en tabel fra jobindsats.dk, eller læs en, du har hentet som CSV.")
def jobindsats(
    table: Annotated[str, typer.Argument(metavar="TABEL", help="Tabellens navn, for eksempel y01a02.")],
    measure: Annotated[str, typer.Option("--measure", metavar="KOLONNE", help="Kolonnen med tallene.")],
    series: Annotated[str, typer.Option("--series", metavar="NAVN", help="Seriens navn i params.")],
    unit: Annotated[str, typer.Option("--unit", metavar="ENHED", help="Tallenes enhed.")],
    where: Annotated[
        list[str] | None, typer.Option("--where", metavar="KOLONNE=VÆRDI", help="Den værdi af en kolonne, der ønskes.")
    ] = None,
    file: Annotated[
        Path | None, typer.Option("--file", metavar="CSV", help="En fil hentet derfra; så bruges nettet ikke.")
    ] = None,
    first: First = 2014,
    out: Out = None,
    language: Language = "da",
    server: Server = None,
) -> None:
    """Hent én serie fra jobindsats.dk. Nøglen læses af miljøvariablen JOBINDSATS_KEY og skrives ingen steder.

    Tallene er STAR's, ikke Danmarks Statistiks; de to blandes aldrig i én serie.

    Eksempel:
      jobreport fetch jobindsats y01a02 --file hentet.csv --measure Fuldtidspersoner --series dagpenge --unit personer
    """
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


@app.command(short_help="Hent svar fra en database til en fil, som rapporten laves af.")
def sql(
    address: Annotated[str, typer.Argument(metavar="ADRESSE", help="Som SQLAlchemy skriver den, uden kodeord.")],
    query: Annotated[Path, typer.Option("--query", "-q", metavar="FIL", help="En fil med én SELECT.")],
    out: Annotated[Path | None, typer.Option("--out", "-o", metavar="FIL", help="En .parquet; ellers i data/.")] = None,
    language: Language = "da",
) -> None:
    """Stil en database ét spørgsmål, og gem svaret som Parquet med en kontrolsum ved siden af.

    Rapporten læser filen og aldrig databasen. Bruger og kodeord læses af miljøvariablerne JOBREPORT_SQL_USER og
    JOBREPORT_SQL_PASSWORD og skrives ingen steder. Kræver pip install "jobreport[sql]".

    Eksempel:  jobreport fetch sql postgresql+psycopg://server/base --query svar.sql --out data/svar.parquet
    """
    from jobreport.fetch import sql as asking
    from jobreport.fetch.run import texts

    if out is not None and out.suffix != ".parquet":
        raise typer.BadParameter("filen ender på .parquet", param_hint="--out")
    fetched = asking.snapshot(address, query, out)
    paths = {"file": fetched.file.as_posix(), "sidecar": fetched.sidecar.as_posix()}
    typer.echo(texts(language)["stored_answers"].format(**paths, **fetched.counts))


@app.command(short_help="Hent andre kommuners pakker fra en delt mappe på nettet.")
def packages(
    address: Annotated[str, typer.Argument(metavar="ADRESSE", help="Mappen, hvor index.json og pakkerne ligger.")],
    out: Annotated[Path, typer.Option("--out", "-o", metavar="MAPPE", help="Hvor pakkerne lægges.")] = Path("pakker"),
    language: Language = "da",
) -> None:
    """Hent de pakker, som listen i en delt mappe nævner. Hver holdes op mod listens checksum og læses som fremmed.

    Listen laves med  jobreport gather pakker/*.zip --index pakker

    Eksempel:  jobreport fetch packages https://kommunerne.example/pakker
    """
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


def _tell(fetched: Fetched, language: str) -> None:
    from jobreport.fetch.run import texts

    paths = {"file": fetched.file.as_posix(), "sidecar": fetched.sidecar.as_posix()}
    typer.echo(texts(language)["stored"].format(**paths, **fetched.counts))


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
