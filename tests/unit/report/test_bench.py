"""Tables of an analyst: what kind each row is, tidy ones, answers in words, a line on axes of one's own."""

import matplotlib as mpl
import pandas as pd
import pytest

mpl.use("agg")
from matplotlib.figure import Figure

POSITIVE = {"indicator": "satisfaction", "measure": "share", "category": "positive", "group_by": ""}


def test_every_row_says_what_it_is_about_and_when(study):
    rows = study.estimates(group_by="")
    assert set(rows.loc[rows["indicator"].eq("trust"), "kind"]) == {"indicator"}
    assert set(rows.loc[rows["indicator"].eq("trust_met"), "kind"]) == {"question"}
    assert rows["period"].eq("window").tolist() == rows["wave"].str.contains("+", regex=False).tolist()
    assert set(study.estimates(kind="indicator", period="wave")["indicator"]) == {"satisfaction", "trust", "meaning"}
    assert set(study.changes(method="effect")["period"]) == {"window"}
    with pytest.raises(KeyError, match="'wave', 'window'"):
        study.estimates(period="year")


@pytest.mark.dear
def test_a_tidy_table_is_in_per_cent_and_the_readers_words_with_a_row_for_each_wave(study):
    plain = study.estimates(municipality_code="183", period="wave", **POSITIVE)
    rows = study.estimates(tidy=True, municipality_code="183", **POSITIVE)
    assert rows["wave"].tolist() == plain["wave"].tolist()
    assert rows["wave"].is_unique
    pd.testing.assert_series_equal(rows["estimate"], plain["estimate"] * 100)
    pd.testing.assert_series_equal(rows["ci_low"], plain["ci_low"] * 100)
    assert set(rows["unit"]) == {"pct"}
    assert (rows["indicator"].iloc[0], rows["indicator_key"].iloc[0]) == ("Tilfredshed", "satisfaction")
    assert (rows["municipality"].iloc[0], rows["municipality_key"].iloc[0]) == ("Ishøj", "183")
    index = study.estimates(tidy=True, indicator="trust", measure="index", municipality_code="183", group_by="")
    assert (
        index["estimate"].tolist()
        == study.estimates(indicator="trust", measure="index", municipality_code="183", group_by="", period="wave")[
            "estimate"
        ].tolist()
    )
    by_group = study.all_estimates(tidy=True, municipality_code="730", **POSITIVE | {"group_by": "gender"})
    assert set(by_group["group"]) == {"Kvinder", "Mænd"}
    assert not study.changes(tidy=True, method="effect").empty
    assert not study.diagnostics(tidy=True).empty


@pytest.mark.dear
def test_answers_in_words_keep_the_order_of_the_scale_and_who_answered(study):
    codes, words = study.unsafe_responses(), study.unsafe_responses(labelled=True)
    for question in ("satisfaction", "trust_met"):
        assert words[question].cat.ordered
        assert words[question].cat.categories.size == 5
        assert (words[question].cat.codes + 1).tolist() == codes[question].clip(lower=0).tolist()
    assert set(words["gender"].cat.categories) == {"Kvinder", "Mænd"}
    assert words["wave"].equals(codes["wave"])


def test_a_line_with_intervals_is_drawn_on_the_axes_one_gives(study):
    axes = Figure().subplots()
    assert study.plot("satisfaction", municipality=["Ishøj", 730], ax=axes) is axes
    assert [text.get_text() for text in axes.get_legend().get_texts()] == ["Ishøj", "Randers"]
    assert axes.get_ylabel() == "pct"
    drawn = axes.containers[0].lines[0].get_ydata()
    assert [*drawn] == study.estimates(tidy=True, municipality_code="183", **POSITIVE)["estimate"].tolist()
    assert any("SIMULATED FIGURES" in text.get_text() for text in axes.texts)
    assert study.plot("trust").get_title() == "Tillid"
