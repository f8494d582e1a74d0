"""`responses` to `estimates`: which rows there are, on which base, and what is missing and why."""

import numpy as np
import pandas as pd
import pytest
from scipy import special

from jobreport.domain.released import COLUMNS
from jobreport.estimate.indicators import register_estimates, table_estimates
from jobreport.estimate.measures import all_measures
from jobreport.setup.codebook import Codebook, Indicator, Question, Scale
from tests.estimates import estimate

SCALE = Scale("grad", {"da": ("a", "b", "c", "d", "e")}, 2, 2)
NAMES = {"000": "Hele landet", "183": "Ishøj", "187": "Vallensbæk"}


def question(name, **more):
    return Question(name, {"da": name}, SCALE, **({"dont_know": {"da": ("ved ikke",)}} | more))


SATISFACTION = Indicator("satisfaction", {"da": "Tilfredshed"}, (question("q"),))
TRUST = Indicator("trust", {"da": "Tillid"}, (question("a"), question("b"), question("c")))


def responses(**columns):
    size = len(next(iter(columns.values())))
    frame = pd.DataFrame({"wave": ["1"] * size, "municipality_code": ["183"] * size} | columns)
    frame["weight"] = frame.get("weight", 1.0)
    for column in set(frame) - {"weight", "q", "a", "b", "c"}:
        frame[column] = frame[column].astype("category")
    return frame.astype({c: "int8" for c in ("q", "a", "b", "c") if c in frame})


def rows(table, **where):
    for column, value in where.items():
        table = table[table[column] == value]
    return table


def one(table, **where):
    found = rows(table, group_by="", **where) if "group_by" not in where else rows(table, **where)
    assert len(found) == 1, f"{len(found)} rows for {where}"
    return found.iloc[0]


def test_boxes_distribution_mean_and_dont_know():
    # 1 1 | 3 | 4 5 5, one "don't know", one no answer
    answers = responses(q=[1, 1, 3, 4, 5, 5, 0, -1])
    table = estimate(answers, [SATISFACTION], simulated=False, names=NAMES)
    assert tuple(table.columns) == COLUMNS["estimates"]
    here = {"municipality_code": "183"}
    shares = rows(table, measure="share", **here).set_index("category")["estimate"]
    expected = {"positive": 3, "neutral": 1, "negative": 2, "answer_1": 2, "answer_2": 0}
    expected |= {"answer_3": 1, "answer_4": 1, "answer_5": 2}
    assert (shares * 6).round(12).to_dict() == expected
    assert one(table, measure="mean", **here)["estimate"] == pytest.approx(19 / 6)
    assert one(table, measure="index", **here)["estimate"] == pytest.approx(100 * (19 / 6 - 1) / 4)
    unsure = one(table, measure="dont_know", **here)
    assert (unsure["n"], unsure["estimate"]) == (7, pytest.approx(1 / 7))
    assert set(table["n_answered"]) == {8}
    assert one(table, category="positive", **here)["n"] == 6


def test_dont_know_can_belong_to_the_base():
    told = Indicator("satisfaction", {}, (question("q", dont_know_in_base=True),))
    table = estimate(responses(q=[5, 5, 1, 0]), [told], simulated=False, names=NAMES)
    positive = one(table, category="positive", municipality_code="183")
    assert (positive["n"], positive["estimate"]) == (4, 0.5)
    assert one(table, measure="mean", municipality_code="183")["n"] == 3


def test_index_of_several_items_needs_half_of_them():
    # 5 4 -, 3 - -, 1 1 1, - - -: two of three are enough, one of three is not
    answers = responses(a=[5, 3, 1, -1], b=[4, 0, 1, -1], c=[0, -1, 1, -1])
    table = estimate(answers, [TRUST], simulated=True, names=NAMES)
    mean = one(table, indicator="trust", measure="mean", municipality_code="183")
    assert (mean["n"], mean["estimate"]) == (2, pytest.approx((4.5 + 1) / 2))
    index = one(table, indicator="trust", measure="index", municipality_code="183")
    assert index["estimate"] == pytest.approx(100 * (2.75 - 1) / 4)
    assert one(table, indicator="a", measure="mean", municipality_code="183")["n"] == 3
    assert table["simulated"].all()


def test_items_of_different_length_have_no_index():
    other = Question("z", {}, Scale("ja_nej", {"da": ("nej", "ja")}, 1, 1))
    with pytest.raises(ValueError, match="trust"):
        all_measures([Indicator("trust", {}, (question("a"), other))])


def test_country_others_and_groups():
    answers = responses(
        municipality_code=["183", "183", "187", "201", "201"],
        gender=["k", "m", "k", "k", np.nan],
        q=[5, 1, 5, 5, 1],
    )
    table = estimate(
        answers,
        [SATISFACTION],
        focus=("183", "187"),
        group_by=("gender",),
        simulated=False,
        names=NAMES,
    )
    positive = rows(table, category="positive")
    assert one(positive, municipality_code="000")["estimate"] == pytest.approx(3 / 5)
    assert one(positive, municipality_code="others")["n"] == 2
    women = rows(positive, group_by="gender", group="k").set_index("municipality_code")["n"]
    assert women.to_dict() == {"000": 3, "183": 1, "187": 1, "201": 1}, "of all others nobody is shown groups"
    # who has no gender is in no gender's row
    assert rows(positive, group_by="gender", municipality_code="201")["group"].tolist() == ["k"]
    assert one(positive, municipality_code="201")["municipality"] == "201"


def test_groups_and_single_answers_are_given_of_those_in_front_and_the_country():
    answers = responses(municipality_code=["183", "187", "201"], gender=["k", "m", "k"], q=[5, 1, 5])
    asked = {"focus": ["183"], "group_by": ("gender",), "simulated": False, "names": NAMES}
    whole = estimate(answers, [SATISFACTION], **asked)
    few = estimate(answers, [SATISFACTION], shown=["183"], **asked)
    apart = whole["group_by"].ne("") | whole["category"].str.startswith("answer_")
    kept = whole[~apart | whole["municipality_code"].isin(["000", "others", "183"])]
    pd.testing.assert_frame_equal(few, kept.reset_index(drop=True))


def test_missing_numbers_say_why():
    answers = responses(municipality_code=["183", "187", "201", "201"], q=[4, 0, 5, 5])
    table = rows(estimate(answers, [SATISFACTION], simulated=False, names=NAMES), measure="mean")
    single, nobody, alike = (one(table, municipality_code=code) for code in ("183", "187", "201"))
    assert single["reason"] == "one_answer;few_effective_answers"
    assert nobody["reason"] == "no_valid_answers;few_effective_answers"
    assert alike["reason"] == "no_variation;few_effective_answers"
    assert (single["n_effective"], alike["n_effective"]) == (1, 2)
    assert np.isnan(nobody["n_effective"])
    for row in (single, nobody, alike):
        assert row["flag"] == "uncertain"
        assert row[["standard_error", "ci_low", "ci_high"]].isna().all()


@pytest.mark.parametrize(
    ("yes", "no", "flag", "reason"),
    [
        (15, 15, "", ""),
        (15, 14, "uncertain", "few_effective_answers"),
        (5, 95, "", ""),
        (4, 96, "uncertain", "rare_answer"),
        (96, 4, "uncertain", "rare_answer"),
    ],
)
def test_uncertain_is_few_or_rare(yes, no, flag, reason):
    answers = responses(q=[5] * yes + [1] * no, weight=[0.7] * (yes + no))
    table = estimate(answers, [SATISFACTION], simulated=False, names=NAMES)
    row = one(table, category="positive", municipality_code="183")
    assert (row["flag"], row["reason"]) == (flag, reason)
    if reason == "rare_answer":  # rareness is about shares
        assert one(table, measure="mean", municipality_code="183")["flag"] == ""


@pytest.mark.parametrize(("heavy", "flag"), [(14.0, "uncertain"), (9.0, "")])
def test_weights_flag_by_the_answers_that_they_leave_and_widen_the_interval(heavy, flag):
    """Half weigh 1 and half 9: 52 answers worth 31.7; with 14 they are worth 29.7."""
    answers = responses(q=[5, 5, 1, 1] * 13, weight=[1.0, heavy] * 26)
    plain = estimate(answers.assign(weight=1.0), [SATISFACTION], simulated=False, names=NAMES)
    table = estimate(answers, [SATISFACTION], simulated=False, names=NAMES)
    for measure, category in (("share", "positive"), ("mean", "")):
        where = {"measure": measure, "category": category, "municipality_code": "183"}
        row, equal = one(table, **where), one(plain, **where)
        assert (row["flag"], row["reason"]) == (flag, "few_effective_answers" if flag else "")
        assert row["ci_high"] - row["ci_low"] > 1.2 * (equal["ci_high"] - equal["ci_low"])


def test_invited_are_merged_and_added_up():
    answers = responses(municipality_code=["183", "187", "201"], q=[5, 1, 3])
    invited = pd.DataFrame(
        {
            "wave": "1",
            "municipality_code": ["183", "187", "201"],
            "n_invited": [10, 20, 40],
            "n_answered": [1, 2, 4],
        }
    )
    kwargs = {"simulated": False, "names": NAMES, "focus": ["183"]}
    table = estimate(answers, [SATISFACTION], invited=invited, **kwargs)
    counts = rows(table, measure="mean").set_index("municipality_code")
    assert counts["n_invited"].to_dict() == {"000": 70, "others": 60, "183": 10, "187": 20, "201": 40}
    assert counts.loc["000", "n_answered"] == 7
    without = estimate(answers, [SATISFACTION], **kwargs)
    assert without["n_invited"].isna().all()
    assert counts.loc["183", "n"] == 1


def test_register_rows_have_a_value_and_no_interval():
    series = pd.DataFrame(
        {
            "municipality_code": ["000", "183", "183"],
            "period": ["2021", "2021", "2022"],
            "series": "unemployment",
            "value": [3.6, 6.4, np.nan],
            "unit": "pct_of_labour_force",
        }
    )
    table = register_estimates(series, names=NAMES)
    assert tuple(table.columns) == COLUMNS["estimates"]
    assert table["measure"].unique().tolist() == ["register"]
    assert table["estimate"].tolist()[:2] == [3.6, 6.4]
    assert table["reason"].tolist() == ["", "", "register_missing"]
    assert table[["n", "ci_low", "standard_error"]].isna().all(axis=None)
    both = pd.concat([table, estimate(responses(q=[1]), [SATISFACTION], simulated=True, names={})])
    assert both["n"].dtype == "Int64"


# ---------------------------------------------------------------- a table of shares and means


def table(*cells, invited=None):
    """Rows of a table: question q of a hundred and one answers in Ishøj in round 1 where nothing else is said."""
    usual = {"wave": "1", "municipality_code": "183", "group_by": "", "group": "", "question": "q", "measure": "share",
             "code": "positive", "value": 0.5, "n": 101, "sd": None}  # fmt: skip
    known = Codebook((SATISFACTION, Indicator("mood", {}, (question("m"),))))
    given = pd.DataFrame([usual | each for each in cells])
    found = table_estimates(given, known, simulated=False, names=NAMES, invited=invited)
    return found.set_index(["indicator", "measure", "category"]).sort_index()


def test_a_share_or_a_mean_of_a_table_has_the_variance_of_as_many_equal_answers():
    """Half of 101: the root of 0.25 / 100 is 0.05. A spread of 2 among four: 2 / 2 is 1."""
    found = table({}, {"measure": "mean", "code": "", "value": 3.0, "n": 4, "sd": 2.0}, {"code": 0, "value": 0.25})
    share, mean = (found.loc[("satisfaction", *which)] for which in (("share", "positive"), ("mean", "")))
    assert (share["n"], share["estimate"], share["standard_error"]) == (101, 0.5, pytest.approx(0.05))
    assert (mean["n"], mean["estimate"], mean["standard_error"]) == (4, 3.0, pytest.approx(1.0))
    assert found.loc[("satisfaction", "dont_know", ""), "estimate"] == 0.25
    assert share["ci_low"] == pytest.approx(0.399, abs=0.001)
    assert share["municipality"] == "Ishøj"
    assert len(found) == 3


def test_a_mean_of_a_table_has_an_interval_by_as_many_answers_less_one():
    """The middle of 1 to 5 by four answers: t with three degrees of freedom, on the logit whose slope there is 1."""
    (row,) = table({"measure": "mean", "code": "", "value": 3.0, "n": 4, "sd": 0.2}).to_dict("records")
    half = special.stdtrit(3, 0.975) * 0.1
    ends = [1 + 4 / (1 + np.exp(side)) for side in (half, -half)]
    assert [row["ci_low"], row["ci_high"]] == pytest.approx(ends)


def test_one_answer_of_a_table_has_no_spread():
    alone = table({"n": 1, "value": 1.0}, {"measure": "mean", "code": "", "value": 3.0, "n": 1, "sd": 0.0})
    assert alone["standard_error"].isna().all()
    assert all(reason.startswith("one_answer;") for reason in alone["reason"])


@pytest.mark.parametrize(
    ("cells", "positive"),
    [
        (({"code": 4, "value": 0.3}, {"code": 5, "value": 0.2}), 0.5),
        (({"code": 4, "value": 0.3}, {"code": 5, "value": 0.2, "n": 100}), None),
        (({"code": 4, "value": 0.3},), None),
        (({"code": 4, "value": 0.6}, {"code": 5, "value": 0.401}), 1.0),
        (({"code": 4, "value": 0.3}, {"code": 5, "value": 0.2}, {"code": "positive", "value": 0.51}), 0.51),
        (({"code": 4, "value": 0.3}, {"code": 5, "value": 0.2, "wave": "2"}), None),
        (({"code": 4, "value": 0.3}, {"code": 5, "value": 0.2, "question": "m"}), None),
    ],
)
def test_the_answers_of_a_box_are_added_up_where_all_are_given_of_the_same_n_and_the_box_is_not(cells, positive):
    found = table(*cells)
    told = found["estimate"].to_dict().get(("satisfaction", "share", "positive"))
    assert told == (None if positive is None else pytest.approx(positive))
    assert found.loc[("satisfaction", "share"), "estimate"].to_dict().get("answer_4") in (None, cells[0]["value"])


def test_who_answered_a_table_is_known_only_where_it_was_stated_with_the_invited():
    invited = pd.DataFrame({"wave": ["1"], "municipality_code": ["183"], "n_invited": [400], "n_answered": [150]})
    assert table({})["n_answered"].isna().all()
    assert table({})["n_invited"].isna().all()
    known = table({}, {"municipality_code": "187", "value": 0.4}, invited=invited).set_index("municipality_code")
    assert known.loc["183", ["n_invited", "n_answered"]].tolist() == [400, 150]
    assert known.loc["187", ["n_invited", "n_answered"]].isna().all()


@pytest.mark.parametrize(("n", "flagged"), [(29, True), (30, False)])
def test_fewer_than_thirty_answers_are_uncertain_and_thirty_are_not(n, flagged):
    found = table({"n": n}).iloc[0]
    assert (found["flag"] == "uncertain", found["reason"] == "few_effective_answers") == (flagged, flagged)


def test_exactly_half_of_the_questions_of_an_index_are_enough():
    half = Indicator("half", {}, (question("a"), question("b")))
    found = estimate(responses(a=[5, -1], b=[-1, -1]), [half], simulated=False, names=NAMES)
    mean = one(found, measure="mean", indicator="half", municipality_code="183")
    assert (mean["n"], mean["estimate"]) == (1, 5.0)
