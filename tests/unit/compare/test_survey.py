"""Answers before and after: what the rows are, and that overlap, groups and gaps are handled."""

from types import SimpleNamespace

import numpy as np
import pandas as pd
import pytest
from scipy import stats

from jobreport.compare.levels import window_estimates
from jobreport.compare.panel import Choice, Window
from jobreport.compare.survey import Own, SurveyPanels, survey_changes
from jobreport.domain.released import COLUMNS
from jobreport.estimate.domains import WaveEstimates
from jobreport.estimate.measures import all_measures
from jobreport.estimate.moments import Moments
from jobreport.estimate.sample import Overlap, Sample
from jobreport.estimate.tally import Tallies
from jobreport.setup.codebook import Indicator, Question, Scale
from tests.events import event

SCALE = Scale("grad", {"da": ("a", "b", "c", "d", "e")}, 2, 2)
UNSURE = {"da": ("ved ikke",)}
ONE = Indicator("satisfaction", {}, (Question("q", {}, SCALE, UNSURE),))
TWO = Indicator("trust", {}, tuple(Question(name, {}, SCALE, UNSURE) for name in ("a", "b")))
KEY = [
    "event", "indicator", "measure", "category", "municipality_code", "role", "group_by", "group",
    "method", "adjustment", "specification", "scale", "wave_before", "wave_after",
]  # fmt: skip


def survey(municipalities=8, waves=4, n=30, seed=5):
    rng = np.random.default_rng(seed)
    codes = [f"{100 + i}" for i in range(municipalities)]
    size = municipalities * waves * n
    frame = pd.DataFrame(
        {
            "municipality_code": np.repeat(codes, waves * n),
            "wave": np.tile(np.repeat([f"w{i}" for i in range(waves)], n), municipalities),
            "g": rng.choice(["k", "m"], size),
            "weight": rng.uniform(0.5, 2, size),
            "respondent_id": np.arange(size),
        }
    )
    for column in ("municipality_code", "wave", "g"):
        frame[column] = frame[column].astype("category")
    for item in ("q", "a", "b"):
        frame[item] = rng.integers(1, 6, size).astype("int8")
    return frame


def changes(frame, indicators=(ONE,), group_by=(), **more):
    waves = list(frame["wave"].cat.categories)
    half = len(waves) // 2
    kwargs = {"event": event(["100"]), "before": waves[:half], "after": waves[half:]}
    kwargs |= {"simulated": True, "names": {"100": "Hundred"}}
    return survey_changes(Tallies(Sample(frame), group_by), indicators, **(kwargs | more))


def rows(table, **where):
    for column, value in where.items():
        table = table[table[column] == value]
    return table


def one(table, **where):
    found = rows(table, **where)
    assert len(found) == 1, f"{len(found)} rows for {where}"
    return found.iloc[0]


@pytest.fixture(scope="module")
def table():
    more = {"event": event(["100"], exposed=["101"]), "group_by": ("g",), "mix": "g", "unchanged_margin": 0.5}
    return changes(survey(14), (ONE, TWO), **more)


@pytest.mark.dear
def test_rows_are_the_contract(table):
    assert tuple(table.columns) == COLUMNS["changes"]
    assert not table.duplicated(KEY).any()
    assert table["simulated"].all()
    assert set(table["role"]) == {"treated", "exposed", "comparison", "country"}
    assert set(table["method"]) == {
        "change", "comparison_mean", "effect", "false_date", "leave_one_out", "path", "ols",
        "specification", "unchanged", "mix", "rates", "course",
    }  # fmt: skip
    # (nobody says "don't know" in this survey, so nothing is known of its changes' uncertainty)
    unknown = table["change"].isna()
    assert set(table[unknown]["measure"]) == {"dont_know"}
    assert set(table[unknown]["method"]) <= {"effect", "comparison_mean"}
    grouped = table[table["group_by"] != ""]
    assert set(grouped["municipality_code"]) == {"100", "101", "000"}
    assert set(grouped["method"]) == {"change"}


def test_own_change_by_hand(table):
    frame = survey(14)
    here = frame[frame["municipality_code"] == "100"]
    means = here.assign(y=(here["q"] >= 4) * 1.0).groupby("wave", observed=True)
    shares = means.apply(lambda w: np.average(w["y"], weights=w["weight"]))
    row = one(
        table, method="change", municipality_code="100", category="positive",
        indicator="satisfaction", group_by="", adjustment="",
    )  # fmt: skip
    assert row["change"] == pytest.approx(shares.iloc[2:].mean() - shares.iloc[:2].mean())
    assert (row["n_before"], row["n_after"]) == (60, 60)
    assert row["reason"] == ""


def test_effect_is_own_change_less_the_mean_of_the_comparison(table):
    about = {"indicator": "trust", "measure": "index", "adjustment": "", "group_by": ""}
    own = one(table, method="change", municipality_code="100", **about)
    mean = one(table, method="comparison_mean", **about)
    row = one(table, method="effect", municipality_code="100", **about)
    assert row["change"] == pytest.approx(own["change"] - mean["change"])
    assert row["n_comparison"] == 12
    assert row["unit"] == "points_0_100"
    assert "normality_assumed" in row["reason"]
    exposed = one(table, method="effect", municipality_code="101", **about)
    assert exposed["n_comparison"] == 12


NAMES = ("satisfaction", "trust")


def test_holm_is_over_the_indicators(table):
    found = table[(table["method"] == "effect") & (table["municipality_code"] == "100")]
    tested = found[found["p_adjusted"].notna() & found["adjustment"].eq("") & found["indicator"].isin(NAMES)]
    keys = set(tested[["indicator", "measure", "category"]].itertuples(index=False, name=None))
    assert keys == {("satisfaction", "share", "positive"), ("trust", "index", "")}
    p, adjusted = tested["p_value"].to_numpy(), tested["p_adjusted"].to_numpy()
    low, high = np.argsort(p)
    assert adjusted[low] == pytest.approx(min(2 * p[low], 1))
    assert adjusted[high] == pytest.approx(max(p[high], adjusted[low]))


def test_only_measures_whose_choices_were_tried_can_be_effects(table):
    found = table[table["method"] == "effect"]
    tried = set(table[table["method"] == "specification"]["category"])
    assert tried == {"positive", ""}
    untried = found[found["category"] == "neutral"]
    assert (untried["wording_level"] != "effect").all()


def test_the_specification_curve_goes_through_every_choice(table):
    curve = rows(table, method="specification", municipality_code="100", indicator="satisfaction")["specification"]
    assert curve.str.startswith("chosen;").sum() == 1
    for part in ("before=1", "before=2", "after=2", "scale=logit", "weighted=no", "adjusted=yes",
                 "comparison=similar"):  # fmt: skip
        assert curve.str.contains(part).any()


def test_the_comparison_is_also_done_without_the_wave_in_which_the_event_was_known_to_come():
    people = survey(14)
    curve = rows(changes(people, foreseen=("w1",)), method="specification", category="positive", scale="points")
    without = curve[curve["specification"].str.contains("foreseen=no")]
    assert set(without["wave_before"]) == {"w0"}
    assert curve["specification"].iloc[0].startswith("chosen;before=2")
    assert curve["specification"].iloc[0].endswith("foreseen=yes")
    all_others = without["specification"].str.contains("comparison=all") & without["specification"].str.contains(
        "weighted=yes"
    )
    left_out = one(changes(people, before=["w0"], after=["w2", "w3"]), method="effect", category="positive")
    np.testing.assert_allclose(without.loc[all_others, "change"], left_out["change"], rtol=1e-12)
    plain = rows(changes(people), method="specification")["specification"]
    assert not plain.str.contains("foreseen").any()


def positive(frame):
    """The panel of the positive answers to one question."""
    measure = all_measures([ONE])[0]
    return SurveyPanels(Tallies(Sample(frame)), (measure,), None).of(measure)


def test_a_logit_change_is_undefined_at_100_per_cent():
    frame = survey()
    frame.loc[(frame["municipality_code"] == "101") & frame["wave"].isin(["w0", "w1"]), "q"] = 5
    panel = positive(frame)
    window = Window((0, 1), (2, 3))
    logits, points = panel.changes([Choice(window, "logit"), Choice(window)]).change
    place = panel.codes.index("101")
    assert np.isnan(logits[place])
    assert np.isfinite(np.delete(logits, place)).all()
    assert np.isfinite(points).all()


def test_a_municipality_without_a_wave_is_left_out():
    frame = survey(14)
    frame = frame[~((frame["municipality_code"] == "105") & (frame["wave"] == "w1"))]
    table = rows(changes(frame), category="positive")
    assert one(table, method="change", municipality_code="105")["reason"] == "no_valid_answers"
    effect = one(table, method="effect")
    assert effect["n_comparison"] == 12
    assert "comparison_left_out=1" in effect["reason"].split(";")


def test_where_all_answer_alike_nothing_is_certain():
    frame = survey(14)
    frame.loc[frame["municipality_code"] == "105", "q"] = 5
    table = rows(changes(frame), category="positive")
    row = one(table, method="change", municipality_code="105")
    assert (row["change"], row["reason"]) == (0.0, "no_variation")
    assert np.isnan(row["standard_error"])
    assert one(table, method="effect")["n_comparison"] == 12


def test_without_respondent_ids_the_waves_are_independent_and_it_is_said():
    frame = survey()
    strangers = changes(frame.drop(columns="respondent_id"))
    known = changes(frame)
    where = {"method": "change", "municipality_code": "100", "category": "positive"}
    row, other = one(strangers, **where), one(known, **where)
    assert row["reason"] == "overlap_unknown"
    # nobody answers twice in this survey: the same but for n/(n-1)
    assert row["standard_error"] == pytest.approx(other["standard_error"], rel=0.02)


def test_a_missing_respondent_id_is_a_person_of_its_own():
    frame = survey()
    ids = frame["respondent_id"].astype("Int64")
    ids.iloc[::3] = pd.NA
    overlap = Overlap(Sample(frame.assign(respondent_id=ids)))
    assert len(overlap.repeated.rows) == 0
    assert overlap.size((0, 1, 2, 3)).sum() == len(frame)


def test_the_same_id_in_another_municipality_is_another_person():
    frame = survey(2, 2, 10)
    overlap = Overlap(Sample(frame.assign(respondent_id=7)))
    assert overlap.size((0, 1)).tolist() == [1, 1]


def test_people_who_do_not_change_their_mind_have_no_uncertain_change():
    """Everybody answers the same in all waves: the change is 0 and has no sampling error."""
    frame = survey(6, 2, 40)
    first = frame[frame["wave"] == "w0"]
    again = first.assign(wave="w1", respondent_id=first["respondent_id"])
    both = pd.concat([first, again], ignore_index=True)
    both["wave"] = both["wave"].astype("category")
    found = positive(both).changes([Choice(Window((0,), (1,)))])
    np.testing.assert_allclose(found.change, 0, atol=1e-15)
    np.testing.assert_allclose(found.variance, 0, atol=1e-30)


def test_several_treated_and_a_listed_comparison():
    table = changes(survey(14), event=event(["100", "101"], comparison=[f"{c}" for c in range(104, 114)]))
    table = rows(table, category="positive")
    assert one(table, method="effect", municipality_code="treated")["n_comparison"] == 10
    assert set(rows(table, method="change", role="others")["municipality_code"]) == {"102", "103"}
    curve = rows(table, method="specification")["specification"]
    assert curve.str.contains("comparison=listed").any()


def test_two_events_in_one_file_are_two_sets_of_rows():
    frame = survey(14)
    both = pd.concat([changes(frame), changes(frame, event=event(["103"], key="f"))])
    assert not both.duplicated(KEY).any()
    assert set(both["event"]) == {"e", "f"}


def test_a_window_is_worth_no_more_answers_than_its_weights_leave():
    """Two waves of 60 answers, half of which weigh 1 and half 3: worth 96, though the heavy ones all say the same."""
    frame = survey(municipalities=1, waves=2, n=60).assign(q=np.tile([1, 5, 5, 5], 30).astype("int8"))
    frame["weight"] = np.tile([1.0, 1.0, 3.0, 3.0], 30)
    row = positive_of_window(frame)
    assert (row["estimate"], row["flag"]) == (pytest.approx(7 / 8), "")
    limits = stats.beta.ppf([0.025, 0.975], [84, 85], [13, 12])
    np.testing.assert_allclose(row[["ci_low", "ci_high"]].astype(float), limits)


def positive_of_window(frame):
    table = window_estimates(Tallies(Sample(frame)), [ONE], windows=[("w0", "w1")], simulated=True, names={})
    return table[(table["category"] == "positive") & (table["municipality_code"] == "100")].iloc[0]


@pytest.mark.parametrize(("strangers", "worth"), [(True, 80), (False, 40)])
def test_nobody_in_two_waves_has_the_upper_limit_of_as_many_people(strangers, worth):
    frame = survey(municipalities=1, waves=2, n=40).assign(q=np.int8(1), weight=1.0)
    frame["respondent_id"] = np.arange(80) if strangers else np.tile(np.arange(40), 2)
    row = positive_of_window(frame)
    assert (row["estimate"], row["ci_low"]) == (0, 0)
    assert row["ci_high"] == pytest.approx(1 - 0.025 ** (1 / worth))


def test_a_window_with_a_wave_that_nobody_answered_has_no_interval():
    frame = survey(municipalities=2, waves=2)
    frame.loc[(frame["wave"] == "w1") & (frame["municipality_code"] == "100"), "q"] = -1
    row = positive_of_window(frame)
    assert row["n"] == 30
    assert row[["estimate", "standard_error", "ci_low", "ci_high"]].isna().all()


@pytest.mark.parametrize("indicator", [ONE, TWO], ids=["one question", "several"])
def test_tallies_give_what_every_respondent_alone_gives(indicator):
    """Estimates and products of scores, once from the cells and once from the rows of every person."""
    frame = survey(3, 3, 40).assign(respondent_id=np.tile(np.arange(60), 6))
    frame["respondent_id"] += 1000 * frame["municipality_code"].cat.codes.astype(int)
    measure = all_measures([indicator])[0]
    tally = Tallies(Sample(frame)).of((measure,))
    counted = WaveEstimates.of(tally)
    rows = measure.values(frame)
    weight = frame["weight"].to_numpy()
    stratum = tally.overlap.sample.stratum
    for place, wave in np.ndindex(3, 3):
        inside = stratum == place * 3 + wave
        assert counted.estimate[place, wave, 0] == pytest.approx(np.average(rows[inside], weights=weight[inside]))
    mean = counted.estimate.ravel()[stratum]
    total = np.bincount(stratum, weight)[stratum]
    scored = pd.Series(weight * (rows - mean) / total)
    ids = [frame["municipality_code"].cat.codes, frame["respondent_id"]]
    by_wave = scored.groupby([*ids, frame["wave"].cat.codes]).sum().unstack(fill_value=0.0)
    for place, own in by_wave.groupby(level=0):
        np.testing.assert_allclose(counted.products[place, :, :, 0], own.T @ own, rtol=1e-9, atol=1e-18)


def test_what_the_others_are_on_average_stands_beside_every_comparison():
    table = changes(survey())
    here = {"measure": "share", "category": "positive", "scale": "points", "adjustment": "", "group_by": ""}
    (mean,) = rows(table, method="comparison_mean", **here).to_dict("records")
    own = rows(table, method="change", role="comparison", **here)["change"]
    assert (mean["n_comparison"], mean["role"], mean["municipality_code"]) == (7, "comparison", "comparison")
    assert mean["change"] == pytest.approx(own.mean(), abs=0.02)
    half = mean["ci_high"] - mean["change"]
    assert half == pytest.approx(mean["change"] - mean["ci_low"])
    assert half == pytest.approx(stats.t.ppf(0.975, 6) * mean["standard_error"])


NAN = np.nan


def told_rows(keep, at=0, told=(), pooled=False, **known):
    """Rows of five places by what is known of each: all, nothing, of the told nothing, no variance, and all again."""
    numbers = np.array([[0.1, 9], [NAN, 9], [NAN, 9], [0.3, 9], [0.4, 9]])
    error = np.array([[0.04, 1], [NAN, 1], [NAN, 1], [0.0, 1], [0.01, 1]])
    counts = np.array([[30, 1], [0, 1], [0, 1], [40, 1], [50, 1]], dtype=float)
    codes = ("101", "147", "153", "155", "000" if pooled else "157")
    known = known.get("known", np.array([True, True, True, True, False]))
    own = Own(codes, numbers, error**2, np.full((5, 2), 10.0), counts, 2 * counts, known)
    asked = SimpleNamespace(
        row=lambda panel, choice, method, **values: {"method": method} | values,
        roles=SimpleNamespace(of_code=lambda code: f"role of {code}"),
    )
    panel = SimpleNamespace(series=lambda group: group, told=told)
    return {row["municipality_code"]: row for row in own.rows(panel, asked, None, keep, at, group="k")}


def test_a_change_has_its_t_interval_its_answers_and_a_reason_for_what_is_missing():
    found = told_rows(("157", "155", "147", "101"))
    assert [*found] == ["101", "147", "155", "157"]
    half = stats.t.ppf(0.975, 10) * 0.04
    assert found["101"] == {
        "method": "change", "group": "k", "role": "role of 101", "municipality_code": "101", "n_before": 30,
        "n_after": 60, "change": 0.1, "standard_error": pytest.approx(0.04), "ci_low": pytest.approx(0.1 - half),
        "ci_high": pytest.approx(0.1 + half), "reason": "",
    }  # fmt: skip
    reasons = {code: row["reason"] for code, row in found.items()}
    assert reasons == {"101": "", "147": "no_valid_answers", "155": "no_variation", "157": "overlap_unknown"}
    assert np.isnan([found["155"][name] for name in ("standard_error", "ci_low", "ci_high")]).all()
    assert told_rows(("101",), at=1)["101"]["change"] == 9


def test_whoever_told_nothing_of_a_change_has_no_row_and_those_behind_have():
    assert [*told_rows(("101", "147", "153", "155", "157"), told=("153",))] == ["101", "147", "155", "157"]


def test_of_all_together_who_answered_twice_is_known_where_it_is_known_of_everybody():
    assert told_rows(("000",), pooled=True)["000"]["reason"] == "overlap_unknown"
    assert told_rows(("000",), pooled=True, known=np.ones(5, dtype=bool))["000"]["reason"] == ""
    assert told_rows(("101",), pooled=True)["101"]["reason"] == ""


class Told:
    """Other municipalities that told the sums of their answers."""

    def __init__(self, frame):
        self.tallies = Tallies(Sample(frame), ("g",))
        self.codes = self.tallies.sample.municipalities

    def _of(self, tallies, measures, column, weighted):
        return Moments.of(WaveEstimates.of(tallies.of(measures, column), weighted=weighted))

    def beside(self, tallies, measures, column="", *, weighted=True):
        return Moments.joined([self._of(each, measures, column, weighted) for each in (tallies, self.tallies)])

    def pool(self, tallies, measures, column="", *, weighted=True):
        return self.beside(tallies, measures, column, weighted=weighted).pool()

    def of_groups(self, tallies, measures, column, *, weighted=True):
        return self._of(self.tallies, measures, column, weighted), self._of(self.tallies, measures, "", weighted).own


def test_what_others_told_is_compared_with_as_their_answers_are():
    """Three municipalities of one file beside the sums of the other four: all rows but those of groups of all."""
    frame = survey(7, 2, 20)
    mine = frame["municipality_code"].isin(["100", "101", "102"])
    parts = (frame[rows].assign(municipality_code=lambda part: part["municipality_code"].cat.remove_unused_categories())
             for rows in (mine, ~mine))  # fmt: skip
    own, others = parts
    whole = changes(frame, group_by=("g",), mix="g").set_index(KEY)
    told = changes(own, group_by=("g",), mix="g", told=Told(others)).set_index(KEY)
    assert len(told) > 100
    numbers = [
        "change",
        "standard_error",
        "ci_low",
        "ci_high",
        "n_before",
        "n_after",
        "n_comparison",
        "p_value",
        "rank",
    ]
    np.testing.assert_allclose(
        told[numbers].to_numpy(float), whole.loc[told.index, numbers].to_numpy(float), rtol=1e-7, atol=1e-12
    )
    left = whole.index.difference(told.index).to_frame()
    assert set(left["municipality_code"]) == {"000"}, "all together have no groups and no mix where others only told"
    assert (left["group_by"].ne("") | left["adjustment"].ne("") | left["method"].isin(["mix", "rates"])).all()


def test_a_municipality_that_is_not_in_the_file_was_observed_in_no_wave():
    frame = survey(2, 3, 4)
    frame.loc[frame["municipality_code"].eq("100") & frame["wave"].eq("w1"), "q"] = -1
    tallies = Tallies(Sample(frame))
    panel = SurveyPanels(tallies, all_measures([ONE])[:1], None).of(all_measures([ONE])[0])
    for code, seen in (("100", [True, False, True]), ("101", [True] * 3), ("999", [False] * 3)):
        assert (panel.observed(code).tolist(), panel.observed(code).dtype) == (seen, bool)
