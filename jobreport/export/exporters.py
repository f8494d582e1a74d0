"""The exporters as nbconvert knows them: ``jupyter nbconvert --to jobreport_pdf executed.ipynb``."""

from collections.abc import Callable
from typing import Any, ClassVar

from nbconvert.exporters import Exporter
from nbformat import NotebookNode
from traitlets import Unicode

from jobreport.errors import JobreportError
from jobreport.export.html import to_html
from jobreport.export.pdf import to_pdf

ATTACHMENTS = "jobreport_attachments"


class _Report(Exporter):
    _made: ClassVar[Callable[..., str | bytes]]

    def from_notebook_node(
        self, nb: NotebookNode, resources: dict[str, Any] | None = None, **kwargs: Any
    ) -> tuple[Any, dict[str, Any]]:
        """Make a report of an executed notebook; see :func:`jobreport.export.to_pdf` and `to_html`."""
        executed, kept = super().from_notebook_node(nb, resources, **kwargs)
        try:
            return type(self)._made(executed, kept.get(ATTACHMENTS)), kept
        except JobreportError as refused:  # (on the command line its own words and no traceback, in JupyterLab raised)
            from nbconvert.nbconvertapp import NbConvertApp

            if NbConvertApp.initialized():
                raise SystemExit(str(refused)) from None
            raise


class PdfReport(_Report):
    """An executed notebook as PDF/UA-1 and PDF/A-3a.

    ``resources['jobreport_attachments']``, a mapping of file name to bytes, travels inside the file.
    """

    export_from_notebook, output_mimetype = "PDF (jobreport)", "application/pdf"
    file_extension = Unicode(".pdf").tag(config=True)
    _made = staticmethod(to_pdf)


class HtmlReport(_Report):
    """An executed notebook as one accessible HTML file."""

    export_from_notebook, output_mimetype = "HTML (jobreport)", "text/html"
    file_extension = Unicode(".html").tag(config=True)
    _made = staticmethod(lambda executed, _: to_html(executed))
