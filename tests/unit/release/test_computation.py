"""From checked inputs to released rows: three municipalities of forty answers a year, so that all can be reckoned."""

from dataclasses import replace
from types import SimpleNamespace

import pandas as pd
import pytest
import yaml
from scipy import stats

from jobreport.intake import checks
from jobreport.release import computation, surveyed
from jobreport.release.suppression import Rule, suppressed_domains
from jobreport.setup import params

POSITIVE = {("2021", "183"): 20, ("2022", "183"): 30, ("2021", "185"): 20, ("2022", "185"): 22}
POSITIVE |= {("2021", "187"): 10, ("2022", "187"): 12}
EVENT = """
events:
  - {{event: e, label: {{da: E, en: E}}, date: '2022-01-01', treated: ['183'], comparison: all}}
"""


def answered():
    """Forty of each municipality and year: so many satisfied as stated, and a fourth who see meaning."""
    for (wave, code), satisfied in POSITIVE.items():
        for at in range(40):
            about = {"q1": "1" if at < satisfied else "4", "q2": "4" if at % 4 == 0 else "2", "ydelse": f"{at % 2 + 1}"}
            yield {"id": f"p{wave}-{code}-{at}", "runde": wave, "kommune": code} | about | {
                "dato": f"{wave}-03-10", "vægt": "1", "bemærkning": "",
            }  # fmt: skip


@pytest.fixture(scope="module")
def inputs(forms, tmp_path_factory):
    made = forms["project"](tmp_path_factory.mktemp("three"), [*answered()])
    made.params += EVENT
    return made.read()


@pytest.fixture(scope="module")
def computed(inputs):
    return computation.compute(inputs, ("183",))


def satisfied(table, **where):
    """The rows of the share of satisfied, of everybody unless said."""
    where = {"indicator": "satisfaction", "measure": "share", "category": "positive", "group_by": ""} | where
    return table[(table[[*where]] == pd.Series(where)).all(axis=1)]


def test_levels_are_of_every_municipality_of_all_and_of_all_others(computed):
    rows = satisfied(computed.released.estimates).set_index(["wave", "municipality_code"])
    assert {(wave, code): round(40 * rows.loc[(wave, code), "estimate"]) for wave, code in POSITIVE} == POSITIVE
    assert rows.loc[("2022", "000"), ["n", "estimate"]].tolist() == [120, 0.533]
    assert rows.loc[("2022", "others"), ["n", "estimate"]].tolist() == [80, 0.425], "34 of 80: Ishøj is left out"
    assert rows.loc[("2022", "183"), "standard_error"] == 0.069, "root of 0.75 x 0.25 / 39"
    assert set(rows["municipality"]) == {"Alle svar", "others", "Ishøj", "Tårnby", "Vallensbæk"}
    assert not rows["simulated"].any()


def test_only_who_is_asked_for_is_told_by_group(computed):
    rows = satisfied(computed.released.estimates, group_by="benefit_group")
    assert set(rows["municipality_code"]) == {"000", "183"}
    own = rows[rows["municipality_code"].eq("183") & rows["wave"].eq("2022")]
    assert own["estimate"].tolist() == [0.75, 0.75]
    assert own["flag"].tolist() == ["uncertain", "uncertain"], "twenty answers each"


def test_changes_are_those_of_the_event_and_from_round_to_round(computed):
    every = satisfied(computed.released.changes, adjustment="", method="change")
    for event in ("e", ""):
        rows = every[every["event"].eq(event)].set_index("municipality_code")["change"]
        assert rows.to_dict() == {"183": 0.25, "185": 0.05, "187": 0.05, "000": 0.1167}, event
    of_event = satisfied(computed.released.changes, event="e", adjustment="")
    assert of_event[of_event["method"].eq("effect")]["change"].tolist() == [0.2]
    assert of_event[of_event["method"].eq("comparison_mean")][["change", "n_comparison"]].values.tolist() == [[0.05, 2]]
    assert (
        of_event.loc[of_event["method"].eq("change") & of_event["role"].eq("treated"), "municipality"].item() == "Ishøj"
    )
    assert not computed.released.changes["simulated"].any()


def test_diagnostics_are_of_weights_non_response_groups_and_what_goes_together(computed):
    found = computed.released.diagnostics
    assert {"weights", "nonresponse", "group_test", "drivers", "funnel"} <= {*found["diagnostic"]}
    funnel = found[found["diagnostic"].eq("funnel") & found["municipality_code"].eq("183")].set_index("measure")
    shown = funnel[funnel["indicator"].eq("satisfaction")]
    assert shown.loc["limit_95", ["value", "ci_low", "ci_high"]].tolist() == [0.5333, 0.3787, 0.6879]
    assert shown.loc["limit_95", "reason"] == "outside", "0.75 is above 0.5333 + 1.96 x root of 0.5333 x 0.4667 / 40"
    assert not found["simulated"].any()


def test_what_is_known_of_the_files_stands_beside(inputs, computed):
    assert computed.municipalities == ("183", "185", "187")
    assert [file.role for file in computed.files] == ["codebook", "survey"]
    assert (computed.periods, computed.areas_left_out, computed.packages) == ((), (), ())
    assert computed.released.rule == rule_of(inputs)


def rule_of(inputs):
    return Rule(**inputs.params.disclosure.model_dump())


def test_half_of_the_work_is_begun_beside_and_asked_for_last(inputs):
    begun, asked = [], []

    def beside(work):
        begun.append(work)
        return lambda: (asked.append(1), work())[1]

    made = surveyed.survey_tables(inputs, ("183",), beside)
    assert (len(begun), asked) == (1, [])
    assert len(made.estimates)
    assert suppressed_domains(made.domains, rule_of(inputs)) == frozenset()
    changes, diagnostics = made.judged()
    assert (len(begun), asked) == (1, [1])
    assert {"e", ""} == {*changes["event"]}
    assert "group_test" in {*diagnostics["diagnostic"]}
    assert (made.domains["n"].min(), made.domains["n"].max()) == (20, 120)


def test_without_a_survey_there_is_a_table_of_each_kind_without_rows(inputs):
    nothing = replace(inputs, codebook=None)
    made = surveyed.survey_tables(nothing, ("183",), surveyed.in_turn)
    tables = (made.estimates, made.domains, made.covariances, *made.judged())
    assert [len(table) for table in tables] == [0] * 5
    assert {"municipality_code", "n", "one_box", "effective"} <= {*made.domains}
    assert ["estimate" in made.estimates, "change" in tables[3], "value" in tables[4]] == [True] * 3


def test_the_params_say_who_stands_in_front_and_who_is_no_other():
    event = {"treated": ["730", "183"], "exposed": ["185"]}
    params = SimpleNamespace(place="101", events=[SimpleNamespace(**event), SimpleNamespace(**event | {"exposed": []})])
    assert surveyed.of_events(params) == ("183", "185", "730")
    assert computation.focus(params) == ("101", "183", "185", "730")
    assert computation.focus(SimpleNamespace(place="730", events=params.events)) == ("183", "185", "730")


def test_municipalities_are_those_with_answers_or_figures_else_those_of_official_figures():
    def of(**tables):
        made = {name: pd.DataFrame({"municipality_code": codes}) for name, codes in tables.items() if name != "counted"}
        counted = [SimpleNamespace(answers=pd.DataFrame({"municipality_code": tables.get("counted", [])}))]
        given = {"responses": None, "aggregates": None, "counted": counted if "counted" in tables else []}
        return computation.municipalities_in(SimpleNamespace(**given | {"registers": None} | made))

    assert of(responses=["185", "183", "183", "000"], registers=["101"]) == ("183", "185")
    assert of(aggregates=["187"], counted=["183"], registers=["101"]) == ("183", "187")
    assert of(registers=["101", "000"]) == ("101",)


def test_tables_stand_under_each_other_and_one_without_rows_leaves_kinds_as_they_are():
    empty = pd.DataFrame({"n": pd.Series(dtype=object)})
    one, two = pd.DataFrame({"n": [1]}), pd.DataFrame({"n": [2, 3]})
    found = surveyed.below(empty, one, empty, two)
    assert (found["n"].tolist(), [*found.index], found["n"].dtype.kind) == ([1, 2, 3], [0, 1, 2], "i")
    assert [*surveyed.below(empty, pd.DataFrame({"other": []})).columns] == ["n"]


def test_places_are_named_in_danish_and_known_by_region():
    assert surveyed.names_of("place.pool") | {"183": "Ishøj", "000": "Alle svar"} == surveyed.names_of("place.pool")
    assert surveyed.names_of("place.country")["000"] == "Hele landet"
    assert len(surveyed.regions()) == 98
    assert surveyed.regions()["183"] == surveyed.regions()["101"] != surveyed.regions()["730"]


def test_how_far_the_hiding_has_come_is_told_in_words():
    said = []
    computation.hiding("da", said.append)(1200, 34)
    assert len(said) == 1
    assert ("1200" in said[0].replace(".", ""), "34" in said[0]) == (True, True)


SCALE = {"labels": {"da": ["a", "b", "c", "d", "e"]}, "positive": 2, "negative": 2}
HELP = {"name": "help", "column": "svar", "wording": {"da": "Får du hjælp?"}, "scale": "grad", "codes": [1, 2, 3, 4, 5]}
UNIT_CODEBOOK = {
    "columns": {"wave": "runde", "municipality_code": "kommune", "unit": "sted"},
    "scales": {"grad": SCALE},
    "questions": [HELP],
    "indicators": [{"name": "help", "label": {"da": "Hjælp"}, "items": ["help"]}],
}
WAVES = [{"wave": "2024", "from": "2024-03-01", "to": "2024-03-31"}]
UNITS = [
    {"unit": name.lower(), "label": {"da": name, "en": name}, "municipality_code": "183", "invited": {"2024": n}}
    for name, n in (("Birk", 60), ("Eg", 90))
]


@pytest.fixture(scope="module")
def of_unit(tmp_path_factory):
    """What is computed of Birk: 30 of 40 are positive there, 20 of 40 at Eg, and 10 of 40 in another municipality."""
    folder = tmp_path_factory.mktemp("units")
    rows = [f"2024,{code},{place},{5 if at < yes else 1}" for code, place, yes in
            (("183", "birk", 30), ("183", "eg", 20), ("187", "", 10)) for at in range(40)]  # fmt: skip
    (folder / "svar.csv").write_text("\n".join(["runde,kommune,sted,svar", *rows]), encoding="utf-8")
    (folder / "codebook.yml").write_text(yaml.safe_dump(UNIT_CODEBOOK, allow_unicode=True), encoding="utf-8")
    survey = {"file": "svar.csv", "codebook": "codebook.yml", "waves": WAVES}
    report = {"name": "homes", "municipality_code": "183", "units": UNITS, "unit": "birk", "survey": survey}
    return computation.compute(checks.read_inputs(params.from_mapping(report, folder)), ("183",)).released


def test_a_units_report_is_of_the_unit_and_the_others_of_its_municipality(of_unit):
    rows = of_unit.estimates.query("measure == 'share' and category == 'positive'").set_index("municipality_code")
    assert rows["estimate"].to_dict() == {"183-birk": 0.75, "others": 0.5}
    assert rows["n"].to_dict() == {"183-birk": 40, "others": 40}
    assert rows.loc["183-birk", "n_invited"] == 60
    assert pd.isna(rows.loc["others", "n_invited"])
    assert rows.loc["183-birk", "municipality"] == "Birk"


def test_a_unit_stands_beside_the_others_with_the_interval_of_welch(of_unit):
    """A fourth apart; of 0.1875 and 0.25 over 39 each."""
    (row,) = of_unit.diagnostics[of_unit.diagnostics["diagnostic"].eq("beside_others")].to_dict("records")
    assert (row["indicator"], row["measure"], row["municipality_code"], row["value"]) == (
        "help",
        "share",
        "others",
        0.25,
    )
    error = ((0.1875 + 0.25) / 39) ** 0.5
    freedom = (0.1875 + 0.25) ** 2 * 39 / (0.1875**2 + 0.25**2)
    assert row["ci_low"] == pytest.approx(0.25 - stats.t.ppf(0.975, freedom) * error, abs=1e-4)
    assert "000" not in set(of_unit.diagnostics["municipality_code"])
