"""Which reports a batch makes: params files read, fanned out over municipalities and languages."""

from collections.abc import Callable, Iterable, Sequence
from dataclasses import dataclass, field
from pathlib import Path
from typing import Any

from jobreport.domain import municipalities
from jobreport.domain.texts import LANGUAGES, texts_of
from jobreport.errors import InputRefused, Problem, refuse
from jobreport.intake import checks
from jobreport.make import fingerprint
from jobreport.release.surveyed import of_events
from jobreport.setup.params import UNNAMED, Params, ParamsRefused
from jobreport.setup.units import Unit

OVERVIEW = "overview"
Plan = Callable[[Iterable[Params]], "list[Job]"]


@dataclass(frozen=True)
class Job:
    """One report to make."""

    params: Params
    folder: Path
    content: str  # checksum of all it depends on: the same means that it is made already
    computation: str  # checksum of the computation that it shares with others

    @property
    def name(self) -> str:
        """Name of the output folder: one for each report."""
        return self.folder.name


@dataclass(frozen=True)
class Refusal:
    """A params file that is refused before anything is computed."""

    name: str
    refused: InputRefused


@dataclass
class Inputs:
    """Params files that could be read, those that could not, and the checksums of all data files."""

    params: list[Params]
    refused: list[Refusal]
    checksums: dict[Path, str] = field(default_factory=dict)


def read(files: Iterable[Path]) -> Inputs:
    """Read every params file; one that is refused does not stop the others."""
    found = Inputs([], [])
    for path in files:
        try:
            found.params.append(checks.read_params(path))
        except InputRefused as refused:
            found.refused.append(Refusal(_called(path, refused), refused))
    return found


def _called(path: Path, refused: InputRefused) -> str:
    # Name that the report would have, where it can be read: its folder may hold an earlier one.
    name = refused.rest.name if isinstance(refused, ParamsRefused) else UNNAMED
    return path.stem if name == UNNAMED else name


def for_municipality(params: Params, code: str) -> Params:
    """Turn a params file into that of one municipality.

    The events stay as they are. A municipality that an event did not happen to gets a report with its own level and
    change, which are described; the comparison is shown for those that it did happen to.

    Examples
    --------
    >>> from jobreport.setup import params
    >>> land = params.from_mapping({"name": "land", "municipality_code": "183"}, root=".")
    >>> for_municipality(land, "461").name
    'land-461'
    """
    name = {language: municipalities.name(code, language) for language in LANGUAGES}
    title = {k: f"{params.title[k]}: {name[k]}" for k in LANGUAGES} if params.title else name
    own: dict[str, Any] = {"name": f"{params.name}-{code}", "title": title, "municipality_code": code}
    if code != params.municipality_code:
        own |= {"previous": None, "frozen": None}  # (they are about one municipality)
    return params.model_copy(update=own)


def by_unit(read: Inputs) -> Inputs:
    """Fan every params file out over its units; one that names none is refused."""
    found = Inputs([], list(read.refused), read.checksums)
    for params in read.params:
        named = [(unit, _as_named(params.name, params.title, unit)) for unit in params.units]
        made = [params.of_unit(unit).model_copy(update=own) for unit, own in named]
        weighted = params.survey is not None and params.survey.margins is not None
        wrong = {"units_none": not made, "unit_and_margins": bool(made) and weighted}
        problems = [Problem(key, params.where) for key, so in wrong.items() if so]
        if problems:
            found.refused.append(Refusal(params.name, InputRefused(problems, params.language)))
        else:
            found.params += made
    return found


def _as_named(name: str, title: dict[str, str] | None, unit: Unit) -> dict[str, Any]:
    # Keys of a unit's report of its own; the report before this one was of the municipality.
    titled = {k: f"{title[k]}: {unit.label[k]}" for k in LANGUAGES} if title else None
    return {"name": f"{name}-{unit.unit}", "title": titled, "previous": None}


def jobs(chosen: Sequence[Params], languages: Sequence[str], out: Path | None, checksums: dict[Path, str]) -> list[Job]:
    """Every report of these params in every language asked for, by the name of its folder.

    Raises
    ------
    InputRefused
        If two reports would be written to the same folder.
    """
    made: dict[Path, Job] = {}
    for params in chosen:
        for language in languages or (params.language,):
            one = params.model_copy(update={"language": language})
            folder = params.output_folder(language)
            folder = folder if out is None else out / folder.name
            if folder in made:
                refuse([Problem("batch_same_name", one.where, {"name": folder.name})], params.language)
            known = fingerprint.input_checksums(one, checksums)
            made[folder] = Job(one, folder, fingerprint.of_report(one, known), fingerprint.of_computation(one, known))
    return sorted(made.values(), key=lambda job: job.name)


def overviews(params: Params, languages: Sequence[str], out: Path, number: int) -> tuple[Job, ...]:
    """Plan the overview of a group of reports in every language asked for; several groups are numbered."""
    name = OVERVIEW + (f"-{number}" if number > 1 else "")
    in_front = next(iter(of_events(params)), params.municipality_code)  # nobody but those of the events stands out
    title = {one: texts_of("overview", one)["title"] for one in LANGUAGES}
    own: dict[str, Any] = {"name": name, "title": title, "municipality_code": in_front}
    named = params.model_copy(update=own | dict.fromkeys(("previous", "benchmarks", "claims")))
    made = []
    for language in languages or (params.language,):
        folder = out / named.output_folder(language).name
        made.append(Job(named.model_copy(update={"language": language}), folder, "", ""))
    return tuple(made)


def places_of(group: Iterable[Job]) -> tuple[str, ...]:
    """Municipalities that the reports of a group are about, and those of their events."""
    return tuple(sorted({code for job in group for code in (job.params.municipality_code, *of_events(job.params))}))
