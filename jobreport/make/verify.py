"""Derive a finished report again and say whether it is the same, and if not, where it first differs and why."""

import json
import tempfile
from collections.abc import Callable, Iterator, Mapping
from dataclasses import dataclass
from functools import partial
from pathlib import Path
from typing import Any

import pandas as pd

from jobreport.domain.texts import texts_of
from jobreport.errors import Problem, refuse, speaking
from jobreport.intake.formats.key import Key
from jobreport.make import single
from jobreport.make.exchange import LAST_FILE, MORE, is_manifest, read_manifest
from jobreport.report.results import digest
from jobreport.setup import params
from jobreport.setup.params import Params

TABLES = ("estimates.csv", "changes.csv", "diagnostics.csv")
CAUSES = {
    "data": ("inputs",),
    "params": ("params",),
    "code": ("jobreport", "commit", "lock_sha256"),
    "environment": ("python", "platform"),
}


@dataclass(frozen=True)
class Difference:
    """One file that is not what it should be; for a table the first row and column, with both values."""

    file: str
    kind: str  # 'altered': not what the manifest says was written; 'rederived': comes out otherwise today; 'missing'
    row: str = ""
    column: str = ""
    published: str = ""
    derived: str = ""


@dataclass(frozen=True)
class Verdict:
    """What a verification found; identical when there is no difference."""

    differences: tuple[Difference, ...]
    causes: tuple[str, ...]  # of 'data', 'params', 'code', 'environment': what is not as it was
    files: int  # how many were compared
    language: str = "da"  # in which it is told where nobody says otherwise: that of the report

    @property
    def identical(self) -> bool:
        """Whether every file is, to the byte, what its inputs give."""
        return not self.differences

    def text(self, language: str | None = None) -> str:
        """Write the verdict: identical, or what differs, each file's first place, and what is not as it was."""
        words = _texts(language or self.language)
        if self.identical:
            return str(words["identical"]).format(count=self.files)
        lines = [words["different"], *(f"  {_said(one, words)}" for one in self.differences)]
        causes = ", ".join(words["causes"][cause] for cause in self.causes)
        return "\n".join([*lines, words["changed"].format(causes=causes) if causes else words["unchanged"]])


_texts = partial(texts_of, "verify")


def _said(one: Difference, words: Mapping[str, Any]) -> str:
    kind = one.kind
    if kind == "rederived" and (one.row or one.column):
        kind = "cell" if one.row and one.column else "rows" if one.row else "columns"
    facts = {"published": one.published or words["empty"], "derived": one.derived or words["empty"]}
    return str(words[kind]).format(file=one.file, row=one.row, column=one.column, **facts)


def folder(
    published: Path,
    params_path: Path | None = None,
    progress: Callable[[str], None] = print,
    language: str | None = None,
) -> Verdict:
    """Verify an output folder.

    Parameters
    ----------
    published : Path
        A folder that a run wrote, one's own or somebody else's.
    params_path : Path, optional
        The params file to derive it from; the default is the params in the folder's manifest, with paths counted from
        the nearest project folder above it or, failing that, the current folder.
    progress : callable
        Is told the name of each step as it begins.
    language : {'da', 'en'}, optional
        Language of the steps, of refusals and of the verdict; the default is that of the report.

    Returns
    -------
    Verdict

    Raises
    ------
    InputRefused
        If there is no manifest, or the inputs are not there any more.
    """
    with speaking(language or "da"):
        manifest = read_manifest(published)
    told_in = language or manifest["params"]["language"]
    with speaking(told_in), tempfile.TemporaryDirectory(prefix="jobreport-verify-") as place:
        chosen = params_of(manifest["params"], root_of(published), params_path)
        Key(chosen).same_as(manifest)
        more = [name for name in MORE if name in manifest["outputs"]]
        derived = single.make(chosen, Path(place) / published.name, progress, more=more, told_in=told_in)
        again = read_manifest(derived)
        differences = (*_altered(published, manifest), *_rederived(published, derived, manifest))
        causes = _causes(manifest, again)
    return Verdict(differences, causes, len(manifest["outputs"]), told_in)


def pdf(
    published: Path, params_path: Path, progress: Callable[[str], None] = print, language: str | None = None
) -> Verdict:
    """Verify a PDF that came alone: its attached ``inputs.json`` says what it was made from."""
    with speaking(language or "da"):
        facts = attached_facts(published)
    told_in = language or facts["params"]["language"]
    with speaking(told_in), tempfile.TemporaryDirectory(prefix="jobreport-verify-") as place:
        chosen = params.read(params_path).model_copy(update={"language": facts["params"]["language"]})
        Key(chosen).same_as(facts)
        derived = single.make(chosen, Path(place) / chosen.name, progress, told_in=told_in)
        same = (derived / "report.pdf").read_bytes() == published.read_bytes()
        causes = _causes(facts, read_manifest(derived))
    return Verdict(() if same else (Difference(published.name, "rederived"),), causes, 1, told_in)


def attached_facts(published: Path) -> dict[str, Any]:
    """Read ``inputs.json`` out of a report's PDF."""
    import pikepdf

    try:
        with pikepdf.open(published) as document:
            found = document.attachments["inputs.json"].get_file().read_bytes()
        facts: dict[str, Any] = json.loads(found)
    except (pikepdf.PdfError, KeyError, OSError, ValueError, RecursionError):
        facts = {}
    if not is_manifest(facts):
        refuse([Problem("pdf_without_facts", str(published))])
    return facts


def root_of(published: Path) -> Path:
    """Return the nearest project folder above a finished report; the current folder where there is none."""
    above = (p for p in published.resolve().parents if (p / params.PARAMS_FOLDER).is_dir())
    return next(above, Path.cwd())


def params_of(plain: Mapping[str, Any], root: Path, params_path: Path | None) -> Params:
    """Return the params of a manifest, or of a params file in the language of the manifest."""
    if params_path is not None:
        return params.read(params_path).model_copy(update={"language": plain["language"]})
    return params.from_mapping(plain, root, LAST_FILE)


def _altered(published: Path, manifest: Mapping[str, Any]) -> Iterator[Difference]:
    for name, checksum in manifest["outputs"].items():
        file = published / Path(name).name
        if not file.is_file():
            yield Difference(name, "missing")
        elif digest(file.read_bytes()) != checksum:
            yield Difference(name, "altered")


def _rederived(published: Path, derived: Path, manifest: Mapping[str, Any]) -> Iterator[Difference]:
    for name in manifest["outputs"]:
        old, new = published / Path(name).name, derived / Path(name).name
        if not (old.is_file() and new.is_file()) or old.read_bytes() == new.read_bytes():
            continue
        yield _first_cell(old, new) if name in TABLES else Difference(name, "rederived")


def _first_cell(old: Path, new: Path) -> Difference:
    try:
        published, derived = (pd.read_csv(p, dtype=str, keep_default_na=False, encoding="utf-8") for p in (old, new))
    except ValueError:  # no table any more
        return Difference(old.name, "rederived")
    if list(published.columns) != list(derived.columns):
        return Difference(old.name, "rederived", column=", ".join(sorted({*published.columns} ^ {*derived.columns})))
    for number, (mine, theirs) in enumerate(zip(published.to_numpy(), derived.to_numpy(), strict=False), start=2):
        for column, a, b in zip(published.columns, mine, theirs, strict=True):
            if a != b:
                return Difference(old.name, "rederived", str(number), column, a, b)
    return Difference(old.name, "rederived", str(min(len(published), len(derived)) + 2))


def _causes(then: Mapping[str, Any], now: Mapping[str, Any]) -> tuple[str, ...]:
    return tuple(cause for cause, keys in CAUSES.items() if any(k in then and then[k] != now.get(k) for k in keys))
