"""Every figure of a batch in one table: ``estimates.parquet`` and ``changes.parquet``."""

from __future__ import annotations

from collections.abc import Sequence
from pathlib import Path

import pandas as pd

TIDY = ("estimates", "changes")
COMPUTATION = "computation"
SHORT = 12


def write(computed: Sequence[Path], out: Path) -> None:
    """Write the released rows of all municipalities; ``computation`` tells different data apart."""
    for name in TIDY:
        tables = [
            pd.read_parquet(folder / f"{name}.parquet").assign(**{COMPUTATION: folder.name[:SHORT]})
            for folder in sorted(computed)
        ]
        if tables:
            new = out / f".{name}.parquet.new"
            pd.concat(tables, ignore_index=True).to_parquet(new, index=False)
            new.replace(out / f"{name}.parquet")
