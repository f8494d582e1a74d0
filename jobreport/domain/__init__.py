"""What every stage may know and none computes: the project's own rules."""
