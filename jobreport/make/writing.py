"""From results to one finished report: execute the notebook, export it, write the manifest, put the folder in place."""

from __future__ import annotations

import platform
import subprocess
from collections.abc import Callable, Collection, Mapping
from concurrent.futures import Future, ThreadPoolExecutor
from dataclasses import replace
from functools import cache, partial
from pathlib import Path
from typing import Any

import nbformat
import pandas as pd
from nbformat import NotebookNode

from jobreport import export, wording
from jobreport.domain.released import COUNTRY, OTHERS, TABLES
from jobreport.domain.rules import PRINTED
from jobreport.domain.shipped import shipped
from jobreport.domain.texts import texts_of
from jobreport.errors import Problem, RunFailed
from jobreport.export import audit
from jobreport.export import notebook as carried
from jobreport.export.bound import Cells, Quoted
from jobreport.export.document import Document
from jobreport.export.reading import Reading
from jobreport.make import exchange, fingerprint, kernel, open_data, parent
from jobreport.make.beside import beside
from jobreport.page import Card, Cards, tree
from jobreport.report import glance
from jobreport.report.results import (
    NOT_STATED,
    PROJECT,
    RELEASED_IN,
    Results,
    as_json,
    code_checksum,
    digest,
    focus,
    tidy,
)
from jobreport.report.scope import Scope
from jobreport.setup.codebook import Scale
from jobreport.setup.params import Params

NOTEBOOK = "report.ipynb"
MEANS = ("comparison", "treated")  # places of changes that are means of several municipalities
Progress = Callable[[str], None]
Made = tuple[Cells, Card | None]  # while the kernel draws: the cells that may be printed, the report in one line


def write(
    results: Results,
    folder: Path,
    progress: Progress,
    *,
    more: Collection[str] = (),
    preloaded: bool = False,
    notebook: str = NOTEBOOK,
    told_in: str | None = None,
    meanwhile: Callable[[], None] = lambda: None,
) -> Path:
    """Execute the notebook on results, export it and put the folder in its place.

    Parameters
    ----------
    results, folder, progress, more, told_in
        What may be shown; the others as `run` and `make` take them.
    preloaded
        Fork the kernel from a parent that has imported everything, where that is possible.
    notebook
        Name of the notebook; its headings stand in other languages in ``texts/notebook*.yml``.
    meanwhile
        What else is to be done before the folder is replaced, and nothing waits for.
    """
    language = results.params.language
    texts = texts_of("phrases", told_in or language)["step"]
    with exchange.replacing(folder, language) as new:
        scope = Scope(results)
        matter = scope.front_matter(of_all=notebook != NOTEBOOK)
        progress(texts["notebook"])
        kept = kernel.place_of_evidence(folder)
        with ThreadPoolExecutor(1) as aside:
            begin = cache(partial(aside.submit, _beside, scope, of_all=notebook != NOTEBOOK))
            executed, made = _execute(scope, new, kept, notebook, begin, preloaded=preloaded)
            cells, line = made.result()
        kept.unlink(missing_ok=True)
        progress(texts["export"])
        told = () if line is None else (Cards((line,)),)

        def aside_of(document: Document) -> list[audit.Finding]:
            _write_tables(scope, matter, new, of_all=notebook != NOTEBOOK)
            meanwhile()
            return audit.audit_tree(replace(document, annex=(*document.annex, *told)), cells, language)

        read, document, of_tree = _export(executed, matter, new, aside_of)
        audit.let_pass([*audit.audit_read(read, cells, language), *of_tree], language, _named(results.params))
        for name in more:
            shorter = carried.read(executed, summary=True) if name == exchange.SUMMARY else document.without_annex()
            (new / name).write_bytes(export.typeset(shorter, {}, summary=name == exchange.SUMMARY).pdf)
        open_data.write(open_data.Stated(results.params, matter["title"]), results.facts, new)
        _manifest(results, new, {"glance": line and tree.written(line)})
    return folder


def _beside(scope: Scope, *, of_all: bool) -> Made:
    code_checksum(), commit()  # (they are kept for the manifest)
    return cells_of(scope.results, scope.front_matter()), None if of_all else glance.line(scope)


def _write_tables(scope: Scope, matter: Mapping[str, Any], new: Path, *, of_all: bool) -> None:
    scope.results.write_tables(new)
    told = glance.results(scope, everybody=of_all)
    (new / "tables.xlsx").write_bytes(export.to_xlsx(_of_workbook(scope.results), matter, told))


def notebook_path(name: str = NOTEBOOK) -> Path:
    """The notebook that came with the program; a notebook lying in a data folder is never run."""
    return shipped(f"notebooks/{name}")


def _execute(
    scope: Scope, new: Path, kept: Path, name: str, begin: Callable[[], Future[Made]], *, preloaded: bool
) -> tuple[NotebookNode, Future[Made]]:
    # Execute the notebook; what can be done meanwhile begins while who draws opens the results, or then.
    chosen = scope.params
    root, environment = chosen.root.resolve(), {RELEASED_IN: str(new.resolve())}
    drawn, results = preloaded and name == NOTEBOOK, scope.results
    if drawn and parent.draw_beside(chosen.to_plain(), root, environment, results.copied, begin):
        results.write_facts(new)
    else:
        results.write_copy(new)
    from papermill.exceptions import PapermillExecutionError  # now that somebody draws meanwhile

    texts = "notebook" if name == NOTEBOOK else f"notebook-{Path(name).stem}"
    notebook = carried.in_language(nbformat.read(notebook_path(name), as_version=4), chosen.language, texts)
    notebook = carried.with_sections(notebook, scope.has)
    made = begin()
    try:
        executed = kernel.execute(
            notebook, chosen.to_plain(), folder=root, environment=environment, evidence=kept, preloaded=preloaded
        )
    except PapermillExecutionError as error:
        where = {"section": _section(scope, notebook, error.cell_index), "error": error.ename, "kept": str(kept)}
        raise RunFailed(Problem("notebook_stopped", chosen.where, where), chosen.language) from error
    return executed, made


def _section(scope: Scope, notebook: NotebookNode, stopped: int) -> str:
    # Heading of the cell that stopped, in the user's words; Papermill has added one cell before it.
    own = scope.heading_above(notebook.cells[max(stopped, 1) - 1].id)
    if own is not None:
        return own
    before = (c.source for c in notebook.cells[: max(stopped, 1)] if c.cell_type == "markdown")
    above = [source for source in before if source.startswith("#")]
    return above[-1].splitlines()[0].lstrip("# ") if above else notebook_path().name


def _export(
    executed: NotebookNode, matter: Mapping[str, Any], new: Path, meanwhile: Callable[[Document], list[audit.Finding]]
) -> tuple[Reading, Document, list[audit.Finding]]:
    # Write the three forms; return what the finished PDF says, the tree that they were written of, and what is found
    # in that. The rest is done ``meanwhile``: the PDF takes half a second, in a fork or without Python.
    executed.metadata["jobreport"] = matter
    document = carried.read(executed)
    setting = partial(export.unbound, document, {"inputs.json": (new / "inputs.json").read_bytes()})
    with ThreadPoolExecutor(1) as aside:  # (Typst leaves threads behind, and who has some forks for no second report)
        printing = beside(setting) if parent.may_fork() else aside.submit(setting).result
        (new / "report.html").write_text(export.page(document), encoding="utf-8", newline="\n")
        (new / "report.ipynb").write_bytes((nbformat.writes(executed) + "\n").encode("utf-8"))
        found = meanwhile(document)
        typeset = printing()
    printed = export.finished(document, typeset, beside)
    (new / "report.pdf").write_bytes(printed.pdf)
    tidy(new)
    return printed.read, document, found


def cells_of(results: Results, matter: Mapping[str, Any]) -> Cells:
    """Every cell that a report on these results may print; ``matter`` is what stands at its head."""
    tables = {name: getattr(results.released, name) for name in TABLES}
    others = {name: getattr(results, name) for name in ("benchmarks", "claims", "quotations")}
    others["earlier"] = results.earlier.archive if results.earlier is not None else None
    tables |= {name: table for name, table in others.items() if table is not None}
    params = results.params.to_plain()
    known = params | {"facts": results.facts, "codebook": _codebook_cells(results)}
    book = results.codebook
    asked = (book.indicators, book.groups, book.comments) if book else ()
    named = [params["title"], *(each["label"] for each in (*params["events"], *params["registers"]))]
    named += [each["in_sentence"] for each in params["registers"]]
    return replace(Cells.of(tables, known, PRINTED, matter), quoted=Quoted.of(*asked, named))


def _codebook_cells(results: Results) -> dict[str, dict[str, str]]:
    if results.codebook is None:
        return {}
    language = wording.read_texts(results.params.language, of_unit=results.params.unit is not None)
    indicators = {one.name: {"reason": one.reason} | _ends(one.items[0].scale) for one in results.codebook.indicators}
    questions = {
        one.name: {
            "wording": language.of(one.wording),
            "answers": " / ".join(language.of_many(one.scale.labels)),
            "dont_know": ", ".join(language.of_many(one.dont_know)) if one.dont_know else "",
        }
        | _ends(one.scale)
        for one in results.codebook.items
    }
    return {name: indicators.get(name, {}) | questions.get(name, {}) for name in indicators | questions}


def _ends(scale: Scale) -> dict[str, str]:
    return {end: f"{getattr(scale, end):g}" for end in ("lowest", "highest")}


def _of_workbook(results: Results) -> dict[str, pd.DataFrame]:
    # Tables for readers of Excel: rows of the places this report names, by group of its own municipality.
    # The CSV files hold them all, also how often each single answer was given in each group, the groups of everybody,
    # and how the exposed came out under every choice.
    own, in_front = {results.params.place, COUNTRY}, {*focus(results.params), OTHERS, *MEANS}
    shown = {}
    for name in TABLES:
        table = getattr(results.released, name)
        place, everybody = table["municipality_code"], table["group_by"].eq("")
        by_group = place.eq(results.params.place) & ~table["category"].str.startswith("answer_")
        kept = by_group | (place.isin(own | in_front) & everybody)
        if "method" in table:
            kept &= table["method"].ne("specification") | table["role"].eq("treated")
        shown[name] = table[kept]
    return shown


def _manifest(results: Results, new: Path, more: Mapping[str, object]) -> None:
    # Write the manifest last: a folder that holds it is complete.
    manifest = {
        **results.facts,
        **more,
        "outputs": checksums(new),
        "content_sha256": fingerprint.of_report(
            results.params, {f["file"]: f["sha256"] for f in results.facts["inputs"]}
        ),
        "commit": commit(),
        "python": platform.python_version(),
        "platform": platform.system(),
        "command": f"jobreport run {_named(results.params)} --language {results.params.language}",
    }
    (new / exchange.LAST_FILE).write_bytes(as_json(manifest))


def checksums(folder: Path) -> dict[str, str]:
    """Name and SHA-256 of every file of a folder: what its manifest lists, and a later run may replace."""
    return {path.name: digest(path.read_bytes()) for path in sorted(folder.iterdir())}


def _named(chosen: Params) -> str:
    # Name of the params file as seen from the project folder: no path of anybody's machine.
    where, root = Path(chosen.where).resolve(), chosen.root.resolve()
    return where.relative_to(root).as_posix() if where.is_relative_to(root) else where.name


@cache
def commit() -> str:
    """Commit of the project, with a plus where files were changed since; 'ikke oplyst' outside git."""
    if not (PROJECT / ".git").exists():
        return NOT_STATED

    def git(*words: str) -> str:
        return subprocess.run(  # noqa: S603 - fixed words, no shell
            ["git", "-C", str(PROJECT), *words],  # noqa: S607 - the user's own git
            capture_output=True,
            text=True,
            check=True,
            encoding="utf-8",
        ).stdout.strip()

    try:
        return git("rev-parse", "HEAD") + ("+" if git("status", "--porcelain", "--untracked-files=no") else "")
    except (OSError, subprocess.CalledProcessError):
        return NOT_STATED
