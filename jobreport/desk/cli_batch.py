"""The command that makes many reports."""

from __future__ import annotations

from pathlib import Path
from typing import Annotated

import typer

from jobreport.domain.texts import LANGUAGES

BATCH = "Lav mange rapporter: af mange params-filer, eller en for hver kommune."


def batch(
    files: Annotated[list[Path], typer.Argument(metavar="PARAMS...", help="Filer i params/.")],
    each: Annotated[
        str | None, typer.Option("--each", metavar="municipality", help="En rapport for hver kommune i data.")
    ] = None,
    languages: Annotated[str, typer.Option("--languages", metavar="da,en", help="Sprog; ellers filernes egne.")] = "",
    workers: Annotated[
        int | None, typer.Option("--workers", "-w", min=1, metavar="N", help="Processer; ellers en for hver kerne.")
    ] = None,
    scheduler: Annotated[
        str | None, typer.Option("--scheduler", metavar="tls://...", help="En Dask-scheduler, der kører i forvejen.")
    ] = None,
    tls: Annotated[
        tuple[Path, Path, Path] | None,
        typer.Option("--tls", metavar="CA CERTIFIKAT NØGLE", help="Tre filer til en scheduler, der er beskyttet."),
    ] = None,
    resume: Annotated[bool, typer.Option("--resume", help="Lav kun det, der mangler eller er ændret.")] = False,
    out: Annotated[
        Path | None, typer.Option("--out", "-o", metavar="MAPPE", help="Skriv rapporterne her; ellers i outputs.")
    ] = None,
    fresh: Annotated[
        bool, typer.Option("--fresh-kernels", help="Start hver kernel forfra i stedet for at dele en indlæst proces.")
    ] = False,
) -> None:
    """Lav mange rapporter på én gang, en indeksside, en landsoversigt og alle tal i én tabel.

    En rapport, der afvises eller mislykkes, stopper ikke de andre; den nævnes til sidst med sin grund (exit code 4).
    Med --each municipality er begivenheden den samme i alle rapporter: en kommune, den ikke skete for, får sin egen
    ændring beskrevet, aldrig en effekt.

    Eksempel:  jobreport batch params/demo.yml --each municipality --languages da,en --resume
    """
    from jobreport.make import batch as many
    from jobreport.make.batch.cluster import Scheduler

    if each not in (None, "municipality"):
        raise typer.BadParameter("vælg municipality", param_hint="--each")
    chosen = tuple(language.strip() for language in languages.split(",") if language.strip())
    if not set(chosen) <= {*LANGUAGES}:
        raise typer.BadParameter("vælg da, en eller begge", param_hint="--languages")
    there = Scheduler(scheduler, tls or ()) if scheduler else None
    options = many.Options(out, each is not None, chosen, workers, there, resume, not fresh)
    typer.echo(many.run(files, options, lambda line: typer.echo(line, err=True)))
