"""The method explained: the notebook on it executed and exported, as a report is."""

from collections.abc import Mapping
from dataclasses import replace
from pathlib import Path
from typing import Any

import nbformat
from papermill.exceptions import PapermillExecutionError

import jobreport
from jobreport import export
from jobreport.domain.shipped import shipped
from jobreport.errors import Problem, RunFailed, refuse
from jobreport.export import audit
from jobreport.export import notebook as carried
from jobreport.export.bound import Cells
from jobreport.lessons import examples
from jobreport.lessons.lesson import Lesson, project
from jobreport.make import exchange, kernel, parent, single, writing
from jobreport.make.single import Progress
from jobreport.report.results import as_json

NAME = "method"


def make(out: Path | None = None, language: str = "da", progress: Progress = print) -> Path:
    """Write ``method.pdf`` and ``method.html``, and a manifest that lists them.

    Parameters
    ----------
    out : Path, optional
        Folder to write to; the default is ``outputs/method`` of the project folder, with ``-en`` added in English.
    progress : callable
        Is told the name of each step as it begins.

    Returns
    -------
    Path
        The folder, which is replaced as a whole or not at all.

    Raises
    ------
    InputRefused
        If the report with the real case cannot be read.
    RunFailed, ExportFailed
        If the notebook stops or cannot be exported.
    """
    name = NAME if language == "da" else f"{NAME}-{language}"
    folder = out if out is not None else _outputs() / name
    refuse(exchange.in_the_way(folder), language)
    parent.prepare()
    lesson = Lesson(language)
    matter = front_matter(lesson)
    notebook = carried.in_language(nbformat.read(writing.notebook_path(f"{NAME}.ipynb"), as_version=4), language, NAME)
    texts = single.steps(language)
    with exchange.replacing(folder, language) as new:
        progress(texts["notebook"])
        kept = kernel.place_of_evidence(folder)
        try:
            executed = kernel.execute(
                notebook,
                {"language": language},
                folder=project().resolve(),
                environment={},
                evidence=kept,
                preloaded=parent.prepared(),
            )
        except PapermillExecutionError as error:
            where = {"section": NAME, "error": error.ename, "kept": str(kept)}
            raise RunFailed(Problem("notebook_stopped", f"{NAME}.ipynb", where), language) from error
        kept.unlink(missing_ok=True)
        executed.metadata["jobreport"] = matter
        document = carried.read(executed)
        printed, html = export.typeset(document), export.page(document)
        audit.passed(printed.read, document, cells_of(lesson, matter), language, f"{NAME}.ipynb")
        (new / f"{NAME}.pdf").write_bytes(printed.pdf)
        (new / f"{NAME}.html").write_text(html, encoding="utf-8", newline="\n")
        manifest = {"jobreport": jobreport.__version__, "outputs": writing.checksums(new)}
        (new / exchange.LAST_FILE).write_bytes(as_json(manifest))
    return folder


def _outputs() -> Path:
    # Beside the real case; nothing is written where the program is installed.
    return (Path() if project() == shipped("") else project()) / "outputs"


def cells_of(lesson: Lesson, matter: Mapping[str, Any]) -> Cells:
    """Every cell that the notebook on the method may print: the worked examples, and the real case's."""
    cells = writing.cells_of(lesson.real.results, matter)
    return replace(cells, examples={name: made() for name, made in examples.EXAMPLES.items()})


def front_matter(lesson: Lesson) -> dict[str, Any]:
    """What stands at the head of the first page; the date is that of the real case."""
    named = lesson.texts["front"]
    return {
        "title": named["title"],
        "subtitle": named["subtitle"],
        "language": lesson.language,
        "date": lesson.real.front_matter()["date"],
        "simulated": False,
        "name": NAME,
    }
