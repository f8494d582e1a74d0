"""Params as a file that reads back as the same params."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any

import yaml

SCHEMA_LINE = "# yaml-language-server: $schema=params.schema.json"


def write(plain: Mapping[str, Any], comment: str) -> str:
    """Write params as YAML; everything that YAML could mistake for a number, a date or a truth value is quoted.

    Parameters
    ----------
    plain
        As `Params.to_plain` gives it.
    comment
        What the file is and where it comes from, on one line.

    Examples
    --------
    >>> print(write({"name": "x", "municipality_code": "0223"}, "An example."))
    # yaml-language-server: $schema=params.schema.json
    # An example.
    name: x
    municipality_code: '0223'
    <BLANKLINE>
    """
    body: str = yaml.dump(dict(plain), Dumper=_Dumper, allow_unicode=True, sort_keys=False, width=120)
    return f"{SCHEMA_LINE}\n# {comment}\n{body}"


class _Dumper(yaml.SafeDumper):
    """Writes the same object twice instead of by an alias, which a params file may not hold."""

    def ignore_aliases(self, data: Any) -> bool:
        return True
