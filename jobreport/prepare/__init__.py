"""Before a report: read a new file, check, plan, choose whom to compare with."""
