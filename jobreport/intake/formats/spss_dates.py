"""An SPSS file whose dates cannot all be dates: one mistyped year says nothing about the rest of the file."""

from __future__ import annotations

from datetime import date, datetime
from functools import partial
from io import BytesIO
from typing import Any

import numpy as np
import pandas as pd

_DAYS = ("DATE", "ADATE", "EDATE", "JDATE", "SDATE", "QYR", "MOYR", "WKYR")
_TIMES = ("DATETIME", "YMDHMS")
_FIRST = np.datetime64("1582-10-14T00:00:00", "s")  # SPSS counts seconds from here
_MOST = 1e13  # seconds; some 300,000 years


def read(data: bytes) -> tuple[pd.DataFrame, Any]:
    """Read cells and what the file says of them; a date that no calendar has stays as text, for a message to name."""
    import pyreadstat

    reader = partial(pyreadstat.read_sav, apply_value_formats=False, user_missing=True)
    try:
        return reader(BytesIO(data), disable_datetime_conversion=False)
    except (OverflowError, ValueError):
        frame, meta = reader(BytesIO(data), disable_datetime_conversion=True)
    for name, kind in meta.original_variable_types.items():
        letters = (kind or "").rstrip("0123456789.")
        if letters in (*_DAYS, *_TIMES):
            whole = letters in _DAYS
            read = [day(seconds, whole=whole) for seconds in frame[name]]
            frame[name] = pd.Series(read, index=frame.index, dtype=object)
    return frame, meta


def day(seconds: float, *, whole: bool) -> date | str | None:
    """Read a date, or date and time, as SPSS counts it; what no calendar has becomes text.

    Examples
    --------
    >>> day(13928630400.0, whole=True), day(588208867200.0, whole=True), day(float("nan"), whole=True)
    (datetime.date(2024, 3, 1), '20222-05-20', None)
    """
    if np.isnan(seconds):
        return None
    if abs(seconds) > _MOST:
        return "?"
    found = _FIRST + np.timedelta64(int(seconds), "s")
    made = found.astype(datetime)
    if not isinstance(made, datetime):  # NumPy gives a number where the calendar ends
        return str(found)[: -len("T00:00:00")] if whole else str(found).replace("T", " ")
    return made.date() if whole else made
