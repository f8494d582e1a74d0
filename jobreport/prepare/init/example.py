"""A folder in which both reports can be made: params, codebook and data, copied from what came with the program."""

from __future__ import annotations

import shutil
from collections.abc import Sequence
from pathlib import Path

from jobreport.domain.shipped import example
from jobreport.errors import Problem, refuse


def begin(project: Path, language: str = "da") -> Sequence[str]:
    """Write the example into a folder and return the names of its files; nothing is ever overwritten.

    Raises
    ------
    InputRefused
        If one of the files is there already; then none is written.
    """
    files = example()
    taken = [name for name in files if (project / name).exists()]
    refuse([Problem("example_exists", "init --example", {"files": taken})] if taken else [], language)
    for name, source in files.items():
        (project / name).parent.mkdir(parents=True, exist_ok=True)
        shutil.copyfile(source, project / name)
    return tuple(files)
