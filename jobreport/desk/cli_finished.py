"""Commands about finished reports: whether they are what they say, and where their numbers come from."""

from pathlib import Path
from typing import Annotated

import typer

from jobreport.desk import cli_words
from jobreport.errors import OutputsDiffer

VERIFY = "Lav en færdig rapport igen, og sig, om den er den samme."
EXPORT = "Skriv en færdig rapport i en anden form."
WORD = "Skriv en færdig rapport som en Word-fil til at arbejde i."
PRESS = "Skriv en side til pressen og hver figur til brug på en webside."
ARCHIVE = "Skriv en side med alle målinger, en linje for hvert spørgsmål."
EXPLAIN = "Sig, hvor et tal i en færdig rapport kommer fra."

Report = Annotated[Path, typer.Argument(metavar="MAPPE", help="En mappe i outputs/.")]
FolderBeside = Annotated[Path | None, typer.Option("--to", metavar="MAPPE", help="Mappen; ellers ved siden af.")]
Language = Annotated[
    str | None, typer.Option("--language", "-l", metavar="da|en", help="Svarets sprog; ellers rapportens.")
]


def verify(
    published: Annotated[
        Path,
        typer.Argument(
            metavar="MAPPE|FIL",
            help="En mappe i outputs/, en PDF alene, en arbejdsudgave (.docx) eller en pakke (.zip).",
        ),
    ],
    params: Annotated[
        Path | None,
        typer.Option("--params", "-p", metavar="PARAMS", help="Til en PDF eller en pakke; ellers mappens egne."),
    ] = None,
    report: Annotated[
        Path | None,
        typer.Option("--report", metavar="MAPPE", help="Rapporten bag en arbejdsudgave; ellers efter navnet."),
    ] = None,
    language: Language = None,
) -> None:
    """Lav en færdig rapport igen et andet sted, og sammenlign den byte for byte.

    Siger "identisk", eller nævner hver fil, der er en anden, den første linje og kolonne i en tabel, og om det er data,
    params, programmet eller miljøet, der ikke er som dengang. Virker også på en andens mappe. Af en arbejdsudgave
    (jobreport word) nævnes hvert tal, der er rettet. En pakke holdes op mod de svar, som kun kommunen selv har.

    Eksempel:  jobreport verify outputs/ishoej
    """
    from jobreport.make import parent

    parent.share()
    from jobreport.make import verify as verifying

    def progress(line: str) -> None:
        cli_words.say(line, err=True)

    cli_words.checked(language)
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


def explain(
    published: Report,
    wanted: Annotated[str, typer.Argument(metavar="TAL", help="Som det står i rapporten: 59,3 eller 'figur 2'.")],
) -> None:
    """Sig, hvor et tal (eller en figur eller tabel) i en færdig rapport kommer fra.

    Viser afsnit, række og kolonne, grundlag, interval, beregningen i ord, datafilen med dens checksum og det kald i
    Python, der giver tallet.

    Eksempel:  jobreport explain outputs/ishoej 1,81
    """
    from jobreport.make import explain as explaining

    cli_words.say(explaining.explain(published, wanted))


def word(
    published: Report,
    to: Annotated[Path | None, typer.Option("--to", metavar="FIL", help="Filen; ellers ved siden af mappen.")] = None,
    language: Language = None,
) -> None:
    """Skriv en færdig rapport som en Word-fil, mærket som arbejdsudgave, med alle figurer og tabeller.

    Hvert tal er et felt, så verify kan nævne dem, der siden er rettet. En fil, der findes, overskrives aldrig.

    Eksempel:  jobreport word outputs/ishoej
    """
    from jobreport.make import word as working

    cli_words.say(str(working.write(published, to, language)))


def press(
    published: Report,
    to: FolderBeside = None,
    language: Language = None,
) -> None:
    """Skriv en side til pressen (HTML og PDF) og hver figur som SVG og PNG med tekst, kilde og kode til en webside.

    Alt er taget ud af den færdige rapport; simulerede figurer er mærket hver for sig. Mappen ligger ved siden af
    rapporten og bliver erstattet som helhed.

    Eksempel:  jobreport press outputs/ishoej
    """
    from jobreport.make import press as pressing

    cli_words.checked(language)
    cli_words.say(str(pressing.write(published, to, language)))


def archive(
    published: Report,
    to: FolderBeside = None,
    language: Language = None,
) -> None:
    """Skriv en side (archive.html) med alle målinger, rapporten kender: en linje for hvert spørgsmål, ingen rangliste.

    Tallene er rapportens egne og dem fra rapporterne før den (previous). Mappen ligger ved siden af rapporten og bliver
    erstattet som helhed.

    Eksempel:  jobreport archive outputs/ishoej
    """
    from jobreport.make import archive as archiving

    cli_words.checked(language)
    cli_words.say(str(archiving.write(published, to, language)))


def export(
    published: Report,
    form: Annotated[str, typer.Argument(metavar="FORM", help="docx, eller det, en anden pakke har tilføjet.")],
    to: Annotated[Path | None, typer.Option("--to", metavar="FIL", help="Filen; ellers ved siden af mappen.")] = None,
    language: Language = None,
) -> None:
    """Skriv en færdig rapport i en anden form: docx er jobreport word; andre pakker kan tilføje flere.

    En pakke tilføjer en form med et entry point i gruppen jobreport.exporters (jobreport/README.md).

    Eksempel:  jobreport export outputs/ishoej docx
    """
    from jobreport.setup import plugins

    cli_words.checked(language)
    cli_words.say(str(plugins.named(plugins.EXPORTERS, form, published.as_posix())(published, to, language)))
