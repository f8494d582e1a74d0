"""Export: an executed notebook in, a PDF, an HTML page or a workbook out."""

from jobreport.export.html import page, to_html
from jobreport.export.pdf import finished, forget, to_pdf, typeset, unbound
from jobreport.export.workbook import to_xlsx

__all__ = ["finished", "forget", "page", "to_html", "to_pdf", "to_xlsx", "typeset", "unbound"]
