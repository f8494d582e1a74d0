"""The params file that `jobreport init` writes: every key explained, what is not known left open."""

from collections.abc import Sequence
from pathlib import Path
from textwrap import wrap

from jobreport.domain import municipalities
from jobreport.domain.rules import MARKED_AT_LEAST, SUPPRESS_AT_LEAST
from jobreport.domain.shipped import shipped
from jobreport.domain.texts import words
from jobreport.make import exchange
from jobreport.prepare.init.propose import Proposal
from jobreport.prepare.init.rounds import Round
from jobreport.prepare.init.units import found as found_units
from jobreport.prepare.init.units import listed
from jobreport.setup.coding import normal
from jobreport.setup.yaml_writer import LEFT_OUT, Line, fill, sections

BENCHMARKS, JOBCENTRE = "data/benchmarks.csv", "jobcent"
_EVENT = ("#events:", "#  ")  # so begin the lines about an event


def params(
    name: str,
    files: Sequence[str],
    waves: Sequence[Round],
    codebook_file: str,
    proposal: Proposal,
    sheet: str | None,
    *,
    happened: bool = False,
    units: Sequence[Line] | None = None,
) -> str:
    """Write the params file of a new report.

    ``happened``: opens the lines about an event. ``units``: those that a person named; None proposes those of the file,
    in lines that a person opens.
    """
    code = _place(proposal)
    proposed = f"{municipalities.name(code)}, den eneste kommune i filen" if code else ""
    text = words("proposed")["params"]
    opened = [line[1:] if happened and line.startswith(_EVENT) else line for line in text.splitlines(keepends=True)]
    guess = proposed or "kommunens tre cifre i anførselstegn"
    limits = {"least": SUPPRESS_AT_LEAST, "marked": MARKED_AT_LEAST}
    of_units = _proposed_units(proposal, code) if units is None else _units(units)
    empty = "".join(opened).format(name=name, guess=guess, units=of_units, **limits)
    own = [{"file": file} for file in files] if len(files) > 1 else [{} for _ in waves]
    survey = {
        "file": files[0] if len(files) == 1 else LEFT_OUT,
        "sheet": sheet or LEFT_OUT,
        "codebook": codebook_file,
        **({"aggregates": True} if proposal.is_table else {}),
        "waves": [Line(_wave(wave) | file) for wave, file in zip(waves, own, strict=True)],
    }
    around = {"benchmarks": BENCHMARKS} if about_jobcentres(proposal) else {}
    return fill(empty, {"name": name, "municipality_code": code, "survey": survey} | around)


def _units(units: Sequence[Line]) -> str:
    return f"{sections({'units': list(units)})}\n" if units else ""


def _proposed_units(proposal: Proposal, municipality: str | None) -> str:
    # Lines that a person opens; a name of few rows may be anything, and is not written.
    there = found_units([proposal], municipality or "")
    named = {unit.cell: unit.label for unit in there if not unit.is_rare}
    if not named:
        return ""
    said, rare = words("proposed")["units"], len(there) - len(named)
    told = [said["found"].format(column=proposal.keys["unit"].name)]
    told += [said["rare"].format(count=rare, least=SUPPRESS_AT_LEAST)] if rare else []
    lines = [line for text in told for line in wrap(text, 115)]
    shut = "".join(f"#{line}\n" for line in _units(listed(named, municipality)).splitlines() if line)
    return "".join(f"# {line}\n" for line in lines) + shut + "\n"


def _wave(found: Round) -> dict[str, str | None]:
    return {"wave": found.name or None, "from": found.first or None, "to": found.last or None}


def about_jobcentres(proposal: Proposal) -> bool:
    """Tell whether a survey's own words are about a jobcentre: only then others' jobcentre surveys stand beside it."""
    return any(JOBCENTRE in f"{column.name} {column.question}".casefold() for column in proposal.columns)


def lay_benchmarks(project: Path, proposal: Proposal) -> None:
    """Lay the published surveys where the params file says that they lie, unless it names none or they are there."""
    if about_jobcentres(proposal) and not (project / BENCHMARKS).exists():
        exchange.put(project / BENCHMARKS, shipped(BENCHMARKS).read_bytes())


def _place(proposal: Proposal) -> str | None:
    column = proposal.keys.get("municipality_code")
    if column is None:
        return None
    texts = proposal.table.frame[column.name].drop_duplicates().map(normal)
    codes = {proposal.municipality_recode.get(cell) or municipalities.recognise(cell) for cell in texts if cell}
    return codes.pop() if len(codes) == 1 else None
