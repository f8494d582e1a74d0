"""Numbers: rounding, separators, signs, units, bindings."""

import math

import pytest

from jobreport.domain.released import Row, rows
from jobreport.wording import numbers
from tests.unit import view_rows as made


@pytest.mark.parametrize(
    ("value", "places", "danish", "english"),
    [
        (1234.5, 0, "1.235", "1,235"),
        (-0.7896, 2, "−0,79", "−0.79"),
        (2.525, 2, "2,53", "2.53"),
        (57.4999, 0, "57", "57"),
        (100 * 0.575, 0, "58", "58"),
        (-0.004, 2, "0,00", "0.00"),
        (33000, 0, "33.000", "33,000"),
    ],
)
def test_numbers_are_rounded_as_by_hand_and_written_as_the_language_does(
    value: float, places: int, danish: str, english: str
) -> None:
    assert (numbers.decimal(value, places, "da"), numbers.decimal(value, places, "en")) == (danish, english)


def test_plus_is_written_on_request_and_never_on_zero() -> None:
    written = [numbers.decimal(x, 1, "da", sign=True) for x in (0.5, 0.04, -0.5)]
    assert written == ["+0,5", "0,0", "−0,5"]


def test_a_share_becomes_per_cent_and_a_log_change_a_relative_change() -> None:
    share = rows(made.frame(made.estimate()), "estimates")[0]
    log = rows(made.frame(made.register_change("183", "treated", "log", change=math.log(4.60 / 6.41))), "changes")[0]
    assert numbers.number(share, "estimate", "da").text == "59"
    assert numbers.number(log, "change", "da", size=True, decimals=0).text == "28"


def test_a_number_is_bound_to_its_row_and_column() -> None:
    row = rows(made.frame(made.change()), "changes")[0]
    number = numbers.number(row, "ci_low", "da", sign=True)
    assert (number.text, number.table, number.column) == ("+1,0", "changes", "ci_low")
    assert number.row == "ishoej_2022|satisfaction|share|positive|183|treated|||change|||points|2021|2022"


def test_ranked_and_rank_p_are_bound_to_what_they_are_made_of() -> None:
    row = rows(made.frame(made.effect("183", "points", -0.79, -1.4, -0.1, 3)), "changes")[0]
    assert (numbers.ranked(row, "da").text, numbers.ranked(row, "da").column) == ("97", "n_comparison+1")
    assert (numbers.rank_p(row, "da").text, numbers.rank_p(row, "da").column) == ("0,031", "rank/(n_comparison+1)")


def test_a_count_of_rows_is_bound_to_the_pattern_of_their_keys() -> None:
    row = rows(made.frame(made.change(method="false_date", specification="2019")), "changes")[0]
    bound = numbers.count_rows(4, row, ("specification", "wave_before", "wave_after"), "count", "da")
    assert bound.row == "ishoej_2022|satisfaction|share|positive|183|treated|||false_date||*|points|*|*"


def test_a_missing_number_cannot_be_printed() -> None:
    row = rows(made.frame(made.change(change=None)), "changes")[0]
    with pytest.raises(ValueError, match="no number in change"):
        numbers.number(row, "change", "da")


def test_a_window_is_written_by_its_ends_and_bound_to_its_column() -> None:
    row = Row("changes", "k", {"wave_before": "2020-2+2021-1+2021-2"})
    assert numbers.window(row, "wave_before").text == "2020-2 – 2021-2"


def test_text_without_digits_is_not_bound_and_text_with_digits_is() -> None:
    row = Row("claims", "c", {"a": "kommentarer", "b": "80 procent"})
    assert numbers.written(row, "a") == "kommentarer"
    assert numbers.written(row, "b") == numbers.Number("80 procent", "claims", "c", "b")
