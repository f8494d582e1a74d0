"""Whoever holds all packages and every report made of them knows no more than what each municipality shows itself."""

from dataclasses import dataclass, replace
from itertools import cycle
from pathlib import Path

import numpy as np
import pandas as pd
import pytest
import yaml

from jobreport.domain.released import COUNTRY
from jobreport.intake import checks
from jobreport.intake.checks import comparable
from jobreport.intake.formats.package import MOMENTS, Package
from jobreport.make import package
from jobreport.release import computation
from jobreport.release import package as released
from jobreport.release.disclosure import Released, of_single_answers
from jobreport.release.growth import few_more
from jobreport.setup import params
from jobreport.simulate import Design, as_exported, draw_country, responses
from jobreport.simulate.country import WAVES

pytestmark = pytest.mark.dear  # what its tests share takes seconds

PROJECT = Path(__file__).parents[2]
PLACES = ("183", "187", "157", "151")
ALL = Design().municipalities
DOMAIN = ["wave", "group_by", "group"]
FEW = 5
THREE = WAVES[2:5]  # enough of them for a change and for who answered again
FEWER = (("satisfaction", "trust"), 2, ("benefit_group", "gender"))  # a question, an index, and groupings that cross


def country(root, places, waves=WAVES, people=40, asked=None):
    """Municipalities of forty answers a wave: many groups are too small.

    ``asked``: the indicators, the most questions of one, and the groupings that the codebook keeps; None: all.
    """
    others = [f"wave: '{wave}'" for wave in WAVES if wave not in waves]
    for name in ("data/demo/codebook.yml", "data/benchmarks.csv", "data/jobcentres.csv", "params/demo.yml"):
        (root / name).parent.mkdir(parents=True, exist_ok=True)
        text = (PROJECT / name).read_text(encoding="utf-8").replace("data/demo/invited.csv", "null")
        lines = [line for line in text.splitlines(keepends=True) if not any(other in line for other in others)]
        kept = "".join(lines) if asked is None or "codebook" not in name else fewer(text, *asked)
        (root / name).write_text(kept, encoding="utf-8")
    each = {"municipalities": places, "waves": waves, "answers": people * len(waves) * len(places)}
    design = Design(**each, effects={}, mix_change={}, repeat=0.25)
    as_exported(responses(draw_country(design, seed=8))).to_parquet(root / "data" / "demo" / "responses.parquet")
    return checks.read_inputs(params.read(root / "params" / "demo.yml"))


def fewer(codebook, indicators, most, groupings):
    """The codebook with these indicators, of each its first questions, and these groupings."""
    read = yaml.safe_load(codebook)
    read["indicators"] = [
        each | {"items": each["items"][:most]} for each in read["indicators"] if each["name"] in indicators
    ]
    read["groups"] = {name: read["groups"][name] for name in groupings}
    items = {item for each in read["indicators"] for item in each["items"]}
    read["questions"] = [question for question in read["questions"] if question["name"] in items]
    return yaml.safe_dump(read, allow_unicode=True, sort_keys=False)


@pytest.fixture(scope="module")
def whole(tmp_path_factory):
    return country(tmp_path_factory.mktemp("four"), PLACES, THREE, asked=(*FEWER[:2], (*FEWER[2], "age_group")))


def alone(inputs, code, below=FEW):
    rows = inputs.responses[inputs.responses["municipality_code"].eq(code)].reset_index(drop=True)
    rows = rows.assign(municipality_code=rows["municipality_code"].cat.set_categories([code]))
    rule = inputs.params.disclosure.model_copy(update={"suppress_below": below})
    return replace(
        inputs, responses=rows, params=inputs.params.model_copy(update={"municipality_code": code, "disclosure": rule})
    )


def sent(inputs):
    read, problems = package.checked(package.packed(package.members(inputs)), f"{inputs.params.municipality_code}.zip")
    assert problems == []
    return read


@pytest.fixture(
    scope="module",
    params=[
        pytest.param((PLACES, (5,), WAVES), marks=pytest.mark.slow, id="one threshold"),
        pytest.param((PLACES[:3], (5, 8, 12), THREE, FEWER), id="three thresholds"),
        pytest.param((PLACES[:3], (5, 8, 12), WAVES), marks=pytest.mark.slow, id="three thresholds, six waves"),
        pytest.param((ALL, (5, 8), WAVES), marks=pytest.mark.slow, id="44 municipalities"),
    ],
)
def everything(request, tmp_path_factory):
    """All packages, and the report of each municipality made of its answers and the others' packages."""
    places, thresholds, waves, *asked = request.param
    inputs = country(tmp_path_factory.mktemp("all"), places, waves, 40, *asked)
    owners = [alone(inputs, code, below) for code, below in zip(places, cycle(thresholds), strict=False)]
    packages = {each.params.municipality_code: sent(each) for each in owners}
    reports = {}
    for owner in owners:
        own = owner.own_survey
        others = [
            comparable.fitted(read, own) for code, read in packages.items() if code != owner.params.municipality_code
        ]
        made = computation.compute(replace(owner, packages=tuple(others)), (owner.params.municipality_code,))
        reports[owner.params.municipality_code] = made.released
    return owners, packages, reports


def shown(read):
    rows = read.tables["estimates"]
    return rows[rows["estimate"].notna()]


def of_enough(read, below):
    """What a reader with this threshold takes of a package: domains in which every item was answered by so many."""
    rows = shown(read)
    fewest = rows.groupby([rows[name].astype(str) for name in DOMAIN])["n"].transform("min")
    return rows[fewest.ge(below)]


def test_much_is_hidden_in_these_packages(everything):
    _, packages, _ = everything
    hidden = sum(read.tables["estimates"]["flag"].eq("suppressed").sum() for read in packages.values())
    assert hidden > 100


def test_the_pool_less_all_packages_is_what_the_owner_shows(everything):
    """Each figure of the pool less the others' packages is one that the owner shows, or nought."""
    owners, packages, reports = everything
    key = ["indicator", "measure", "category", *DOMAIN]
    for owner in owners:
        code = owner.params.municipality_code
        estimates = reports[code].estimates
        pool = estimates[estimates["municipality_code"].eq(COUNTRY) & ~estimates["wave"].str.contains("+", regex=False)]
        pool = pool[pool["n"].notna()].set_index(key)["n"].astype(float)
        below = owner.params.disclosure.suppress_below
        theirs = pd.concat([of_enough(read, below) for other, read in packages.items() if other != code])
        rest = pool.sub(theirs.groupby(key)["n"].sum(), fill_value=0.0).reindex(pool.index)
        own = shown(packages[code]).set_index(key)["n"].astype(float)
        told = rest[rest.abs() > 0.5]
        missing = told.index.difference(own.index)
        assert (told[missing] >= FEW).all(), told[missing].head()
        both = told.index.intersection(own.index)
        np.testing.assert_array_less(FEW - 0.5, told[both])


def test_no_number_in_a_package_or_a_report_rests_on_fewer_than_may_be_shown(everything):
    owners, packages, reports = everything
    for owner in owners:
        below = owner.params.disclosure.suppress_below
        code = owner.params.municipality_code
        moments, people = packages[code].tables["moments"], packages[code].tables["people"]
        assert moments["n"].min() >= below
        assert people["n"].min() >= below
        assert shown(packages[code])["n"].min() >= below
        rows = reports[code].estimates
        assert rows.loc[rows["estimate"].notna(), "n"].min() >= below


def test_who_answered_only_once_or_twice_cannot_be_subtracted_out(everything):
    """All who answered in a wave less those who also answered in another are as many as may be shown, or nobody."""
    owners, packages, _ = everything
    for owner in owners:
        people = packages[owner.params.municipality_code].tables["people"]
        alone_ = people[people["wave"].eq(people["other_wave"])].set_index("wave")["n"]
        pairs = people[people["wave"].ne(people["other_wave"])]
        for wave, other, n in pairs[["wave", "other_wave", "n"]].itertuples(index=False, name=None):
            for whole_wave in (alone_[wave], alone_[other]):
                assert whole_wave - n == 0 or whole_wave - n >= owner.params.disclosure.suppress_below


def test_a_raised_threshold_only_ever_hides_more(whole):
    """The packages of one municipality at two thresholds tell no more than the one at the lower."""
    low, high = (released.tables(alone(whole, "187", below)) for below in (5, 9))
    for name, key in (("moments", list(MOMENTS[:8])), ("people", ["wave", "other_wave"])):
        assert set(map(tuple, high[name][key].to_numpy())) <= set(map(tuple, low[name][key].to_numpy()))
    of_low, of_high = (each["estimates"][each["estimates"]["estimate"].notna()] for each in (low, high))
    key = ["indicator", "measure", "category", *DOMAIN]
    assert set(map(tuple, of_high[key].to_numpy())) <= set(map(tuple, of_low[key].to_numpy()))


def test_two_people_of_hidden_groups_who_exchange_their_answers_leave_the_same_package(whole):
    """What is hidden makes no difference to any byte, but for what everybody's answers together say."""
    owner = alone(whole, "187")
    hidden = shown_less(released.tables(owner)["estimates"])
    rows, items = owner.responses, [item.name for item in owner.codebook.items]
    wave, column = next((w, by) for w, by, _ in hidden if by == "benefit_group")
    groups = [group for w, by, group in hidden if (w, by) == (wave, column)]
    here = rows["wave"].eq(wave) & rows["weight"].notna()
    for first in rows.index[here & rows[column].eq(groups[0])]:
        same = here & rows[column].eq(groups[1])
        for other in ("age_group", "gender"):
            same &= rows[other].eq(rows.loc[first, other])
        for second in rows.index[same & (rows[items].ne(rows.loc[first, items]).any(axis=1))]:
            changed = rows.copy()
            answers = rows.loc[[second, first], items].to_numpy()
            changed.loc[[first, second], items] = answers
            changed["weight"] = rows["weight"]
            even = (
                replace(owner, responses=rows.assign(weight=1.0)),
                replace(owner, responses=changed.assign(weight=1.0)),
            )
            ids = {int(rows.loc[each, "respondent_id"]) for each in (first, second)}
            if rows["respondent_id"].isin(ids).sum() > 2:
                continue
            assert package.members(even[0]) == package.members(even[1])
            return
    pytest.skip("nobody to exchange")


def shown_less(estimates):
    hidden = estimates[estimates["flag"].eq("suppressed")]
    hidden = hidden[~of_single_answers(hidden)]  # (these have a rule of their own)
    return sorted(set(hidden[DOMAIN].itertuples(index=False, name=None)))


@pytest.fixture(scope="module")
def before(whole):
    """Answers with every question answered, their package as it was, and the package of another municipality."""
    owner = alone(whole, "183")
    rows = owner.responses
    kept = rows.assign(**{item.name: rows[item.name].where(rows[item.name] > 0, 2) for item in owner.codebook.items})
    owner = replace(owner, responses=kept)
    return owner, package.packed(package.members(owner)), package.packed(package.members(alone(whole, "187")))


@pytest.mark.parametrize(("more", "refused"), [(0, False), (2, True), (12, False)])
def test_a_package_that_grew_by_a_few_answers_does_not_take_the_place_of_the_one_before(
    before, tmp_path, more, refused
):
    """All of the new answers are of one group and wave; the rest of the package is as it was."""
    owner, then, of_another = before
    to = tmp_path / "x.zip"
    rows = owner.responses
    group = rows["benefit_group"].value_counts().index[0]
    here = rows.index[rows["wave"].eq("2022-1") & rows["benefit_group"].eq(group)]
    same = rows.loc[here, ["age_group", "gender"]].value_counts().index[0]
    here = rows.index[rows["wave"].eq("2022-1") & rows["age_group"].eq(same[0]) & rows["gender"].eq(same[1])]
    added = rows.loc[np.resize(here, more)].assign(respondent_id=np.arange(more) + 900_000) if more else rows.iloc[:0]
    added = added.assign(benefit_group=group, **{item.name: np.int8(3) for item in owner.codebook.items})
    to.write_bytes(then)
    grown = pd.concat([rows, added.astype(rows.dtypes)], ignore_index=True)
    files = package.members(replace(owner, responses=grown))
    for name in ("x.zip", "next year.zip"):
        assert [problem.key for problem in package.grown(tmp_path / name, files)] == ["package_grown"] * refused
    (tmp_path / "of another.zip").write_bytes(of_another)
    (tmp_path / "no package.zip").write_bytes(b"PK")
    to.unlink()
    assert package.grown(to, files) == []


NEXT = "2023-1"
LATE = (0, 2, 12, 7)


@dataclass(frozen=True)
class Year:
    """What is there to read in a year: the package that each municipality has sent, and the report it made."""

    packages: dict[str, Package]
    reports: dict[str, Released]


@pytest.fixture(
    scope="module",
    params=[
        pytest.param((PLACES, (5, 8)), marks=pytest.mark.slow, id="4 municipalities"),
        pytest.param((ALL, (5, 8)), marks=pytest.mark.slow, id="44 municipalities"),
    ],
)
def years(request, tmp_path_factory):
    """A year without its latest wave, and the next with it and with some late answers to the waves before.

    A municipality whose package is refused for these goes on with that of the year before, and makes no new report.
    """
    places, thresholds = request.param
    inputs = country(tmp_path_factory.mktemp("years"), places)
    below = dict(zip(places, cycle(thresholds), strict=False))
    last = {code: alone(inputs, code, below[code]) for code in places}
    first = {code: before_the_last(owner) for code, owner in last.items()}
    late = dict(zip(places, cycle(LATE), strict=False))
    last = {code: with_late(owner, late[code]) for code, owner in last.items()}
    sent_first = {code: sent(owner) for code, owner in first.items()}
    new = {code: sent(owner) for code, owner in last.items()}
    accepted = [
        code for code in places if not few_more(sent_first[code].tables, new[code].tables, min(below[code], FEW))
    ]
    sent_last = sent_first | {code: new[code] for code in accepted}
    then = Year(sent_first, {code: told_by(owner, sent_first) for code, owner in first.items()})
    refused = {code: new[code] for code in places if code not in accepted}
    return then, Year(sent_last, {code: told_by(last[code], sent_last) for code in accepted}), refused, below


def before_the_last(owner):
    survey = owner.params.survey
    kept = tuple(wave for wave in survey.waves if wave.wave != NEXT)
    chosen = owner.params.model_copy(update={"survey": survey.model_copy(update={"waves": kept})})
    rows = owner.responses[owner.responses["wave"].ne(NEXT)].reset_index(drop=True)
    rows = rows.assign(wave=rows["wave"].cat.remove_unused_categories())
    return replace(owner, responses=rows, params=chosen)


def with_late(owner, more):
    rows = owner.responses
    here = rows.index[rows["wave"].eq("2022-1")]
    added = rows.loc[np.resize(here, more)].assign(respondent_id=np.arange(more) + 900_000)
    return replace(owner, responses=pd.concat([rows, added.astype(rows.dtypes)], ignore_index=True))


def told_by(owner, packages):
    code, own = owner.params.municipality_code, owner.own_survey
    others = tuple(comparable.fitted(read, own) for other, read in packages.items() if other != code)
    return computation.compute(replace(owner, packages=others), (code,)).released


def grown_by(then, now):
    """How many more answers each figure of both years rests on, and each grouping's hidden groups together."""
    key = ["indicator", "measure", "category", "municipality_code", *DOMAIN]
    single = [each[each["n"].notna() & ~each["wave"].str.contains("+", regex=False)] for each in (then, now)]
    n = [each.set_index(key)["n"] for each in single]
    both = (n[1].astype(float) - n[0].astype(float)).dropna().rename("n").reset_index()
    groups = both[both["group_by"].ne("")].groupby([*key[:5], "group_by"])["n"].sum().reset_index()
    rests = groups.merge(both[both["group_by"].eq("")], on=key[:5], suffixes=("", "_all"))
    return pd.concat([both["n"], rests["n_all"] - rests["n"]])


def few_of(apart):
    return ((apart.abs() > 0) & (apart.abs() < FEW)).sum()


def test_two_years_of_packages_and_reports_give_away_no_few_that_came_between(years):
    """Each municipality's own, in its packages and in its reports, told apart by subtracting year from year."""
    then, now, _, below = years
    assert len(now.reports) >= len(below) // len(LATE), "a new wave alone is no reason to refuse"
    for code in now.reports:
        of_packages = grown_by(then.packages[code].tables["estimates"], now.packages[code].tables["estimates"])
        own = [year.reports[code].estimates.query("municipality_code == @code") for year in (then, now)]
        for apart in (of_packages, grown_by(*own)):
            assert few_of(apart) == 0


def test_without_the_refusal_the_few_are_given_away(years):
    then, _, refused, _ = years
    assert refused
    for code, package_ in refused.items():
        assert few_of(grown_by(then.packages[code].tables["estimates"], package_.tables["estimates"])) > 0


def test_the_pool_of_the_next_year_less_that_of_this_is_of_nobody_or_of_enough(years):
    """Also once the growth of all that the packages show is taken away."""
    then, now, _, below = years
    key = ["indicator", "measure", "category", *DOMAIN]
    for code, made in now.reports.items():
        growth = []
        for year, estimates in ((then, then.reports[code].estimates), (now, made.estimates)):
            single = estimates["municipality_code"].eq(COUNTRY) & ~estimates["wave"].str.contains("+", regex=False)
            pool = estimates[single & estimates["n"].notna()].set_index(key)["n"].astype(float)
            theirs = pd.concat([of_enough(read, below[code]) for other, read in year.packages.items() if other != code])
            growth.append(pool.sub(theirs.groupby(key)["n"].sum().astype(float), fill_value=0.0).reindex(pool.index))
        own = [shown(year.packages[code]).set_index(key)["n"].astype(float) for year in (then, now)]
        apart = (growth[1] - growth[0]).dropna()
        known = (own[1] - own[0]).reindex(apart.index)
        unknown = apart[known.isna() & (apart.abs() > 0.5)]
        assert (unknown.abs() >= FEW).all(), unknown.head()
