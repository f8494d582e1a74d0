"""Exactly which sentences a comparison may be concluded with, by municipalities to compare with and waves before."""

import numpy as np
import pandas as pd
import pytest

from jobreport.compare.register import Official
from jobreport.page import plain
from jobreport.wording.design import Design
from tests.events import event
from tests.unit import view_rows as made

DANISH = made.labels()
CHANGE = {
    "effect": "Sammenligningen peger på en effekt af begivenheden (Ishøj forlader jobcentret), "
    "hvis kommunen ellers havde fulgt de andre.",
    "change": "Det er en ændring efter begivenheden (Ishøj forlader jobcentret). "
    "Tallene kan ikke vise, om den er årsagen.",
    "description": "Tallene beskriver, hvad der skete. De kan ikke vise hvorfor.",
}
NO_CHANGE = {
    "change": "Der er ingen klar forskel fra de andre kommuner. Det er ikke det samme som, at intet er ændret.",
    "description": "Tallene beskriver, hvad der skete. De kan ikke vise hvorfor.",
}
NO_INTERVAL = "Der er for få kommuner at sammenligne med til et interval."
NO_TEST = "Der er så få kommuner at sammenligne med, at kun et interval kan vises."
NORMAL = (
    "Der er så få kommuner at sammenligne med, at intervallet bygger på, at kommunernes ændringer følger en "
    "normalfordeling."
)
UNCHECKED = "Der er for få målinger før til at se, om kommunerne udviklede sig ens."
ASSUMED = (
    "Der er for få tal før til at se, hvor meget mere en kommune med høje tal eller få indbyggere svinger. Det er "
    "regnet, som om en tredjedel af udsvingene er ens for alle, en tredjedel følger niveauet, og en tredjedel er "
    "tilfældets blandt få."
)
ALLOWED = {
    (3, 1): ("description", NO_INTERVAL, UNCHECKED),
    (3, 3): ("description", NO_INTERVAL, UNCHECKED),
    (3, 4): ("description", NO_INTERVAL),
    (5, 1): ("change", NO_TEST, UNCHECKED, ASSUMED),
    (5, 3): ("change", NO_TEST, UNCHECKED),
    (5, 4): ("change", NO_TEST),
    (12, 1): ("change", NORMAL, UNCHECKED, ASSUMED),
    (12, 3): ("change", NORMAL, UNCHECKED),
    (12, 4): ("effect", NORMAL),
    (96, 1): ("change", UNCHECKED, ASSUMED),
    (96, 3): ("change", UNCHECKED),
    (96, 4): ("effect",),
}


def compared(others, waves, size):
    """Rows of a municipality that stood still and then rose by `size`, beside others that go up and down by turns."""
    periods = [str(2022 - waves + i) for i in range(waves + 1)]
    swings = 0.5 * np.resize([1.0, -1.0, 0.4, -0.4], others)[:, None] * np.resize([1.0, -1.0], waves + 1)
    values = np.vstack([[10.0] * waves + [10.0 + size], 10.0 + swings])
    codes = ["183", *(f"{300 + i}" for i in range(others))]
    rows = [(c, p, v) for c, own in zip(codes, values, strict=True) for p, v in zip(periods, own, strict=True)]
    series = pd.DataFrame(rows, columns=["municipality_code", "period", "value"])
    series = series.assign(series="unemployment", unit="pct_of_labour_force")
    windows = {"before": periods[:-1], "after": periods[-1:]}
    return Official(series, event=event(["183"], key="ishoej_2022"), names={}, **windows).changes()


@pytest.mark.parametrize("size", [5.0, 0.01])
@pytest.mark.parametrize(("others", "waves"), ALLOWED)
def test_these_sentences_and_no_others(others, waves, size):
    changes = compared(others, waves, size)
    row = Design.of(DANISH, changes=changes).effect_of("unemployment")
    level, *reasons = ALLOWED[others, waves]
    level = "change" if size < 1 and level == "effect" else level  # (where nothing is clear nothing has an effect)
    said = (CHANGE if size > 1 else NO_CHANGE)[level]
    assert row.text("wording_level") == level
    assert plain(Design.of(DANISH).conclusion(row)) == " ".join([said, *reasons])
    assert row.has("ci_low") == (others >= 4)
    assert row.has("p_value") == (others >= 9)


def test_the_word_effect_needs_nine_municipalities_and_four_waves():
    assert {key for key, (level, *_) in ALLOWED.items() if level == "effect"} == {(12, 4), (96, 4)}
