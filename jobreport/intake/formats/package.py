"""A package of another municipality's released figures: what it holds, and how it is read as a stranger's file.

Nothing in a ZIP is trusted: its members are named beforehand, its size is looked at before it is unpacked, every file
has the checksum of the manifest, every cell is a number or a text of the contract, and no text can be a formula, hold
hidden characters or stretch a page.
"""

import hashlib
import json
import re
import zipfile
from collections.abc import Mapping
from dataclasses import dataclass
from datetime import date
from functools import cached_property
from io import BytesIO
from typing import Annotated, Any, NoReturn, TypeVar

import pandas as pd
import pyarrow as pa
import pyarrow.compute as pc
from pydantic import AfterValidator, BaseModel, Field, ValidationError

from jobreport.domain.released import COLUMNS, COUNTS, NUMBERS
from jobreport.domain.rules import SUPPRESS_AT_LEAST
from jobreport.errors import InputRefused, Problem
from jobreport.intake.formats import signature
from jobreport.intake.formats.content import Content, unzipping
from jobreport.setup.kinds import Code, Date, Listed, Part, Period, Strict
from jobreport.setup.params_model import Act, Description

CONTRACT = 1
"""Of what a package holds; one of another number is refused and not guessed at."""
MOMENTS = (
    *("indicator", "measure", "category", "group_by", "group", "weighted", "wave", "other_wave"),
    *("n", "weight", "n_effective", "estimate", "spread", "total", "base_total"),
    *("scatter", "tilt", "tilt_back", "base"),
)
"""Sums of a measure in a wave (named twice), or of those who answered in two (`jobreport.estimate.moments`)."""
PEOPLE = ("wave", "other_wave", "n")
WEIGHTED, UNWEIGHTED = "yes", "no"
TABLES: Mapping[str, tuple[str, ...]] = {"estimates": COLUMNS["estimates"], "moments": MOMENTS, "people": PEOPLE}
NUMERIC = (*NUMBERS, *MOMENTS[8:])
FACTS = ("codebook.json", "survey.json")
DESCRIPTOR, MANIFEST = "datapackage.json", "manifest.json"
MEMBERS = frozenset({*FACTS, DESCRIPTOR, MANIFEST, *(f"{name}.csv" for name in TABLES)})

SIGNATURE = "manifest.json.sig"
"""Its owner's signature of the manifest, which has the checksum of every other file; not every package has one."""

MEGABYTES = 50  # of a package
UNPACKED = 400_000_000
OF_FACTS = 2_000_000
RATIO, FREE = 100, 5_000_000  # tables of numbers pack some five times; below the second number nothing is asked
ROWS = 500_000
LONGEST = 2_000  # letters of a text
_NUMBER = re.compile(r"-?[0-9]{1,18}(?:\.[0-9]{1,30})?(?:e[-+]?[0-9]{1,3})?")
_FORMULA = ("=", "+", "-", "@", "\t", "\r")


def _harmless(text: str) -> str:
    # Refuse a text that a spreadsheet would run, that hides characters, or that has no end.
    if not _is_harmless(text):
        raise ValueError("text")
    return text


def _harmless_all(value: Any) -> Any:
    if isinstance(value, str):
        _harmless(value)
    parts = (*value.keys(), *value.values()) if isinstance(value, dict) else value
    for part in parts if isinstance(parts, (tuple, list)) else ():
        _harmless_all(part)
    return value


Facts = TypeVar("Facts", bound=BaseModel)


Texts = Listed[str]
Languages = dict[str, str]
Name = Annotated[Part, AfterValidator(_harmless)]


class QuestionFacts(Strict):
    """One question as it was asked."""

    name: Name
    wording: Languages
    labels: dict[str, Texts]
    positive: int = Field(ge=1)
    negative: int = Field(ge=1)
    dont_know: dict[str, Texts] = Field(default={})
    dont_know_in_base: bool = False
    waves: Texts = ()
    wave_wording: dict[str, Languages] = Field(default={})


class IndicatorFacts(Strict):
    """What is reported: one question, or several."""

    name: Name
    label: Languages
    items: Listed[Name] = Field(min_length=1)
    comparable: bool = True


class CodebookFacts(Strict):
    """The questions, what is reported of them, and the groups: key -> labels of the values."""

    questions: Listed[QuestionFacts]
    indicators: Listed[IndicatorFacts]
    groups: dict[Name, dict[Name, Languages]] = Field(default={})


class WaveFacts(Strict):
    """One round and the days on which people answered."""

    wave: Annotated[Period, AfterValidator(_harmless)]
    from_: Date | None = Field(default=None, alias="from")
    to: Date | None = None

    def days_shared(self, first: date, last: date) -> int:
        """Number of days in common with a period."""
        if self.from_ is None or self.to is None:
            return 0
        return max((min(self.to, last) - max(self.from_, first)).days + 1, 0)


class SurveyFacts(Strict):
    """Whose survey it is, what is stated about it, and under which rule its figures were released."""

    municipality_code: Code
    simulated: bool
    suppress_below: int = Field(ge=SUPPRESS_AT_LEAST)
    people_known: bool
    waves: Listed[WaveFacts] = Field(min_length=1)
    description: Description = Description()
    evaluated_party: Listed[Act] | None = None


class Manifest(Strict):
    """What a package is made of."""

    contract: int
    jobreport: str
    municipality_code: Code
    files: dict[str, str]


@dataclass(frozen=True)
class Package:
    """A package that holds to the contract.

    Parameters
    ----------
    where, sha256
        The file as the params name it, and its checksum.
    survey, codebook
        What it states about itself.
    tables
        'estimates', 'moments', 'people', their numbers as numbers.
    signed_by
        Public key of whoever signed it; None where nobody did.
    """

    where: str
    sha256: str
    survey: SurveyFacts
    codebook: CodebookFacts
    tables: Mapping[str, pd.DataFrame]
    signed_by: str | None = None

    @property
    def code(self) -> str:
        """The municipality that the figures are of."""
        return self.survey.municipality_code

    @cached_property
    def questions(self) -> Mapping[str, QuestionFacts]:
        """Question by name."""
        return {question.name: question for question in self.codebook.questions}

    @cached_property
    def indicators(self) -> Mapping[str, IndicatorFacts]:
        """Indicator by name."""
        return {indicator.name: indicator for indicator in self.codebook.indicators}


def read(content: Content, where: str) -> tuple[Package | None, list[Problem]]:
    """Read a package; None with every problem if it does not hold to the contract."""
    try:
        files = unpacked(content.data, where)
        manifest = _facts(files[MANIFEST], Manifest, MANIFEST, where)
        _as_stated(manifest, files, where)
        signed_by = _signer(files, where)
        survey = _facts(files["survey.json"], SurveyFacts, "survey.json", where)
        codebook = _facts(files["codebook.json"], CodebookFacts, "codebook.json", where)
        tables = {name: _table(files[f"{name}.csv"], name, where) for name in TABLES}
        if manifest.municipality_code != survey.municipality_code:
            _refuse("package_of_two", where, code=manifest.municipality_code, other=survey.municipality_code)
    except InputRefused as refused:
        return None, list(refused.problems)
    checksum = next(iter(content.checksums.values()))
    return Package(where, checksum, survey, codebook, tables, signed_by), []


def _signer(files: Mapping[str, bytes], where: str) -> str | None:
    if SIGNATURE not in files:
        return None
    try:
        return signature.signer(files[MANIFEST], files[SIGNATURE])
    except ValueError:
        _refuse("package_signature", where)


def unpacked(data: bytes, where: str) -> dict[str, bytes]:
    """Unpack the members that a package has, and no others.

    Raises
    ------
    InputRefused
        If it is no whole ZIP, holds too much, or not just what a package holds.
    """
    with unzipping(data, "package_unreadable", where) as archive:
        entries = archive.infolist()
        names = [entry.filename for entry in entries]
        strange = sorted({name for name in names if name not in MEMBERS | {SIGNATURE} or names.count(name) > 1})
        strange += sorted(MEMBERS - set(names))
        if strange:
            _refuse("package_members", where, names=strange[:5], count=len(strange))
        size, packed = sum(e.file_size for e in entries), sum(e.compress_size for e in entries)
        if size > UNPACKED or size > max(FREE, RATIO * packed):
            _refuse("package_unpacks", where, size=size // 1_000_000, largest=UNPACKED // 1_000_000)
        return {entry.filename: _member(archive, entry, where) for entry in entries}


def _member(archive: zipfile.ZipFile, entry: zipfile.ZipInfo, where: str) -> bytes:
    largest = OF_FACTS if entry.filename.endswith((".json", ".sig")) else UNPACKED
    with archive.open(entry) as file:
        held = file.read(largest + 1)
    if len(held) > largest or len(held) != entry.file_size:
        _refuse("package_unpacks", where, size=len(held) // 1_000_000, largest=largest // 1_000_000)
    return held


def _as_stated(manifest: Manifest, files: Mapping[str, bytes], where: str) -> None:
    if manifest.contract != CONTRACT:
        _refuse("package_version", where, version=manifest.contract, known=CONTRACT)
    held = {name: checksum(data) for name, data in files.items() if name not in (MANIFEST, SIGNATURE)}
    if other := sorted(name for name in held.keys() | manifest.files if held.get(name) != manifest.files.get(name)):
        _refuse("package_altered", where, names=other[:5])


def checksum(data: bytes) -> str:
    """SHA-256 of bytes."""
    return hashlib.sha256(data).hexdigest()


def _facts(data: bytes, model: type[Facts], name: str, where: str) -> Facts:
    try:
        return model.model_validate(_harmless_all(json.loads(data.decode("utf-8"))))
    except (ValueError, RecursionError) as error:  # (a broken rule of the model is one too)
        way = error.errors()[0]["loc"] if isinstance(error, ValidationError) else ()
        _refuse("package_malformed", where, file=name, place=".".join(str(part)[:40] for part in way) or name)


def _table(data: bytes, name: str, where: str) -> pd.DataFrame:
    columns, file = list(TABLES[name]), f"{name}.csv"
    header = data.split(b"\n", 1)[0].decode("utf-8", "replace")
    if header != ",".join(columns) or data.count(b"\n") > ROWS or b"\0" in data:
        _refuse("package_malformed", where, file=file, place=header[:80])
    try:
        texts = pd.read_csv(BytesIO(data), dtype=str, keep_default_na=False, encoding="utf-8", on_bad_lines="error")
    except (ValueError, RecursionError):
        _refuse("package_malformed", where, file=file, place=file)
    typed: dict[str, pd.Series] = {}
    for column in columns:
        cells = texts[column]
        if column in NUMERIC:
            wrong = cells[~cells.str.fullmatch(_NUMBER) & (cells != "")]
        else:
            held = cells.drop_duplicates()
            wrong = held[[not _is_harmless(text) for text in held]]
        if len(wrong):
            _refuse("package_malformed", where, file=file, place=f"{column}, {int(wrong.index[0]) + 2}")
        typed[column] = _numbers(cells, column) if column in NUMERIC else cells
    made = pd.DataFrame(typed)
    if "simulated" in made:
        made = made.assign(simulated=made["simulated"].eq("True"))
    return made


def _numbers(cells: pd.Series, column: str) -> pd.Series:
    texts = pa.array(cells, pa.large_string())
    told = pc.if_else(pc.equal(texts, ""), None, texts)
    values = pd.Series(pc.cast(told, pa.float64()).to_numpy(zero_copy_only=False), cells.index)
    whole = column in COUNTS and bool((values.dropna() % 1 == 0).all())
    return values.astype("Int64") if whole else values


def _is_harmless(text: str) -> bool:
    return not text.startswith(_FORMULA) and len(text) <= LONGEST and text.isprintable()


def _refuse(key: str, where: str, **facts: object) -> NoReturn:
    raise InputRefused([Problem(key, where, facts)])
