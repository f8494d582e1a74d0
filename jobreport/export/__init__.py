"""Export: an executed notebook in, a PDF, an HTML page or a workbook out."""
