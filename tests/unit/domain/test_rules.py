"""Every rule is one number: changed, it is missed by what is computed, by what is printed and by the READMEs."""

import ast
import importlib
import re
import sys
from collections.abc import Callable
from contextlib import contextmanager
from dataclasses import dataclass
from functools import cache
from pathlib import Path
from typing import Any

import numpy as np
import pandas as pd
import pytest

from jobreport.domain import rules

PROJECT = Path(__file__).parents[3]
SOURCE = PROJECT / "jobreport" / "domain" / "rules.py"
AFRESH = ("tests.unit.view_rows",)
PACKAGES = ("jobreport", "tests.unit")
WORDS = {2: "two", 4: "four", 5: "five", 9: "nine"}
READMES = ("README.md", "tests/README.md", "params/README.md", "jobreport/README.md", "data/README.md")
README = "\n".join((PROJECT / page).read_text(encoding="utf-8") for page in READMES)


@contextmanager
def changed(name, value):
    """The package as it would be with another number in one line of its rules, and with no other change."""
    stood = dict(vars(rules))
    known = {key: module for key, module in sys.modules.items() if key in AFRESH or key.startswith("jobreport.")}
    kept = {key: known[key] for key in _resting_on(name, known)}
    packages = [module for key, module in sys.modules.items() if key in PACKAGES or hasattr(known.get(key), "__path__")]
    held = [(package, dict(vars(package))) for package in packages]
    for key in kept:
        del sys.modules[key]
    try:
        exec(_with(name, value), vars(rules))
        yield
    finally:
        vars(rules).update(stood)
        sys.modules.update(kept)
        for package, names in held:
            vars(package).update(names)


def _resting_on(name, known):
    """The modules that name a rule or what is printed of all of them, and all that import one of those."""
    named = re.compile(rf"\b({name}|PRINTED)\b")
    found = {key for key in known if named.search(_source(known[key])[0])} - {rules.__name__}
    more = found
    while more:
        more = {key for key in known if more & _source(known[key])[1]} - found - {rules.__name__}
        found |= more
    return found


@cache
def _source(module):
    """What a module is written as, and the names of all that it imports."""
    source = Path(module.__file__).read_text(encoding="utf-8")
    lines = re.findall(r"(?m)^\s*from (\S+) import (\([^)]*\)|.*)|^\s*import (\S+)", source)
    of_lines = [
        (base or whole, *(f"{base}.{one}" for one in re.findall(r"\w+", names))) for base, names, whole in lines
    ]
    return source, {name for names in of_lines for name in names}


def _with(name, value):
    source, found = re.subn(rf"(?m)^{name} = \S+", f"{name} = {value}", SOURCE.read_text(encoding="utf-8"))
    assert found == 1, name
    return source


def constants():
    """Names of the rules, read from the source: a new one without a truth below fails."""
    tree = ast.parse(SOURCE.read_text(encoding="utf-8"))
    return [node.targets[0].id for node in tree.body if isinstance(node, ast.Assign)]


def imported(name):
    return importlib.import_module(f"jobreport.{name}")


def shown(*names, language="da"):
    """The rules as the pages print them."""
    return [made().labels(language).rule(name).text for name in names]


def said(key):
    printer = made().labels("da")
    names = {name: printer.rule(name) for name in rules.PRINTED} | {"suppress_below": "", "uncertain_below": ""}
    return imported("page.inline").plain(imported("wording.texts").read_texts("da").fill(key, **names))


def made():
    return importlib.import_module("tests.unit.view_rows")


def nobody_of_three():
    estimators = imported("estimate.estimators")
    none = estimators.Estimates(*np.array([[0.0], [0.0], [3.0], [3.0], [2.0], [0.0], [np.inf]]))
    return round(float(estimators.share_interval(none)[1][0]), 4)


def detectable():
    return round(imported("compare.effect").detectable_multiple(100_000), 2)


def group_sentence():
    """What is said of groups whose p is 3 pct."""
    row = {"diagnostic": "group_test", "measure": "rao_scott", "indicator": "satisfaction", "group_by": "g"}
    row |= {"municipality_code": "183", "wave": "2023", "p_adjusted": 0.03}
    row |= {"category": "positive", "group": "", "reason": ""}
    groups = imported("wording.groups").Groups.of(made().labels(), diagnostics=pd.DataFrame([row]))
    return imported("page.inline").plain(groups._grouping([], groups._tested("satisfaction", "g", "2023")))


def unchanged():
    """An effect of 1.72 standard errors less than the margin: within 90 pct. (1.65), not within 95."""
    level = imported("compare.effects").UNCHANGED_LEVEL
    found = imported("compare.effect").Effect(0.0, 1.0, 100_000, 1, 100_001, 0.0, 0.0)
    return round(found.interval(level)[1], 2)


def measured(name):
    model = imported("estimate.measures")
    question = made().labels().codebook.indicators[0].items[0]
    return next(list(m.lookup[2:]) for m in model.measures_of_question(question, "q") if m.name == name)


def course_borne():
    """The end of a course's interval, in standard errors, with 31 municipalities."""
    effect = imported("compare.effect").Effect(0.0, 1.0, 30, 1, 31, 0.0, 0.0)
    return round(imported("compare.course").Course(effect, 1.0).interval()[1], 3)


def alike():
    """How many of 98 municipalities one is held beside where nothing happened."""
    codes = [f"{code:03d}" for code in range(101, 199)]
    cells = [(code, year, float(code) * int(year)) for code in codes for year in ("2021", "2022")]
    rows = pd.DataFrame(cells, columns=["municipality_code", "period", "value"]).assign(series="s", unit="persons")
    made = imported("compare.described").Described(rows, before=["2021"], after=["2022"], names={}).changes()
    return int(made["n_comparison"].max())


def levels(*designs):
    return [imported("compare.permitted").permitted(*design) for design in designs]


def alpha_of_two_thirds():
    """Two questions with a correlation of one half: alpha is 2/3."""
    pairs = [(1, 1)] * 3 + [(1, 2), (2, 1)] + [(2, 2)] * 3
    return imported("diagnostics.reliability").coefficients(pd.DataFrame(pairs, columns=["a", "b"]))[0]["reason"]


def reasons(yes, n):
    estimators = imported("estimate.estimators")
    p = yes / n
    spread = p * (1 - p)
    numbers = (p, spread / (n - 1), n, n, n - 1, spread, np.inf)
    found = estimators.Estimates(*(np.array([float(number)]) for number in numbers))
    return imported("estimate.indicators").flags(found, share=True)[1][0]


def old():
    """Which of the surveys of 2018 and 2019 are named as old in a report of 2024."""
    rows = pd.DataFrame({"source": ["A", "B"], "year": [2018, 2019]})
    told = imported("wording.published").Published.of(made().labels())._old(rows.assign(row=""), "2024-06-01")
    return imported("page.inline").plain(told[0].parts) if told else ""


def at_odds():
    measure = imported("estimate.measures").Measure("q", "share", "positive", "share", ("q",), (), 0.0, 1.0)
    return round(imported("diagnostics.nonresponse").odds(0.58, 38, 100, measure)[0]["value"], 3)


def tipping():
    measure = imported("estimate.measures").Measure("q", "share", "positive", "share", ("q",), (), 0.0, 1.0)
    return round(imported("diagnostics.nonresponse").bounds(0.6, 40, 100, measure)[2]["value"], 3)


def mean_of_five():
    """A mean of somebody else's, of which no codebook says how long its scale is."""
    survey = imported("tables.measured").SurveyTables.of(made().labels(with_codebook=False))
    return imported("page.inline").plain(survey._short("mean", "satisfaction"))


def thresholds():
    model = imported("setup.params_model").Disclosure()
    rule = imported("release.suppression").Rule()
    return (model.suppress_below, rule.suppress_below, model.uncertain_below, rule.uncertain_below)


def single_answers():
    model, rule = imported("setup.params_model").Disclosure(), imported("release.suppression").Rule()
    return (model.suppress_cells_below, rule.suppress_cells_below)


def dominated():
    """Whether seven answers are hidden that are worth just under four, and four."""
    suppression = imported("release.suppression")
    row = {
        "wave": "1",
        "municipality_code": "183",
        "group_by": "",
        "group": "",
        "indicator": "q",
        "category": "positive",
    }
    row |= {"measure": "share", "estimate": 0.5, "n": 7, "n_answered": 7}
    tables = [pd.DataFrame([row | {"n_effective": effective}]) for effective in (3.999, 4.0)]
    return [bool(suppression.suppressed_domains(suppression.domains_of(table), suppression.Rule())) for table in tables]


@dataclass(frozen=True)
class Truth:
    """What holds of one rule, stated here anew: a computed value, printed words and a sentence of README."""

    wrong: object
    computed: Callable[[], Any]
    value: object
    printed: Callable[[], Any] | None = None
    words: object = None
    readme: Callable[[Any], str] | None = None
    """From the rule's value to what README must say of it."""

    def missed_by(self, value):
        """Which of them do not hold."""
        pairs = [("computed", self.computed() == self.value)]
        pairs += [("printed", self.printed() == self.words)] if self.printed else []
        pairs += [("readme", self.readme(value) in README)] if self.readme else []
        return [kind for kind, holds in pairs if not holds]

    @property
    def kinds(self):
        return ["computed", *(["printed"] if self.printed else []), *(["readme"] if self.readme else [])]


def rule(name):
    return lambda: shown(name)[0]


TRUTHS = {
    "INTERVAL_LEVEL": Truth(
        0.9, nobody_of_three, 0.7076, lambda: "Et 95 pct.-interval viser" in said("method.interval"), True,
        lambda level: f"Its interval ({100 * level:g} pct.) held",
    ),
    "POWER": Truth(0.9, detectable, 2.80, lambda: "med 80 pct. sandsynlighed" in said("method.detectable"), True),
    "TEST_LEVEL": Truth(
        0.01, lambda: "klart forskelligt" in group_sentence(), True, rule("test_level"), "5",
        lambda level: f"found a change (p under {100 * level:g} pct.)",
    ),
    "UNCHANGED_LEVEL": Truth(
        0.95, unchanged, 1.64, lambda: "når 90 pct.-intervallet" in said("method.unchanged"), True,
        lambda level: f"only if the {100 * level:g} pct. interval lies within a margin",
    ),
    "INDEX_LOWEST": Truth(
        10.0, lambda: measured("index"), [0, 25, 50, 75, 100], lambda: said("tables.measures.index"), "indeks (0–100)",
        lambda lowest: f"an index {lowest:g}–100",
    ),
    "INDEX_HIGHEST": Truth(
        50.0, lambda: measured("index"), [0, 25, 50, 75, 100], lambda: said("tables.measures.index"), "indeks (0–100)",
        lambda highest: f"an index 0–{highest:g}",
    ),
    "MEAN_LOWEST": Truth(0.0, lambda: measured("mean"), [1, 2, 3, 4, 5], mean_of_five, "gennemsnit (1–5)"),
    "MEAN_HIGHEST": Truth(6.0, mean_of_five, "gennemsnit (1–5)", rule("mean_highest"), "5"),
    "FEWEST_FOR_INTERVAL": Truth(
        5, lambda: levels((3, 4), (4, 4)), [("description", ("descriptive_only",)), ("change", ("interval_only",))],
        lambda: "Under 4 kommuner vises intet interval" in said("method.words"), True,
    ),
    "FEWEST_FOR_TEST": Truth(
        12, lambda: levels((8, 4), (9, 4)), [("change", ("interval_only",)), ("effect", ("normality_assumed",))],
        lambda: "mindst 9 kommuner at sammenligne med" in said("method.words"), True,
        lambda fewest: f"needs at least {WORDS.get(fewest)} comparison municipalities",
    ),
    "FEWEST_FOR_RANK_TEST": Truth(
        12, lambda: levels((18, 4), (19, 4)), [("effect", ("normality_assumed",)), ("effect", ())],
        lambda: "fra 19 kan rangen alene" in said("method.words"), True,
    ),
    "FEWEST_WAVES_BEFORE": Truth(
        5, lambda: levels((19, 3), (19, 4)), [("change", ("parallel_unchecked",)), ("effect", ())],
        lambda: "mindst 4 målinger før" in said("method.words"), True,
        lambda fewest: f"{WORDS[fewest]} waves before, no false date",
    ),
    "SIMILAR": Truth(
        10, alike, 20, lambda: "(højst 20) med det nærmeste niveau" in said("method.similar"), True,
    ),
    "COURSE_LEVEL": Truth(0.8, course_borne, 0.683, lambda: "50 pct.-interval" in said("method.course"), True),
    "RELIABLE_FROM": Truth(0.6, alpha_of_two_thirds, "below_0.7", rule("reliability_floor"), "0,7"),
    "UNCERTAIN_BELOW": Truth(
        20.0, lambda: (reasons(14, 29), reasons(15, 30)), ("few_effective_answers", ""),
        rule("effective_answers_floor"), "30",
        lambda floor: f"every number with fewer than {floor:g} effective answers",
    ),
    "RARE_BELOW": Truth(
        4.0, lambda: (reasons(4, 100), reasons(5, 100)), ("rare_answer", ""), rule("rare_answers_floor"), "5",
        lambda floor: f"every share with fewer than {WORDS.get(floor)} effective answers of its rarer kind",
    ),
    "OLD_AFTER_YEARS": Truth(
        7, lambda: ("A" in old(), "B" in old()), (True, False), rule("old_after_years"), "5",
    ),
    "MAJORITY": Truth(0.6, tipping, 0.433, rule("majority"), "50"),
    "ODDS_TRIED": Truth(2.0, at_odds, 0.518, rule("odds_tried"), "1,5"),
    "FUNNEL_INNER": Truth(
        0.9, lambda: imported("diagnostics.funnel").LIMITS["limit_95"], 0.95, rule("funnel_inner"), "95"
    ),
    "FUNNEL_OUTER": Truth(
        0.99, lambda: imported("diagnostics.funnel").LIMITS["limit_998"], 0.998, rule("funnel_outer"), "99,8"
    ),
    "SUPPRESS_AT_LEAST": Truth(
        4, lambda: thresholds()[:2], (5, 5), None, None,
        lambda least: f"Figures of fewer than {WORDS[least]} answers",
    ),
    "DOMINATED_BELOW": Truth(
        3.0, dominated, [True, False], None, None,
        lambda effective: f"or {WORDS.get(effective)} effective ones, are suppressed",
    ),
    "MARKED_AT_LEAST": Truth(
        20, lambda: thresholds()[2:], (30, 30), None, None, lambda marked: f"(fewer than {marked} answers, too few",
    ),
    "SINGLE_AT_LEAST": Truth(
        20, single_answers, (30, 30), None, None, lambda least: f"single answers are told of at least {least} ",
    ),
}  # fmt: skip


def test_every_rule_has_a_truth_that_does_not_read_it():
    assert sorted(TRUTHS) == sorted(constants())
    assert len(rules.PRINTED) == 22


def test_what_is_computed_printed_and_told_in_readme_is_what_is_expected():
    missed = {name: truth.missed_by(getattr(rules, name)) for name, truth in TRUTHS.items()}
    assert {name: kinds for name, kinds in missed.items() if kinds} == {}


@pytest.mark.parametrize("name", TRUTHS)
def test_a_changed_rule_changes_what_is_computed_and_what_is_printed_and_is_caught(name):
    truth = TRUTHS[name]
    with changed(name, truth.wrong):
        assert truth.missed_by(truth.wrong) == truth.kinds


RULE_LIKE = {0.95, 0.975, 0.025, 0.998, 1.25}
COMPUTING = ("compare", "diagnostics", "estimate")


def test_nothing_that_computes_holds_a_level_of_its_own():
    files = [file for name in COMPUTING for file in (PROJECT / "jobreport" / name).rglob("*.py")]
    assert files
    typed = [
        f"{file.name}:{node.lineno}: {node.value}"
        for file in files
        for node in ast.walk(ast.parse(file.read_text(encoding="utf-8")))
        if isinstance(node, ast.Constant) and isinstance(node.value, float) and node.value in RULE_LIKE
    ]
    assert typed == []


def test_no_text_types_a_level_that_is_a_rule():
    typed = re.compile(r"\b(95|99[.,]8|90|80)(?= ?(%|pct|per cent| of 100| af 100))")
    texts = sorted((PROJECT / "jobreport" / "texts").glob("*.yml"))
    found = [
        f"{t.name}: {line.strip()}" for t in texts for line in t.read_text("utf-8").splitlines() if typed.search(line)
    ]
    assert [line for line in found if not line.startswith("published.")] == []  # the levels there are others'
