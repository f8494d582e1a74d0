"""A finished report to the package that other municipalities may have: released figures and what is stated of them.

The figures are computed again from the answers, which only their owner has, and held against the report: a package is
of the very report that was published, and `verify` of a package does the same at any later time.
"""

import json
import zipfile
from collections.abc import Callable, Mapping
from io import BytesIO
from pathlib import Path
from typing import Any

import pandas as pd

import jobreport
from jobreport.domain import municipalities
from jobreport.domain.released import COUNTS, KEYS
from jobreport.domain.texts import texts_of
from jobreport.errors import InputRefused, Problem, refuse, speaking
from jobreport.intake import checks
from jobreport.intake.checks.packages import contradictions
from jobreport.intake.formats import package as contract
from jobreport.intake.formats import signature
from jobreport.intake.formats.content import Content
from jobreport.intake.formats.content import read as read_file
from jobreport.intake.formats.key import Key
from jobreport.make import open_data
from jobreport.make.exchange import put, read_manifest
from jobreport.make.verify import Difference, Verdict, params_of, root_of
from jobreport.release import package as released
from jobreport.release.growth import few_more
from jobreport.report.results import as_csv, as_json, digest

MADE = (1980, 1, 1, 0, 0, 0)  # the first day that a ZIP can name: the same bytes on every day
OF_SCALE = frozenset({"labels", "positive", "negative"})  # what a package says of a question as its scale does
SIGNIFICANT = 7
"""Digits of a number in a package, where a report's tables have three or four: others compute on with them.

With four digits of two shares every twentieth printed change between them is another in its last digit, with seven
every ten-thousandth. What rests on few answers is not there with any digits.
"""
NOTHING = 1e-12  # what is left of nought after adding up, which differs between processors


def publish(
    published: Path,
    to: Path,
    progress: Callable[[str], None] = print,
    language: str | None = None,
    sign: Path | None = None,
) -> Path:
    """Write the package of a finished report.

    Parameters
    ----------
    published
        A folder that a run wrote, with the data it was made of still in its project.
    to
        The ZIP; one that is there is replaced.
    progress
        Is told the name of each step as it begins.
    language
        Of what is told; the default is that of the report.
    sign
        File of the SSH key to sign with; None leaves the package unsigned.

    Raises
    ------
    InputRefused
        If the data are not there or are not those of the report, or there are no answers of persons.
    """
    with speaking(language or "da"):
        manifest = read_manifest(published)
    with speaking(language or manifest["params"]["language"]):
        chosen = params_of(manifest["params"], root_of(published), None)
        Key(chosen).same_as(manifest)
        inputs = checks.read_inputs(chosen)
        _same_data(published, manifest, inputs)
        files = members(inputs)
        _same_figures(published, files)
        if sign is not None:
            files |= {contract.SIGNATURE: _signature(files[contract.MANIFEST], sign)}
        data = packed(files)
        _, problems = checked(data, to.name)
        refuse([*problems, *grown(to, files)])
        progress(chosen.name)
        put(to, data)
    return to


def _signature(data: bytes, key: Path) -> bytes:
    try:
        return signature.sign(data, key.read_bytes())
    except (OSError, ValueError):
        raise InputRefused([Problem("signing_key", str(key))]) from None


def checked(data: bytes, where: str) -> tuple[contract.Package | None, list[Problem]]:
    """Read a package as a stranger does, with every problem that its numbers have."""
    content = Content(where, data, None, {where: contract.checksum(data)})
    read, problems = contract.read(content, where)
    return read, [*problems, *(contradictions(read) if read is not None else ())]


def grown(to: Path, files: Mapping[str, bytes]) -> list[Problem]:
    """Find figures that rest on a few answers more or fewer than in an earlier package of the municipality beside it.

    Who has both packages has the difference: the answers of those few.
    """
    new, _ = checked(packed(files), to.name)
    if new is None:
        return []
    found = []
    for path in sorted({*to.parent.glob("*.zip"), to}):
        old = _earlier(path, new.code)
        below = old and min(old.survey.suppress_below, new.survey.suppress_below)
        if old is not None and below and (waves := few_more(old.tables, new.tables, below)):
            found.append(Problem("package_grown", path.name, {"waves": waves, "below": below}))
    return found


def _earlier(path: Path, code: str) -> contract.Package | None:
    try:
        data = path.read_bytes()
        of = json.loads(contract.unpacked(data, path.name)[contract.MANIFEST])["municipality_code"]
    except (OSError, ValueError, KeyError, TypeError, InputRefused):
        return None
    return checked(data, path.name)[0] if of == code else None


def _same_data(published: Path, manifest: Mapping[str, Any], inputs: checks.Inputs) -> None:
    then = {(part["role"], part["file"]): part["sha256"] for part in manifest["inputs"]}
    now = {(file.role, file.path): file.sha256 for file in inputs.files}
    changed = sorted(path for (role, path), found in then.items() if now.get((role, path)) != found)
    refuse([Problem("package_other_data", str(published), {"files": changed})] if changed else [])


def _same_figures(published: Path, files: Mapping[str, bytes]) -> None:
    try:
        report = pd.read_csv(published / "estimates.csv", dtype=str, keep_default_na=False, encoding="utf-8")
        shown = report.set_index(list(KEYS["estimates"]))[["n", "estimate"]].add_suffix("_shown")
    except (OSError, ValueError, KeyError):
        raise InputRefused([Problem("manifest_unreadable", str(published))]) from None
    own = pd.read_csv(BytesIO(files["estimates.csv"]), dtype=str, keep_default_na=False, encoding="utf-8")
    both = own.set_index(list(KEYS["estimates"]))[["n", "estimate", "unit"]].join(shown, how="inner")
    told = both[both["estimate"].ne("") & both["estimate_shown"].ne("")]
    apart = told["estimate"].astype(float) - told["estimate_shown"].astype(float)
    last_digit = told["unit"].eq("points_0_100").map({True: 0.01, False: 0.001})  # of what a report prints in its files
    wrong = apart.abs().gt(1.01 * last_digit) | told["n"].ne(told["n_shown"])
    refuse([Problem("package_other_figures", str(published), {"count": int(wrong.sum())})] if wrong.any() else [])


def members(inputs: checks.Inputs) -> dict[str, bytes]:
    """Every file of a package but its manifest, in a fixed form."""
    files = {f"{name}.csv": as_csv(rounded(table)) for name, table in released.tables(inputs).items()}
    files["codebook.json"] = as_json(codebook_facts(inputs))
    files["survey.json"] = as_json(survey_facts(inputs))
    files[contract.DESCRIPTOR] = as_json(_descriptor(inputs, files))
    manifest = {
        "contract": contract.CONTRACT,
        "jobreport": jobreport.__version__,
        "municipality_code": inputs.params.municipality_code,
        "files": {name: digest(data) for name, data in sorted(files.items())},
    }
    return files | {contract.MANIFEST: as_json(manifest)}


def packed(files: Mapping[str, bytes]) -> bytes:
    """Put files into a ZIP whose bytes depend on nothing else."""
    held = BytesIO()
    with zipfile.ZipFile(held, "w", zipfile.ZIP_DEFLATED, compresslevel=9) as archive:
        for name in sorted(files):
            entry = zipfile.ZipInfo(name, MADE)
            entry.compress_type, entry.external_attr, entry.create_system = zipfile.ZIP_DEFLATED, 0o644 << 16, 3
            archive.writestr(entry, files[name])
    return held.getvalue()


def rounded(table: pd.DataFrame) -> pd.DataFrame:
    """Keep so many significant digits of every number that is no count, and counts as whole numbers."""
    kept = {
        str(name): pd.Series([_rounded(value) for value in table[name]], table.index, dtype="float64")
        for name in table.columns
        if name in contract.NUMERIC and name not in COUNTS
    }
    return table.assign(**kept).astype({name: "Int64" for name in COUNTS if name in table})


def _rounded(value: float) -> float:
    return 0.0 if abs(value) < NOTHING else float(f"{value:.{SIGNIFICANT}g}")


def codebook_facts(inputs: checks.Inputs) -> dict[str, Any]:
    """What others need to know of the questions; nothing of the file that the answers stood in."""
    codebook = inputs.codebook
    assert codebook is not None  # noqa: S101 - there are answers, so there is a codebook
    questions = [
        {key: getattr(item.scale if key in OF_SCALE else item, key) for key in contract.QuestionFacts.model_fields}
        | {"dont_know": {language: labels for language, labels in item.dont_know.items() if labels}}
        for item in codebook.items
    ]
    indicators = [
        {key: getattr(each, key) for key in contract.IndicatorFacts.model_fields}
        | {"items": [item.name for item in each.items]}
        for each in codebook.indicators
    ]
    groups = {name: group.values for name, group in codebook.groups.items()}
    return {"questions": questions, "indicators": indicators, "groups": groups}


def survey_facts(inputs: checks.Inputs) -> dict[str, Any]:
    """What the params state about the survey; what they do not is printed as 'ikke oplyst' by whoever reads it."""
    params, responses = inputs.params, inputs.responses
    survey = params.to_plain()["survey"]
    return {
        "municipality_code": params.municipality_code,
        "simulated": survey["simulated"],
        "suppress_below": params.disclosure.suppress_below,
        "people_known": responses is not None and "respondent_id" in responses,
        "waves": [{key: wave[key] for key in ("wave", "from", "to")} for wave in survey["waves"]],
        "description": survey["description"],
        "evaluated_party": survey["evaluated_party"],
    }


def _descriptor(inputs: checks.Inputs, files: Mapping[str, bytes]) -> dict[str, Any]:
    params = inputs.params
    place = municipalities.name(params.municipality_code, params.language)
    title = texts_of("open_data", params.language)["package"].format(place=place)
    return open_data.data_package(open_data.Stated(params, title), tuple(contract.TABLES), files)


def verify(published: Path, params_path: Path, language: str | None = None) -> Verdict:
    """Derive a package again from the data that only its owner has, and say which of its files are others."""
    chosen = checks.read_params(params_path)
    told_in = language or chosen.language
    with speaking(told_in):
        data = read_file(published, published.name, contract.MEGABYTES).data
        content = contract.unpacked(data, published.name)
        _, problems = checked(data, published.name)
        refuse(problems)
        derived = members(checks.read_inputs(chosen))
    names = sorted({*content, *derived} - {contract.SIGNATURE})  # (which was checked as it was read)
    different = [Difference(name, "rederived") for name in names if content.get(name) != derived.get(name)]
    return Verdict(tuple(different), (), len(names), told_in)
