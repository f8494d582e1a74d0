"""Commands beyond one report: many of them, other municipalities' figures, and who was alike before an event."""

from pathlib import Path
from typing import Annotated

import typer

from jobreport.desk import cli_words
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

    cli_words.checked(language)
    cli_words.say(published.published_list(folder, language))


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

    cli_words.say(alike.comparable(params, files=register or (), event=event, count=count))


CODEBOOK = "Vis en kodebog at begynde med, eller navnene på dem, der er."


def codebook(
    name: Annotated[str | None, typer.Argument(metavar="[NAVN]", help="For eksempel kl; ellers vises navnene.")] = None,
) -> None:
    """Skriv en kodebog at begynde med: KLs seks temaer (kl), BTU (btu), LUP (lup) og plejehjem. Andre kan tilføje.

    Ret den, så kolonner og ordlyd er jeres. En pakke tilføjer en med et entry point i gruppen jobreport.codebooks.

    Eksempel:  jobreport codebook kl > params/vores-codebook.yml
    """
    from jobreport.setup import plugins

    known = plugins.found(plugins.CODEBOOKS)
    text = "\n".join(sorted(known)) if name is None else plugins.named(plugins.CODEBOOKS, name, "codebook")()
    cli_words.say(text.rstrip("\n"))


GATHER = "Sig, hvilke pakker der kan sammenlignes om hvad, og hvorfor ikke."
PUBLISH = "Lav en pakke af en færdig rapport, som andre kommuner kan sammenligne med."


def publish(
    published: Annotated[Path, typer.Argument(metavar="MAPPE", help="En færdig rapport i outputs/.")],
    to: Annotated[Path, typer.Option("--to", metavar="PAKKE", help="Pakken, der skrives; en fil, der ender på .zip.")],
    language: Annotated[
        str | None, typer.Option("--language", "-l", metavar="da|en", help="Svarets sprog; ellers rapportens.")
    ] = None,
    sign: Annotated[
        Path | None,
        typer.Option("--sign", metavar="NØGLE", help="Skriv under med en SSH-nøgle (Ed25519, uden adgangskode)."),
    ] = None,
) -> None:
    """Lav en pakke af en færdig rapport: de tal, der må vises, kodebogen og det, der er oplyst. Intet svar.

    Tallene regnes ud igen af svarene og holdes op mod rapporten, så svarene skal ligge der endnu. Pakken kan sendes til
    andre kommuner; de nævner den under packages i deres params-fil.

    Eksempel:  jobreport publish outputs/ishoej --to pakker/ishoej.zip
    """
    from jobreport.make import package

    cli_words.checked(language)
    if to.suffix.lower() != ".zip":
        raise typer.BadParameter("pakken er en fil, der ender på .zip", param_hint="--to")
    cli_words.say(str(package.publish(published, to, lambda line: cli_words.say(line, err=True), language, sign)))


def gather(
    files: Annotated[list[Path], typer.Argument(metavar="PAKKE...", help="Pakkerne, for eksempel pakker/*.zip.")],
    params: Annotated[
        Path | None,
        typer.Option("--params", "-p", metavar="PARAMS", help="Jeres egen undersøgelse; ellers første pakke."),
    ] = None,
    language: Annotated[
        str | None, typer.Option("--language", "-l", metavar="da|en", help="Svarets sprog; ellers params-filens.")
    ] = None,
    index: Annotated[
        Path | None, typer.Option("--index", metavar="MAPPE", help="Skriv en side og en liste over pakkerne her.")
    ] = None,
) -> None:
    """Læs pakker fra andre kommuner, og sig, hvad der kan sammenlignes, og hvorfor noget er udeladt.

    Et spørgsmål er ens, når ordlyd, svarmuligheder, rækkefølge, positive svar og ved ikke er ens. Målinger findes efter
    datoerne. Er noget forskelligt og alligevel ens nok, så skriv det med en grund under declared_equal i params-filen.

    Eksempel:  jobreport gather pakker/*.zip --params params/vores.yml
    """
    from jobreport.prepare import gather

    cli_words.checked(language)
    cli_words.say(gather.gather(files, params, language))
    if index is not None:
        from jobreport.prepare import shelf

        cli_words.say(str(shelf.write(files, index, language or "da")))


FREEZE = "Skriv ned, før svarene kommer, hvad der skal måles og siges."


def freeze(
    params: Annotated[Path, typer.Argument(metavar="PARAMS", help="En fil i params/; svarene må mangle endnu.")],
    sign_by: Annotated[str, typer.Option("--sign-by", metavar="NAVN", help="Hvem der står bag planen.")],
    out: Annotated[
        Path | None, typer.Option("--out", "-o", metavar="FIL", help="Filen; ellers NAVN.frozen.yml ved siden af.")
    ] = None,
    language: Annotated[
        str | None, typer.Option("--language", "-l", metavar="da|en", help="Svarets sprog; ellers params-filens.")
    ] = None,
) -> None:
    """Skriv en plan, før der spørges: formål, hovedmål, målinger, sammenligning, ordlyd, ventede svar og krav.

    Planen har også de sætninger, rapporten vil sige i hvert tilfælde, dannet af opdigtede svar og uden tal. Giv filen
    eller dens kontrolsum til en anden samme dag, og skriv den under frozen i params-filen. Rapporten siger så, hvornår
    det blev fastlagt, hvem der har den, og linje for linje, hvad der siden er ændret. Datoen er computerens egen.

    Eksempel:  jobreport freeze params/vores.yml --sign-by "Analysekontoret"
    """
    from jobreport.prepare import freeze as freezing

    cli_words.say(freezing.freeze(params, sign_by, out, cli_words.checked(language)))


BATCH = "Lav mange rapporter: af mange params-filer, eller en for hver kommune."


def batch(
    files: Annotated[list[Path], typer.Argument(metavar="PARAMS...", help="Filer i params/.")],
    each: Annotated[
        str | None,
        typer.Option("--each", metavar="municipality|unit", help="En rapport for hver kommune eller enhed i data."),
    ] = None,
    languages: Annotated[str, typer.Option("--languages", metavar="da,en", help="Sprog; ellers filernes egne.")] = "",
    workers: Annotated[
        int | None, typer.Option("--workers", "-w", min=1, metavar="N", help="Processer; ellers hvad maskinen kan.")
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
    ændring beskrevet, aldrig en effekt. Med --each unit laves en rapport for hver enhed under units i params-filen,
    ved siden af de andre i kommunen.

    Eksempel:  jobreport batch params/demo.yml --each municipality --languages da,en --resume
    """
    from jobreport.make import batch as many
    from jobreport.make.batch.cluster import Scheduler

    if each not in (None, *many.EACH):
        raise typer.BadParameter("vælg municipality eller unit", param_hint="--each")
    chosen = tuple(language.strip() for language in languages.split(",") if language.strip())
    if not set(chosen) <= {*LANGUAGES}:
        raise typer.BadParameter("vælg da, en eller begge", param_hint="--languages")
    there = Scheduler(scheduler, tls or ()) if scheduler else None
    options = many.Options(out, each, chosen, workers, there, resume, not fresh)
    cli_words.say(many.run(files, options, lambda line: cli_words.say(line, err=True)))
