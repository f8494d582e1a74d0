"""Export: an executed notebook in, a PDF, an HTML page or a workbook out."""

from jobreport.export.html import to_html
from jobreport.export.pdf import forget, to_pdf
from jobreport.export.workbook import to_xlsx

__all__ = ["forget", "to_html", "to_pdf", "to_xlsx"]
