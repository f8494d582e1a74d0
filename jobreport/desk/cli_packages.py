"""Commands about packages: released figures that municipalities give each other instead of answers."""

from __future__ import annotations

from pathlib import Path
from typing import Annotated

import typer

from jobreport.domain.texts import LANGUAGES

GATHER = "Sig, hvilke pakker der kan sammenlignes om hvad, og hvorfor ikke."
PUBLISH = "Lav en pakke af en færdig rapport, som andre kommuner kan sammenligne med."


def publish(
    published: Annotated[Path, typer.Argument(metavar="MAPPE", help="En færdig rapport i outputs/.")],
    to: Annotated[Path, typer.Option("--to", metavar="PAKKE", help="Pakken, der skrives; en fil, der ender på .zip.")],
    language: Annotated[
        str | None, typer.Option("--language", "-l", metavar="da|en", help="Svarets sprog; ellers rapportens.")
    ] = None,
) -> None:
    """Lav en pakke af en færdig rapport: de tal, der må vises, kodebogen og det, der er oplyst. Intet svar.

    Tallene regnes ud igen af svarene og holdes op mod rapporten, så svarene skal ligge der endnu. Pakken kan sendes til
    andre kommuner; de nævner den under packages i deres params-fil.

    Eksempel:  jobreport publish outputs/ishoej --to pakker/ishoej.zip
    """
    from jobreport.make import package

    if language not in (None, *LANGUAGES):
        raise typer.BadParameter("vælg da eller en", param_hint="--language")
    if to.suffix.lower() != ".zip":
        raise typer.BadParameter("pakken er en fil, der ender på .zip", param_hint="--to")
    typer.echo(str(package.publish(published, to, lambda line: typer.echo(line, err=True), language)))


def gather(
    files: Annotated[list[Path], typer.Argument(metavar="PAKKE...", help="Pakkerne, for eksempel pakker/*.zip.")],
    params: Annotated[
        Path | None,
        typer.Option("--params", "-p", metavar="PARAMS", help="Jeres egen undersøgelse; ellers første pakke."),
    ] = None,
    language: Annotated[
        str | None, typer.Option("--language", "-l", metavar="da|en", help="Svarets sprog; ellers params-filens.")
    ] = None,
) -> None:
    """Læs pakker fra andre kommuner, og sig, hvad der kan sammenlignes, og hvorfor noget er udeladt. Intet skrives.

    Et spørgsmål er ens, når ordlyd, svarmuligheder, rækkefølge, positive svar og ved ikke er ens. Målinger findes efter
    datoerne. Er noget forskelligt og alligevel ens nok, så skriv det med en grund under declared_equal i params-filen.

    Eksempel:  jobreport gather pakker/*.zip --params params/vores.yml
    """
    from jobreport.prepare import gather

    if language not in (None, *LANGUAGES):
        raise typer.BadParameter("vælg da eller en", param_hint="--language")
    typer.echo(gather.gather(files, params, language))
