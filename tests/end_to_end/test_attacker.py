"""An attacker with everything that is published: no suppressed number of answers can be narrowed under the threshold.

The made-up country is thinned until groups are small, its weights are taken away (so that a share times its base is a
whole number), and every municipality is published, as a batch does. What the attacker knows: every released base, box
and number of answers, the sums that hold between them, that nobody is counted less than once in a suppressed group,
and releases at two thresholds side by side. Each suppressed number is bounded by integer programming; the equations
are checked against the truth, so that a wrong one cannot pass for safety.

A batch of a few of the municipalities, in two languages and at two thresholds, is read file by file: no page, notebook,
PDF, workbook, overview, index, or what is made of a report for others (press page and its pictures, page of all
rounds, Word file) prints a number that the tables hide, and all tables together give no more.
"""

from __future__ import annotations

import dataclasses
import functools
import html
import json
import re
from collections import defaultdict
from collections.abc import Iterable, Iterator
from html.parser import HTMLParser
from pathlib import Path
from typing import Any

import nbformat
import numpy as np
import openpyxl
import pandas as pd
import pytest
from scipy import optimize, sparse

from jobreport import export
from jobreport.domain.released import COUNTRY, KEYS, NUMBERS, OTHERS, TABLES, around, empty
from jobreport.export import notebook, reading
from jobreport.intake import checks
from jobreport.make import archive, press, word
from jobreport.make.batch import SHARED
from jobreport.make.explain import finished
from jobreport.page import Card, inline, tree
from jobreport.release import computation, disclosure, suppression
from jobreport.release.disclosure import Released
from jobreport.release.suppression import Rule
from jobreport.report import results
from jobreport.setup import params
from tests.end_to_end.typed import Copy, copied

pytestmark = pytest.mark.slow

PROJECT = Path(__file__).parents[2]
KEEP_ONE_OF = 6
BOXES = ("positive", "neutral", "negative")
DIGITS = 0.0016  # of a share in the files, which are never rounded to what ends in 0 or 5
Domain = tuple[str, str, str]  # municipality, grouping, group
Count = tuple[Domain, str]  # whose, and what of theirs: 'n', a box, 'answered'


@dataclasses.dataclass(frozen=True)
class Made:
    """All rows before anything is hidden, and who is left out of 'others'."""

    estimates: pd.DataFrame
    changes: pd.DataFrame
    diagnostics: pd.DataFrame
    left_out: tuple[str, ...]
    inputs: checks.Inputs

    def release(self, threshold: int) -> Released:
        """What is published at a threshold."""
        tables = self.estimates, self.changes, self.diagnostics
        return disclosure.release(*tables, Rule(threshold), left_out_of_others=self.left_out)


@pytest.fixture(scope="module")
def made() -> Made:
    """Estimates, changes and diagnostics of every municipality in the thinned country."""
    inputs = checks.read_inputs(params.read(PROJECT / "params" / "demo.yml"))
    few = inputs.responses.iloc[::KEEP_ONE_OF].reset_index(drop=True).assign(weight=1.0)
    return before_hiding(dataclasses.replace(inputs, responses=few, invited=None))


def before_hiding(inputs: checks.Inputs) -> Made:
    """Compute everything of everybody, and keep what `disclosure.release` is given."""
    kept: dict[str, Any] = {}

    def keep(**given: Any) -> Released:
        kept.update({name: given[name] for name in TABLES if len(given[name])})
        kept["left_out"] = given["left_out_of_others"] = tuple(given["left_out_of_others"])
        return disclosure.release(**given)

    with pytest.MonkeyPatch.context() as patched:
        patched.setattr(computation, "release", keep)
        computation.compute(inputs, computation.municipalities_in(inputs))
    return Made(*(kept.get(name, empty(name)) for name in TABLES), kept["left_out"], inputs)


def of_waves(estimates: pd.DataFrame) -> pd.DataFrame:
    single = ~estimates["wave"].astype(str).str.contains("+", regex=False)
    return estimates[single & estimates["measure"].eq("share") & estimates["category"].isin(BOXES)]


def counts(estimates: pd.DataFrame) -> dict[tuple[str, str], dict[Count, int]]:
    """(wave, question) to every number of answers that can be read off: bases, shares times bases."""
    found: dict[tuple[str, str], dict[Count, int]] = defaultdict(dict)
    shown = of_waves(estimates)
    shown = shown[shown["n"].notna()]
    for row in shown.to_dict("records"):
        whose = str(row["municipality_code"]), str(row["group_by"]), str(row["group"])
        of = found[str(row["wave"]), str(row["indicator"])]
        of[whose, "n"], of[whose, "answered"] = int(row["n"]), int(row["n_answered"])
        times = row["n"] * row["estimate"] if row["n"] else 0.0
        assert abs(times - round(times)) < DIGITS * row["n"] + 1e-6  # without weights a share is a fraction of the base
        of[whose, row["category"]] = round(times)
    return found


def sums(domains: Iterable[Domain], left_out: Iterable[str]) -> Iterator[tuple[Domain, list[Domain]]]:
    """Every total with the parts that add up to it: groups, units or municipalities to what they are parts of."""
    domains = list(domains)
    codes = {code for code, by, _ in domains if not by and code not in (COUNTRY, OTHERS) and around(code) == COUNTRY}
    for total in domains:
        code, by, group = total
        if not by:
            for grouping in sorted({g for c, g, _ in domains if c == code and g}):
                yield total, [d for d in domains if d[:2] == (code, grouping)]
        units = [d for d in domains if around(d[0]) == code and d[1:] == (by, group)]
        if units and code != COUNTRY:
            yield total, units
        if code in (COUNTRY, OTHERS):
            among = codes - set(left_out) if code == OTHERS else codes
            yield total, [d for d in domains if d[0] in among and d[1:] == (by, group)]


def narrowest(truth: dict[Count, int], known: dict[Count, int], left_out: Iterable[str]) -> float:
    """Width of the narrowest range that any suppressed number of answers has; infinite where nothing is suppressed."""
    unknown = [count for count in truth if count not in known]
    if not unknown:
        return float("inf")
    index = {count: place for place, count in enumerate(unknown)}
    equations = list(_equations(truth, left_out))
    for terms in equations:
        assert sum(sign * truth[count] for sign, count in terms) == 0
    entries = [
        (row, index[count], sign) for row, terms in enumerate(equations) for sign, count in terms if count in index
    ]
    rows, columns, signs = zip(*entries, strict=True)
    matrix = sparse.csr_array((signs, (rows, columns)), shape=(len(equations), len(unknown)))
    fixed = np.array([-sum(sign * known[c] for sign, c in terms if c in known) for terms in equations], dtype=float)
    least = np.array([min(1, truth[c]) if c[1] in ("n", "answered") else 0 for c in unknown])
    return _width(matrix, fixed, least, [index[c] for c in unknown if c[1] in ("n", "answered")])


def _equations(truth: dict[Count, int], left_out: Iterable[str]) -> Iterator[list[tuple[int, Count]]]:
    domains = sorted({domain for domain, _ in truth})
    for total, parts in sums(domains, left_out):
        for what in ("n", "answered", *BOXES):
            yield [(1, (total, what)), *((-1, (part, what)) for part in parts)]
    for domain in domains:
        yield [(1, (domain, "n")), *((-1, (domain, box)) for box in BOXES)]


def _width(matrix: sparse.csr_array, fixed: np.ndarray, least: np.ndarray, wanted: list[int]) -> float:
    """Ranges of the wanted unknowns over all whole numbers that fit; a solution found for one serves all."""
    size = matrix.shape[1]
    low, high = np.full(size, np.inf), np.full(size, -np.inf)

    def solve(objective: np.ndarray) -> None:
        asked = functools.partial(
            optimize.milp,
            objective,
            constraints=optimize.LinearConstraint(matrix, fixed, fixed),
            bounds=optimize.Bounds(least, np.full(size, 10_000)),
        )
        found = asked()  # fractions allowed: quick, and its corners are mostly whole numbers anyhow
        if not _is_whole(found.x):
            found = asked(integrality=np.ones(size), options={"mip_rel_gap": 0.2})
        assert _is_whole(found.x)
        np.minimum(low, np.round(found.x), out=low)
        np.maximum(high, np.round(found.x), out=high)

    draw = np.random.default_rng(5)
    for _ in range(8):
        objective = np.zeros(size)
        objective[wanted] = draw.normal(size=len(wanted))
        solve(objective)
        solve(-objective)
    for place in wanted:
        for sign in (1.0, -1.0):
            if high[place] - low[place] < ENOUGH:
                objective = np.zeros(size)
                objective[place] = sign
                solve(objective)
    return float((high - low)[wanted].min())


def _is_whole(found: np.ndarray) -> bool:
    return float(np.abs(found - np.round(found)).max()) < 1e-6


ENOUGH = 10
"""No range is asked to be wider."""


def attack(made: Made, *releases: pd.DataFrame) -> tuple[float, int]:
    """Narrowest range over all waves and questions with these estimates side by side; how many counts are unknown."""
    truth = {(wave, asked): of for (wave, asked), of in counts(made.estimates).items() if _attacked(wave, asked)}
    known: dict[tuple[str, str], dict[Count, int]] = defaultdict(dict)
    for released in releases:
        for key, of in counts(released).items():
            known[key] |= of
    truths = {key: _askable(of, known[key]) for key, of in truth.items()}
    widths = [narrowest(of, known[key], made.left_out) for key, of in truths.items()]
    return min(widths), sum(len(of) - len(known[key]) for key, of in truths.items())


def _attacked(wave: str, asked: str) -> bool:
    """Every wave of one question and every question of one wave: who is suppressed is the same for all questions."""
    return asked == "satisfaction" or wave == "2023-1"


def _askable(truth: dict[Count, int], known: dict[Count, int]) -> dict[Count, int]:
    """'Others' by group is never published; what is nowhere published and in no sum is nothing to attack."""
    return {count: n for count, n in truth.items() if count in known or not (count[0][0] == OTHERS and count[0][1])}


def test_what_is_published_of_a_report_is_what_was_released(made: Made) -> None:
    """Both languages and the workbook hold nothing beyond the released rows, which the attack starts from."""
    released = made.release(5)
    computed = computation.Computation(released, made.inputs.files, made.inputs.dropped, (), ())
    key = ["indicator", "measure", "category", "municipality_code", "wave", "group_by", "group"]
    all_rows = released.estimates.set_index(key)["n"]
    for language in ("da", "en"):
        chosen = made.inputs.params.model_copy(update={"language": language})
        shown = results.select(computed, checks.Context(chosen, made.inputs.codebook, None, None)).released
        of_report = shown.estimates.set_index(key)["n"]
        assert of_report.index.isin(all_rows.index).all()
        both = pd.concat([of_report, all_rows], axis=1, join="inner")
        assert (both.iloc[:, 0].isna() == both.iloc[:, 1].isna()).all()


def test_no_row_over_several_waves_or_of_a_test_shows_a_suppressed_domain(made: Made) -> None:
    """So changes, windows and diagnostics add no equation that holds a suppressed number."""
    released = made.release(5)
    hidden = suppression.suppressed_domains(suppression.domains_of(made.estimates), Rule(5))
    assert hidden
    for table, columns in (
        (released.estimates, ("wave",)),
        (released.changes, ("wave_before", "wave_after")),
        (released.diagnostics, ("wave",)),
    ):
        open_rows = table[table["flag"].ne("suppressed")]
        for row in open_rows.to_dict("records"):
            waves = [wave for column in columns for wave in str(row[column]).split("+")]
            whose = str(row["municipality_code"]), str(row["group_by"]), str(row["group"])
            assert not any((wave, *whose) in hidden for wave in waves)


@pytest.mark.parametrize(("thresholds", "width"), [((5,), 5), ((10,), 10), ((5, 10), 5)])
def test_no_suppressed_number_is_bounded_tighter_than_the_threshold(
    made: Made, thresholds: tuple[int, ...], width: int
) -> None:
    found, unknown = attack(made, *(made.release(threshold).estimates for threshold in thresholds))
    assert unknown > 100
    assert found >= width


def test_with_primary_suppression_alone_numbers_are_given_away(made: Made, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(suppression, "_protect", lambda _sums, hidden, *_: hidden)
    found, unknown = attack(made, made.release(5).estimates)
    assert unknown > 0
    assert found < 5


FEW = ("183", "187", "461", "851", "101")
THRESHOLDS = {"demo": 5, "streng": 10}


@pytest.fixture(scope="module")
def batch(tmp_path_factory: pytest.TempPathFactory) -> Copy:
    """Reports of five municipalities in two languages at two thresholds, on thinned answers without weights."""
    project = Copy(copied(tmp_path_factory.mktemp("attacked") / "jobreport"), {})
    answers = project.root / "data" / "demo" / "responses.parquet"
    held = pd.read_parquet(answers)
    few = held[held["municipality_code"].isin(FEW)].iloc[::4]
    few.assign(weight=1.0).to_parquet(answers, index=False)
    text = (project.root / "params" / "demo.yml").read_text(encoding="utf-8")
    text = text.replace("invited: data/demo/invited.csv", "invited: null")
    for name, threshold in THRESHOLDS.items():
        own = text.replace("name: demo", f"name: {name}").replace("suppress_below: 5", f"suppress_below: {threshold}")
        (project.root / "params" / f"{name}.yml").write_text(own, encoding="utf-8", newline="\n")
    files = [f"params/{name}.yml" for name in THRESHOLDS]
    done = project.run("batch", *files, "--each", "municipality", "--languages", "da,en")
    assert done.returncode == 0, done.stderr
    return project


def reports(batch: Copy) -> list[Path]:
    return sorted(manifest.parent for manifest in batch.root.glob("outputs/*/manifest.json"))


def table(folder: Path, name: str) -> pd.DataFrame:
    return pd.read_csv(folder / f"{name}.csv", dtype=str, keep_default_na=False)


class _Data(HTMLParser):
    """Cells of the numbers on a page."""

    def __init__(self, page: str) -> None:
        super().__init__()
        self.cells: list[tuple[str, str, str]] = []
        self.feed(page)

    def handle_starttag(self, tag: str, attrs: list[tuple[str, str | None]]) -> None:
        given = dict(attrs)
        if tag == "data":
            self.cells.append(tuple(str(given[f"data-{part}"]) for part in ("table", "row", "column")))


def printed(folder: Path) -> dict[str, set[tuple[str, str, str]]]:
    """File to the cells of all its numbers: of the page, the notebook and the PDF, pictures too."""
    read = reading.read((folder / "report.pdf").read_bytes())
    drawn = [cell for drawing in read.drawings for _, cell in drawing.numbers]
    tree = notebook.read(nbformat.read(folder / "report.ipynb", as_version=4))
    held = [number for leaf in tree.leaves() for parts in leaf.all_parts() for number in inline.numbers(parts)]
    return {
        "page": set(_Data((folder / "report.html").read_text(encoding="utf-8")).cells),
        "notebook": {(each.table, each.row, each.column) for each in held},
        "PDF": {*(run.cell for run in read.numbers() if run.cell), *drawn},
    }


def for_others(folder: Path, made: Path) -> dict[str, set[tuple[str, str, str]]]:
    """File to the cells of the numbers in what is made of a report for others: the press page, as PDF, the rounds."""
    read = reading.read((made / press.PRINT).read_bytes())
    drawn = [cell for drawing in read.drawings for _, cell in drawing.numbers]
    rounds = archive.of_rounds(finished(folder)[0])
    page = {"page of rounds": set(_Data(export.page(rounds, with_contents=False)).cells)} if rounds else {}
    return {
        **page,
        "press page": set(_Data((made / press.PAGE).read_text(encoding="utf-8")).cells),
        "press PDF": {*(run.cell for run in read.numbers() if run.cell), *drawn},
    }


def shown_elsewhere(folder: Path, made: Path) -> dict[str, str]:
    """File to the words of what is copied without its cells: each figure, the page of figures, the picture shared."""
    card = press._card(finished(folder)[0])
    pictures = {file.name: file.read_text(encoding="utf-8") for file in made.glob("*.svg")}
    assert pictures or not card.svg
    copied_words = html.unescape((made / press.FIGURES).read_text(encoding="utf-8"))
    return {
        **pictures,
        press.FIGURES: copied_words,
        press.SHARED: f"{card.title} {card.message} {card.told} {card.svg}",
    }


def numerals(page: str) -> set[str]:
    """Numbers in the words of a page or a drawing and in the words that describe its pictures."""
    page = re.sub(r"<style.*?</style>", " ", page, flags=re.S)
    described = re.findall(r'\balt="([^"]*)"', page)
    words = html.unescape(" ".join((re.sub(r"<[^>]*>", " ", page), *described)))
    return set(re.findall(r"\d+(?:[.,]\d+)*", words))


def hidden_cells(cells: Iterable[tuple[str, str, str]], tables: dict[str, pd.DataFrame]) -> set[tuple[str, str, str]]:
    """Cells of the released tables that a file prints and the table beside it does not hold."""
    rows = {name: {"|".join(row) for row in held[list(KEYS[name])].to_numpy()} for name, held in tables.items()}
    open_rows = {
        name: {"|".join(row) for row in held.loc[held["flag"].ne("suppressed"), list(KEYS[name])].to_numpy()}
        for name, held in tables.items()
    }
    wrong = set()
    for name, row, column in cells:
        if name not in tables or "*" in row:  # (a count of rows)
            continue
        numeric = column in NUMBERS
        if row not in (open_rows if numeric else rows)[name]:
            wrong.add((name, row, column))
    return wrong


def test_no_file_of_a_batch_prints_what_the_tables_hide(batch: Copy) -> None:
    folders = reports(batch)
    assert len(folders) == 2 * len(THRESHOLDS) * (len(FEW) + 1)
    for folder in folders:
        tables = {name: table(folder, name) for name in KEYS if (folder / f"{name}.csv").exists()}
        for file, cells in printed(folder).items():
            assert len([cell for cell in cells if cell[0] == "estimates"]) > 5, (folder.name, file)
            assert hidden_cells(cells, tables) == set(), (folder.name, file)


def test_what_is_made_of_a_report_for_others_prints_what_the_report_prints(batch: Copy, tmp_path: Path) -> None:
    """The page for the press and its PDF, that of all rounds, figures to show elsewhere, the Word file's numbers."""
    for folder in reports(batch)[::3]:
        known, made = set.union(*printed(folder).values()), press.write(folder, tmp_path / f"{folder.name}-press")
        for file, cells in for_others(folder, made).items():
            assert cells, (folder.name, file)
            assert cells <= known, (folder.name, file)
        said = numerals((folder / "report.html").read_text(encoding="utf-8"))
        for file, text in shown_elsewhere(folder, made).items():
            assert numerals(text) <= said, (folder.name, file)
        copy = word.write(folder, tmp_path / f"{folder.name}.docx")
        found = word.verify(copy, folder)
        assert found.identical
        assert found.count > 5


def sheets(folder: Path) -> Iterator[tuple[str, pd.DataFrame]]:
    """Each sheet of the workbook that holds a table, from its header row on."""
    book = openpyxl.load_workbook(folder / "tables.xlsx")
    for sheet in book:
        rows = [["" if cell is None else str(cell) for cell in row] for row in sheet.iter_rows(values_only=True)]
        if len(rows) > 4:
            yield sheet.title, pd.DataFrame(rows[4:], columns=rows[3])


def test_no_sheet_of_a_workbook_holds_what_the_tables_hide(batch: Copy) -> None:
    """Every row of the released tables is hidden in the sheet as in the CSV; the sheet of results has no other base."""
    for folder in (folder for folder in reports(batch) if (folder / "tables.xlsx").exists()):
        held, found = {name: table(folder, name) for name in KEYS if (folder / f"{name}.csv").exists()}, 0
        estimates = held["estimates"]
        known = set(estimates["n"])
        for _, sheet in sheets(folder):
            name = next((each for each in held if set(held[each].columns) == set(sheet.columns)), None)
            if name is None:
                if len(sheet.columns) == 9:  # results
                    bases = {text for text in sheet.iloc[:, 7] if text.isdigit()}
                    assert bases <= known, folder.name
                    found += 1
                continue
            keys = sheet[list(KEYS[name])].replace("[z]", "").agg("|".join, axis=1)
            flags = dict(zip(held[name][list(KEYS[name])].agg("|".join, axis=1), held[name]["flag"], strict=True))
            gone = keys.map(flags).eq("suppressed")
            assert keys.isin(flags).all(), (folder.name, name)
            numbers = [column for column in NUMBERS if column in sheet]
            assert sheet.loc[gone, numbers].isin(["[c]"]).all(axis=None), (folder.name, name)
            found += 1
        assert found > 2, folder.name


def in_one_line(folder: Path) -> set[tuple[str, str, str]]:
    """Cells of what a report says of itself in the index."""
    said = json.loads((folder / "manifest.json").read_bytes()).get("glance")
    held = tree.read(said) if said else None
    parts = (held.title, *held.facts) if isinstance(held, Card) else ()
    return {(each.table, each.row, each.column) for part in parts for each in inline.numbers(part)}


def test_the_index_of_a_batch_tells_no_number_that_its_report_hides(batch: Copy) -> None:
    """Each number has its cell, in the tables of the report in its row; other digits are those of codes and the map."""
    page = (batch.root / "outputs" / "index.html").read_text(encoding="utf-8")
    lines = {folder: in_one_line(folder) for folder in reports(batch)}
    assert set(_Data(page).cells) == set.union(*lines.values())
    assert any(lines.values())
    for folder, cells in lines.items():
        tables = {name: table(folder, name) for name in KEYS if (folder / f"{name}.csv").exists()}
        assert hidden_cells(cells, tables) == set(), folder.name
    seen = re.sub(r"<data.*?</data>|<style.*?</style>|<script.*?</script>|<[^>]+>", " ", page, flags=re.S)
    assert "Ishøj" in seen
    assert set(re.findall(r"\d+", seen)) <= {*FEW, *map(str, range(100))}, seen


def files_of(batch: Copy) -> Iterator[pd.DataFrame]:
    """Estimates of every report and overview, of all together, and those that the batch keeps for the next."""
    for folder in reports(batch):
        yield table(folder, "estimates")
    for path in (batch.root / "outputs" / SHARED).glob("*/estimates.parquet"):
        yield pd.read_parquet(path).astype("str")
    yield pd.read_parquet(batch.root / "outputs" / "estimates.parquet").astype("str")


def test_all_files_of_a_batch_together_bound_no_suppressed_number(batch: Copy) -> None:
    """What one file hides no other gives away, at whatever threshold and in whatever language."""
    made = before_hiding(checks.read_inputs(params.read(batch.root / "params" / "demo.yml")))
    known = []
    for held in files_of(batch):
        read = held.assign(
            **{name: pd.to_numeric(held[name], errors="coerce") for name in ("n", "n_answered", "estimate")}
        )
        known.append(read.replace({"group_by": {"nan": ""}, "group": {"nan": ""}}))
    found, unknown = attack(made, *known)
    assert unknown > 20
    assert found >= min(THRESHOLDS.values())
