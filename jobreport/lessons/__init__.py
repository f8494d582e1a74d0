"""The method in small sums, computed by the functions that make reports."""
