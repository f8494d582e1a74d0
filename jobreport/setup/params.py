"""One file in ``params/`` to one frozen, checked object; the seam to Papermill; JSON Schema."""

from __future__ import annotations

import ast
import sys
from collections.abc import Mapping, Sequence
from copy import deepcopy
from pathlib import Path
from typing import Any

from pydantic import ValidationError

from jobreport.errors import InputRefused, Problem, refuse
from jobreport.setup import model_problems, params_rules, strict_yaml
from jobreport.setup.params_model import Description, Disclosure, Event, Params, RegisterSeries, Survey, Wave

SCHEMA_FILE = "params.schema.json"
PARAMS_FOLDER = "params"
INJECTED = "# Parameters"  # first line of the cell that Papermill adds to a notebook
_MODELS: model_problems.Models = {
    model_problems.WHOLE: Params,
    "events": Event,
    "registers": RegisterSeries,
    "survey": Survey,
    "waves": Wave,
    "description": Description,
    "disclosure": Disclosure,
}
UNNAMED = "unnamed"  # what stands in for a name that could not be read
_STAND_IN = {"name": UNNAMED, "municipality_code": "101"}


class ParamsRefused(InputRefused):
    """A params file is refused; ``rest`` is what is left of it without its broken parts."""

    def __init__(self, problems: list[Problem], language: str, rest: Params) -> None:
        super().__init__(problems, language)
        self.rest = rest


def read(path: Path | str) -> Params:
    """Read and check one params file; `jobreport.intake.checks.read_params` looks at its data too.

    Parameters
    ----------
    path
        A YAML file. The project folder is the parent of its folder if that is called ``params``,
        otherwise its own folder; paths in the file are counted from there.

    Returns
    -------
    Params
        Frozen and complete; defaults filled in.

    Raises
    ------
    InputRefused
        With every problem that the file has.
    """
    path = Path(path)
    where = path.as_posix()
    content, problems = strict_yaml.read(path, where)
    if not content:
        refuse(problems, _language(content))
    return _checked(content, project_folder(path), where, problems)


def from_mapping(mapping: Mapping[str, Any], root: Path | str, where: str = "parameters") -> Params:
    """Check params that come as values, such as from the parameters cell of a notebook.

    Examples
    --------
    >>> from_mapping({"name": "x", "municipality_code": "183"}, root=".").language
    'da'
    """
    return _checked(dict(mapping), Path(root), where, [])


def replaced(written: Params, values: Mapping[str, Any], *, leave_out_empty: bool = False) -> Params:
    """Return a params file's params with some keys replaced, checked as a file is.

    Parameters
    ----------
    written
        The params of the file.
    values
        Keys and their new values. Another municipality takes the file's title away, for that is about the first one.
    leave_out_empty
        Whether an empty value leaves its key out.

    Raises
    ------
    InputRefused
        With every problem; an unknown key is one.

    Examples
    --------
    >>> written = from_mapping({"name": "x", "municipality_code": "183", "title": "Ishøj"}, root=".")
    >>> replaced(written, {"municipality_code": "187"}).title is None
    True
    """
    other = values.get("municipality_code", written.municipality_code) != written.municipality_code
    merged = written.to_plain() | ({"title": None} if other else {}) | dict(values)
    empty: tuple[Any, ...] = ("", [], {}) if leave_out_empty else ()
    kept = {key: value for key, value in merged.items() if key not in values or value not in empty}
    return from_mapping(kept, written.root, written.where)


def schema() -> dict[str, Any]:
    """Return the JSON Schema of a params file."""
    made = Params.model_json_schema(by_alias=True)
    return {"$schema": "https://json-schema.org/draft/2020-12/schema"} | made


def project_folder(path: Path) -> Path:
    """Return the folder that paths in a params file are counted from."""
    folder = path.parent
    inside = folder.resolve().name == PARAMS_FOLDER
    return folder.resolve().parent if inside else folder


def _language(mapping: Mapping[str, Any]) -> str:
    return "en" if mapping.get("language") == "en" else "da"


def _checked(mapping: dict[str, Any], root: Path, where: str, problems: list[Problem]) -> Params:
    found = list(problems)
    try:
        params = Params.model_validate(mapping)
        complete = True
    except ValidationError as error:
        found += model_problems.problems(error, _MODELS, where)
        params = _salvaged(mapping, error)
        complete = False
    params._root, params._where = root, where
    found += params_rules.breaches(params, complete)
    if found:
        raise ParamsRefused(found, _language(mapping), params)
    return params


def _salvaged(mapping: dict[str, Any], error: ValidationError) -> Params:
    """Leave out what is broken, so that the rest can be checked in the same go."""
    rest = deepcopy(mapping)
    broken = {tuple(detail["loc"])[:2] for detail in error.errors()}
    for place in sorted(broken, key=str, reverse=True):
        key = str(place[0])
        if key in ("events", "registers") and len(place) > 1 and isinstance(place[1], int):
            rest[key][place[1]] = None
        else:
            rest.pop(key, None)
    for key in ("events", "registers"):
        rest[key] = [entry for entry in rest.get(key) or [] if entry is not None]
    return Params.model_validate(_STAND_IN | rest)


def misspelt() -> dict[str, Any]:
    """Return what Papermill gave the running notebook under names that no cell before it has; {} anywhere else."""
    ipython = sys.modules.get("IPython")
    shell = ipython.get_ipython() if ipython is not None else None
    if shell is None:
        return {}
    return {name: shell.user_ns.get(name) for name in unread(shell.user_ns.get("In", ()))}


def unread(cells: Sequence[str]) -> tuple[str, ...]:
    r"""Names that an injected cell sets and no cell before it does.

    Examples
    --------
    >>> unread(["language: str = 'da'", "# Parameters\nlanguage = 'en'\nmunicipality = '187'\n", "load()"])
    ('municipality',)
    """
    known: set[str] = set()
    for cell in cells:
        names = _assigned(cell)
        if cell.startswith(INJECTED):
            return tuple(name for name in names if name not in known)
        known.update(names)
    return ()


def _assigned(cell: str) -> tuple[str, ...]:
    try:
        body = ast.parse(cell).body
    except SyntaxError:  # a line for IPython, such as %matplotlib
        return ()
    targets = [target for line in body if isinstance(line, ast.Assign) for target in line.targets]
    targets += [line.target for line in body if isinstance(line, ast.AnnAssign)]
    return tuple(target.id for target in targets if isinstance(target, ast.Name))
