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


@pytest.mark.dear
def test_levels_are_of_every_municipality_of_all_and_of_all_others(computed):
    rows = satisfied(computed.released.estimates).set_index(["wave", "municipality_code"])
    assert {(wave, code): round(40 * rows.loc[(wave, code), "estimate"]) for wave, code in POSITIVE} == POSITIVE
    assert rows.loc[("2022", "000"), ["n", "estimate"]].tolist() == [120, 0.533]
    assert rows.loc[("2022", "others"), ["n", "estimate"]].tolist() == [80, 0.425], "34 of 80: Ishøj is left out"
    assert rows.loc[("2022", "183"), "standard_error"] == 0.069, "root of 0.75 x 0.25 / 39"
    assert set(rows["municipality"]) == {"Alle svar", "others", "Ishøj", "Tårnby", "Vallensbæk"}
    assert not rows["simulated"].any()


@pytest.mark.dear
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


@pytest.mark.dear
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


@pytest.mark.dear
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


NOBODY = [(answer, 0) for answer in ("Meget utilfreds", "Hverken tilfreds eller utilfreds", "Meget tilfreds")]


@pytest.fixture(scope="module")
def of_table(forms, tmp_path_factory):
    """Forty counted answers a year to one question, 20 and then 30 of them positive, and a share of another."""
    made = forms["project"](tmp_path_factory.mktemp("table"), [*answered()])
    made.params = made.params.replace("  file: {file}", "  file: {file}\n  aggregates: true") + EVENT
    counts = [(wave, "satisfaction", "count", answer, n) for wave, yes in (("2021", 20), ("2022", 30))
              for answer, n in (("Tilfreds", yes), ("Utilfreds", 40 - yes), *NOBODY)]  # fmt: skip
    shares = [(wave, "meaning", "share", "positive", value) for wave, value in (("2021", 0.4), ("2022", 0.6))]
    lines = [f"{wave},183,{question},{measure},{answer},{value},{80 if measure == 'share' else ''},"
             for wave, question, measure, answer, value in (*counts, *shares)]  # fmt: skip
    header = "wave,municipality_code,question,measure,answer,value,n,sd"
    return computation.compute(made.read("\n".join([header, *lines]).encode()), ("183",)).released


@pytest.mark.dear
def test_what_was_counted_is_compared_and_what_was_given_as_a_share_is_not(of_table):
    levels = satisfied(of_table.estimates, municipality_code="183")
    assert levels["estimate"].tolist() == [0.5, 0.75]
    given = satisfied(of_table.estimates, municipality_code="183", indicator="meaning")
    assert (given["estimate"].tolist(), given["n"].tolist()) == ([0.4, 0.6], [80, 80])
    own = satisfied(of_table.changes, event="e", method="change", adjustment="", municipality_code="183")
    assert own["change"].tolist() == [0.25]
    without = of_table.changes[of_table.changes["indicator"].eq("meaning")]
    assert set(without["reason"]) == {"only_a_table"}
    assert set(without["event"]) == {"e"}
    assert without["change"].isna().all()


REGISTER = {"label": {"da": "Ledighed", "en": "Unemployment"}, "unit": "pct_of_labour_force", "source": "Kilde"}
REGISTER |= {"file": "register.csv", "before": ["2021"], "after": ["2022"], "scale": "points"}
HAPPENED = {
    "event": "e",
    "label": {"da": "E", "en": "E"},
    "date": "2022-01-01",
    "treated": ["183"],
    "comparison": "all",
}
RATES = {
    "183": (4.0, 4, 4, 6),
    "101": (4.0, 4, 4, 5),
    "147": (4.0, 4, 4, 4),
    "151": (4.0, 4, 4, 3),
    "153": (4.0, 4, 4, 4),
}


@pytest.fixture(scope="module")
def of_register(tmp_path_factory):
    """Rates of five municipalities that were alike until 2021: Ishøj rises by 2, the others by 1, 0, 0 and -1."""
    folder = tmp_path_factory.mktemp("register")
    lines = [f"{code},{year},{name},{value},pct_of_labour_force,Kilde,T1,2023-01-01"
             for name in ("rate", "apart") for code, values in (RATES | {"000": (4.0, 4, 4, 4.4)}).items()
             for year, value in zip(range(2019, 2023), values, strict=True)]  # fmt: skip
    header = "municipality_code,period,series,value,unit,source,table,retrieved"
    (folder / "register.csv").write_text("\n".join([header, *lines]), encoding="utf-8")
    series = [REGISTER | {"series": "rate", "event": "e"}, REGISTER | {"series": "apart", "event": "none"}]
    report = {"name": "rates", "municipality_code": "183", "events": [HAPPENED], "registers": series}
    return computation.compute(checks.read_inputs(params.from_mapping(report, folder)), ("183",))


@pytest.mark.dear
def test_official_figures_are_compared_around_their_event_or_described_where_there_is_none(of_register):
    changes = of_register.released.changes
    changes = changes[changes["scale"].eq("points")]
    assert set(changes.loc[changes["indicator"].eq("rate"), "event"]) == {"e"}
    assert set(changes.loc[changes["indicator"].eq("apart"), "event"]) == {""}
    own = changes[changes["indicator"].eq("rate") & changes["method"].eq("change")].set_index("municipality_code")
    assert own["change"].to_dict() == {"183": 2, "101": 1, "147": 0, "151": -1, "153": 0, "000": pytest.approx(0.4)}
    (effect,) = changes[changes["method"].eq("effect")].to_dict("records")
    found = of_register.released.diagnostics
    swing = found[found["diagnostic"].eq("swing")].set_index("municipality_code")["value"]
    weight = {code: 1 / swing[code] ** 2 for code in ("101", "147", "151", "153")}
    mean = (weight["101"] - weight["151"]) / sum(weight.values())
    assert (effect["change"], effect["n_comparison"]) == (pytest.approx(2 - mean), 4), "who swings more counts less"
    assert "similar" in set(changes.loc[changes["indicator"].eq("apart"), "method"])
    assert "place" in set(of_register.released.diagnostics["diagnostic"])
    assert (of_register.periods, of_register.municipalities) == (("2019", "2020", "2021", "2022"), tuple(sorted(RATES)))


def test_official_figures_are_compared_with_those_of_the_same_region_too(of_register):
    curve = of_register.released.changes.query("method == 'specification' and indicator == 'rate'")
    assert curve["specification"].str.contains("comparison=region").any()


def test_official_figures_have_their_levels_and_no_number_of_answers(of_register):
    rows = of_register.released.estimates.query("municipality_code == '183' and indicator == 'rate'").set_index("wave")
    assert rows["estimate"].to_dict() == {"2019": 4, "2020": 4, "2021": 4, "2022": 6}
    assert rows["n"].isna().all()
    assert set(of_register.released.estimates["measure"]) == {"register"}
    names = of_register.released.estimates.set_index("municipality_code")["municipality"].to_dict()
    assert (names["183"], names["000"]) == ("Ishøj", "Hele landet")
