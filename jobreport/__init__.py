"""jobreport: a checkable report on a Danish jobcentre."""

__version__ = "0.1.0"
