"""The gate that finished files pass before they replace a report: no number leaves without its cell."""

from __future__ import annotations

from collections.abc import Sequence

from jobreport.errors import ExportFailed, Problem
from jobreport.export import audit
from jobreport.export.audit import Finding
from jobreport.export.cells import Cells

NAMED = 5
CONTENTS = "contents"


def passed(pdf: bytes, html: str, cells: Cells, language: str, where: str) -> None:
    """Let a finished PDF and page pass if every number and rule on them is what its cell holds.

    Parameters
    ----------
    pdf, html
        The finished files.
    cells
        What they may print.
    language : {'da', 'en'}
        Language of the files and of the message.
    where
        The file that the report is made of, as its user names it.

    Raises
    ------
    ExportFailed
        Naming the page, the words and the cell of each number that does not pass.
    """
    findings = [*audit.audit_pdf(pdf, cells, language), *audit.audit_html(html, cells, language)]
    stopping = [finding for finding in findings if finding.cell != CONTENTS]
    if stopping:
        values = {"count": len(stopping), "numbers": told(stopping)}
        raise ExportFailed(Problem("number_without_cell", where, values).text(language))


def told(findings: Sequence[Finding]) -> str:
    """Name the first findings: where, what is printed, and what its cell holds.

    Examples
    --------
    >>> told([Finding("page 3", "59", "differs", "estimates / x / n = 58")])
    'page 3: "59" (estimates / x / n = 58)'
    """
    lines = [f'{f.where}: "{f.text}"' + (f" ({f.cell})" if f.cell else "") for f in findings[:NAMED]]
    return "; ".join(lines) + (" …" if len(findings) > NAMED else "")
