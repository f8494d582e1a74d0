"""A folder for the two reports of the project, written out by the program wherever it is installed."""

import pytest

from jobreport.domain.shipped import EXAMPLE
from jobreport.errors import InputRefused
from jobreport.prepare import check, init


def test_both_reports_can_be_made_of_the_example(tmp_path):
    assert init.begin_example(tmp_path) == EXAMPLE
    for name in ("ishoej", "demo", "plejehjem"):
        assert "er i orden" in check.check(tmp_path / "params" / f"{name}.yml")


def test_nothing_is_overwritten_and_nothing_half_written(tmp_path):
    (tmp_path / "data").mkdir()
    (tmp_path / "data" / "claims.csv").write_text("mine", encoding="utf-8")
    with pytest.raises(InputRefused, match=r"data/claims\.csv"):
        init.begin_example(tmp_path)
    assert [path.name for path in tmp_path.rglob("*")] == ["data", "claims.csv"]
    assert (tmp_path / "data" / "claims.csv").read_text(encoding="utf-8") == "mine"


def test_an_example_of_which_a_part_is_there_is_completed_and_a_whole_one_refused(tmp_path):
    init.begin_example(tmp_path)
    (tmp_path / EXAMPLE[-1]).unlink()
    assert init.begin_example(tmp_path) == EXAMPLE
    assert (tmp_path / EXAMPLE[-1]).is_file()
    with pytest.raises(InputRefused):
        init.begin_example(tmp_path)
