"""The params file that `jobreport init` writes: every key explained, what is not known left open."""

from __future__ import annotations

from collections.abc import Sequence
from pathlib import Path

from jobreport.domain import municipalities
from jobreport.domain.rules import MARKED_AT_LEAST, SUPPRESS_AT_LEAST
from jobreport.domain.shipped import shipped
from jobreport.domain.texts import words
from jobreport.make import exchange
from jobreport.prepare.init.propose import Proposal
from jobreport.prepare.init.rounds import Round
from jobreport.setup.coding import normal
from jobreport.setup.yaml_writer import LEFT_OUT, Line, fill

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
) -> str:
    """Write the params file of a new report; ``happened`` opens the lines about an event."""
    code = _place(proposal)
    proposed = f"{municipalities.name(code)}, den eneste kommune i filen" if code else ""
    text = words("proposed")["params"]
    opened = [line[1:] if happened and line.startswith(_EVENT) else line for line in text.splitlines(keepends=True)]
    guess = proposed or "kommunens tre cifre i anførselstegn"
    empty = "".join(opened).format(name=name, guess=guess, least=SUPPRESS_AT_LEAST, marked=MARKED_AT_LEAST)
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
    """The one municipality of the file, if there is just one."""
    column = proposal.keys.get("municipality_code")
    if column is None:
        return None
    texts = proposal.table.frame[column.name].drop_duplicates().map(normal)
    codes = {proposal.municipality_recode.get(cell) or municipalities.recognise(cell) for cell in texts if cell}
    return codes.pop() if len(codes) == 1 else None
