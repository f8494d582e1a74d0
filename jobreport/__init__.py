"""jobreport: a checkable report on a Danish jobcentre."""
