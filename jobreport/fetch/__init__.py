"""Fetch official figures into ``data/register/``: the only part of jobreport that uses a network.

A report reads files and never comes here. What is fetched is stored with a sidecar that says which
table, which query, when, under which licence, and what an empty cell and a zero mean.
"""
