"""Export: an executed notebook in, a PDF, an HTML page or a workbook out."""

from jobreport.export.html import page, to_html
from jobreport.export.pdf import forget, to_pdf, typeset
from jobreport.export.workbook import to_xlsx

__all__ = ["forget", "page", "to_html", "to_pdf", "to_xlsx", "typeset"]
