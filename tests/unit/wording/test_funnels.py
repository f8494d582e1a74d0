"""One municipality among the others, and what goes together with what a survey is judged by."""

import pytest

from jobreport.wording.funnels import Funnels, others_beside
from tests.unit import view_rows as made
from tests.unit.said import said


def funnel(measure, code="183", **cells):
    return made.diagnostic(measure=measure, municipality_code=code, **cells)


def limit(code="183", reason="", **cells):
    return funnel("limit_95", code, value=0.59, ci_low=0.51, ci_high=0.67, reason=reason, **cells)


OTHERS = (funnel("standardised", "187", value=0.5), limit("187"), funnel("standardised", wave="2021", value=0.1),
          limit(wave="2021"), funnel("standardised", category="negative", value=0.2),
          limit(category="negative"), funnel("standardised", wave="2023", value=None),
          limit(wave="2023") | {"value": None}, funnel("standardised", group_by="gender", group="k", wave="2024"),
          made.diagnostic(diagnostic="drivers", wave="2025"))  # fmt: skip


@pytest.mark.parametrize(
    ("reason", "verdict"),
    [
        ("", "Forskellen kan være tilfældig: den går fra 51 til 67 ved rene tilfældigheder."),
        ("outside", "Det er mere, end tilfældet plejer at give (51 til 67)."),
    ],
)
def test_a_municipality_is_told_beside_the_limits_of_the_latest_round(reason, verdict):
    tables = {"diagnostics": made.frame(*OTHERS, funnel("standardised", value=0.6, n=150), limit(reason=reason))}
    told = said(Funnels, lambda w: w.answer("satisfaction"), **tables)
    assert told == f"Tilfredshed: 60 pct. mod 59 pct. for alle svar (150 svar fra kommunen). {verdict}"
    assert said(Funnels, lambda w: w.answer("meaning"), **tables) == ""


@pytest.mark.parametrize("held", [(), (limit(),), (funnel("standardised"),)])
def test_without_its_value_or_its_limits_nothing_is_told_of_a_municipality(held):
    assert said(Funnels, lambda w: w.answer("satisfaction"), diagnostics=made.frame(*OTHERS[:2], *held)) == ""


def outside(count, **cells):
    more = {"value": count, "ci_high": 2.25, "n": 570, "unit": "municipalities"}
    return funnel("outside_95", "000", **(more | cells))


@pytest.mark.parametrize(
    ("row", "told"),
    [
        (outside(1.0), "1 kommune afviger mere, end tilfældet plejer at give; 2,3 kunne man vente."),
        (outside(3.0), "3 kommuner afviger mere, end tilfældet plejer at give; 2,3 kunne man vente."),
        (outside(0.0), "0 kommuner afviger mere, end tilfældet plejer at give; 2,3 kunne man vente."),
        (outside(3.0, ci_high=None), ""),
        (funnel("outside_998", "000", value=1.0, ci_high=1.0), ""),
    ],
)
def test_how_many_lie_outside_is_told_beside_how_many_chance_would_put_there(row, told):
    found = said(Funnels, lambda w: w.outside(w.funnel_rows("satisfaction")), diagnostics=made.frame(row))
    assert found == told
    assert said(Funnels, lambda w: w.outside({"outside_95": [made.row("diagnostics", outside(None))]})) == ""


def test_how_far_municipalities_lie_apart_names_none_of_them():
    levels = [made.estimate(municipality_code=code, estimate=value) for code, value in
              (("183", 0.6), ("187", 0.71), ("101", 0.42))]  # fmt: skip
    rows = {"estimates": made.frame(*levels)}
    assert said(Funnels, lambda w: w.span(w.rows("estimates"), "estimate"), **rows) == (
        "Kommunerne i figuren ligger mellem 42 pct. og 71 pct."
    )


# ---------------------------------------------------------------- priorities


def driver(name, value, low, high, **cells):
    row = {"diagnostic": "drivers", "measure": "correlation", "category": name, "unit": "coefficient", "n": 118}
    return made.diagnostic(**(row | {"value": value, "ci_low": low, "ci_high": high} | cells))


def level(name, value, **cells):
    return made.estimate(**({"indicator": name, "estimate": value, "wave": "2022"} | cells))


LEVELS = (level("meaning", 0.7), level("trust_met", 0.4), level("trust_listened", 0.5), level("meaning", 0.1,
          wave="2021"), level("meaning", 0.2, category="negative"), level("meaning", 0.3, municipality_code="187"),
          level("meaning", 0.3, group_by="gender", group="k"), level("meaning", 3.3, measure="mean", category=""),
          level("help", 0.9, ci_low=None))  # fmt: skip
LOOSE, CLOSE = driver("meaning", 0.2, 0.05, 0.35), driver("trust_met", 0.6, 0.4, 0.7)
NO_CAUSE = "At to ting følges ad, viser ikke, at den ene skaber den anden."


def priorities(*rows):
    return said(Funnels, lambda w: w.priorities(), estimates=made.frame(*LEVELS), diagnostics=made.frame(*rows))


def test_what_goes_most_closely_together_stands_first_with_its_interval_and_level():
    other = (driver("meaning", 0.9, 0.8, 0.95, municipality_code="187"), driver("meaning", 0.9, 0.8, 0.95,
             indicator="trust"), driver("meaning", 0.9, 0.8, 0.95, measure="partial"), driver("trust_listened", 0.5,
             None, None), driver("help", 0.9, 0.8, 0.95), driver("unknown", 0.9, 0.8, 0.95))  # fmt: skip
    assert priorities(LOOSE, CLOSE, *other).splitlines() == [
        "question: Sådan følges svarene med tilfredsheden, de tætteste først:",
        "Spørgsmål om trust_met: sammenhæng 0,60 (0,40 til 0,70); 40 pct. positive.",
        "Mening: sammenhæng 0,20 (0,05 til 0,35); 70 pct. positive.",
        f"Den første hænger klart tættere sammen med det end den sidste. {NO_CAUSE}",
    ]


@pytest.mark.parametrize(
    ("loose", "close", "told"),
    [
        ((0.05, 0.35), (0.35, 0.7), "Rækkefølgen er usikker."),
        ((0.05, 0.35), (0.36, 0.7), "Den første hænger klart tættere sammen med det end den sidste."),
        ((-0.05, 0.35), (0.1, 0.7), "Rækkefølgen er usikker."),
        ((-0.05, 0.35), (-0.01, 0.7), "Ingen af dem følges klart med det: alle intervaller går på begge sider af nul."),
    ],
)
def test_an_order_is_called_sure_only_where_the_intervals_of_its_ends_do_not_touch(loose, close, told):
    found = priorities(driver("meaning", 0.2, *loose), driver("trust_met", 0.6, *close))
    assert found.splitlines()[-1] == f"{told} {NO_CAUSE}"


def test_what_goes_the_other_way_follows_as_closely_as_what_goes_the_same():
    """-0.78 was told as the loosest, and +0.60 as clearly closer."""
    told = priorities(LOOSE, CLOSE, driver("trust_listened", -0.78, -0.81, -0.74)).splitlines()
    assert told[1].startswith("Spørgsmål om trust_listened: sammenhæng −0,78")
    assert told[3].startswith("Mening: sammenhæng 0,20")
    assert told[4].startswith("Den første hænger klart tættere sammen med det end den sidste.")
    weak = priorities(driver("meaning", -0.3, -0.45, -0.1), CLOSE).splitlines()
    assert weak[-1].startswith("Rækkefølgen er usikker.")


def test_one_experience_alone_has_no_place_in_an_order():
    assert priorities(CLOSE) == (
        "missing: Ikke vist: hvad der følges tættest med tilfredsheden. Det kræver mindst to spørgsmål ud over "
        "tilfredsheden, flere svar på dem alle i den seneste måling, og at svarene ikke er ens."
    )


def test_others_are_municipalities_with_a_figure_of_everybody_that_may_be_shown():
    rows = [made.estimate(municipality_code=code) for code in ("183", "187", "101", "101", "000", "others")]
    rows += [made.estimate(municipality_code="147", estimate=None), made.estimate(municipality_code="151",
             measure="register"), made.estimate(municipality_code="153", group_by="gender", group="k")]  # fmt: skip
    assert others_beside(made.frame(*rows), "183") == 2
