"""What other packages may add, by entry points: readers of files, codebooks to begin with, and exporters.

jobreport's own stand in the same lists (`pyproject.toml` registers them) and cannot be replaced; they are found where
the program is run without having been installed, too.
"""

from collections.abc import Iterable, Mapping
from functools import cache
from importlib.metadata import EntryPoint, entry_points
from typing import Any

from jobreport.errors import InputRefused, Problem

READERS, CODEBOOKS, EXPORTERS = "jobreport.readers", "jobreport.codebooks", "jobreport.exporters"
OWN: Mapping[str, Mapping[str, str]] = {
    READERS: dict.fromkeys(("sav", "zsav"), "jobreport.intake.formats.tables:read_spss"),
    CODEBOOKS: {name: f"jobreport.setup.codebook:{name}" for name in ("btu", "kl", "lup", "plejehjem")},
    EXPORTERS: {"docx": "jobreport.make.word:write"},
}


@cache
def found(group: str) -> Mapping[str, EntryPoint]:
    """Return everything of a group by its name: of a reader the ending of a file, without the point.

    Examples
    --------
    >>> sorted(found(READERS).keys() & {"sav", "csv"})
    ['sav']
    """
    own = {name: EntryPoint(name, value, group) for name, value in OWN[group].items()}
    return {entry.name: entry for entry in entry_points(group=group)} | own


def named(group: str, name: str, where: str) -> Any:
    """Return what is registered under a name.

    Raises
    ------
    InputRefused
        If nothing is, with what there is; or if it cannot be imported.
    """
    entry = found(group).get(name)
    if entry is None:
        raise InputRefused([Problem("plugin_unknown", where, {"name": name, "known": sorted(found(group))})])
    try:
        return entry.load()
    except (ImportError, AttributeError):
        raise InputRefused([Problem("plugin_broken", where, {"name": name, "value": entry.value})]) from None


def foreign(group: str, names: Iterable[str]) -> dict[str, str]:
    """Return which of these come from another package, with its name and version."""
    known = {name: found(group)[name].dist for name in names if name in found(group) and name not in OWN[group]}
    return {name: f"{dist.name} {dist.version}" if dist else "" for name, dist in known.items()}
