"""The params file that `jobreport init` writes: every key explained, what is not known left open."""

from __future__ import annotations

from collections.abc import Sequence

from jobreport.domain import municipalities
from jobreport.domain.rules import MARKED_AT_LEAST, SUPPRESS_AT_LEAST
from jobreport.prepare.init.propose import Proposal, waves_in
from jobreport.setup.coding import normal
from jobreport.setup.yaml_writer import LEFT_OUT, SCHEMA_LINE, Line, fill

_EMPTY = """\
{schema}
# En rapport. Udfyld de tomme linjer; jobreport check siger, hvad der mangler. Koder, datoer og navne på
# bølger står i anførselstegn, fordi andre programmer læser et 0223 uden (Hørsholm) som 147 (Frederiksberg).

name: null # rapporten skrives i outputs/{name}/
title: null # overskrift; null = jobreport skriver en
language: da # da eller en
municipality_code: null # {guess}
report_date: null # 'ÅÅÅÅ-MM-DD'; null = den seneste dato i data

survey:
  file: null
  sheet: null
  codebook: null
  simulated: false # true = svarene er opdigtede; det stemples på hver side
  invited: null # CSV med wave, municipality_code, group_by, group, n_invited, n_answered; null = ikke oplyst
  margins: null # CSV med kendte antal at vægte til: wave, municipality_code, group_by, group, count
  waves: [] # undersøgelsens runder; from og to er første og sidste dag med svar
  evaluated_party: null # hvad kommunen selv gjorde: [commissioner, payer, collector]; [] = intet af det
  description: # trykkes i rapporten; det, der mangler, trykkes som "ikke oplyst"
    commissioner: null # hvem bestilte undersøgelsen
    payer: null # hvem betalte
    designer: null # hvem skrev spørgsmålene
    collector: null # hvem spurgte
    analyst: null # hvem regnede på svarene
    target_population: null # hvem skulle spørges
    frame: null # hvilken liste de blev fundet på
    selection: null # alle, eller en stikprøve og hvordan
    mode: null # brev, web, telefon, fremmøde
    language: null # hvilke sprog man kunne svare på
    questionnaire: null # hvor spørgeskemaet kan læses
    weighting: null # om og hvordan der er vægtet
    other_changes: null # hvad der ellers ændrede sig i tiden
    limits: null # hvad undersøgelsen ikke kan vise

# Er der sket noget, som før og efter skal sammenlignes omkring? Slet det første # i de otte linjer herunder, ret dem,
# og skriv bølgernes datoer ovenfor.
{event}

registers: [] # officielle tal; se params/ishoej.yml
benchmarks: null # data/benchmarks.csv viser også, hvad offentliggjorte undersøgelser siger
claims: null
jobcentres: null # data/jobcentres.csv, hvis filen kun har jobcenter og ikke bopælskommune

disclosure: # kan gøres strengere, aldrig mildere
  suppress_below: {least} # færre svar end dette vises ikke
  uncertain_below: {marked} # færre end dette mærkes som usikre

unchanged_margin: null # mindste ændring, der betyder noget, i point; null = rapporten siger aldrig "uændret"
"""
_EVENT = """\
events:
  - event: ny_organisering
    label: Ny organisering af jobcentret
    date: '2022-01-01' # første dag med det nye
    treated: ['183'] # kommunen eller kommunerne, det skete for
    exposed: [] # andre, som også blev berørt; de vises, men sammenlignes aldrig med
    comparison: all # alle andre kommuner i filen, eller en liste af koder
    source: null # hvor det er dokumenteret"""


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
    proposed = f"FORSLAG: '{code}' ({municipalities.name(code)}), hvis det passer" if code else ""
    empty = _EMPTY.format(
        schema=SCHEMA_LINE,
        name=name,
        guess=proposed or "kommunens tre cifre i anførselstegn",
        event=_EVENT if happened else "\n".join(f"#{line}" for line in _EVENT.splitlines()),
        least=SUPPRESS_AT_LEAST,
        marked=MARKED_AT_LEAST,
    )
    own = [{"file": file} for file in files] if len(files) > 1 else [{} for _ in waves]
    survey = {
        "file": files[0] if len(files) == 1 else LEFT_OUT,
        "sheet": sheet or LEFT_OUT,
        "codebook": codebook_file,
        "waves": [Line({"wave": wave, "from": None, "to": None} | file) for wave, file in zip(waves, own, strict=True)],
    }
    return fill(empty, {"name": name, "survey": survey})


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
    return found if len(found) == len({normal(name) for name in found}) == len(stems) else list(stems)
