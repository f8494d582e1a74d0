"""One writer with everything bound, and the writers of subjects made of it."""

from collections.abc import Iterator

import pytest

from jobreport import figures, tables, wording
from jobreport.page import plain
from jobreport.report.overview import Overview
from jobreport.wording.writer import Writer
from tests.unit import view_rows as made

ROOMS = (figures, tables, wording, Overview)  # imported with every writer of a subject


def subjects(of: type[Writer] = Writer) -> Iterator[type[Writer]]:
    for subject in of.__subclasses__():
        yield subject
        yield from subjects(subject)


@pytest.mark.parametrize("subject", sorted(set(subjects()), key=lambda one: one.__qualname__))
def test_a_subject_takes_no_name_of_the_writer_for_something_else(subject: type[Writer]) -> None:
    inherited = {name for base in subject.__mro__[1:-1] for name in vars(base) if not name.startswith("__")}
    assert inherited & {name for name in vars(subject) if not name.startswith("__")} == set()


def test_the_writer_of_a_subject_has_all_that_is_bound_and_its_own_tables_where_given() -> None:
    rows = made.register_changes()
    paths = figures.Paths.of(made.labels("en"), changes=rows)
    assert (paths.language, paths.code, paths.changes is rows) == ("en", "183", True)
    ranks = figures.Ranks.of(paths)
    assert ranks.changes is rows
    assert ranks.estimates is paths.estimates


@pytest.mark.parametrize("told", [False, True])
def test_a_source_names_what_others_told_only_where_it_is_compared(told: bool) -> None:
    """Packages that were all left out are no source of any figure."""
    writer = Writer.of(made.labels("en"), others_told=told)
    assert ("told themselves" in plain(writer.source_of_all("satisfaction"))) is told
