"""Commands about what stands around a report: other people's figures, and municipalities that were alike before."""

from __future__ import annotations

from pathlib import Path
from typing import Annotated

import typer

from jobreport.domain.texts import LANGUAGES

PUBLISHED = "Vis, hvad andre har offentliggjort, og påstande, der ikke er undersøgelser."
COMPARABLE = "Find kommuner, der lignede, før hændelsen; til comparison i params."


def published(
    folder: Annotated[Path | None, typer.Option("--project", metavar="MAPPE", help="Projektets mappe.")] = None,
    language: Annotated[str, typer.Option("--language", "-l", metavar="da|en", help="Listens sprog.")] = "da",
) -> None:
    """Vis data/benchmarks.csv og data/claims.csv: hver undersøgelse med grundlag, kilde og forbehold.

    En post uden kilde eller grundlag afvises; det, der ikke vides, skal stå der som "ikke oplyst".

    Eksempel:  jobreport published --language en
    """
    from jobreport.prepare import published

    if language not in LANGUAGES:
        raise typer.BadParameter("da | en", param_hint="--language")
    typer.echo(published.published_list(folder, language))


def comparable(
    params: Annotated[Path, typer.Argument(metavar="PARAMS", help="En fil i params/ med en hændelse.")],
    register: Annotated[
        list[str] | None, typer.Option("--register", "-r", metavar="FIL", help="Ligne efter disse; ellers filens egne.")
    ] = None,
    event: Annotated[str | None, typer.Option("--event", metavar="NAVN", help="Hændelsen, hvis der er flere.")] = None,
    count: Annotated[int, typer.Option("--count", min=1, max=97, metavar="ANTAL", help="Hvor mange kommuner.")] = 20,
) -> None:
    """Vis de kommuner, der lignede mest i årene før hændelsen, reglen, og linjerne til params-filen.

    Reglen ser kun på tal fra før hændelsen. Sæt linjerne ind, før rapporten laves første gang.

    Eksempel:  jobreport comparable params/ishoej.yml --register data/register/unemployment.csv
    """
    from jobreport.prepare import alike

    typer.echo(alike.comparable(params, files=register or (), event=event, count=count))
