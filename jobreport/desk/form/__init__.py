"""A report by clicking: the form for those who would rather not write a params file.

`session` does everything and shows nothing, `page` shows it, `server` opens the page on this machine alone.
"""
