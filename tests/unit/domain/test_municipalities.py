"""Codes and spellings of the 98 municipalities."""

import csv
import unicodedata
from collections import Counter
from pathlib import Path

import pytest

from jobreport.domain import municipalities

REFERENCE = Path(__file__).parents[4] / "shared" / "reference" / "kommuner.csv"


def test_counts_per_region():
    regions = Counter(place.region.removeprefix("Region ") for place in municipalities.all_municipalities())
    assert regions == {"Hovedstaden": 29, "Syddanmark": 22, "Midtjylland": 19, "Sjælland": 17, "Nordjylland": 11}


def test_list_equals_that_of_danmarks_statistik():
    if not REFERENCE.exists():
        pytest.skip("the reference list of municipalities is not here")
    with REFERENCE.open(encoding="utf-8", newline="") as file:
        assert {row["code"]: row["name"] for row in csv.DictReader(file)} == municipalities.names()


@pytest.mark.parametrize(
    ("written", "code"),
    [
        ("183", "183"), ("0183", "183"), (183, "183"), (183.0, "183"), ("183,0", "183"), (" 183 ", "183"),
        ("Ishøj", "183"), ("Ishøj Kommune", "183"), ("ISHØJ KOMMUNE", "183"), ("Ishoej", "183"),
        (unicodedata.normalize("NFD", "Tårnby"), "185"), (unicodedata.normalize("NFD", "Århus Kommune"), "751"),
        ("Aarhus", "751"), ("Århus", "751"), ("Vesthimmerland", "820"), ("Vesthimmerlands Kommune", "820"),
        ("Nordfyn", "480"), ("Nordfyns Kommune", "480"), ("Høje-Taastrup", "169"), ("Høje Taastrup", "169"),
        ("Høje Tåstrup", "169"), ("København", "101"), ("Copenhagen", "101"), ("Københavns Kommune", "101"),
        ("Bornholms Regionskommune", "400"), ("Lyngby-Taarbæk", "173"), ("Faaborg-Midtfyn", "430"),
        ("Fåborg-Midtfyn", "430"), ("Ringkøbing Skjern", "760"), ("Morsø", "773"), ("Mors", "773"),
    ],
)  # fmt: skip
def test_spellings(written, code):
    assert municipalities.recognise(written) == code


@pytest.mark.parametrize(
    "written", ["", None, "0", "1830", "18301", "411", "999", "183.5", "Malmø", "Region Sjælland", "-183", float("nan")]
)
def test_what_is_not_a_municipality(written):
    assert municipalities.recognise(written) is None


def test_every_name_and_code_is_recognised_as_itself():
    for place in municipalities.all_municipalities():
        for written in (place.code, f"0{place.code}", place.name, f"{place.name} Kommune"):
            assert municipalities.recognise(written) == place.code


def test_octal_reading_is_undone():
    for place in municipalities.all_municipalities():
        if set(place.code) <= set("01234567"):
            assert municipalities.mistaken_octal(int(place.code, 8)) == place.code


def test_suggestions():
    assert municipalities.nearest("Ishoi")[0].code == "183"
    assert municipalities.nearest("Albertlsund")[0].code == "165"
    assert municipalities.nearest("qqqqq") == ()


@pytest.mark.parametrize(
    ("cell", "said"),
    [
        ("107", "107 (0153, Brøndby, læst som oktaltal)"),
        ("107,0", "107 (0153, Brøndby, læst som oktaltal)"),
        ("999", "999"),
        ("199", "199"),
        ("Ishøj/Vallensbæk", "Ishøj/Vallensbæk (flere kommuner: Ishøj 183, Vallensbæk 187)"),
        ("Dragør og Tårnby", "Dragør og Tårnby (flere kommuner: Dragør 155, Tårnby 185)"),
        ("183;187", "183;187 (flere kommuner: Ishøj 183, Vallensbæk 187)"),
        ("Ishoi", "Ishoi (tættest på Ishøj 183)"),
        ("Ane Prøve, Strandvej 4", "…"),
        ("010180-1234", "…"),
    ],
)
def test_a_cell_that_is_no_municipality_is_told_with_what_it_may_be_and_no_person_is_quoted(cell, said):
    assert municipalities.told(cell)["da"] == said


def test_names_with_a_hyphen_are_one_municipality():
    for place in municipalities.all_municipalities():
        assert municipalities.recognise(place.name) == place.code
        assert municipalities.nearest(f"{place.name}x")[0].code == place.code
