"""The exporters as nbconvert knows them: ``jupyter nbconvert --to jobreport_pdf executed.ipynb``."""

from collections.abc import Iterator
from contextlib import contextmanager
from typing import Any

from nbconvert.exporters import Exporter
from nbformat import NotebookNode

from jobreport.errors import JobreportError
from jobreport.export.html import to_html
from jobreport.export.pdf import to_pdf

ATTACHMENTS = "jobreport_attachments"


@contextmanager
def _told() -> Iterator[None]:
    # On the command line a refusal is its own words and no traceback; JupyterLab shows what is raised.
    try:
        yield
    except JobreportError as refused:
        from nbconvert.nbconvertapp import NbConvertApp

        if NbConvertApp.initialized():
            raise SystemExit(str(refused)) from None
        raise


class PdfReport(Exporter):
    """An executed notebook as PDF/UA-1 and PDF/A-3a.

    ``resources['jobreport_attachments']``, a mapping of file name to bytes, travels inside the file.
    """

    export_from_notebook = "PDF (jobreport)"
    output_mimetype = "application/pdf"

    def _file_extension_default(self) -> str:
        return ".pdf"

    def from_notebook_node(  # type: ignore[override]  # nbconvert's own exporters give text or bytes as well
        self, nb: NotebookNode, resources: dict[str, Any] | None = None, **kwargs: Any
    ) -> tuple[bytes, dict[str, Any]]:
        """Typeset an executed notebook; see :func:`jobreport.export.to_pdf`."""
        executed, kept = super().from_notebook_node(nb, resources, **kwargs)
        with _told():
            return to_pdf(executed, kept.get(ATTACHMENTS)), kept


class HtmlReport(Exporter):
    """An executed notebook as one accessible HTML file."""

    export_from_notebook = "HTML (jobreport)"
    output_mimetype = "text/html"

    def _file_extension_default(self) -> str:
        return ".html"

    def from_notebook_node(  # type: ignore[override]  # nbconvert's own exporters give text or bytes as well
        self, nb: NotebookNode, resources: dict[str, Any] | None = None, **kwargs: Any
    ) -> tuple[str, dict[str, Any]]:
        """Make an executed notebook one page; see :func:`jobreport.export.to_html`."""
        executed, kept = super().from_notebook_node(nb, resources, **kwargs)
        with _told():
            return to_html(executed), kept
