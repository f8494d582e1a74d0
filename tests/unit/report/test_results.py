"""What a run writes of its released rows, and what the notebook reads."""

import pandas as pd
import pytest

from jobreport.domain import released
from jobreport.domain.released import NUMBERS, TABLES, of_kind
from jobreport.release.disclosure import Released
from jobreport.release.precision import SIGNIFICANT
from jobreport.release.suppression import Rule
from jobreport.report.results import Results, as_csv, has_copy, read_copy, tidy
from tests.pages import read_released

RULE = Rule()
FLOATS = [None if x is None else float(SIGNIFICANT % x) for x in (1 / 3, -0.0, 2, 1e-300, 12345678901234.5, None, 0.3)]
COUNTS = pd.array([0, None, 3, 12, 2**40, 5, 6], "Int64")
TEXTS = ["", "Høje-Taastrup", 'a "b", c', "two\nlines", "0", None, "NA"]


def table(name: str, numbers: list[object]) -> pd.DataFrame:
    columns = {
        c: COUNTS if c in released.COUNTS else pd.Series(numbers, dtype="float64") for c in of_kind(name, NUMBERS)
    }
    told = {"indicator": pd.Series(TEXTS, dtype="str"), **columns, "simulated": [True, False] * 3 + [True]}
    return pd.DataFrame(told)


@pytest.fixture(params=[FLOATS, [1.0, 2, 3, 4, 5, 6, 7], [None] * 7], ids=["floats", "whole", "missing"])
def made(request):
    shown = Released(**{name: table(name, request.param) for name in TABLES}, rule=RULE)
    return Results(None, None, shown, None, None, {"jobreport": "ø"})


def test_the_csv_is_what_pandas_writes(made, tmp_path):
    made.write_tables(tmp_path)
    for name in TABLES:
        expected = getattr(made.released, name).to_csv(index=False, lineterminator="\n", float_format=SIGNIFICANT)
        assert (tmp_path / f"{name}.csv").read_bytes() == expected.encode("utf-8")


def test_cells_without_a_comma_are_written_as_pandas_writes_them():
    for name in TABLES:
        plain = table(name, FLOATS).iloc[[0, 1, 4, 5, 6, 1]]
        written = plain.to_csv(index=False, lineterminator="\n", float_format=SIGNIFICANT)
        assert as_csv(plain) == written.encode("utf-8")


def test_the_notebook_reads_what_the_csv_holds(made, tmp_path):
    made.write_copy(tmp_path)
    made.write_tables(tmp_path)
    copied, read = read_copy(tmp_path, RULE), read_released(tmp_path)
    for name in TABLES:
        left, right = getattr(copied, name), read[name]
        pd.testing.assert_frame_equal(left, right, check_exact=True)
        assert list(left["indicator"]) == ["" if text is None else text for text in TEXTS]
        assert list(left["simulated"]) == [True, False, True, False, True, False, True]
        assert {str(left[column].dtype) for column in of_kind(name, NUMBERS)} == {"Int64", "float64"}


def test_facts_alone_are_no_copy(made, tmp_path):
    made.write_facts(tmp_path)
    assert not has_copy(tmp_path)
    made.write_copy(tmp_path)
    assert has_copy(tmp_path)
    handed, copied = made.copied().released, read_copy(tmp_path, RULE)
    for name in TABLES:
        pd.testing.assert_frame_equal(getattr(handed, name), getattr(copied, name), check_exact=True)


def test_nothing_is_left_but_the_tables(made, tmp_path):
    made.write_copy(tmp_path)
    made.write_tables(tmp_path)
    tidy(tmp_path)
    assert sorted(path.name for path in tmp_path.iterdir()) == sorted(f"{name}.csv" for name in TABLES)
