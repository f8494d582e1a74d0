"""A package of a finished report: the same bytes, nothing of a person, and nothing that its own report hides."""

import io
import json
import re
import zipfile
from dataclasses import replace

import numpy as np
import pandas as pd
import pytest

from jobreport.errors import InputRefused
from jobreport.intake.formats import package as contract
from jobreport.make import package
from jobreport.release import package as released


@pytest.fixture(scope="module")
def inputs(demo_inputs):
    return demo_inputs


@pytest.fixture(scope="module")
def members(demo_package):
    return demo_package("183")


def table(members, name):
    return pd.read_csv(io.BytesIO(members[f"{name}.csv"]), dtype=str, keep_default_na=False)


@pytest.mark.dear
def test_a_package_is_read_back_without_a_problem_and_has_the_same_bytes_each_time(inputs, members):
    data = package.packed(members)
    read, problems = package.checked(data, "ishoej.zip")
    assert (problems, read.code, read.survey.simulated) == ([], "183", True)
    shuffled = inputs.responses.sample(frac=1.0, random_state=3).reset_index(drop=True)
    assert package.packed(package.members(replace(inputs, responses=shuffled))) == data


def test_a_package_names_its_files_as_a_tabular_data_package(members):
    descriptor = json.loads(members["datapackage.json"])
    assert descriptor["profile"] == "tabular-data-package"
    for resource in descriptor["resources"]:
        columns = [field["name"] for field in resource["schema"]["fields"]]
        assert columns == list(contract.TABLES[resource["name"]])
        assert resource["hash"] == f"sha256:{contract.checksum(members[resource['path']])}"
    assert descriptor["description"].startswith("SIMULEREDE TAL.")


@pytest.mark.slow
@pytest.mark.filterwarnings("ignore")  # frictionless's own
def test_a_package_is_valid_as_a_tabular_data_package(members, tmp_path):
    import frictionless

    for name, data in members.items():
        (tmp_path / name).write_bytes(data)
    found = frictionless.validate(str(tmp_path / "datapackage.json"))
    assert found.valid, found.flatten(["type", "message"])


@pytest.mark.dear
def test_a_package_holds_only_its_own_municipality_and_only_released_rows(inputs):
    stricter = inputs.params.disclosure.model_copy(update={"suppress_below": 12})
    members = package.members(replace(inputs, params=inputs.params.model_copy(update={"disclosure": stricter})))
    estimates, moments = table(members, "estimates"), table(members, "moments")
    assert set(estimates["municipality_code"]) == {"183"}
    hidden = estimates[estimates["flag"] == "suppressed"]
    numbers = ["n", "estimate", "standard_error", "ci_low", "ci_high", "n_effective", "n_answered"]
    assert len(hidden)
    assert (hidden[numbers] == "").all().all()
    hidden = hidden[~hidden["category"].str.startswith("answer_")]  # (which are hidden of more)
    secret = set(zip(hidden["wave"], hidden["group_by"], hidden["group"], strict=True))
    told = set(zip(moments["wave"], moments["group_by"], moments["group"], strict=True))
    assert not secret & told
    assert pd.to_numeric(moments["n"]).ge(12).all()


def test_no_answer_no_person_and_no_free_text_is_in_a_package(forms, tmp_path):
    """Names of persons' columns, ids and what people wrote are looked for in every byte."""
    rows = []
    for number in range(400):
        row = dict(forms["people"]()[number % 40])
        rows.append(
            row | {"id": f"P{7000 + number // 2}x", "kommune": "183", "runde": "2021" if number % 2 else "2022"}
        )
    for row in rows:
        row["dato"] = f"{row['runde']}-03-11"
        row["vægt"] = "1"
        row["ydelse"] = str(int(row["id"][1:-1]) % 2 + 1)
    project = forms["project"](tmp_path, rows=rows)
    members = package.members(project.read())
    text = b"\n".join(members.values()).decode("utf-8")
    assert not re.search(r"P7\d\d\dx|alt for lang tid|bemærkning|respondent|2021-03-11", text)
    people = table(members, "people")
    assert people["n"].tolist() == ["200", "200", "200"]


def overlapping(inputs, again: int) -> pd.DataFrame:
    """Two waves of 40 people, so many of whom answer both."""
    rows = inputs.responses[inputs.responses["municipality_code"].eq("183")].assign(weight=1.0)
    waves = [rows[rows["wave"].eq(wave)].head(40) for wave in ("2021-1", "2021-2")]
    ids = np.arange(80) + 1
    ids[40 : 40 + again] = ids[:again]
    return pd.concat(waves, ignore_index=True).assign(respondent_id=ids)


@pytest.mark.parametrize(("again", "told"), [(0, False), (4, False), (8, True), (37, False), (40, True)])
def test_those_who_answered_twice_are_told_of_if_they_and_the_rest_are_enough(inputs, again, told):
    """With 37 of 40 the three who answered once would be the rest."""
    people = overlapping(inputs, again)
    items = [item.name for item in inputs.codebook.items]
    people = people.assign(**{item: (np.arange(80) % 4 + 1).astype(np.int8) for item in items})
    book = replace(inputs.codebook, groups={})
    found = released.tables(replace(inputs, responses=people, codebook=book))["people"]
    assert bool(found["wave"].ne(found["other_wave"]).any()) == told


@pytest.mark.dear
def test_what_is_hidden_of_those_who_answered_twice_makes_no_difference(inputs):
    """Four people answered both waves; whoever of the others it had been, the package would be the same."""
    people = overlapping(inputs, 4)
    other = people.assign(respondent_id=people["respondent_id"].where(people.index < 40, people["respondent_id"] + 99))
    other.loc[50:53, "respondent_id"] = [11, 12, 13, 14]
    tables = [released.tables(replace(inputs, responses=each)) for each in (people, other)]
    for name in tables[0]:
        pd.testing.assert_frame_equal(tables[0][name], tables[1][name])


def test_an_altered_package_is_not_read(members):
    altered = members | {"people.csv": members["people.csv"].replace(b"2020-2", b"2020-3")}
    read, problems = package.checked(package.packed(altered), "x.zip")
    assert (read, [problem.key for problem in problems]) == (None, ["package_altered"])


def test_a_survey_given_as_a_table_has_no_package(inputs):
    with pytest.raises(InputRefused) as refused:
        package.members(replace(inputs, responses=None))
    assert refused.value.problems[0].key == "package_without_answers"


def test_a_survey_of_clusters_has_no_package(inputs):
    """Its sums hold no clusters: added to others' the figures would look more certain than they are."""
    with pytest.raises(InputRefused) as refused:
        package.members(replace(inputs, responses=inputs.responses.assign(cluster=1)))
    assert refused.value.problems[0].key == "package_of_clusters"


def test_a_package_is_a_zip_that_any_program_opens(members):
    with zipfile.ZipFile(io.BytesIO(package.packed(members))) as archive:
        assert archive.testzip() is None
        assert set(archive.namelist()) == set(contract.MEMBERS)


@pytest.mark.parametrize(("digits", "turned"), [(4, True), (package.SIGNIFICANT, False)])
def test_a_package_keeps_so_many_digits_that_printed_changes_stay(monkeypatch, digits, turned):
    """Of changes that are printed in tenths of a point, one in a thousand at most may be another."""
    monkeypatch.setattr(package, "SIGNIFICANT", digits)
    shares = np.random.default_rng(1).uniform(0.3, 0.9, (2, 5000))
    told = package.rounded(pd.DataFrame({"estimate": shares[0], "ci_low": shares[1]})).to_numpy().T
    printed, truth = (np.round(100 * (each[1] - each[0]), 1) for each in (told, shares))
    assert ((printed != truth).mean() > 0.001) == turned


def test_a_package_that_is_not_there_is_refused_in_words(demo_project, tmp_path):
    with pytest.raises(InputRefused):
        package.verify(tmp_path / "none.zip", demo_project / "params" / "demo.yml")
