"""Units in the file and in the params: what agrees is read, what does not is refused with its rows and names."""

import pytest
import yaml

from jobreport.domain.released import UNIT
from jobreport.domain.texts import LANGUAGES
from jobreport.errors import InputRefused
from jobreport.intake import checks
from jobreport.make.batch import jobs
from jobreport.setup import params

CODEBOOK = {
    "columns": {"wave": "runde", "municipality_code": "kommune", "unit": "sted"},
    "scales": {"yes": {"labels": {"da": ["Nej", "Ja"], "en": ["No", "Yes"]}, "positive": 1, "negative": 1}},
    "questions": [{"name": "good", "column": "svar", "wording": "Er det godt?", "scale": "yes", "codes": ["1", "2"]}],
    "indicators": [{"name": "good", "label": "Godt", "items": ["good"]}],
}
UNITS = [
    {"unit": "solbakken", "label": "Solbakken", "municipality_code": "183"},
    {
        "unit": "birk",
        "label": {"da": "Birkehøj", "en": "Birch Hill"},
        "municipality_code": "183",
        "invited": {"2024": 9},
    },
]
EVENT = {"event": "e", "label": "E", "date": "2024-06-01", "treated": ["183"], "waves_before": ["2024"]}
REPORT = {
    "name": "homes",
    "municipality_code": "183",
    "units": UNITS,
    "survey": {
        "file": "svar.csv",
        "codebook": "codebook.yml",
        "waves": [{"wave": "2024", "from": "2024-03-01", "to": "2024-03-31"}],
    },
}
ROWS = ["2024,183,Solbakken,1", "2024,183,birk,2", "2024,183,BIRCH  HILL,2", "2024,187,,1"]


@pytest.fixture
def inputs_of(tmp_path):
    def read(rows=ROWS, codebook=CODEBOOK, **report):
        (tmp_path / "svar.csv").write_text("\n".join(["runde,kommune,sted,svar", *rows]), encoding="utf-8")
        (tmp_path / "codebook.yml").write_text(yaml.safe_dump(codebook, allow_unicode=True), encoding="utf-8")
        return checks.read_inputs(params.from_mapping(REPORT | report, tmp_path))

    return read


def problems(read, **changed):
    with pytest.raises(InputRefused) as refused:
        read(**changed)
    for language in LANGUAGES:
        assert "{" not in refused.value.text(language).replace("{unit", "").replace("{...}", "")
    return refused.value


def test_a_unit_is_known_by_its_key_and_by_its_name_in_either_language(inputs_of):
    rows = inputs_of().responses
    assert rows[UNIT].tolist() == ["183-solbakken", "183-birk", "183-birk", "187"]
    assert rows["municipality_code"].tolist() == ["183", "183", "183", "187"]


@pytest.mark.parametrize(
    ("row", "key", "said"),
    [
        ("2024,183,,1", "unit_empty", "række 6"),
        ("2024,183,Solbaken,1", "unit_not_known", "tættest på solbakken"),
        ("2024,183,17,1", "unit_not_known", "17"),
        ("2024,183,Per Hansen,1", "unit_not_known", "…"),
        ("2024,187,birk,1", "unit_of_another", "183-birk"),
    ],
)
def test_a_row_that_does_not_agree_with_the_params_is_refused(row, key, said, inputs_of):
    refused = problems(inputs_of, rows=[*ROWS, row])
    assert [problem.key for problem in refused.problems] == [key]
    assert said in refused.text("da")
    assert "hansen" not in refused.text("da").casefold()


def test_a_unit_that_nobody_answered_of_is_refused(inputs_of):
    refused = problems(inputs_of, units=[*UNITS, {"unit": "eng", "label": "Eng", "municipality_code": "183"}])
    assert [problem.key for problem in refused.problems] == ["unit_without_answers"]


def test_a_codebook_that_does_not_say_where_the_unit_stands_is_refused(inputs_of):
    columns = {key: name for key, name in CODEBOOK["columns"].items() if key != "unit"}
    refused = problems(inputs_of, codebook=CODEBOOK | {"columns": columns})
    assert [problem.key for problem in refused.problems] == ["unit_column_missing"]


TABLE = REPORT["survey"] | {"aggregates": True}
WEIGHTED = REPORT["survey"] | {"margins": "svar.csv"}


@pytest.mark.parametrize(
    ("changed", "keys"),
    [
        ({"unit": "gone"}, ["unit_undeclared"]),
        ({"unit": "birk", "municipality_code": "187"}, ["unit_elsewhere"]),
        ({"units": [*UNITS, UNITS[0]]}, ["units_alike"]),
        ({"units": [UNITS[0] | {"label": "birk"}, UNITS[1]]}, ["units_alike"]),
        ({"units": [UNITS[1] | {"invited": {"2023": 9}}]}, ["unit_wave_unknown"]),
        ({"survey": None}, ["units_without_persons"]),
        ({"survey": TABLE}, ["units_without_persons"]),
        ({"unit": "birk", "survey": WEIGHTED}, ["unit_and_margins"]),
    ],
)
def test_units_of_params_that_cannot_be_are_refused(changed, keys, inputs_of, tmp_path):
    inputs_of()
    assert [problem.key for problem in problems(inputs_of, **changed).problems] == keys


def test_the_report_of_a_unit_knows_nothing_of_what_is_known_of_the_municipality_alone(inputs_of):
    events = [EVENT | {"waves_after": []}]
    chosen = inputs_of(unit="birk", events=events).params
    assert (chosen.events, chosen.place, chosen.place_name("en")) == ((), "183-birk", "Birch Hill")
    assert inputs_of(events=events).params.events
    with pytest.raises(InputRefused) as refused:
        params.replaced(chosen, {"unit": None})
    assert [problem.key for problem in refused.value.problems] == ["unit_alone"]


def test_a_batch_by_unit_makes_a_report_of_each_and_refuses_a_file_without(inputs_of):
    inputs_of()
    chosen = inputs_of(title="Plejehjem").params
    found = jobs.by_unit(jobs.Inputs([chosen, chosen.model_copy(update={"units": ()})], []))
    assert [(each.name, each.unit, each.title["en"]) for each in found.params] == [
        ("homes-solbakken", "solbakken", "Plejehjem: Solbakken"),
        ("homes-birk", "birk", "Plejehjem: Birch Hill"),
    ]
    assert [problem.key for each in found.refused for problem in each.refused.problems] == ["units_none"]
