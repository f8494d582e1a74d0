"""What a folder or a package holds, said to programs: every column, the licence or that none is stated, no path."""

import json
from typing import get_args

import pytest

from jobreport.domain.released import COLUMNS, empty
from jobreport.domain.texts import texts_of
from jobreport.intake.formats import package as contract
from jobreport.make import open_data
from jobreport.make.open_data import Stated
from jobreport.setup import params
from jobreport.setup.params_model import Licence

BASE = {"name": "x", "municipality_code": "183"}
TABLES = {name: ",".join(columns).encode() + b"\n" for name, columns in {**COLUMNS, **contract.TABLES}.items()}
FILES = {f"{name}.csv": data for name, data in TABLES.items()}


def stated(tmp_path, **values) -> Stated:
    return Stated(params.from_mapping(BASE | values, tmp_path), "Greve")


@pytest.mark.parametrize("language", ["da", "en"])
def test_every_column_of_every_table_is_told(language, tmp_path):
    made = open_data.data_package(stated(tmp_path, language=language), tuple(TABLES), FILES)
    for resource in made["resources"]:
        fields = {field["name"]: field for field in resource["schema"]["fields"]}
        assert all(field["description"] for field in fields.values())
        assert {name for name, field in fields.items() if field["type"] == "integer"} <= set(open_data.COUNTS)
        assert set(resource["schema"]["primaryKey"]) <= set(fields)
    kinds = {field["name"]: field["type"] for field in made["resources"][0]["schema"]["fields"]}
    assert (kinds["n"], kinds["estimate"], kinds["wave"], kinds["simulated"]) == (
        *("integer", "number", "string", "boolean"),
    )
    assert list(empty("estimates").columns) == list(kinds)


def test_a_licence_is_told_with_its_address_and_none_is_not_stated(tmp_path):
    free = open_data.data_package(stated(tmp_path, licence="CC0-1.0"), ("people",), FILES)
    assert free["licenses"][0]["path"].endswith("publicdomain/zero/1.0/")
    untold = open_data.data_package(stated(tmp_path), ("people",), FILES)
    assert "licenses" not in untold
    assert untold["description"] == "Det er ikke oplyst, under hvilken licens tallene må bruges."
    assert all(set(texts_of("open_data", each)["licences"]) == set(get_args(Licence)) for each in ("da", "en"))


def test_what_was_read_is_named_by_an_address_and_lies_not_in_the_crate(tmp_path):
    facts = {"jobreport": "1", "report_date": "2024-12-31"}
    facts |= {"inputs": [{"role": "survey", "file": "data/æble og pære.csv", "sha256": "hmac256:00"}]}
    made = open_data.crate(stated(tmp_path), facts, {"report.pdf": b"%PDF"})
    root = next(entity for entity in made["@graph"] if entity["@id"] == "./")
    read = next(entity for entity in made["@graph"] if entity["@id"].startswith("#survey"))
    assert read["identifier"] == "hmac256:00"  # made with a key
    assert read["@id"] == "#survey:data/%C3%A6ble%20og%20p%C3%A6re.csv"
    assert {part["@id"] for part in root["hasPart"]} == {"report.pdf", "manifest.json"}
    assert "license" not in root
    assert str(tmp_path) not in json.dumps(made)
