"""Numbers: rounding, separators, signs, units, bindings."""

import math
from datetime import date

import pytest

from jobreport.domain.released import Row, rows
from jobreport.wording import numbers
from tests.unit import view_rows as made

DA, EN = made.labels("da"), made.labels("en")


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
    assert DA.number(share, "estimate").text == "59"
    assert DA.number(log, "change", size=True, decimals=0).text == "28"


def test_a_number_is_bound_to_its_row_and_column() -> None:
    row = rows(made.frame(made.change()), "changes")[0]
    number = DA.number(row, "ci_low", sign=True)
    assert (number.text, number.table, number.column) == ("+1,0", "changes", "ci_low")
    assert number.row == "ishoej_2022|satisfaction|share|positive|183|treated|||change|||points|2021|2022"


def test_ranked_and_rank_p_are_bound_to_what_they_are_made_of() -> None:
    row = rows(made.frame(made.effect("183", "points", -0.79, -1.4, -0.1, 3)), "changes")[0]
    assert (DA.ranked(row).text, DA.ranked(row).column) == ("97", "n_comparison+1")
    assert (DA.rank_p(row).text, DA.rank_p(row).column) == ("0,031", "rank/(n_comparison+1)")


def test_a_count_of_rows_is_bound_to_the_pattern_of_their_keys() -> None:
    row = rows(made.frame(made.change(method="false_date", specification="2019")), "changes")[0]
    bound = DA.count_rows(4, row, ("specification", "wave_before", "wave_after"), "count")
    assert bound.row == "ishoej_2022|satisfaction|share|positive|183|treated|||false_date||*|points|*|*"


def test_a_missing_number_cannot_be_printed() -> None:
    row = rows(made.frame(made.change(change=None)), "changes")[0]
    with pytest.raises(ValueError, match="no number in change"):
        DA.number(row, "change")


def test_a_window_is_written_by_its_ends_and_bound_to_its_column() -> None:
    row = Row("changes", "k", {"wave_before": "2020-2+2021-1+2021-2"})
    assert DA.window(row, "wave_before").text == "2020-2 – 2021-2"


def test_text_without_digits_is_not_bound_and_text_with_digits_is() -> None:
    row = Row("claims", "c", {"a": "kommentarer", "b": "80 procent"})
    assert DA.written(row, "a") == "kommentarer"
    assert DA.written(row, "b") == numbers.Number("80 procent", "claims", "c", "b")


def cell(table: str = "changes", **cells: object) -> Row:
    return Row(table, "k", cells)


@pytest.mark.parametrize(
    ("value", "danish"),
    [
        (0.0004, "under 0,001"), (0.0005, "0,001"), (0.14, "0,140"), (0.9994, "0,999"), (0.9995, "over 0,999"),
        (1.0, "over 0,999"),
    ],
)  # fmt: skip
def test_a_probability_is_printed_with_three_decimals_and_never_as_nought_or_one(value: float, danish: str) -> None:
    assert numbers.probability(value, "da") == danish
    assert numbers.probability(value, "en") == danish.replace(",", ".")
    told = DA.p_value(cell(p_value=value), "p_value")
    assert told == ("p " if " " in danish else "p = ", numbers.Number(danish, "changes", "k", "p_value"))
    ranked = DA.rank_p(cell(rank=1000 * value, n_comparison=999.0))
    assert ranked.text == danish


@pytest.mark.parametrize(
    ("unit", "level", "change"),
    [
        ("share", "12", "12,3"), ("points_0_100", "12", "12,3"), ("per_cent", "12,3", "12,3"),
        ("log_points", "12,35", "12,3"), ("points_1_5", "12,35", "12,35"), ("personer", "12,35", "12,35"),
    ],
)  # fmt: skip
def test_a_unit_has_its_decimals_of_levels_and_of_changes(unit: str, level: str, change: str) -> None:
    value = 0.12345 if unit == "share" else 12.345
    assert DA.number(cell("estimates", unit=unit, estimate=value), "estimate").text == level
    assert DA.number(cell(unit=unit, change=value), "change").text == change


def test_a_number_is_printed_as_its_size_with_its_sign_or_as_it_is() -> None:
    fall = cell(unit="share", change=-0.051)
    assert DA.number(fall, "change").text == "−5,1"
    assert DA.number(fall, "change", size=True).text == "5,1"
    assert DA.number(cell(unit="share", change=0.051), "change", sign=True).text == "+5,1"
    assert DA.number(fall, "change", decimals=0).text == "−5"
    assert DA.number(fall, "change", plain=True, decimals=2).text == "−0,05"
    assert EN.number(fall, "change", decimals=3) == numbers.Number("−5.100", "changes", "k", "change")


@pytest.mark.parametrize(
    ("pair", "least", "places"),
    [((10.4, 10.2), 0, 1), ((10.4, 9.4), 0, 0), ((10.04, 10.01), 0, 2), ((10.001, 10.002), 0, 3),
     ((10.0001, 10.0), 0, 0), ((10.4, 10.2), 1, 1), ((10.0, 10.0), 1, 1)],
)  # fmt: skip
def test_two_numbers_are_printed_with_as_many_decimals_as_tell_them_apart(
    pair: tuple[float, float], least: int, places: int
) -> None:
    left, right = (cell(change=value) for value in pair)
    assert numbers.telling_places((left, right), "change", least) == places


@pytest.mark.parametrize(
    ("wave", "printed"),
    [
        ("2021", "2021"),
        ("2021K1+2021K2+2021K3+2021K4", "2021"),
        ("2021K1+2021K2", "2021K1 – 2021K2"),
        ("a+b+c", "a – c"),
    ],
)
def test_a_window_of_whole_years_is_told_by_its_years(wave: str, printed: str) -> None:
    assert DA.window(cell(wave=wave), "wave") == numbers.Number(printed, "changes", "k", "wave")


def test_rules_and_params_are_printed_from_where_they_stand() -> None:
    assert DA.rule("interval_level") == numbers.Number("95", "rules", "interval_level", "value")
    assert EN.rule("reliability_floor").text == "0.7"
    assert DA.rule("funnel_outer").text == "99,8"
    number = DA.params_number(1234.5, "survey.n", 1)
    assert number == numbers.Number("1.234,5", "params", "survey.n", "value")
    assert EN.params_number(1234.5, "survey.n").text == "1,235"
    day = date(2022, 3, 1)
    assert EN.params_date(day, "e.date") == numbers.Number("1 March 2022", "params", "e.date", "value")
    assert DA.event_year() == numbers.Number("2022", "params", "events.0.date", "value")
    assert numbers.params_text("Bind 2", "e.source") == numbers.Number("Bind 2", "params", "e.source", "value")
    assert numbers.params_text("Bind", "e.source") == "Bind"
    assert DA.count(cell(n=1234.0), "n") == numbers.Number("1.234", "changes", "k", "n")
