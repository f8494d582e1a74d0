"""Begin a report on one's own survey: read the files, propose a codebook, and decide nothing in silence."""

from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass, field
from pathlib import Path

from jobreport.domain.shipped import example, shipped
from jobreport.domain.texts import texts_of
from jobreport.errors import InputRefused, Problem, refuse
from jobreport.intake.checks import admission, printable, rules, several
from jobreport.intake.checks.personal import problems as personal_problems
from jobreport.intake.formats.around import by_file
from jobreport.intake.formats.content import PARTS
from jobreport.intake.formats.tables import RawTable, known, read_table
from jobreport.make import exchange
from jobreport.prepare.init import codebook_text, params_text, rounds
from jobreport.prepare.init.columns import YEARS, Column
from jobreport.prepare.init.keys import row_numbers, wave_spellings
from jobreport.prepare.init.propose import Proposal, not_answers, propose
from jobreport.setup.kinds import is_name, slug

PARAMS_FOLDER = "params"
SCHEMAS = (f"{PARAMS_FOLDER}/params.schema.json", f"{PARAMS_FOLDER}/codebook.schema.json")
SHOWN = 12
EXPORT = PARTS[0]  # the file by which a folder is known as an export


@dataclass(frozen=True)
class Started:
    """The files written, and what was found, as text for the screen."""

    params: Path
    codebook: Path
    found: str


@dataclass(frozen=True)
class Said:
    """What a person has said of columns before anything is proposed."""

    left_out: tuple[str, ...] = ()  # columns that are dropped before anything in them is looked at
    allowed: tuple[str, ...] = ()  # columns that look like personal data and are none
    # which column tells the round, the municipality or the day, such as ``wave``; '' where none does
    keys: Mapping[str, str] = field(default_factory=dict)


def start(
    files: Sequence[Path],
    project: Path,
    name: str | None = None,
    sheet: str | None = None,
    said: Said = Said(),
    language: str = "da",
) -> Started:
    """Write a params file and a codebook for one survey file, or for several, one per wave.

    Parameters
    ----------
    files
        Survey files or folders of a SurveyXact export.
    project
        The project folder; the two files go into its folder ``params``.
    name
        Name of the report; default: from the first file's name.
    said
        What is already known of some columns; it is written into the codebook.
    language
        'da' or 'en': of what is told on the screen; the files speak Danish.

    Raises
    ------
    InputRefused
        If a file lies outside the project, cannot be read or holds personal data, or if one of the two
        files is there already: nothing is ever overwritten.
    """
    files = of_rounds(files)
    name = name or _slug(files[0])
    refuse([] if is_name(name) else [Problem("name_invalid", "--name", {"field": "name", "value": name})])
    folder = project / PARAMS_FOLDER
    params_file, codebook_file = folder / f"{name}.yml", folder / f"{name}-codebook.yml"
    taken = [path for path in (params_file, codebook_file) if path.exists()]
    taken = [] if taken == [codebook_file] else taken  # (perhaps our own, of an `init` that was killed)
    refuse(Problem("init_exists", path.as_posix()) for path in taken)
    outside = [path for path in files if not path.resolve().is_relative_to(project.resolve())]
    refuse(Problem("init_outside", path.name) for path in outside)
    proposals = look(files, sheet, said)
    named = [path.resolve().relative_to(project.resolve()).as_posix() for path in files]
    waves = rounds.found(proposals, [_slug(path) for path in files])
    names = [each.name for each in waves]
    its_codebook = codebook_text.codebook(proposals, names, left_out=said.left_out, allowed=said.allowed)
    its_params = params_text.params(name, named, waves, f"{PARAMS_FOLDER}/{codebook_file.name}", proposals[0], sheet)
    _put(codebook_file, its_codebook.encode("utf-8"))
    _beside(project)
    params_text.lay_benchmarks(project, proposals[0])
    exchange.put(params_file, its_params.encode("utf-8"))  # last: where it is there is the rest
    return Started(params_file, codebook_file, summary(proposals, language, waves))


def of_rounds(files: Sequence[Path]) -> list[Path]:
    """Take a folder that is no export as what it holds: a file, a ZIP or an export for each round, by their names."""
    if len(files) != 1 or not files[0].is_dir():
        return list(files)
    inside = sorted(path for path in files[0].iterdir() if not path.name.startswith("."))
    is_export = any(path.stem.lower() == EXPORT for path in inside if path.suffix.lower() == ".csv")
    rounds_there = [path for path in inside if path.is_dir() or path.suffix.lower() in known()]
    return list(files) if is_export or not rounds_there else rounds_there


def _beside(project: Path) -> None:
    for name in SCHEMAS:
        if not (project / name).exists():
            exchange.put(project / name, shipped(name).read_bytes())


def _put(path: Path, content: bytes) -> None:
    # Write a file that is not there; one of the same content was left by an `init` that was killed.
    refuse([Problem("init_exists", path.as_posix())] if path.exists() and not _holds(path, content) else [])
    exchange.put(path, content)


def _holds(path: Path, content: bytes) -> bool:
    return path.is_file() and path.read_bytes() == content


def look(files: Sequence[Path], sheet: str | None = None, said: Said = Said()) -> list[Proposal]:
    """Read survey files and propose what their columns are; nothing is written.

    Raises
    ------
    InputRefused
        If a file cannot be read or holds personal data.
    """
    named = ({"file": path.as_posix(), "sheet": sheet or ""} for path in files)  # what the params will say
    refuse(problem for each in named for problem in printable.of_texts(each, each["file"]))
    return proposed(_tables(files, sheet, said), said)


def proposed(tables: Sequence[RawTable], said: Said = Said()) -> list[Proposal]:
    """Propose what the columns of tables are, where no person has said it."""
    tables = several.split(tables)
    counted = row_numbers(tables) - set(said.allowed)
    return [propose(table, counted, said.keys) for table in tables]


def summary(proposals: Sequence[Proposal], language: str = "da", waves: Sequence[rounds.Round] = ()) -> str:
    """Tell what was found, and which rounds, as text for the screen."""
    lines = [line for each in proposals for line in _summary(each, language)]
    return "\n".join([*lines, *([rounds.told(waves, language)] if waves else [])])


def _tables(files: Sequence[Path], sheet: str | None, said: Said) -> list[RawTable]:
    tables: list[RawTable] = []
    problems: list[Problem] = []
    headers: list[set[str]] = []
    for path in files:
        where = path.as_posix()
        if not path.exists():
            problems.append(Problem("params_missing", where))
            continue
        try:
            whole = read_table(path, where, sheet)
        except InputRefused as refused:
            problems += refused.problems
            continue
        headers.append({str(name) for name in whole.frame.columns})
        table = whole.without(said.left_out)
        # (a number that may be a CPR number or a key is asked about when the codebook is checked)
        found = [each for each in admission.found_in(table) if each.certain or each.kind != "cpr"]
        problems += personal_problems(found, where, said.allowed)
        problems += not_answers(table)
        tables.append(table)
    problems += [_absent(name, tables) for name in said.left_out if not any(name in seen for seen in headers)]
    refuse(problems)
    return tables


def _absent(name: str, tables: Sequence[RawTable]) -> Problem:
    known = list(dict.fromkeys(str(column) for table in tables for column in table.frame.columns))
    return Problem("column_missing", "--leave-out", {"column": name, "near": rules.suggestion(name, known)})


def _slug(path: Path) -> str:
    return slug(path.parent.name if path.stem.lower() == "dataset" else path.stem)


def _summary(proposal: Proposal, language: str) -> Iterator[str]:
    texts, table = texts_of("init", language), proposal.table
    size = {"rows": len(table.frame), "columns": len(proposal.columns)}
    yield texts["file"].format(where=table.where, form=table.form, **size)
    if table.layout:
        yield texts["layout"].format(layout=table.layout)
    for _, aside in by_file([(table.where, each) for each in table.aside], language):
        yield texts["aside"].format(told=aside)
    for key, column in proposal.keys.items():
        yield texts["key"].format(key=key, column=column.name, filled=column.filled, distinct=column.distinct)
    yield from _waves(proposal, texts)
    for name in proposal.row_numbers:
        yield texts["row_number"].format(column=name)
    if proposal.days and "answered_on" not in proposal.keys:
        yield texts["days"].format(columns=", ".join(proposal.days))
    for name, column in proposal.groups.items():
        yield texts["group"].format(name=name, column=column.name, answers=_answers(column))
    yield texts["proposals"] if proposal.questions else texts["no_proposals"]
    for question in proposal.questions:
        yield f"    {question.indicator} / {question.name}: {_named_column(question.column)}"
        yield texts["least_first"].format(labels=", ".join(question.scale.labels_da))
    told = (*(question.column for question in proposal.questions), *proposal.keys.values(), *proposal.groups.values())
    used = {column.name for column in told}
    other = [column for column in proposal.columns if _can_be_asked(column) and column.name not in used]
    yield texts["others"].format(count=len(other))
    for column in other[:SHOWN]:
        yield f"    {_named_column(column, 70)} ({_unclaimed(column, texts)[:90]})"
    if len(other) > SHOWN:
        yield texts["more"].format(count=len(other) - SHOWN)
    if proposal.free_text:
        yield texts["free_text"].format(columns=", ".join(proposal.free_text))


def _can_be_asked(column: Column) -> bool:
    return column.kind == "closed" or (column.kind == "number" and bool(column.answers))


def _waves(proposal: Proposal, texts: Mapping[str, str]) -> Iterator[str]:
    column, rows = proposal.keys.get("wave"), len(proposal.table.frame)
    for name, others in wave_spellings(column, proposal.table).items():
        if others:
            yield texts["wave_spelt"].format(name=name, others=", ".join(others))
    if column is not None and column.filled < rows:
        yield texts["wave_missing"].format(column=column.name, count=rows - column.filled, rows=rows)


def _named_column(column: Column, longest: int | None = None) -> str:
    return f'{column.name} "{column.question[:longest]}"' if column.question else column.name


def _unclaimed(column: Column, texts: Mapping[str, str]) -> str:
    hidden = len(column.answers) - len(column.shown)
    return ", ".join([*column.shown, *([texts["hidden"].format(count=hidden)] if hidden > 0 else [])])


def _answers(column: Column) -> str:
    bands = [label for _, label in codebook_text.bands()] if column.kind == YEARS else column.answers.values()
    return ", ".join(bands)


def begin_example(project: Path, language: str = "da") -> Sequence[str]:
    """Write the example into a folder and return the names of its files; nothing is ever overwritten.

    Raises
    ------
    InputRefused
        If one of the files is there already; then none is written.
    """
    files = {name: source.read_bytes() for name, source in example().items()}
    there = [name for name in files if (project / name).exists()]
    if len(there) < len(files):  # (what is as it is shipped was left by an `init` that was killed)
        there = [name for name in there if not _holds(project / name, files[name])]
    refuse([Problem("example_exists", "init --example", {"files": there})] if there else [], language)
    for name, content in files.items():
        exchange.put(project / name, content)
    return tuple(files)
