"""The made-up country: structure, exported file and truth, each against a sum done another way."""

from dataclasses import replace
from functools import partial

import numpy as np
import pandas as pd
import pyarrow.parquet as pq
import pytest
from scipy.stats import norm

from jobreport.intake import coded
from jobreport.intake.checks import rules
from jobreport.setup import codebook as codebooks
from jobreport.simulate import Design, as_exported, draw_country, invited, responses, true_effects, true_values
from jobreport.simulate.__main__ import main, write
from jobreport.simulate.answers import COLUMNS
from jobreport.simulate.country import GROUPS, ITEMS, without_effects

SMALL = Design(
    answers=1200,
    municipalities=("730", "183", "187"),
    effects={("183", "satisfaction"): 0.08, ("187", "meaning"): -0.04},
)


@pytest.fixture(scope="module")
def shipped():
    return draw_country()


@pytest.fixture(scope="module")
def small():
    return draw_country(SMALL, seed=7)


def value(table, **where):
    found = table.loc[np.logical_and.reduce([table[key] == wanted for key, wanted in where.items()])]
    assert len(found) == 1
    return found["value"].item()


def test_size_of_the_shipped_country(shipped):
    answered = shipped.n_answered
    assert answered.shape == (44, 6)
    assert answered.sum() == 35_000
    assert answered.min() >= 100
    assert answered.max() <= 300
    ishoej = shipped.design.municipalities.index("183")
    assert answered[ishoej] == pytest.approx(150, abs=8)
    assert len(set(shipped.design.municipalities)) == 44
    assert answered.sum() / shipped.asked.sum() == pytest.approx(0.388, abs=0.001)


def test_three_waves_before_and_three_after(shipped):
    assert shipped.design.waves[shipped.design.after] == ("2022-1", "2022-2", "2023-1")
    assert len(shipped.design.waves) == 6


@pytest.mark.parametrize(
    ("item", "positive", "neutral", "negative"),
    [("satisfaction", 0.59, 0.21, 0.20), ("trust_met", 0.62, 0.24, 0.14), ("meaning", 0.44, 0.28, 0.28)],
)
def test_without_changes_the_country_has_the_published_shares(item, positive, neutral, negative):
    country = draw_country(Design(effects={}, mix_change={}))
    truth = true_values(country).query("municipality_code == '000' and indicator == @item")
    asked = country.asked.sum(axis=0)
    for category, expected in (("positive", positive), ("neutral", neutral), ("negative", negative)):
        waves = truth[truth["category"] == category].set_index("wave")["value"]
        valid = asked * (1 - truth[truth["measure"] == "dont_know"].set_index("wave")["value"])
        assert (waves * valid).sum() / valid.sum() == pytest.approx(expected, abs=1e-9)


def test_effects_are_exactly_the_design(shipped):
    effects = true_effects(shipped).query("category == 'positive'").set_index(["municipality_code", "indicator"])
    for key, expected in shipped.design.effects.items():
        assert effects.loc[key, "effect"] == pytest.approx(expected, abs=1e-9)
    assert effects.loc[("183", "meaning"), "effect"] == 0
    assert effects.loc[("187", "trust_met"), "effect"] == 0


def test_nobody_else_changes(small):
    difference = small.latent - without_effects(small).latent
    changed = {
        (small.design.municipalities[m], small.design.waves[t], ITEMS[k])
        for m, t, _, k in zip(*np.nonzero(difference), strict=True)
    }
    after = ("2022-1", "2022-2", "2023-1")
    expected = {(code, wave, item) for code, item in SMALL.effects for wave in after}
    assert changed == expected


def test_true_share_of_a_group_is_a_sum_of_normal_probabilities(small):
    truth = true_values(small, ("gender",))
    m, t, k = 1, 3, ITEMS.index("meaning")
    women = np.arange(32) % 2 == 0
    weight = small.mix[m, t, women] * (1 - small.dont_know[women, k])
    share = np.average(norm.sf(small.cuts[k, 2] - small.latent[m, t, women, k]), weights=weight)
    assert value(
        truth, indicator="meaning", category="positive", municipality_code="183", wave="2022-1", group="kvinde"
    ) == pytest.approx(share, abs=1e-12)


@pytest.mark.dear
def test_changed_mix_moves_randers_but_no_group_in_it(small):
    truth = true_values(draw_country(SMALL, 7), ("benefit_group",))
    other = true_values(draw_country(Design(**{**vars(SMALL), "mix_change": {}}), 7), ("benefit_group",))
    keys = ["indicator", "measure", "category", "wave", "group"]
    randers = (truth["municipality_code"] == "730") & (truth["category"] == "positive")
    moved = (truth["value"] - other["value"])[randers].groupby([truth["group"], truth["wave"] >= "2022-1"]).mean()
    # aktivitetsparate lie about 24 points below dagpenge, so 25 points more of them cost about 5
    assert -0.07 < moved[("", True)] < -0.03
    # the cut points are calibrated before the mix is changed, so the groups do not move at all
    assert moved.drop([("", True)]).abs().max() < 1e-12
    assert truth.loc[randers, keys].drop_duplicates().shape[0] == randers.sum()


def test_same_seed_same_answers_other_seed_other_country(small):
    pd.testing.assert_frame_equal(responses(small), responses(draw_country(SMALL, seed=7)))
    assert not np.array_equal(draw_country(SMALL, seed=8).latent, small.latent)
    again = responses(small, draw=1)
    assert not again["satisfaction"].equals(responses(small)["satisfaction"])


def test_nobody_answers_three_times_and_always_in_the_next_wave_of_the_same_place():
    frame = responses(draw_country(Design(**{**vars(SMALL), "answers": 6000, "repeat": 0.5}), 7))
    times = frame.groupby("respondent_id").size()
    assert set(times) == {1, 2}
    twice = frame[frame["respondent_id"].isin(times.index[times == 2])].sort_values(["respondent_id", "wave"])
    first, second = twice.iloc[::2], twice.iloc[1::2]
    np.testing.assert_array_equal(second["wave"].cat.codes.to_numpy() - first["wave"].cat.codes.to_numpy(), 1)
    for column in ("municipality_code", *GROUPS):
        assert (first[column].to_numpy() == second[column].to_numpy()).all()
    # what lasts between waves: .8² · .5 = .32 of the latent variance
    assert 0.15 < np.corrcoef(first["satisfaction"], second["satisfaction"])[0, 1] < 0.4


def test_weights_bring_the_asked_back():
    """Weighted groups are those of the invited, within four standard errors."""
    country = draw_country(Design(answers=60_000), seed=3)
    frame = responses(country)
    counts = invited(country).query("group_by == 'age_group'").groupby("group")["n_invited"].sum()
    asked = counts / counts.sum()
    weighted = frame.groupby("age_group", observed=True)["weight"].sum() / frame["weight"].sum()
    plain = frame["age_group"].value_counts(normalize=True)
    assert abs(weighted["18-29"] - asked["18-29"]) < 0.01
    assert plain["18-29"] < asked["18-29"] - 0.05
    assert frame["weight"].mean() == pytest.approx(1, abs=0.01)
    assert 0.2 < frame["weight"].std() < 0.4


def test_invited_counts_the_rows_of_the_file(small):
    frame, counts = responses(small), invited(small)
    keys = ["wave", "municipality_code"]
    rows = frame.groupby(keys, observed=True).size().rename("rows").reset_index()
    everybody = counts[counts["group_by"] == ""].merge(rows, on=keys)
    assert (everybody["n_answered"] == everybody["rows"]).all()
    by_group = frame.groupby([*keys, "benefit_group"], observed=True).size().rename("rows").reset_index()
    groups = counts[counts["group_by"] == "benefit_group"].merge(
        by_group, left_on=[*keys, "group"], right_on=[*keys, "benefit_group"]
    )
    assert len(groups) == len(by_group)
    assert (groups["n_answered"] == groups["rows"]).all()
    assert (counts["n_invited"] >= counts["n_answered"]).all()
    totals = counts.groupby(["group_by"])["n_invited"].sum()
    assert set(totals) == {totals[""]}


def test_exported_codes():
    """Meget tilfreds is 1, meaning is numbered the other way, ved ikke is 8, no answer is empty."""
    frame = responses(draw_country(SMALL, 7)).iloc[:4].assign(satisfaction=[5, 1, 0, -1], meaning=[5, 1, 0, -1])
    raw = as_exported(frame)
    assert raw["q_tilfredshed"].tolist() == [1, 5, 8, pd.NA]
    assert raw["q_mening"].tolist() == [5, 1, 8, pd.NA]
    assert raw["simulated"].all()
    assert set(raw["municipality_code"]) == {"730"}


def test_ishoej_belongs_to_vallensbaeks_jobcentre_until_the_event(small):
    frame = responses(small).query("municipality_code == '183'")
    centre = frame.groupby("wave", observed=True)["jobcentre_code"].unique().map(list)
    assert centre.tolist() == [["18701"]] * 3 + [["18301"]] * 3


def test_unknown_municipality_is_refused():
    with pytest.raises(ValueError, match=r"not in the country: \['187', '730'\]"):
        draw_country(Design(municipalities=("183", "101")))


@pytest.mark.dear
def test_writing_twice_gives_the_same_bytes(small, tmp_path):
    write(small, tmp_path / "one")
    write(small, tmp_path / "two")
    for name in ("responses.parquet", "invited.csv", "truth.csv"):
        assert (tmp_path / "one" / name).read_bytes() == (tmp_path / "two" / name).read_bytes()


def test_command_line(tmp_path, capsys, monkeypatch):
    monkeypatch.setattr("jobreport.simulate.__main__.Design", partial(replace, SMALL))  # (three municipalities of 44)
    main(["--answers", "600", "--seed", "5", "--out", str(tmp_path)])
    assert "600 simulated answers" in capsys.readouterr().out
    assert pq.read_table(tmp_path / "responses.parquet").num_rows == 600


@pytest.mark.dear
def test_shipped_files_are_what_the_shipped_seed_gives(shipped, request):
    folder = request.config.rootpath / "data" / "demo"
    stored = pd.read_parquet(folder / "responses.parquet")
    expected = as_exported(responses(shipped))
    pd.testing.assert_frame_equal(stored.astype(expected.dtypes), expected)
    counts = pd.read_csv(folder / "invited.csv", dtype={"municipality_code": str}, keep_default_na=False)
    assert counts["n_invited"].tolist() == invited(shipped)["n_invited"].tolist()
    truth = pd.read_csv(folder / "truth.csv", dtype={"municipality_code": str}, keep_default_na=False)
    np.testing.assert_allclose(truth["value"], true_values(shipped)["value"], atol=1e-6)
    assert truth["simulated"].all()
    assert (folder / "responses.parquet").stat().st_size < 2_000_000


@pytest.mark.dear
def test_the_codebook_undoes_the_coding(shipped, request):
    """The exported file, read as text like any survey file, becomes `responses` again."""
    expected = responses(shipped)
    folder = request.config.rootpath / "data" / "demo"
    raw = pd.read_parquet(folder / "responses.parquet").astype(dict.fromkeys(COLUMNS.values(), "Int64"))
    book = codebooks.read(folder / "codebook.yml")
    keys = coded.keys(raw, book)
    weight, _ = rules.weights(keys, "responses")
    prepared = coded.of(raw, keys, book).responses(shipped.design.waves, weight)
    for column in (*ITEMS, *GROUPS, "wave", "municipality_code"):
        assert (prepared[column].astype(object) == expected[column].astype(object)).all(), column
    np.testing.assert_allclose(prepared["weight"], expected["weight"], rtol=0, atol=1e-12)
    assert prepared["wave"].cat.categories.tolist() == list(shipped.design.waves)
