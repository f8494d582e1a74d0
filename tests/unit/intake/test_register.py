"""Official series: what is refused, files with other names, and months compared with the same months."""

from pathlib import Path

import numpy as np
import pandas as pd
import pytest
import yaml

from jobreport.compare.panel import Window, false_windows, other_windows
from jobreport.compare.register import Official, register_levels
from jobreport.domain import municipalities, periods
from jobreport.domain.released import Row
from jobreport.errors import InputRefused
from jobreport.intake import checks
from jobreport.report.results import compute
from jobreport.setup import params
from tests.events import event
from tests.unit import view_rows as made

PROJECT = Path(__file__).parents[3]
YEARLY = pd.read_csv(PROJECT / "data/register/unemployment.csv", dtype=str).astype({"value": float})
MONTHS = [f"M{month:02d}" for month in range(1, 13)]
ISHOEJ = {"event": event(["183"], exposed=["187"]), "names": {}}


def monthly(yearly=YEARLY):
    """Twelve months for each year: a winter of its own in every municipality, and the year's mean as it was."""
    parts = []
    for place, month in enumerate(MONTHS):
        own = yearly["municipality_code"].astype(int) % 10 / 10 + 0.2
        season = own * np.cos(2 * np.pi * place / 12)
        parts.append(yearly.assign(period=yearly["period"] + month, value=yearly["value"] + season))
    return pd.concat(parts, ignore_index=True)


def whole(year):
    return [f"{year}{month}" for month in MONTHS]


def picked(changes, method, **where):
    rows = changes[changes["method"] == method]
    for column, value in where.items():
        rows = rows[rows[column] == value]
    return rows.sort_values(["municipality_code", "specification"], ignore_index=True)


@pytest.fixture(scope="module")
def by_year():
    return Official(YEARLY, before=["2021"], after=["2022"], **ISHOEJ).changes()


@pytest.fixture(scope="module")
def by_month():
    return Official(monthly(), before=whole(2021), after=whole(2022), **ISHOEJ).changes()


@pytest.mark.parametrize("code", ["183", "187"])
def test_whole_years_of_months_give_what_the_years_give(by_year, by_month, code):
    columns = ["change", "standard_error", "ci_low", "ci_high", "p_value", "detectable_change"]
    both = [picked(table, "effect", scale="points", municipality_code=code) for table in (by_year, by_month)]
    np.testing.assert_allclose(both[1][columns].astype(float), both[0][columns].astype(float), rtol=1e-9)
    assert both[0][["rank", "n_comparison", "wording_level"]].equals(both[1][["rank", "n_comparison", "wording_level"]])


def test_false_dates_lie_whole_years_earlier_and_give_what_the_years_give(by_year, by_month):
    years = picked(by_year, "false_date", scale="points", municipality_code="183")
    months = picked(by_month, "false_date", scale="points", municipality_code="183")
    assert list(months["specification"]) == [f"{year}M01" for year in years["specification"]]
    np.testing.assert_allclose(months["change"], years["change"], rtol=1e-9)
    assert list(months["reason"]) == list(years["reason"])


def test_other_choices_are_whole_years_too(by_year, by_month):
    years = picked(by_year, "specification", scale="points", municipality_code="183")
    months = picked(by_month, "specification", scale="points", municipality_code="183")
    assert len(years) == len(months)
    np.testing.assert_allclose(sorted(months["change"]), sorted(years["change"]), rtol=1e-9)


def test_the_path_has_no_season_left(by_month):
    """Ishøj's own winter is 0.5 points high; beside the same month of the year before it must not show."""
    path = picked(by_month, "path", municipality_code="183").set_index("specification")["change"]
    after = path[[f"2022{month}" for month in MONTHS]]
    assert np.ptp(after) < 1e-9


def test_a_quarter_is_compared_with_the_same_quarter():
    quarterly = monthly()
    quarterly["quarter"] = (quarterly["period"].str[5:].astype(int) - 1) // 3 + 1
    keys = ["municipality_code", "series", "unit"]
    quarterly["period"] = quarterly["period"].str[:4] + "K" + quarterly["quarter"].astype(str)
    quarterly = quarterly.groupby([*keys, "period"], as_index=False)["value"].mean()
    found = Official(quarterly, before=["2021K4"], after=["2022K4"], **ISHOEJ).changes()
    own = picked(found, "change", scale="points", municipality_code="183")["change"].iloc[0]
    yearly = YEARLY.set_index(["municipality_code", "period"])["value"]
    assert own == pytest.approx(yearly["183", "2022"] - yearly["183", "2021"])
    assert set(picked(found, "false_date", municipality_code="183")["specification"].str[4:]) == {"K4"}


def test_levels_of_whole_years_of_months_are_those_of_the_years_and_differ_by_the_change(by_month):
    found = register_levels(monthly(), windows=(whole(2021), whole(2022), ["2023M01"]), names={})
    level = found.set_index(["municipality_code", "wave"])["estimate"]
    before, after = "+".join(whole(2021)), "+".join(whole(2022))
    assert set(found["wave"]) == {before, after}
    yearly = YEARLY.set_index(["municipality_code", "period"])["value"]
    assert level["183", before] == pytest.approx(yearly["183", "2021"])
    own = picked(by_month, "change", scale="points", municipality_code="183")
    assert own["change"].iloc[0] == pytest.approx(level["183", after] - level["183", before])
    assert own["wave_before"].iloc[0] == before


def test_a_window_with_a_gap_has_no_level():
    gap = monthly()
    gap.loc[(gap["municipality_code"] == "183") & (gap["period"] == "2021M05"), "value"] = None
    found = register_levels(gap, windows=(whole(2021),), names={}).set_index("municipality_code")
    assert np.isnan(found.loc["183", "estimate"])
    assert found.loc["183", "reason"] == "register_missing"
    assert found["estimate"].notna().sum() == 98


def test_a_series_is_told_of_once(tmp_path):
    chosen = yaml.safe_load((PROJECT / "params/ishoej.yml").read_text(encoding="utf-8"))
    chosen["registers"] = chosen["registers"][:1] * 2
    with pytest.raises(InputRefused) as refused:
        params.from_mapping(chosen, PROJECT)
    assert [problem.key for problem in refused.value.problems] == ["register_named_twice"]


def test_windows_with_different_months_are_refused_everywhere():
    with pytest.raises(ValueError, match="same months"):
        Official(monthly(), before=["2021M12"], after=["2022M01"], **ISHOEJ).changes()


def test_one_year_of_months_before_cannot_show_parallel_development():
    short = monthly(YEARLY[YEARLY["period"] >= "2021"])
    found = Official(short, before=whole(2021), after=whole(2022), **ISHOEJ).changes()
    effect = picked(found, "effect", scale="points", municipality_code="183").iloc[0]
    assert "parallel_unchecked" in effect["reason"]
    assert effect["wording_level"] != "effect"


def test_windows_of_months_by_hand():
    year = Window(tuple(range(24, 36)), tuple(range(36, 48)))
    assert [window.after[0] for window in false_windows(year, 12)] == [12, 24]
    assert [(len(w.before), len(w.after)) for w in other_windows(year, 60, 12)][:3] == [(12, 12), (12, 24), (24, 12)]


@pytest.mark.parametrize(
    ("before", "after", "same"),
    [(["2021"], ["2022"], True), (["2020", "2021"], ["2022"], True), (["2021K1"], ["2022Q1"], True),
     (["2020M01", "2021M01"], ["2022M01"], True), (["2021M12"], ["2022M01"], False), (["2021"], ["2022M01"], False),
     (["2020M01", "2021M01", "2021M02"], ["2022M01", "2022M02"], False)],
)  # fmt: skip
def test_same_seasons(before, after, same):
    assert periods.same_seasons(before, after) is same


# ---------------------------------------------------------------------------------------- through the params


def project(tmp_path, frame, **series):
    """A project whose only series is ``frame``; the rest as in params/ishoej.yml."""
    (tmp_path / "data").mkdir()
    frame.to_csv(tmp_path / "data/x.csv", index=False, encoding="utf-8")
    chosen = yaml.safe_load((PROJECT / "params/ishoej.yml").read_text(encoding="utf-8"))
    chosen |= {"benchmarks": None, "claims": None, "jobcentres": None}
    chosen["registers"] = [chosen["registers"][0] | {"file": "data/x.csv", **series}]
    return params.from_mapping(chosen, tmp_path)


def test_a_window_of_whole_years_is_printed_as_years():
    row = Row("changes", "0", {"wave_before": "+".join(whole(2020) + whole(2021)), "wave_after": "2022M01+2022M02"})
    assert made.labels().window(row, "wave_before").text == "2020 – 2021"
    assert made.labels().window(row, "wave_after").text == "2022M01 – 2022M02"


def problems(tmp_path, frame, **series):
    with pytest.raises(InputRefused) as refused:
        checks.read_inputs(project(tmp_path, frame, **series))
    for language in ("da", "en"):
        assert "{" not in refused.value.text(language)
    return {problem.key: problem.values for problem in refused.value.problems}


@pytest.mark.dear
def test_from_years_to_months_is_a_change_of_params_only(tmp_path, by_year):
    chosen = project(tmp_path, monthly(), before=whole(2021), after=whole(2022))
    found = compute(checks.read_inputs(chosen)).released.changes
    effect = picked(found, "effect", scale="points", municipality_code="183")["change"].iloc[0]
    expected = picked(by_year, "effect", scale="points", municipality_code="183")["change"].iloc[0]
    assert effect == pytest.approx(expected, rel=1e-6)


def test_different_months_are_refused_by_the_params(tmp_path):
    with pytest.raises(InputRefused) as refused:
        project(tmp_path, monthly(), before=["2021M12"], after=["2022M01"])
    assert [problem.key for problem in refused.value.problems] == ["windows_seasons"]


def without(frame, **cells):
    rows = pd.Series(True, index=frame.index)
    for column, value in cells.items():
        rows &= frame[column] == value
    return frame[~rows]


BROKEN = {
    "register_gap": lambda frame: without(frame, period="2018"),
    "register_row_twice": lambda frame: pd.concat([frame, frame.iloc[[5]]]),
    "register_all_is_not_all": lambda frame: without(frame, municipality_code="101"),
    "register_municipality_absent": lambda frame: without(frame, municipality_code="183"),
    "register_rows_missing": lambda frame: without(frame, municipality_code="101", period="2023"),
    "register_decimal_comma": lambda frame: frame.assign(value=frame["value"].astype(str).str.replace(".", ",")),
    "register_implausible": lambda frame: frame.assign(value=frame["value"] * 10),
    "register_scale_break": lambda frame: frame.assign(
        value=frame["value"].where(frame["period"] < "2023", frame["value"] * 10)
    ),
    "table_municipality_unknown": lambda frame: frame.assign(
        municipality_code=frame["municipality_code"].where(frame["period"] < "2020", "1" + frame["municipality_code"])
    ),
    "register_sources_mixed": lambda frame: frame.assign(
        source=frame["source"].where(frame["period"] < "2020", "jobindsats.dk")
    ),
    "register_frequencies_mixed": lambda frame: pd.concat(
        [frame, frame[frame["period"] == "2024"].assign(period="2025M01")]
    ),
    "register_period_unreadable": lambda frame: frame.assign(period=frame["period"].replace("2014", "i alt")),
    "register_unit_differs": lambda frame: frame.assign(unit="permille"),
}


@pytest.mark.parametrize("key", sorted(BROKEN))
def test_a_bad_series_is_refused(tmp_path, key):
    assert key in problems(tmp_path, BROKEN[key](YEARLY))


def test_everything_that_is_bad_is_told_at_once(tmp_path):
    frame = YEARLY
    keys = (
        "register_gap",
        "register_row_twice",
        "register_rows_missing",
        "register_sources_mixed",
        "register_scale_break",
    )
    for key in keys:
        frame = BROKEN[key](frame)
    assert set(keys) <= set(problems(tmp_path, frame))


def test_an_empty_cell_is_no_gap_and_no_zero(tmp_path):
    frame = YEARLY.copy()
    frame.loc[(frame["municipality_code"] == "825") & (frame["period"] == "2018"), "value"] = None
    inputs = checks.read_inputs(project(tmp_path, frame))
    assert inputs.registers["value"].isna().sum() == 1


DANISH = {"columns": {"municipality": "Kommune", "period": "År", "value": "Procent", "decimal": ","}}


@pytest.mark.parametrize("suffix", ["csv", "xlsx"])
def test_somebody_elses_file_needs_five_lines_in_the_params(tmp_path, suffix):
    names = {"000": "Hele landet", **municipalities.names()}
    frame = pd.DataFrame({
        "Kommune": YEARLY["municipality_code"].map(names),
        "År": YEARLY["period"].astype(int),
        "Procent": YEARLY["value"].map(lambda v: f"{v:.4f}".replace(".", ",")),
        "Bemærkning": "",
    })  # fmt: skip
    file = tmp_path / f"andres.{suffix}"
    if suffix == "csv":
        frame.to_csv(file, index=False, sep=";", encoding="cp1252")
    else:
        frame.to_excel(file, index=False)
    chosen = project(tmp_path, YEARLY, file=file.name, source="Andre", **DANISH)
    found = checks.read_inputs(chosen).registers
    expected = YEARLY.set_index(["municipality_code", "period"])["value"].sort_index()
    got = found.set_index(["municipality_code", "period"])["value"].sort_index()
    np.testing.assert_allclose(got, expected, atol=5e-5)
    assert set(found["source"]) == {"Andre"}
    assert set(found["retrieved"]) == {"ikke oplyst"}


def test_a_described_column_that_is_not_there_is_named(tmp_path):
    assert problems(tmp_path, YEARLY, **DANISH)["table_column_missing"]["columns"] == ["Kommune", "År", "Procent"]


@pytest.mark.parametrize("key", ["table_municipality_unknown", "register_decimal_comma", "register_period_unreadable"])
def test_what_cannot_be_read_breeds_no_second_problem(tmp_path, key):
    assert set(problems(tmp_path, BROKEN[key](YEARLY))) == {key}


def test_an_unknown_name_is_told_with_column_value_and_count_and_repeats_nothing(tmp_path):
    frame = YEARLY.assign(
        municipality_code=YEARLY["municipality_code"].replace({"101": "107", "155": "Ishøj/Vallensbæk"})
    )
    with pytest.raises(InputRefused) as caught:
        checks.read_inputs(project(tmp_path, frame))
    (problem,) = caught.value.problems
    years = YEARLY["period"].nunique()
    assert problem.key == "table_municipality_unknown"
    assert f"107 (0153, Brøndby, læst som oktaltal) ×{years}" in problem.text()
    assert f"Ishøj/Vallensbæk (flere kommuner: Ishøj 183, Vallensbæk 187) ×{years}" in problem.text()
    assert "kolonnen municipality_code" in problem.text()


def test_regions_and_parts_of_the_country_in_an_official_table_are_left_out(tmp_path):
    areas = ("Region Hovedstaden", "Region Sjælland", "Landsdel Byen København", "RAR Fyn", "084", "Christiansø")
    one = YEARLY[YEARLY["municipality_code"] == "101"]
    more = [one.assign(municipality_code=area) for area in areas]
    inputs = checks.read_inputs(project(tmp_path, pd.concat([*more, YEARLY])))
    assert set(inputs.registers["municipality_code"]) == set(YEARLY["municipality_code"])
    assert len(inputs.registers) == len(YEARLY)
    assert inputs.areas_left_out == tuple(sorted(areas))


def test_others_that_all_changed_alike_give_no_interval_and_the_reason():
    """A spread of nought is no certainty: one that moved by .1 would have stood out without end."""
    values = {"183": (4.0, 4.1), **{f"{300 + i}": (5.0, 5.0) for i in range(12)}}
    table = pd.DataFrame(
        [(code, year, pair[i]) for code, pair in values.items() for i, year in enumerate(("2021", "2022"))],
        columns=["municipality_code", "period", "value"],
    ).assign(series="s", unit="pct_of_labour_force")
    found = Official(table, event=event(["183"]), before=["2021"], after=["2022"], names={}).changes()
    effects = found[found["method"] == "effect"]
    assert len(effects) == 2
    assert effects[["standard_error", "ci_low", "ci_high", "p_value", "detectable_change"]].isna().all(axis=None)
    assert set(effects["wording_level"]) == {"description"}
    assert effects["reason"].str.contains("no_spread").all()
    assert found[found["method"] == "comparison_mean"]["ci_low"].isna().all()
