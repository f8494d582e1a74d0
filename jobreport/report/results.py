"""What one report is made of: its rows of the released tables, written as CSV and read back by the notebook.

The kernel that runs the notebook reads only what passed `disclosure`: no answer of a person reaches it.
"""

from __future__ import annotations

import datetime
import hashlib
import io
import json
from collections.abc import Iterable, Mapping, Sequence
from dataclasses import asdict, dataclass, replace
from functools import cache
from pathlib import Path
from typing import Any

import numpy as np
import pandas as pd
import pyarrow as pa
from pandas.api.types import is_float_dtype
from pyarrow import csv as arrow

import jobreport
from jobreport.domain import municipalities, periods
from jobreport.domain.released import BETWEEN_WAVES, COUNTRY, COUNTS, NUMBERS, OTHERS, TABLES
from jobreport.domain.texts import phrase
from jobreport.errors import InputRefused, Problem, refuse
from jobreport.intake.checks import Context, Inputs
from jobreport.intake.formats.earlier import Earlier
from jobreport.intake.formats.key import Key
from jobreport.intake.formats.logo import Logo
from jobreport.release import computation
from jobreport.release.computation import Computation, focus
from jobreport.release.disclosure import Released
from jobreport.release.precision import SIGNIFICANT
from jobreport.release.ranges import Tell
from jobreport.release.suppression import Rule
from jobreport.release.surveyed import Beside, in_turn
from jobreport.setup import frozen, plugins
from jobreport.setup.codebook import Codebook
from jobreport.setup.frozen import Checksums, Held
from jobreport.setup.params import Params

PROJECT = Path(jobreport.__file__).parent.parent
FACTS = "inputs.json"
NOTEBOOKS = "notebooks"
COPY = "{}.feather"
RELEASED_IN = "JOBREPORT_RELEASED"  # environment variable: folder of results that a run has already released
NOT_STATED = "ikke oplyst"


@dataclass(frozen=True)
class Results:
    """What a report is made of: released rows, other people's figures, and the facts about the inputs."""

    params: Params
    codebook: Codebook | None
    released: Released
    benchmarks: pd.DataFrame | None
    claims: pd.DataFrame | None
    facts: Mapping[str, Any]
    earlier: Earlier | None = None
    quotations: pd.DataFrame | None = None
    logo: Logo | None = None

    @classmethod
    def of(cls, context: Context, released: Released, facts: Mapping[str, Any]) -> Results:
        """Put released rows beside what was read around the data."""
        published, around = with_intervals(context.benchmarks), (context.earlier, context.quotations, context.logo)
        return cls(context.params, context.codebook, released, published, context.claims, facts, *around)

    def copied(self) -> Results:
        """Return what the notebook reads: whoever is handed that need not read."""
        tables = {name: _copied(getattr(self.released, name)) for name in TABLES}
        stated = json.loads(as_json(self.facts))
        return replace(self, released=Released(**tables, rule=self.released.rule), facts=stated)

    def write_copy(self, folder: Path) -> None:
        """Write what the notebook reads; the same bytes for the same results."""
        for name in TABLES:
            _copied(getattr(self.released, name)).to_feather(folder / COPY.format(name))
        self.write_facts(folder)

    def write_facts(self, folder: Path) -> None:
        """Write what the report rests on."""
        (folder / FACTS).write_bytes(as_json(self.facts))

    def write_tables(self, folder: Path) -> None:
        """Write the tables as everybody reads them."""
        for name in TABLES:
            (folder / f"{name}.csv").write_bytes(as_csv(getattr(self.released, name)))


def _copied(table: pd.DataFrame) -> pd.DataFrame:
    # What would be read back of the CSV: numbers have no more digits than it shows since they were computed.
    typed: dict[str, pd.Series] = {}
    for column, values in ((str(name), values) for name, values in table.items()):
        if column in NUMBERS:
            typed[column] = values.astype("Int64" if column in COUNTS else "float64")
        elif column != "simulated":
            typed[column] = values.astype("str").mask(values.isna(), "")
    return table.assign(**typed)


def as_csv(table: pd.DataFrame) -> bytes:
    """A table as everybody reads it, in UTF-8; a cell stands in quotation marks only where it must."""
    texts = as_text(table)
    head = ",".join(map(str, texts.columns)) + "\n"
    columns = pa.table({str(name): pa.array(values) for name, values in texts.items()})
    plain, written = arrow.WriteOptions(include_header=False, quoting_style="none"), io.BytesIO()
    try:
        arrow.write_csv(columns, written, plain)
    except pa.ArrowInvalid:  # (a cell has a comma, a quotation mark or two lines)
        return texts.to_csv(index=False, lineterminator="\n").encode("utf-8")
    return head.encode("utf-8") + written.getvalue()


def as_text(table: pd.DataFrame) -> pd.DataFrame:
    """Every cell as it stands in the CSV; '' where it is missing."""
    named = table.items()
    return pd.DataFrame(
        {name: _numbers(one) if is_float_dtype(one) else one.astype("str").fillna("") for name, one in named}
    )


def _numbers(values: pd.Series) -> pd.Series:
    # Numbers as texts, each different one written once: of many rows most are found in others.
    bits = np.ascontiguousarray(values.to_numpy(dtype="float64")).view("int64")  # (as numbers, -0 would be 0)
    which, different = pd.factorize(bits)
    texts = ["" if value != value else SIGNIFICANT % value for value in different.view("float64").tolist()]
    return pd.Series(texts, dtype="str").take(which).set_axis(values.index)


def as_json(facts: Mapping[str, Any]) -> bytes:
    """JSON that reads well and is the same on every machine."""
    return (json.dumps(facts, ensure_ascii=False, indent=2) + "\n").encode("utf-8")


def digest(content: bytes) -> str:
    """SHA-256 in hexadecimal."""
    return hashlib.sha256(content).hexdigest()


def has_copy(folder: Path) -> bool:
    """Whether the copy is there: a run writes none where it hands its results over."""
    return all((folder / COPY.format(name)).is_file() for name in TABLES)


def read_copy(folder: Path, rule: Rule) -> Released:
    """Read the three tables from the copy that `Results.write_copy` leaves for the notebook."""
    return Released(**{name: pd.read_feather(folder / COPY.format(name)) for name in TABLES}, rule=rule)


def tidy(folder: Path) -> None:
    """Take away what `Results.write_copy` wrote for the notebook alone."""
    for name in (FACTS, *(COPY.format(name) for name in TABLES)):
        (folder / name).unlink(missing_ok=True)


def compute(inputs: Inputs, tell: Tell | None = None, beside: Beside = in_turn) -> Results:
    """Compute everything that one report needs; see `computation.compute` for what its rows do not depend on."""
    return select(computation.compute(inputs, focus(inputs.params), tell, beside), inputs.context)


def select(computed: Computation, context: Context) -> Results:
    """Take one report's rows out of a computation that may serve many.

    ``computed``: made with at least the municipalities of `computation.focus` of these params.
    """
    refuse_other_bytes(context, ((file.path, file.sha256) for file in computed.files))
    released = _of_report(computed.released, context.params)
    stated = facts(context.params, computed, released)
    return Results.of(context, released, stated | _of_plan(context, stated["inputs"]))


def refuse_other_bytes(context: Context, read: Iterable[tuple[str, str]]) -> None:
    """Refuse a codebook, benchmarks or claims that were changed since the numbers were computed.

    ``context``: what was read just now. ``read``: path and SHA-256 of the files that the numbers rest on.
    """
    known = dict(read)
    changed = [file.path for file in context.files if known.get(file.path, file.sha256) != file.sha256]
    refuse([Problem("file_changed", path) for path in changed], context.params.language)


def with_intervals(benchmarks: pd.DataFrame | None) -> pd.DataFrame | None:
    """Add ``ci_low`` and ``ci_high`` to published shares whose base is stated.

    Clopper–Pearson, as if the answers were a simple random sample: the design of other people's surveys is not known,
    so the true interval may be wider. A share without a base, an "about" and a mean have none.
    """
    if benchmarks is None:
        return None
    from statsmodels.stats.proportion import proportion_confint

    n, share = (pd.to_numeric(benchmarks[column], errors="coerce") for column in ("n", "value"))
    known = benchmarks["measure"].eq("share") & n.notna() & share.notna() & ~benchmarks["approximate"].astype(bool)
    low, high = proportion_confint((share * n).where(known), n.where(known), method="beta")
    return benchmarks.assign(ci_low=low, ci_high=high)


def _of_report(released: Released, params: Params) -> Released:
    series = {register.series for register in params.registers}
    country, pool = (phrase(f"place.{name}", params.language) for name in ("country", "pool"))
    in_front = {*focus(params), COUNTRY, OTHERS}
    names = municipalities.names() | params.unit_names(params.language)
    tables = {}
    for name in TABLES:
        table = getattr(released, name)
        compared = table["group_by"].eq("") & ~table["category"].str.startswith("answer_")
        compared &= ~_of_its_own(name, table)
        shown = table[table["municipality_code"].isin(in_front) | compared]
        which, codes = pd.factorize(shown["municipality_code"])
        texts = pd.array([*(names.get(code, code) for code in codes), country, pool], dtype="str")
        of_all = len(codes) + (~shown["indicator"].isin(series)).astype("int64")
        which = of_all.where(shown["municipality_code"].eq(COUNTRY), which)
        tables[name] = _as_texts(shown).assign(municipality=texts.take(which)).reset_index(drop=True)
    return Released(**tables, rule=released.rule)


def _of_its_own(name: str, table: pd.DataFrame) -> pd.Series:
    if name == "changes":
        mixed = table["adjustment"].eq("mix") | table["method"].isin(("mix", "rates"))
        return table["event"].eq("") & table["measure"].ne("register") & mixed
    if name == "diagnostics":
        own = table["diagnostic"].isin(("drivers", "own_waves"))
        return own | (table["diagnostic"].eq("nonresponse") & table["wave"].str.contains(BETWEEN_WAVES, regex=False))
    return pd.Series(False, index=table.index)


def _as_texts(table: pd.DataFrame) -> pd.DataFrame:
    # Texts as texts, where a batch keeps them as categories: each is made once and taken where it stands.
    kept = {str(name): cells.cat for name, cells in table.items() if isinstance(cells.dtype, pd.CategoricalDtype)}
    known = {name: pd.Series(one.categories, dtype="str").array for name, one in kept.items()}
    return table.assign(**{name: known[name].take(one.codes.to_numpy(), allow_fill=True) for name, one in kept.items()})


def facts(params: Params, computed: Computation, released: Released) -> dict[str, Any]:
    """State what the report rests on: enough to make it again, nothing about persons, machines or clocks."""
    return {
        "jobreport": jobreport.__version__,
        "params": params.to_plain(),
        "inputs": [{"role": f.role, "file": f.path, "sha256": f.sha256} for f in computed.files],
        **Key(params).facts(),
        "lock_sha256": lock_checksum(),
        "report_date": report_date(params, computed.periods).isoformat(),
        "columns_left_unread": sorted(computed.dropped),
        **({"areas_left_out": list(computed.areas_left_out)} if computed.areas_left_out else {}),
        **(_told(computed) if computed.packages else {}),
        **({"read_by": others} if params.survey and (others := _readers(params.survey.file)) else {}),
        "thresholds": params.disclosure.model_dump(),
        "suppressed_rows": released.counts(),
        "seeds": "none: nothing is drawn at random",
    }


def checksums(plain: Mapping[str, Any], codebook_sha256: str) -> Checksums:
    """Return what a plan says it was made of; of the params, as plain values, those that can change a number."""
    program = f"{code_checksum()} {lock_checksum()}"
    said = {key: value for key, value in plain.items() if key not in frozen.WITHOUT_A_WORD}
    return Checksums(
        params=digest(as_json(said)),
        codebook=codebook_sha256,
        program=digest(program.encode("utf-8")),
        version=jobreport.__version__,
    )


def _of_plan(context: Context, files: Sequence[Mapping[str, str]]) -> dict[str, Any]:
    plan, named, today = context.frozen, context.params.frozen, Held(context.params, context.codebook)
    if plan is None or named is None:
        return {}
    answers = [file["sha256"] for file in files if file["role"] in ("survey", "register")]
    book = next((file["sha256"] for file in files if file["role"] == "codebook"), digest(b""))
    departures = plan.departures(today, checksums(context.params.to_plain(), book))
    stated = plan.plan.model_dump(mode="json", include={"signed_by", "in_words", "expected", "sentences"})
    stated |= {"missing_waves": plan.plan.missing_waves, "sha256": plan.sha256, "held_by": named.held_by}
    stated |= {"day": plan.day.isoformat(), "stamped": plan.stamped is not None, "stamped_by": plan.stamped_by}
    stated |= {"too_late": list(plan.too_late(today, answers)), "departures": [*map(asdict, departures)]}
    return {"frozen": stated | {"changed": len(departures)}}


def _readers(file: str | None) -> dict[str, str]:
    return plugins.foreign(plugins.READERS, [Path(file).suffix.lower()[1:]] if file else [])


def _told(computed: Computation) -> dict[str, Any]:
    compared = sum(bool(each["compared"]) for each in computed.packages)
    counts = {"checked_here": len(computed.municipalities), "told_by_others": compared}
    return {**counts, "packages": list(computed.packages)}


def lock_checksum() -> str:
    """Checksum of the locked dependencies, where the project is run from its own folder."""
    lock = PROJECT / "requirements.lock"
    return digest(lock.read_bytes().replace(b"\r\n", b"\n")) if lock.is_file() else NOT_STATED


@cache
def code_checksum() -> str:
    """Checksum of the program itself and of its notebooks, whatever the version says."""
    package = Path(jobreport.__file__).parent
    files = [(path.relative_to(package).as_posix(), path) for path in _program(package)]
    if (PROJECT / NOTEBOOKS).is_dir():
        files += [(path.name, path) for path in sorted((PROJECT / NOTEBOOKS).glob("*.ipynb"))]
    return digest("".join(f"{name} {digest(path.read_bytes())}\n" for name, path in files).encode("utf-8"))


def _program(package: Path) -> list[Path]:
    every = (path for path in package.rglob("*") if path.is_file())
    return sorted(path for path in every if "__pycache__" not in path.parts and not path.name.startswith("."))


def report_date(params: Params, register_periods: Iterable[str]) -> datetime.date:
    """Date of a report: as the params say, else the latest date in the data."""
    if params.report_date is not None:
        return params.report_date
    ends = [wave.to for wave in (params.survey.waves if params.survey else ()) if wave.to is not None]
    ends += [days[1] for period in register_periods if (days := periods.span(period))]
    ends += [event.date for event in params.events]
    if not ends:
        raise InputRefused([Problem("report_date_missing", params.where)], params.language)
    return max(ends)
