"""How many answers are needed, and when no number is enough."""

from dataclasses import replace
from pathlib import Path
from string import Formatter

import numpy as np
import pandas as pd
import pytest
import yaml
from scipy import stats

from jobreport.compare.permitted import permitted
from jobreport.prepare import plan, power
from jobreport.prepare.plan import observed
from jobreport.prepare.power import Design, answers_needed
from jobreport.setup.codebook import Indicator, Question, Scale
from tests.estimates import effect, estimate

PROJECT = Path(__file__).parents[3]


@pytest.mark.parametrize("change", [0.08, 0.12, 0.2])
def test_needed_is_the_smallest_that_is_enough(change):
    design = Design(20, between=0.02)
    needed = answers_needed(design, change)
    assert design.detectable(needed) <= change < design.detectable(needed - 1)


def test_the_plan_is_the_standard_error_of_the_comparison():
    """With sampling variances v and changes that spread as tau^2 + v, `effect` finds the planned SE."""
    design = Design(40, between=0.03, share=0.6)
    v = 0.6 * 0.4 / 150 * (1 / 3 + 1 / 3)
    changes = np.array([-1.0, 1.0] * 20)
    changes *= np.sqrt((0.03**2 + v) / changes.var(ddof=1))
    found = effect(np.array([0.1]), changes, np.array([v]), np.full(40, v))
    assert design.standard_error(150) == pytest.approx(found.standard_error, rel=1e-4)
    assert design.detectable(150) == pytest.approx(found.detectable_change, rel=1e-4)


def test_more_answers_cannot_buy_what_municipalities_do_by_themselves():
    design = Design(43, between=0.05)
    assert [answers_needed(design, change) is None for change in (0.05, 0.30)] == [True, False]
    assert design.limit > 0.05


def test_a_plan_says_what_its_design_may_say():
    assert Design(5, waves_before=1).wording_level == "change"
    assert permitted(5, 1)[1][:2] == ("interval_only", "parallel_unchecked")
    assert permitted(43, Design.waves_before)[1] == ("parallel_unchecked",)
    assert [answers_needed(Design(3), change) for change in (0.05, 0.15, 1.0)] == [None] * 3


def test_overlap_and_weights_change_the_need():
    base = answers_needed(Design(20), 0.15)
    assert answers_needed(Design(20, overlap=0.5), 0.15) < base
    assert answers_needed(Design(20, design_effect=1.5), 0.15) > base


@pytest.mark.parametrize(
    ("language", "words"),
    [
        ("da", ["96 kommuner at sammenligne med", "antaget", "10 procentpoint ses i 80 af 100", "»ændring«"]),
        (
            "en",
            ["96 municipalities to compare with", "assumed", "10 percentage points are seen in 80 of 100", "“change”"],
        ),
    ],
)
def test_a_plan_without_answers_says_what_it_assumes(language, words):
    said = plan.describe(PROJECT / "params" / "ishoej.yml", (5.0, 10.0), language)
    assert [word for word in words if word not in said] == []
    assert f" {answers_needed(Design(96), 0.10)} " in said
    assert answers_needed(Design(96), 0.05) is None
    assert {"da": "5 procentpoint kan ikke ses", "en": "5 percentage points cannot be seen"}[language] in said


@pytest.mark.parametrize(
    ("language", "words"),
    [("da", "Med under 4 kommuner"), ("en", "With fewer than 4 municipalities")],
)
def test_a_plan_with_three_municipalities_says_that_nothing_can_be_tested(language, words):
    said = plan.describe(PROJECT / "params" / "ishoej.yml", language=language, n_comparison=3)
    assert words in said.splitlines()[-1]


@pytest.mark.dear
def test_a_plan_with_answers_measures_in_them(tmp_path):
    """Some municipalities beside Ishøj and Vallensbæk; windows, which have no effective n, are left alone."""
    source = yaml.safe_load((PROJECT / "params/demo.yml").read_text(encoding="utf-8"))
    answers = pd.read_parquet(PROJECT / source["survey"]["file"])
    kept = {*sorted(answers["municipality_code"].unique())[:5], "183", "187"}
    source["survey"]["waves"] = source["survey"]["waves"][1:5]  # two before the event and two after
    waves = [wave["wave"] for wave in source["survey"]["waves"]]
    of_them = answers["municipality_code"].isin(kept) & answers["wave"].isin(waves)
    answers[of_them].to_parquet(tmp_path / "answers.parquet")
    (tmp_path / "params").mkdir()
    codebook = (PROJECT / source["survey"]["codebook"]).read_text(encoding="utf-8")
    (tmp_path / "codebook.yml").write_text(codebook.partition("\ngroups:\n")[0], encoding="utf-8")
    source["survey"] |= {"file": "answers.parquet", "codebook": "codebook.yml", "invited": None}
    source |= {"benchmarks": None, "jobcentres": None}
    (tmp_path / "params/x.yml").write_text(yaml.safe_dump(source), encoding="utf-8")
    said = plan.describe(tmp_path / "params/x.yml", language="en")
    assert f"{len(kept) - 2} municipalities to compare with" in said
    assert "measured in the file's own answers" in said
    assert "a factor 1.0" in said
    assert "nan" not in said.lower()


def test_no_change_is_hardly_called_unchanged():
    """Margin 5: with 150 answers never, though nothing changed; where nothing is unsure, always."""
    design = Design(42)
    assert design.unchanged(150, 0.05) == 0.0
    assert power.answers_for_unchanged(design, 0.05) is None
    steady = Design(42, between=0.0)
    needed = power.answers_for_unchanged(steady, 0.05)
    assert steady.unchanged(needed, 0.05) >= 0.5 > steady.unchanged(needed - 1, 0.05)
    assert steady.unchanged(power.MOST, 0.05) > 0.999
    assert Design(3).unchanged(power.MOST, 0.05) == 0.0


def test_the_chance_of_unchanged_is_how_often_the_interval_lies_within_the_margin():
    design, rng = Design(42, between=0.0), np.random.default_rng(3)
    error = design.standard_error(600)
    drawn = error * rng.standard_t(41, 100_000)
    within = np.abs(drawn) + stats.t.ppf(0.95, 41) * error < 0.05
    assert design.unchanged(600, 0.05) == pytest.approx(within.mean(), abs=0.01)


def test_the_index_moves_with_the_share_as_a_normal_opinion_does():
    """A shift of a tenth of a standard deviation: the moved answers' index and share have the planned ratio."""
    answers, positive = np.array([0.07, 0.13, 0.21, 0.40, 0.19]), 2
    design = power.on_index(Design(42, share=0.59), answers, positive)
    moved = np.diff(stats.norm.cdf(stats.norm.ppf(np.cumsum(answers)[:-1]) - 0.001), prepend=0, append=1)
    points = np.linspace(0, 1, 5)
    slope = ((moved - answers) @ points) / ((moved - answers)[-positive:].sum())
    variance = answers @ points**2 - (answers @ points) ** 2
    assert design.answer_variance == pytest.approx(variance / slope**2, rel=1e-3)
    assert answers_needed(replace(design, between=0), 0.1) < answers_needed(Design(42, share=0.59, between=0), 0.1)


def test_a_plan_of_few_citizens_knows_their_level_better():
    said = plan.describe(PROJECT / "params" / "ishoej.yml", language="en", persons=400)
    assert "known to ±8 percentage points with 150 answers" in said
    assert "drawn at random from 400 citizens, the level of these citizens is known to ±6.3 percentage points" in said
    assert "497 answers in each municipality and wave; with 373 if every second person" in said
    assert "and with 249 if all do" in said


def test_what_clusters_cost_is_planned_for():
    clusters = {"diagnostic": "weights", "measure": "clusters", "indicator": "", "municipality_code": "183"}
    rows = [clusters | {"value": 12.0}]
    rows += [
        {"diagnostic": "weights", "measure": "variance_ratio", "indicator": "satisfaction", "municipality_code": code}
        | {"value": value}
        for code, value in (("000", 9.0), ("183", 1.8), ("187", 2.2))
    ]
    assert plan._clustered(Design(12), pd.DataFrame(rows), "satisfaction").design_effect == pytest.approx(2.0)
    assert plan._clustered(Design(12), pd.DataFrame(rows[1:]), "satisfaction") == Design(12)


def test_both_languages_say_the_same():
    texts = {
        language: yaml.safe_load((PROJECT / f"jobreport/texts/plan.{language}.yml").read_text(encoding="utf-8"))
        for language in ("da", "en")
    }
    assert {key: names(text) for key, text in texts["da"].items()} == {
        key: names(text) for key, text in texts["en"].items()
    }


def names(text):
    """Names that a text has filled in, or the keys of its words."""
    return sorted(text) if isinstance(text, dict) else sorted(name for _, name, _, _ in Formatter().parse(text) if name)


def test_a_design_is_filled_from_waves_not_from_windows():
    """The latest wave: 60 pct. of all; a municipality's 100 answers count as 80; the window has no effective n."""
    row = {"indicator": "satisfaction", "category": "positive", "municipality_code": "000", "group_by": ""}
    estimates = pd.DataFrame(
        [
            row | {"wave": "2", "n": 100, "n_effective": 50.0, "estimate": 0.6},
            row | {"wave": "2", "n": 100, "n_effective": 80.0, "estimate": 0.6, "municipality_code": "183"},
            row | {"wave": "1+2", "n": 190, "n_effective": float("nan"), "estimate": 0.55},
        ]
    )
    change = {"indicator": "satisfaction", "category": "positive", "method": "change", "role": "comparison"}
    changes = pd.DataFrame([change | {"adjustment": "", "change": c, "standard_error": 0.01} for c in (-0.05, 0, 0.05)])
    found = observed(Design(3), changes, estimates, "satisfaction")
    assert (found.share, found.design_effect) == (0.6, 1.25)
    assert found.between == pytest.approx((0.05**2 - 0.01**2) ** 0.5)


def test_weights_that_are_alike_within_a_municipality_cost_it_nothing():
    """Weights N/n: the country's answers weigh very unequally, each municipality's all the same."""
    rng = np.random.default_rng(4)
    question = Question("q", {}, Scale("grad", {"da": ("a", "b")}, 1, 1))
    n = 100
    frame = pd.DataFrame(
        {
            "municipality_code": pd.Categorical(np.repeat([f"{300 + j}" for j in range(12)], n)),
            "wave": pd.Categorical(["1"] * (12 * n), ["1"], ordered=True),
            "weight": np.repeat(4.0 ** (np.arange(12) % 4), n),
            "q": (1 + rng.integers(0, 2, 12 * n)).astype("int8"),
        }
    )
    estimates = estimate(frame, [Indicator("satisfaction", {}, (question,))], simulated=True, names={})
    country = estimates[estimates["municipality_code"] == "000"].iloc[0]
    assert country["n"] / country["n_effective"] > 2
    columns = ["indicator", "category", "method", "role", "adjustment", "change", "standard_error"]
    found = observed(Design(11, between=0.0), pd.DataFrame(columns=columns), estimates, "satisfaction")
    assert found.design_effect == pytest.approx(1.0)
    assert answers_needed(found, 0.2) == answers_needed(Design(11, between=0.0, share=found.share), 0.2)
