"""jobreport: a checkable report on a Danish jobcentre."""

from __future__ import annotations

import sys
from pathlib import Path
from typing import TYPE_CHECKING, Any

if TYPE_CHECKING:
    from jobreport.release.own import change, mean, share
    from jobreport.report.study import Study

__all__ = ["__version__", "change", "load", "mean", "share"]
__version__ = "0.2.0"

# JupyterLab brings these packages, and jsonschema imports them where it finds them: the last takes longer than all else
# that a report imports, and they check forms of addresses and durations that no notebook holds.
for _package in ("isoduration", "rfc3986_validator", "rfc3987_syntax"):
    sys.modules.setdefault(_package, None)  # type: ignore[arg-type]


def load(path: str | Path | None = None, /, **values: Any) -> Study:
    """Open a params file (or its keys given as values) as a `jobreport.report.study.Study` of released results.

    Parameters
    ----------
    path : str or Path, optional
        A params file, such as ``"params/demo.yml"``.
    **values
        Keys of a params file; beside a ``path`` they replace what stands in it, as in ``municipality_code="187"``.

    Returns
    -------
    Study
        With ``estimates()``, ``changes()``, ``diagnostics()`` and the sections of the report.

    Raises
    ------
    InputRefused
        With every problem of the params and the data.
    """
    from jobreport.report import study  # imported here: `jobreport --help` need not wait for pandas

    return study.load(path, **values)


def __getattr__(name: str) -> Any:
    if name in ("change", "mean", "share"):  # found when they are asked for, as `load` is
        from jobreport.release import own

        return getattr(own, name)
    raise AttributeError(f"module {__name__!r} has no attribute {name!r}")


def __dir__() -> list[str]:
    return __all__
