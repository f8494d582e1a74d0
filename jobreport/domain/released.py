"""The three released tables: columns, kinds and keys, and their rows; where every printed number comes from.

What computes makes them, what prints reads them, and a new column is written here once.
"""

import math
from collections.abc import Collection, Iterable, Iterator, Mapping, Sequence
from dataclasses import dataclass
from typing import Any, ClassVar

import numpy as np
import pandas as pd

from jobreport.domain.municipalities import COUNTRY_CODE

COUNTRY = COUNTRY_CODE
OTHERS = "others"
"""All municipalities together, and all but those of the report: codes that stand beside the municipalities' own."""

UNIT = "unit"  # column of `responses`: the smallest place of everybody, where the params name units
_WITHIN = "-"


def unit_code(municipality_code: str, unit: str) -> str:
    """Return the code that a unit of a municipality (a school, a nursing home) stands under in the tables.

    Examples
    --------
    >>> unit_code("183", "solbakken"), around(unit_code("183", "solbakken")), around("183")
    ('183-solbakken', '183', '000')
    """
    return f"{municipality_code}{_WITHIN}{unit}"


def around(code: str) -> str:
    """Return the place that a place is a part of: a unit's municipality, a municipality's country."""
    municipality, inside, _ = code.partition(_WITHIN)
    return municipality if inside else COUNTRY


COLUMNS: Mapping[str, tuple[str, ...]] = {
    "estimates": (
        *("indicator", "measure", "category", "unit", "municipality_code", "municipality", "wave", "group_by", "group"),
        *("n_invited", "n_answered", "n", "n_effective", "estimate", "standard_error", "ci_low", "ci_high"),
        *("flag", "reason", "simulated"),
    ),
    "changes": (
        *("event", "indicator", "measure", "category", "unit", "municipality_code", "municipality", "role"),
        *("group_by", "group", "method", "adjustment", "specification", "scale", "wave_before", "wave_after"),
        *("n_before", "n_after", "n_comparison", "change", "standard_error", "ci_low", "ci_high"),
        *("p_value", "p_smallest_possible", "rank", "p_adjusted", "detectable_change"),
        *("wording_level", "flag", "reason", "simulated"),
    ),
    "diagnostics": (
        *("diagnostic", "indicator", "measure", "category", "unit", "municipality_code", "municipality"),
        *("wave", "group_by", "group", "value", "ci_low", "ci_high", "n", "p_value", "p_adjusted"),
        *("flag", "reason", "simulated"),
    ),
}
TABLES = tuple(COLUMNS)
COUNTS = ("n_invited", "n_answered", "n", "n_before", "n_after", "n_comparison", "rank")
MEASURED = (
    *("n_effective", "estimate", "change", "value", "standard_error", "ci_low", "ci_high"),
    *("p_value", "p_smallest_possible", "p_adjusted", "detectable_change"),
)
NUMBERS = (*COUNTS, *MEASURED)
STATED = ("unit", "municipality", "wording_level", "flag", "reason", "simulated")
_KINDS = dict.fromkeys(COUNTS, "Int64") | dict.fromkeys(MEASURED, "float64") | {"simulated": "bool"}
KEYS: Mapping[str, tuple[str, ...]] = {
    table: tuple(name for name in columns if name not in (*NUMBERS, *STATED)) for table, columns in COLUMNS.items()
}
"""The identifying columns of each table; joined by '|' they are the key of a row."""
TOLD: Mapping[str, tuple[str, str]] = {
    "share": ("share", "positive"),
    "index": ("index", ""),
    "mean": ("mean", ""),
}
"""What an indicator is told by -> its measure and category."""
OF_ANSWERED = "share_of_answered"  # the measure of a theme that has those without a comment in its base
DOMAIN = ("wave", "municipality_code", "group_by", "group")
WINDOWS = ("wave", "wave_before", "wave_after")
BETWEEN_WAVES = "+"


def of_kind(table: str, kind: Collection[str]) -> list[str]:
    """Return the columns of a table that are of a kind.

    Examples
    --------
    >>> of_kind("estimates", COUNTS)
    ['n_invited', 'n_answered', 'n']
    """
    return [column for column in COLUMNS[table] if column in kind]


def window_of(waves: Iterable[str]) -> str:
    """Return the text of a window of several waves.

    Examples
    --------
    >>> window_of(["2021-1", "2021-2"]), waves_in("2021-1+2021-2")
    ('2021-1+2021-2', ['2021-1', '2021-2'])
    """
    return BETWEEN_WAVES.join(waves)


def waves_in(window: str) -> list[str]:
    """Return the waves of a window; a wave is a window of one, and '' of none."""
    return window.split(BETWEEN_WAVES) if window else []


def spans_waves(window: str) -> bool:
    """Whether a window is of several waves."""
    return BETWEEN_WAVES in window


def of_windows(table: pd.DataFrame) -> pd.Series:
    """Whether each row of a table is about a window of several waves.

    Examples
    --------
    >>> of_windows(pd.DataFrame({"wave": ["2021", "2021+2022"]})).tolist()
    [False, True]
    """
    return table["wave"].astype(str).str.contains(BETWEEN_WAVES, regex=False)


def empty(table: str) -> pd.DataFrame:
    """Return a table of the contract without rows."""
    return pd.DataFrame(columns=list(COLUMNS[table]))


def frame(table: str, cells: Sequence[Mapping[str, object]] | pd.DataFrame, names: Mapping[str, str]) -> pd.DataFrame:
    """Make a table of the contract of rows that leave out what they do not have.

    ``cells``: each row as column -> value, or a frame of some of the columns. ``names``: municipality code to name; a
    code without one stands for itself.

    Examples
    --------
    >>> made = frame("diagnostics", [{"municipality_code": "183", "n": 4}], {"183": "Ishøj"})
    >>> [*map(str, made.loc[0, ["municipality", "reason", "n", "value"]])]
    ['Ishøj', '', '4', 'nan']
    """
    columns = {name: _column(name, cells) for name in COLUMNS[table]}
    codes = columns["municipality_code"]
    columns["municipality"] = pd.Series([names.get(code, code) for code in codes], codes.index, dtype="str")
    return pd.DataFrame(columns)


def _column(name: str, cells: Sequence[Mapping[str, object]] | pd.DataFrame) -> pd.Series:
    # One column of a table; of what is left out a number is missing, a text '', and ``simulated`` true.
    kind: Any = _KINDS.get(name, "object")
    nothing = True if kind == "bool" else None
    if not isinstance(cells, pd.DataFrame):
        made = pd.Series([row.get(name, nothing) for row in cells], dtype=kind)
    elif name in cells:
        made = cells[name].astype(kind)
    else:
        made = pd.Series([nothing] * len(cells), cells.index, dtype=kind)
    return made.fillna("") if kind == "object" else made


@dataclass(frozen=True)
class Row:
    """One released row.

    Examples
    --------
    >>> Row("benchmarks", "0", {"year": 2023, "mean": float("nan")}).has("mean")
    False
    """

    table: str
    key: str
    cells: Mapping[str, object]

    def text(self, column: str) -> str:
        """Return a cell as text; '' where it is missing."""
        value = self.cells.get(column, "")
        return "" if _missing(value) else str(value)

    def value(self, column: str) -> float:
        """Return a cell as a number; NaN where it is missing."""
        value = self.cells.get(column, math.nan)
        return math.nan if _missing(value) or value == "" else float(value)  # type: ignore[arg-type]

    def has(self, *columns: str) -> bool:
        """Whether all these cells hold numbers."""
        return all(not math.isnan(self.value(column)) for column in columns)

    @property
    def suppressed(self) -> bool:
        """Whether the row may not show its numbers."""
        return self.text("flag") == "suppressed"

    @property
    def spans_waves(self) -> bool:
        """Whether the row is about a window of several waves."""
        return spans_waves(self.text("wave"))

    @property
    def uncertain(self) -> bool:
        """Whether the row rests on too little to lean on."""
        return self.text("flag") == "uncertain"

    @property
    def asked(self) -> bool:
        """Whether the question was put at all, in the wave (or the waves) that the row is about."""
        return "not_asked" not in self.reasons

    @property
    def simulated(self) -> bool:
        """Whether the row rests on made-up answers."""
        return self.text("simulated") == "True"

    @property
    def reasons(self) -> dict[str, str]:
        """The reason's keys with their values ('' where a key has none).

        Examples
        --------
        >>> Row("changes", "k", {"reason": "false_dates=2015,2016;interval_only"}).reasons
        {'false_dates': '2015,2016', 'interval_only': ''}
        """
        pieces = (piece.partition("=") for piece in self.text("reason").split(";") if piece)
        return {name: value for name, _, value in pieces}

    @property
    def clear(self) -> bool:
        """Whether the interval lies on one side of zero."""
        return self.has("ci_low", "ci_high") and (self.value("ci_low") > 0 or self.value("ci_high") < 0)


def _missing(value: object) -> bool:
    return value is None or value is pd.NA or (isinstance(value, float) and math.isnan(value))


FEW = 1_000  # rows: of fewer pandas' own way to number texts takes longer, of twenty thrice as long


class Searched(pd.DataFrame):
    """Released rows that are asked for again and again: what a search needs is prepared once, when first asked for.

    Its rows stay as they are; whatever is taken out of it is an ordinary frame.
    """

    _internal_names: ClassVar[list[str]] = [*pd.DataFrame._internal_names, "_codes", "_objects"]  # type: ignore[attr-defined]
    _internal_names_set: ClassVar[set[str]] = set(_internal_names)  # both as pandas asks of one who extends it

    def __init__(self, frame: pd.DataFrame) -> None:
        super().__init__(frame)  # type: ignore[call-arg]
        self._codes: dict[str, tuple[np.ndarray, dict[object, int]]] = {}
        self._objects: dict[str, tuple[np.ndarray | None, np.ndarray]] = {}

    def begin(self) -> None:
        """Prepare every search in texts, and what is taken out."""
        for name in map(str, self.columns):
            if self._held(name)[0] is not None:
                self._coded(name)

    def positions(self, criteria: Mapping[str, str | tuple[str, ...]]) -> np.ndarray:
        """Return where the rows with these values stand, in order."""
        left = np.arange(len(self))
        for column, wanted in criteria.items():  # each looks only at what the ones before have left
            codes, values = self._coded(column)
            known = [values[one] for one in (wanted if isinstance(wanted, tuple) else (wanted,)) if one in values]
            here = codes[left]
            left = left[here == known[0] if len(known) == 1 else np.isin(here, known)]
        return left

    def cells(self, places: np.ndarray) -> Iterator[dict[str, object]]:
        """Yield the rows at these places, each as column -> value."""
        columns = [str(name) for name in self.columns]
        held = [self._held(name) for name in columns]
        taken = [values[places if codes is None else codes[places]].tolist() for codes, values in held]
        return (dict(zip(columns, row, strict=True)) for row in zip(*taken, strict=True))

    def _coded(self, column: str) -> tuple[np.ndarray, dict[object, int]]:
        if column not in self._codes:
            codes, values = self._held(column)
            known: dict[object, int] = {}
            numbered = [known.setdefault(value, len(known)) for value in values.tolist()]
            self._codes[column] = np.array(numbered, dtype=np.intp) if codes is None else codes, known
        return self._codes[column]

    def _held(self, column: str) -> tuple[np.ndarray | None, np.ndarray]:
        if column not in self._objects:
            self._objects[column] = _objects(self[column])
        return self._objects[column]


def _objects(column: pd.Series) -> tuple[np.ndarray | None, np.ndarray]:
    # The cells of a column as objects; of many texts, which are often the same, one each and which stands where.
    if len(column) < FEW or not isinstance(column.dtype, pd.StringDtype):
        return None, column.to_numpy(dtype=object)
    codes, texts = pd.factorize(column, use_na_sentinel=False)
    return codes, np.asarray(texts, dtype=object)


def having(table: pd.DataFrame, **values: str) -> pd.DataFrame:
    """Keep the rows of a table whose columns have these values."""
    for column, value in values.items():
        table = table[table[column] == value]
    return table


def rows(frame: pd.DataFrame, table: str, **criteria: str | tuple[str, ...]) -> list[Row]:
    """Return the rows whose columns have these values, in the order of the table.

    ``frame``: released rows; best a `Searched` where they are asked for often. ``criteria``: column -> value, or a
    tuple of values that will do.

    Examples
    --------
    >>> frame = pd.DataFrame({"claim": ["a", "b"], "year": [2022, 2023]})
    >>> [row.key for row in rows(frame, "claims", claim="b")]
    ['b']
    """
    searched = frame if isinstance(frame, Searched) else Searched(frame)
    places = searched.positions(criteria)
    labels = searched.index[places]
    return [
        Row(table, _key(table, cells, label), cells)
        for label, cells in zip(labels, searched.cells(places), strict=True)
    ]


def _key(table: str, cells: Mapping[str, object], place: object) -> str:
    if table in KEYS:
        return "|".join("" if _missing(cells[c]) else str(cells[c]) for c in KEYS[table])
    own = cells.get(table.removesuffix("s"))
    return str(place) if own is None or _missing(own) else str(own)


def one(frame: pd.DataFrame, table: str, **criteria: str | tuple[str, ...]) -> Row | None:
    """Return the only row with these values, or None.

    Raises
    ------
    ValueError
        If several rows have them: a sentence must know which number it prints.
    """
    found = rows(frame, table, **criteria)
    if len(found) > 1:
        raise ValueError(f"{len(found)} rows of {table} where one was expected: {criteria}")
    return found[0] if found else None


def newest(rows: Iterable[Row]) -> list[Row]:
    """Return the rows of the window that ends last; of a window and its last wave those of the window.

    Examples
    --------
    >>> made = [Row("estimates", wave, {"wave": wave}) for wave in ("1", "2", "3", "2+3", "1+2")]
    >>> [row.key for row in newest(made)], [row.key for row in newest(made[:3])], newest([])
    (['2+3'], ['3'], [])
    """
    by_end: dict[tuple[str, int], list[Row]] = {}
    for row in rows:
        before, _, last = row.text("wave").rpartition(BETWEEN_WAVES)
        by_end.setdefault((last, len(waves_in(before))), []).append(row)
    return by_end[max(by_end)] if by_end else []


def pattern(row: Row, *varying: str) -> str:
    """Return the key of `row` with '*' in the columns that vary: what a count of rows is bound to.

    Examples
    --------
    >>> pattern(Row("estimates", "a|share|positive|183|2021||", {}), "wave")
    'a|share|positive|183|*||'
    """
    parts = row.key.split("|")
    return "|".join("*" if c in varying else p for c, p in zip(KEYS[row.table], parts, strict=True))
