"""The order in which one report is made, where the answers are few and where they are millions."""

from pathlib import Path
from unittest.mock import Mock

import pytest

from jobreport.intake import checks
from jobreport.make import single, writing


@pytest.mark.parametrize(("small", "order"), [(True, ["parent", "compute"]), (False, ["compute", "parent"])])
@pytest.mark.dear
def test_the_kernels_parent_is_not_held_beside_millions_of_answers(monkeypatch, tmp_path, small, order):
    done = []
    monkeypatch.setattr(single, "are_small", lambda _: small)
    monkeypatch.setattr(single, "Key", Mock())
    monkeypatch.setattr(checks, "read_inputs", lambda *_: None)
    monkeypatch.setattr(single, "compute", lambda *_: done.append("compute") or Mock())
    monkeypatch.setattr(single.parent, "prepare", lambda *_: done.append("parent"))
    monkeypatch.setattr(single, "few_since", lambda *_: ())
    monkeypatch.setattr(writing, "write", lambda *_, **__: tmp_path)
    single.make(checks.read_params(Path(__file__).parents[3] / "params" / "demo.yml"), tmp_path, lambda _: None)
    assert done == order
