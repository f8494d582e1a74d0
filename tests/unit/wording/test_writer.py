"""One writer with everything bound, and the writers of subjects made of it."""

from collections.abc import Iterator

import pytest

from jobreport import figures, tables, wording
from jobreport.domain.released import Row
from jobreport.page import Number, plain
from jobreport.report.overview import Overview
from jobreport.wording.texts import Texts
from jobreport.wording.writer import Writer
from tests.unit import view_rows as made
from tests.unit.said import said

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


def cell(table: str = "changes", **cells: object) -> Row:
    return Row(table, "k", {"unit": "share", "indicator": "satisfaction"} | cells)


@pytest.mark.parametrize(
    ("change", "moved", "direction"),
    [
        (0.0006, "steg", "højere"), (0.0004, "var uændret", "højere"), (0.0, "var uændret", "lavere"),
        (-0.0004, "var uændret", "lavere"), (-0.0006, "faldt", "lavere"),
    ],
)  # fmt: skip
def test_a_change_is_said_to_have_moved_as_its_printed_number_says(change: float, moved: str, direction: str) -> None:
    writer = made.labels()
    assert (writer.moved(cell(change=change)), writer.direction(cell(change=change))) == (moved, direction)


def test_an_interval_is_told_with_its_level_once_and_signs_where_it_is_of_a_change() -> None:
    writer, ends = made.labels(), {"ci_low": 0.014, "ci_high": 0.206}
    assert plain(writer.interval(cell(**ends))) == "95 pct.-interval: +1,4 til +20,6"
    assert plain(writer.interval(cell("estimates", **ends))) == "95 pct.-interval: 1 til 21"
    assert plain(writer.interval(cell(**ends), short=True)) == "+1,4 til +20,6"
    assert plain(writer.rank(cell(rank=3, n_comparison=96))) == "nr. 3 af 97"
    assert plain(writer.with_unit(cell("estimates", estimate=0.594))) == "59\u00a0pct."
    assert plain(writer.with_unit(cell("estimates", estimate=3.25, unit="points_1_5"))) == "3,25"


def written(text: str, **rows: Row) -> str:
    labels = made.labels()
    return plain(
        Writer(Texts("da", dict(labels.texts.entries) | {"a": text}), labels.params, labels.codebook).say("a", **rows)
    )


def test_a_text_writes_the_cells_of_a_row_in_the_forms_it_names() -> None:
    cells = {
        "change": -0.0518,
        "ci_low": -0.1,
        "ci_high": 0.0266,
        "n_comparison": 1234,
        "value": 0.6789,
        "p_value": 0.14,
    }
    row = cell(**cells, rank=3, wave_before="2020+2021", municipality_code="169")
    forms = "{row.change:signed} {row.change:number} {row.change:size} {row:change_unit} {row:direction} {row:moved}"
    assert written(forms, row=row) == "−5,2 −5,2 5,2 procentpoint lavere faldt"
    assert written("{row.value:ratio} {row.value:times} {row.value:whole}", row=row) == "0,68 0,7 1"
    assert written("{row.ci_low:size} {row:range} {row.p_value:p_value}", row=row) == "10,0 −10,0 til +2,7 p = 0,140"
    assert written("{row.n_comparison:count}, {row:rank}", row=row) == "1.234, nr. 3 af 1.235"
    levels = written("{a.wave_before:window}: {b:level}{b:unit}", a=row, b=cell("estimates", estimate=0.594))
    assert levels.replace("\u00a0", " ") == "2020 – 2021: 59 pct. pct."
    assert written("{row.indicator:name}, {row.municipality_code:place}, {municipality}", row=row) == (
        "Tilfredshed, Høje-Taastrup, Ishøj"
    )
    assert written("{row:interval} ved {test_level:rule}", row=row) == "95 pct.-interval: −10,0 til +2,7 ved 5"


def test_a_cell_in_a_text_is_bound_to_where_it_stands() -> None:
    labels = made.labels()
    writer = Writer(Texts("da", {"a": "{x.change:signed}"}), labels.params, labels.codebook)
    assert writer.say("a", x=cell(change=0.02)) == (Number("+2,0", "changes", "k", "change"),)


@pytest.mark.parametrize("text", ["{row.chnage:signed}", "{other.change:signed}", "{row.change:sined}", "{row}"])
def test_a_column_a_row_or_a_form_that_there_is_not_is_an_error_and_no_blank(text: str) -> None:
    with pytest.raises(KeyError):
        written(text, row=cell(change=0.02))


def test_a_cell_without_a_number_is_written_nowhere() -> None:
    with pytest.raises(ValueError, match="no number in change"):
        written("{row.change:signed}", row=cell(change=None))


@pytest.mark.parametrize(
    ("reason", "told"),
    [
        ("", ""),
        ("no_variation;unknown=3;one_answer", "Alle svarede ens. Der er kun ét svar."),
        ("control_moved=meaning",
         ("Men meningen med aktiviteterne, som begivenheden ikke kan påvirke, ændrede sig også klart anderledes end i "
         "de andre kommuner. Noget andet kan derfor være årsagen.")),
    ],
)  # fmt: skip
def test_every_reason_that_has_words_is_told(reason: str, told: str) -> None:
    assert plain(made.labels().reasons(cell(reason=reason))) == told


SURVEY = {"file": "a.csv", "codebook": "b.yml", "waves": []}


@pytest.mark.parametrize(
    ("params", "indicator", "line"),
    [
        ({}, "unemployment", "Danmarks Statistik"),
        ({"registers": [made.SERIES | {"series": "x"}, made.SERIES | {"source": None}]}, "unemployment", "ikke oplyst"),
        ({}, "satisfaction", "borgerundersøgelsen"),
        ({"survey": SURVEY | {"simulated": True}}, "satisfaction", "simulerede svar, opdigtet af et program"),
        ({"registers": [made.SERIES, made.SERIES | {"series": "x", "source": "Tal 5"}]}, "x", "Tal 5"),
    ],
)
def test_a_source_is_that_of_the_series_or_else_the_survey(params: dict, indicator: str, line: str) -> None:
    told = f"Kilde: {line}. Egne beregninger."
    assert said(Writer, lambda w: w.source(indicator), params) == told
    assert said(Writer, lambda w: w.source_of_all(indicator), params) == told


def test_what_has_nothing_to_show_says_so() -> None:
    assert said(Writer, lambda w: w.nothing("satisfaction")) == (
        "missing: Ikke vist: for få tal til en figur om tilfredsheden."
    )
    assert said(Writer, lambda w: w.missing("event")) == (
        "missing: Ikke oplyst: Der er ingen begivenhed at se før og efter."
    )


def test_changes_between_rounds_are_those_of_the_place_by_what_each_is_told_by() -> None:
    rows = [made.change(event="", **cells) for cells in
            ({}, {"indicator": "meaning"}, {"category": "negative"}, {"method": "effect"}, {"municipality_code": "187"},
             {"adjustment": "mix"}, {"indicator": "trust", "measure": "index", "category": ""})]  # fmt: skip
    writer = Writer.of(made.labels(), rounds=made.frame(*rows))
    found = writer.between_rounds(("satisfaction", "trust"), adjustment="")
    pairs = [(row.text("indicator"), row.text("measure")) for row in found]
    assert pairs == [("satisfaction", "share"), ("trust", "index")]
    assert len(writer.between_rounds(("satisfaction",))) == 2
    assert made.labels().between_rounds(("satisfaction",)) == []
