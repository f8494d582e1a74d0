"""The params file that `jobreport init` writes: every key explained, what is not known left open."""

from __future__ import annotations

from collections.abc import Sequence

from jobreport.domain import municipalities
from jobreport.domain.rules import MARKED_AT_LEAST, SUPPRESS_AT_LEAST
from jobreport.prepare.init.propose import Proposal, waves_in
from jobreport.setup.coding import normal
from jobreport.setup.yaml_file import SCHEMA_LINE, quoted

DESCRIPTION = {
    "commissioner": "hvem bestilte undersøgelsen",
    "payer": "hvem betalte",
    "designer": "hvem skrev spørgsmålene",
    "collector": "hvem spurgte",
    "analyst": "hvem regnede på svarene",
    "target_population": "hvem skulle spørges",
    "frame": "hvilken liste de blev fundet på",
    "selection": "alle, eller en stikprøve og hvordan",
    "mode": "brev, web, telefon, fremmøde",
    "language": "hvilke sprog man kunne svare på",
    "questionnaire": "hvor spørgeskemaet kan læses",
    "weighting": "om og hvordan der er vægtet",
    "other_changes": "hvad der ellers ændrede sig i tiden",
    "limits": "hvad undersøgelsen ikke kan vise",
}


def params(
    name: str,
    files: Sequence[str],
    waves: Sequence[str],
    codebook_file: str,
    proposal: Proposal,
    sheet: str | None,
    *,
    happened: bool = False,
) -> str:
    """Write the params file of a new report; ``happened`` opens the lines about an event."""
    code = _place(proposal)
    guess = (
        f"FORSLAG: '{code}' ({municipalities.name(code)}), hvis det passer"
        if code
        else "kommunens tre cifre i anførselstegn"
    )
    lines = [
        SCHEMA_LINE,
        "# En rapport. Udfyld de tomme linjer; jobreport check siger, hvad der mangler. Koder, datoer og navne på",
        "# bølger står i anførselstegn, fordi andre programmer læser et 0223 uden (Hørsholm) som 147 (Frederiksberg).",
        "",
        f"name: {quoted(name)} # rapporten skrives i outputs/{name}/",
        "title: null # overskrift; null = jobreport skriver en",
        "language: da # da eller en",
        f"municipality_code: null # {guess}",
        "report_date: null # 'ÅÅÅÅ-MM-DD'; null = den seneste dato i data",
        "",
        "survey:",
    ]
    lines += [f"  file: {quoted(files[0])}"] if len(files) == 1 else []
    lines += [f"  sheet: {quoted(sheet)}"] if sheet else []
    lines += [
        f"  codebook: {quoted(codebook_file)}",
        "  simulated: false # true = svarene er opdigtede; det stemples på hver side",
        "  invited: null # CSV med wave, municipality_code, group_by, group, n_invited, n_answered; null = ikke oplyst",
        "  margins: null # CSV med kendte antal at vægte til: wave, municipality_code, group_by, group, count",
        f"  waves:{'' if waves else ' []'} # undersøgelsens runder; from og to er første og sidste dag med svar",
    ]
    for place, wave in enumerate(waves):
        own = f", file: {quoted(files[place])}" if len(files) > 1 else ""
        lines.append(f"    - {{wave: {quoted(wave)}, from: null, to: null{own}}}")
    lines += [
        "  evaluated_party: null # hvad kommunen selv gjorde: [commissioner, payer, collector]; [] = intet af det"
    ]
    lines += ['  description: # trykkes i rapporten; det, der mangler, trykkes som "ikke oplyst"']
    lines += [f"    {key}: null # {meaning}" for key, meaning in DESCRIPTION.items()]
    lines += [_EVENT, *(line if happened else f"#{line}" for line in _EVENT_LINES)]
    return "\n".join(lines) + "\n" + _REST.format(least=SUPPRESS_AT_LEAST, marked=MARKED_AT_LEAST)


_EVENT = """
# Er der sket noget, som før og efter skal sammenlignes omkring? Slet det første # i de otte linjer herunder, ret dem,
# og skriv bølgernes datoer ovenfor."""
_EVENT_LINES = (
    "events:",
    "  - event: ny_organisering",
    "    label: Ny organisering af jobcentret",
    "    date: '2022-01-01' # første dag med det nye",
    "    treated: ['183'] # kommunen eller kommunerne, det skete for",
    "    exposed: [] # andre, som også blev berørt; de vises, men sammenlignes aldrig med",
    "    comparison: all # alle andre kommuner i filen, eller en liste af koder",
    "    source: null # hvor det er dokumenteret",
)
_REST = """
registers: [] # officielle tal; se params/ishoej.yml
benchmarks: null # data/benchmarks.csv viser også, hvad offentliggjorte undersøgelser siger
claims: null
jobcentres: null # data/jobcentres.csv, hvis filen kun har jobcenter og ikke bopælskommune

disclosure: # kan gøres strengere, aldrig mildere
  suppress_below: {least} # færre svar end dette vises ikke
  uncertain_below: {marked} # færre end dette mærkes som usikre

unchanged_margin: null # mindste ændring, der betyder noget, i point; null = rapporten siger aldrig "uændret"
"""


def _place(proposal: Proposal) -> str | None:
    """The one municipality of the file, if there is just one."""
    column = proposal.keys.get("municipality_code")
    if column is None:
        return None
    texts = proposal.table.frame[column.name].drop_duplicates().map(normal)
    codes = {proposal.municipality_recode.get(cell) or municipalities.recognise(cell) for cell in texts if cell}
    return codes.pop() if len(codes) == 1 else None


def wave_names(proposals: Sequence[Proposal], stems: Sequence[str]) -> list[str]:
    """Name the waves: by the file's column, else by the files' names if they differ, else 1."""
    found = [name for proposal in proposals for name in waves_in(proposal)]
    if len(stems) == 1:
        return found or ["1"]
    return found if len(found) == len(set(found)) == len(stems) else list(stems)
