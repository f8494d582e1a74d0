"""A folder for the two reports of the project, written out by the program wherever it is installed."""

import pytest

from jobreport.domain.shipped import EXAMPLE
from jobreport.errors import InputRefused
from jobreport.intake import checks
from jobreport.prepare import check, init
from jobreport.setup import params


@pytest.mark.parametrize("name", ["plejehjem", "ishoej", "demo"])
@pytest.mark.dear
def test_a_report_can_be_made_of_the_example(tmp_path, name):
    init.begin_example(tmp_path)
    assert "er i orden" in check.check(tmp_path / "params" / f"{name}.yml")


@pytest.mark.dear
def test_all_that_the_reports_read_is_in_the_example(tmp_path):
    assert init.begin_example(tmp_path) == EXAMPLE
    for name in ("ishoej", "demo"):
        read = checks.read_inputs(params.read(tmp_path / "params" / f"{name}.yml"))
        assert {tmp_path / file.path for file in read.files} <= {*tmp_path.rglob("*")}


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
