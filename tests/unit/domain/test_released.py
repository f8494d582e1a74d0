"""The three released tables: what each column is, how a window is written, and how rows are found."""

import pandas as pd
import pytest

from jobreport.domain.released import COLUMNS, KEYS, NUMBERS, STATED, Row, Searched, empty, frame, one, pattern, rows
from tests.unit import view_rows as made


def test_the_key_of_a_row_is_all_that_tells_rows_apart():
    of_question, of_place = "indicator|measure|category", "group_by|group"
    assert {table: "|".join(keys) for table, keys in KEYS.items()} == {
        "estimates": f"{of_question}|municipality_code|wave|{of_place}",
        "changes": f"event|{of_question}|municipality_code|role|{of_place}|method|adjustment|specification|scale|"
        "wave_before|wave_after",
        "diagnostics": f"diagnostic|{of_question}|municipality_code|wave|{of_place}",
    }


@pytest.mark.parametrize("table", COLUMNS)
def test_every_column_is_one_of_key_number_and_what_is_stated(table):
    assert sorted(COLUMNS[table]) == sorted(
        [*KEYS[table], *(name for name in (*NUMBERS, *STATED) if name in COLUMNS[table])]
    )
    assert len(set(COLUMNS[table])) == len(COLUMNS[table])
    assert list(empty(table)) == list(COLUMNS[table])


@pytest.mark.parametrize("table", COLUMNS)
def test_a_table_of_no_rows_has_the_types_of_one_with_rows(table):
    some, none = frame(table, [{"municipality_code": "183", "simulated": True}], {}), frame(table, [], {})
    assert list(some.dtypes) == list(none.dtypes)
    assert some.loc[0, "municipality"] == "183"


def test_a_row_knows_whether_it_is_about_one_wave_or_a_window():
    windows = ("2021-1", "2021-1+2021-2", "")
    assert [Row("estimates", "k", {"wave": window}).spans_waves for window in windows] == [False, True, False]


def test_asking_for_one_of_several_rows_is_an_error() -> None:
    table = made.frame(made.estimate(), made.estimate(wave="2022"))
    with pytest.raises(ValueError, match="2 rows of estimates"):
        one(table, "estimates", indicator="satisfaction")
    assert one(table, "estimates", indicator="trust") is None


def test_a_search_finds_the_rows_that_a_look_at_each_finds() -> None:
    texts = ["", "a", "b", "a", None]
    table = pd.DataFrame({"indicator": texts, "wave": [*texts[2:], *texts[:2]], "n": [1, 2, 3, None, 5]})
    table = table.astype({"n": "Int64"}).iloc[[4, 3, 0, 1, 2]]
    searched = Searched(table)
    for first in ("", "a", "c", ("a", "b"), ("c", "a"), ()):
        for second in ("", "b", ("", "a")):
            wanted = {"indicator": first, "wave": second}
            places = {
                place
                for place, row in table.iterrows()
                if all(row[c] == v or (isinstance(v, tuple) and row[c] in v) for c, v in wanted.items())
            }
            expected = [str(place) for place in table.index if place in places]
            for asked in (table, searched, searched):
                assert [row.key for row in rows(asked, "claims", **wanted)] == expected


def test_a_search_gives_cells_as_they_are_and_leaves_ordinary_frames() -> None:
    searched = Searched(pd.DataFrame({"indicator": ["a", "b"], "n": pd.array([3, None], "Int64"), "share": [0.5, 1.0]}))
    first, second = rows(searched, "claims")
    assert first.cells == {"indicator": "a", "n": 3, "share": 0.5}
    assert second.has("share")
    assert not second.has("n")
    assert type(searched[searched["n"].eq(3)]) is pd.DataFrame


def test_a_pattern_leaves_the_other_columns() -> None:
    row = rows(made.frame(made.estimate(group_by="gender", group="k")), "estimates")[0]
    assert pattern(row, "group") == "satisfaction|share|positive|183|2021|gender|*"
