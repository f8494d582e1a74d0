"""A municipality's own answers and the packages of seven others give what one file of all answers gives."""

from dataclasses import replace
from types import SimpleNamespace

import numpy as np
import pandas as pd
import pytest

from jobreport.domain.released import COUNTRY, KEYS, NUMBERS
from jobreport.estimate.measures import all_measures
from jobreport.estimate.sample import Sample
from jobreport.estimate.tally import Tallies
from jobreport.intake import checks
from jobreport.intake.checks import comparable
from jobreport.make import package
from jobreport.release import computation, precision
from jobreport.release import package as released
from jobreport.release import told as told_module
from jobreport.release.disclosure import of_single_answers
from jobreport.release.told import Told, with_told
from jobreport.setup import params
from jobreport.simulate import Design, as_exported, draw_country, responses
from tests.estimates import estimate
from tests.hostile.test_packages_together import fewer

pytestmark = pytest.mark.dear  # what its tests share takes seconds

PLACES = ("183", "187", "730", "101", "151", "153", "155", "157")
FOCUS = ("183", "187")
TABLES = ("estimates", "changes", "diagnostics")


@pytest.fixture(scope="module")
def whole(demo_project, tmp_path_factory):
    """One file of eight municipalities and two groupings, in which every sixth answered again."""
    asked = ("satisfaction", "trust"), 2, ("benefit_group", "age_group")
    return survey(demo_project, tmp_path_factory.mktemp("whole"), 4320, 0.2, asked)


def survey(demo_project, root, answers, repeat, asked=None):
    """What is read of one file of all municipalities; ``asked``: what the codebook keeps (see `fewer`)."""
    (root / "data" / "demo").mkdir(parents=True)
    (root / "params").mkdir()
    effects = {("183", "satisfaction"): 0.08}
    design = Design(answers=answers, municipalities=PLACES, effects=effects, mix_change={}, repeat=repeat)
    as_exported(responses(draw_country(design, seed=11))).to_parquet(root / "data" / "demo" / "responses.parquet")
    for name in ("data/demo/codebook.yml", "data/benchmarks.csv", "data/jobcentres.csv", "params/demo.yml"):
        text = (demo_project / name).read_text(encoding="utf-8")
        kept = fewer(text, *asked) if asked and "codebook" in name else text
        (root / name).write_text(kept, encoding="utf-8")
    return checks.read_inputs(params.read(root / "params" / "demo.yml"))


def alone(inputs, code):
    rows = inputs.responses[inputs.responses["municipality_code"].eq(code)].reset_index(drop=True)
    rows = rows.assign(municipality_code=rows["municipality_code"].cat.set_categories([code]))
    return replace(inputs, responses=rows, params=inputs.params.model_copy(update={"municipality_code": code}))


def beside(inputs):
    groups = {name: group.values for name, group in inputs.codebook.groups.items()}
    return comparable.Own(inputs.params.survey, inputs.codebook.indicators, groups)


@pytest.fixture(scope="module")
def packages(whole):
    """The packages of all but Ishøj: False as they were before they were rounded, True as they are sent."""
    found = {False: [], True: []}
    for code in PLACES[1:]:
        unrounded, read = told_by(alone(whole, code))
        for rounded, tables in ((True, read.tables), (False, unrounded)):
            found[rounded].append(comparable.fitted(replace(read, tables=tables), beside(whole)))
    return {rounded: tuple(each) for rounded, each in found.items()}


def told_by(one):
    """The tables of a municipality's package before they are rounded, and the package as a stranger reads it."""
    made, tables = [], released.tables
    with pytest.MonkeyPatch.context() as patched:
        patched.setattr(released, "tables", lambda inputs: [made.append(tables(inputs)), made[-1]][1])
        files = package.members(one)
    read, problems = package.checked(package.packed(files), f"{one.params.municipality_code}.zip")
    assert problems == []
    return made[0], read


@pytest.fixture(scope="module", autouse=True)
def _all_digits():
    """What is compared are the numbers before they are rounded for readers."""
    with pytest.MonkeyPatch.context() as patched:
        patched.setattr(precision, "_few", lambda digits, *_: digits)
        yield


@pytest.fixture(scope="module")
def one_file(whole):
    return computation.compute(whole, FOCUS).released


@pytest.fixture(scope="module")
def told(whole, packages):
    own = alone(whole, "183")
    return {
        rounded: computation.compute(replace(own, packages=each), FOCUS).released for rounded, each in packages.items()
    }


@pytest.fixture(scope="module")
def gone(packages):
    """Waves, groupings and groups that some package hides: the pool is there of the others alone."""
    tables = [fitted.package.tables["estimates"] for fitted in packages[True]]
    hidden = pd.concat([table[table["flag"].eq("suppressed")] for table in tables])
    hidden = hidden[~of_single_answers(hidden)]  # (the pool gives none of a group)
    return set(hidden[["wave", "group_by", "group"]].itertuples(index=False, name=None))


def of_all(rows, gone):
    """Rows that are of the same people in both: no pool of a group that a package hides, and no reliability."""
    if "wave" not in rows.names:
        return ~of_the_mix(rows)
    names = ("wave", "group_by", "group")
    domains = zip(*(rows.get_level_values(name) for name in names), strict=True)
    fewer = np.array([domain in gone for domain in domains]) & (rows.get_level_values("municipality_code") == COUNTRY)
    return ~fewer & (rows.get_level_values(0) != "reliability")


def of_the_mix(rows):
    """Rows with the mix of groups held still: of some municipalities they are hidden, of some nobody's is told."""
    return np.asarray(rows.get_level_values("adjustment") == "mix") if "adjustment" in rows.names else False


def both(one_file, told, name):
    key = list(KEYS[name])
    left, right = (getattr(each, name).set_index(key) for each in (one_file, told))
    return left, right, left.index.intersection(right.index)


def of_own_answers_alone(index):
    """What is made of answers that the others did not give, or is given of one's own answers only."""
    frame = index.to_frame(index=False)
    groups = frame["group_by"].ne("") & frame["municipality_code"].ne("183")
    mixed = frame.get("adjustment", pd.Series("", frame.index)).eq("mix")
    mixed |= frame.get("method", pd.Series("", frame.index)).isin(["mix", "rates"]) & frame["municipality_code"].ne(
        "183"
    )
    of_rounds = frame.get("event", pd.Series("-", frame.index)).eq("") & frame["municipality_code"].ne(COUNTRY)
    about_answers = frame.get("diagnostic", pd.Series("", frame.index)).isin(
        ["nonresponse", "weights", "group_test", "drivers"]
    )
    return groups | mixed | (about_answers | of_rounds) & frame["municipality_code"].ne("183")


@pytest.mark.parametrize("name", TABLES)
def test_rows_are_those_of_one_file_but_for_what_rests_on_answers(one_file, told, name):
    left, right, _ = both(one_file, told[True], name)
    assert len(right.index.difference(left.index)) == 0
    missing = left.index.difference(right.index)
    assert of_own_answers_alone(missing).all()


@pytest.mark.parametrize("name", TABLES)
def test_numbers_are_those_of_one_file_before_rounding(one_file, told, gone, name):
    left, right, rows = both(one_file, told[False], name)
    rows = rows[of_all(rows, gone)]
    for column in (column for column in NUMBERS if column in left):
        expected, found = (each.loc[rows, column].astype(float).to_numpy() for each in (left, right))
        np.testing.assert_allclose(found, expected, rtol=1e-9, atol=1e-9, err_msg=column)


@pytest.mark.parametrize("name", TABLES)
def test_printed_digits_are_those_of_one_file_after_rounding(one_file, told, gone, name):
    """A level is printed in whole per cent, a change with a decimal of them; held to one decimal all of them."""
    left, right, rows = both(one_file, told[True], name)
    rows = rows[of_all(rows, gone)]
    for column in (column for column in NUMBERS if column in left and column != "n_effective"):
        expected, found = (each.loc[rows, column].astype(float).to_numpy() for each in (left, right))
        np.testing.assert_allclose(found, expected, rtol=2e-5, atol=2e-5, err_msg=column)
        of_share = left.loc[rows, "unit"].isin(["share"]).to_numpy() | (column in ("p_value", "p_adjusted"))
        printed = [np.where(of_share, np.round(each, 3), np.round(each, 1)) for each in (expected, found)]
        np.testing.assert_array_equal(*printed, err_msg=column)


def test_words_flags_and_reasons_are_those_of_one_file(one_file, told, gone):
    for name in ("estimates", "changes"):
        left, right, rows = both(one_file, told[True], name)
        rows = rows[of_all(rows, gone)]
        for column in ("flag", "reason", *(["wording_level"] if name == "changes" else [])):
            differ = left.loc[rows, column].astype(str) != right.loc[rows, column].astype(str)
            assert not differ.any(), rows[differ.to_numpy()][:3]


def mix_held_still(inputs):
    """Changes with the mix held still, of one file and of Ishøj's answers and packages, as they are before rounding."""
    own = alone(inputs, "183")
    told = []
    for code in PLACES[1:]:
        unrounded, read = told_by(alone(inputs, code))
        told.append(comparable.fitted(replace(read, tables=unrounded), beside(inputs)))
    one_file = computation.compute(inputs, FOCUS).released
    packages = computation.compute(replace(own, packages=tuple(told)), FOCUS).released
    left, right, rows = both(one_file, packages, "changes")
    rows = rows[of_the_mix(rows) & left.loc[rows, "change"].notna().to_numpy()]
    kinds = {"effect", "comparison_mean", "false_date", "specification", "change"}
    assert kinds <= set(rows.get_level_values("method"))
    assert rows.get_level_values("specification").str.contains("weighted=no;adjusted=yes").any()
    return left.loc[rows], right.loc[rows]


@pytest.mark.slow
def test_with_the_mix_held_still_numbers_are_those_of_one_file(demo_project, tmp_path):
    """With weights and without (specifications), where nobody answered twice and no group is too small."""
    left, right = mix_held_still(survey(demo_project, tmp_path, 60_000, 0.0))
    for column in (column for column in NUMBERS if column in left):
        expected, found = (each[column].astype(float).to_numpy() for each in (left, right))
        np.testing.assert_allclose(found, expected, rtol=1e-9, atol=1e-9, err_msg=column)


@pytest.mark.slow
def test_where_half_answered_twice_the_mix_held_still_has_nearly_the_interval_of_one_file(demo_project, tmp_path):
    """No sum tells in which groups they were: two waves are as alike as everybody's (0.91 to 1.02 without that)."""
    left, right = mix_held_still(survey(demo_project, tmp_path, 60_000, 0.5))
    own = left.index.get_level_values("method") == "change"
    np.testing.assert_allclose(right.loc[own, "change"].astype(float), left.loc[own, "change"].astype(float), rtol=1e-9)
    wide, width = ((each["ci_high"] - each["ci_low"]).astype(float)[own] for each in (right, left))
    ratio = (wide / width).dropna()
    assert (len(ratio), 0.98 < ratio.min(), ratio.max() < 1.03) == (40 * len(PLACES), True, True)


def pooled(inputs, packages, below=5):
    """Levels of Ishøj's answers and the packages, and of all together."""
    made, measures = (
        Tallies(Sample(inputs.responses), tuple(inputs.codebook.groups)),
        all_measures(inputs.codebook.indicators),
    )
    groups = tuple(inputs.codebook.groups)
    estimates = estimate(inputs.responses, inputs.codebook.indicators, group_by=groups, simulated=True, names={})
    told = Told.of(packages, made.sample.waves, below)
    return with_told(estimates, told, made, measures, names={}, simulated=True)


def test_the_pool_is_of_those_that_told_a_group_and_holds_nothing_that_a_package_hides(whole, packages, gone):
    """Of a group and wave that a package hides the pool counts the answers of the others, and Ishøj's."""
    found = pooled(alone(whole, "183"), packages[False])
    wave, column, group = min(domain for domain in gone if domain[1])
    domain = {"wave": wave, "group_by": column, "group": group, "flag": "suppressed"}
    tables = {fitted.package.code: fitted.package.tables["estimates"] for fitted in packages[True]}
    tables = {code: table[~of_single_answers(table)] for code, table in tables.items()}
    hides = [code for code, table in tables.items() if (table[list(domain)] == pd.Series(domain)).all(axis=1).any()]
    people = whole.responses
    inside = people["wave"].eq(wave) & people[column].eq(group) & (people["satisfaction"] > 0)
    expected = (inside & ~people["municipality_code"].isin(hides)).sum()
    row = found[
        found["municipality_code"].eq(COUNTRY) & found["wave"].eq(wave) & found["group_by"].eq(column)
        & found["group"].eq(group) & found["indicator"].eq("satisfaction") & found["measure"].eq("mean")
    ]  # fmt: skip
    assert hides
    assert row["n"].tolist() == [expected]


def test_ones_own_threshold_is_kept_where_it_is_above_that_of_a_package(whole, packages):
    found = pooled(alone(whole, "183"), packages[True], below=40)
    theirs = found[~found["municipality_code"].isin(["183", COUNTRY])]
    assert theirs["n"].min() >= 40


def test_many_packages_are_summed_as_often_as_few(whole, packages, monkeypatch):
    """Each series is found once for all packages together: 97 of them take no more steps than three."""
    done = []
    fill = told_module._Sources._fill
    monkeypatch.setattr(told_module._Sources, "_fill", lambda *given: [done.append(1), fill(*given)][1])
    for several in (packages[False][:3], packages[False]):
        made = Tallies(Sample(alone(whole, "183").responses), ())
        same = tuple(all_measures(whole.codebook.indicators)[:1])
        Told.of(several, made.sample.waves, 5).beside(made, same, "")
    assert done == [1, 1]


def kept(*rows):
    """What `told._sums` makes of a package's rows of moments: indicator, weighted or not, persons."""
    table = pd.DataFrame(rows, columns=["indicator", "weighted", "n"])
    table = table.assign(measure="positive", category="", group_by="", group="", wave="2022-1", other_wave="2022-1")
    estimates = pd.DataFrame({"wave": ["2022-1"], "group_by": [""], "group": [""], "n": [90]})
    held = SimpleNamespace(tables={"moments": table, "estimates": estimates})
    fitted = SimpleNamespace(package=held, names={"satisfaction": "satisfaction", "trust": "trust"}, groups=())
    return told_module._sums(fitted, {"2022-1": 0}, 5)


def persons(rows, *, weighted):
    """Indicator -> persons of each row that is found for it."""
    found = told_module._indices(rows, weighted=weighted)
    return {rows["indicator"].iloc[at[0]]: rows["n"].iloc[at].tolist() for at in found.values()}


def test_without_weights_a_package_that_has_both_gives_its_rows_without():
    rows = kept(("satisfaction", "no", 50), ("satisfaction", "yes", 60), ("trust", "yes", 70))
    assert persons(rows, weighted=False) == {"satisfaction": [50]}
    assert persons(rows, weighted=True) == {"satisfaction": [60], "trust": [70]}


def test_without_weights_a_package_that_has_one_kind_gives_those():
    rows = kept(("satisfaction", "yes", 60), ("trust", "yes", 70))
    assert persons(rows, weighted=False) == persons(rows, weighted=True) == {"satisfaction": [60], "trust": [70]}
