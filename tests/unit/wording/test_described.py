"""An official figure of no event: its place, its change beside those most alike, and how much they swing."""

import pytest

from jobreport.wording.described import Described
from tests.unit import view_rows as made
from tests.unit.said import said

SERIES = made.SERIES | {"event": "none"}
POINTS = (
    "Ved siden af de 12 kommuner, der lignede mest (samme højde i årene til og med 2021), endte Ishøj 1,50 "
    "procentpoint højere (95 pct.-interval: +0,50 til +2,50; nr. 2 af 13 efter, hvor meget hver afviger)."
)
LOG = "Regnet i procent endte den 9,5 pct. lavere (95 pct.-interval: −18,1 til −1,0; nr. 4 af 13)."
CLEAR = "Forskellen er større, end kommuner som den plejer at svinge af sig selv. Hvorfor viser tallene ikke."


def similar(scale, change, low, high, rank, **cells):
    more = {"event": "", "method": "similar", "n_comparison": 12, "rank": rank, "ci_low": low, "ci_high": high}
    return made.register_change("183", "", scale, change=change, **(more | cells))


def as_large(scale, often, n=4):
    row = {"diagnostic": "as_large", "indicator": "unemployment", "measure": "", "category": scale, "wave": ""}
    return made.diagnostic(**row, value=float(often), n=n, unit="periods")


def told(speak, *changes, large=()):
    nobody = made.diagnostic(municipality_code="101", diagnostic="as_large", category="points", value=9.0)
    params = {"registers": [SERIES]}
    return said(Described, speak, params, changes=made.frame(*changes), diagnostics=made.frame(nobody, *large))


UP, DOWN = similar("points", 1.5, 0.5, 2.5, 2), similar("log", -0.1, -0.2, -0.01, 4)
UNCLEAR_UP, UNCLEAR_DOWN = similar("points", 1.5, -0.5, 3.5, 2), similar("log", -0.1, -0.2, 0.01, 4)


def test_both_scales_are_told_with_interval_and_rank_and_the_smaller_sentence_second():
    assert told(lambda w: w.beside("unemployment"), UP, DOWN) == f"{POINTS} {LOG} {CLEAR}"


def test_a_series_that_is_only_compared_in_per_cent_is_told_as_the_first():
    alone = told(lambda w: w.beside("unemployment"), DOWN)
    assert alone.startswith("Ved siden af de 12 kommuner, der lignede mest (samme højde i årene til og med 2021)")
    assert "endte Ishøj 9,5 pct. lavere (95 pct.-interval: −18,1 til −1,0; nr. 4 af 13 efter" in alone


@pytest.mark.parametrize(
    ("changes", "large", "verdict"),
    [
        ((UP, DOWN), (), CLEAR),
        ((UP, UNCLEAR_DOWN), (), f"Forskellen er kun målt i procentpoint {CLEAR.removeprefix('Forskellen er ')}"),
        ((UNCLEAR_UP, DOWN), (), f"Forskellen er kun målt i pct. {CLEAR.removeprefix('Forskellen er ')}"),
        ((UNCLEAR_UP, UNCLEAR_DOWN), (as_large("points", 1),), "Så meget svinger kommuner som den også af sig selv."),
        ((UP, DOWN), (as_large("points", 1),), "Så stor har forskellen også været før. Den kan være tilfældig."),
        ((UP, DOWN), (as_large("log", 1),), "Så stor har forskellen også været før. Den kan være tilfældig."),
        ((UP, DOWN), (as_large("points", 0),), CLEAR),
        ((UP, UNCLEAR_DOWN), (as_large("log", 1),), "Forskellen er kun målt i procentpoint større"),
    ],
)
def test_a_difference_is_called_larger_than_swings_only_where_it_is_clear_and_was_not_as_large_before(
    changes, large, verdict
):
    front = told(lambda w: w.front("unemployment"), *changes, large=large)
    interval = "−0,50 til +3,50" if changes[0] is UNCLEAR_UP else "+0,50 til +2,50"
    first = "Ved siden af de 12 kommuner, der lignede mest, endte Ishøj 1,50 procentpoint højere"
    assert front.startswith(f"{first} (95 pct.-interval: {interval}). {verdict}")
    assert verdict in told(lambda w: w.beside("unemployment"), *changes, large=large)


@pytest.mark.parametrize(("n", "is_told"), [(2, False), (3, True)])
def test_how_often_it_was_as_large_is_told_from_three_periods_on_of_the_first_scale(n, is_told):
    last = f"I 1 af {n} tidligere perioder af samme længde var forskellen fra dem, der lignede mest dengang, mindst"
    both = (as_large("points", 1, n), as_large("log", 0, 8))
    assert (last in told(lambda w: w.beside("unemployment"), UP, DOWN, large=both)) is is_told
    assert last not in told(lambda w: w.front("unemployment"), UP, DOWN, large=both)


@pytest.mark.parametrize("missing", ["change", "ci_low", "ci_high", "rank"])
def test_nothing_is_said_of_what_cannot_be_shown_or_is_not_the_municipalitys(missing):
    hidden = similar("points", 1.5, 0.5, 2.5, 2) | {missing: None}
    others = UP | {"municipality_code": "187"}
    other_series = UP | {"indicator": "education"}
    another_method = UP | {"method": "change"}
    for speak in (lambda w: w.beside("unemployment"), lambda w: w.front("unemployment")):
        assert told(speak, hidden, others, other_series, another_method) == ""


def place(category, value, wave="2022", **cells):
    row = {"diagnostic": "place", "indicator": "unemployment", "measure": "register", "unit": "municipalities", "n": 98}
    return made.diagnostic(**(row | {"category": category, "value": float(value), "wave": wave} | cells))


@pytest.mark.parametrize(("below", "said_"), [(10, "nr. 10 af 98 kommuner, talt fra den laveste."),
                                              (95, "nr. 4 af 98 kommuner, talt fra den højeste.")])  # fmt: skip
def test_a_place_is_counted_from_the_nearer_end_in_the_last_period(below, said_):
    rows = [place("from_below", below), place("from_above", 99 - below), place("from_below", 1, wave="2021")]
    rows += [place("middle", 0), place("from_below", 1, municipality_code="187"), place("from_below", 1, wave="2023",
             indicator="education"), place("from_below", 1, diagnostic="funnel", wave="2024")]  # fmt: skip
    found = said(Described, lambda w: w.place("unemployment"), diagnostics=made.frame(*rows))
    assert found == f"I 2022 lå Ishøj {said_}"
    assert said(Described, lambda w: w.place("education_short"), diagnostics=made.frame(*rows)) == ""
