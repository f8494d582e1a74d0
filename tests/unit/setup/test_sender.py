"""A sender's colour can be read, or is refused with the nearest that can."""

import pytest

from jobreport.errors import InputRefused
from jobreport.setup import params, sender


def problems(**said):
    given = {"name": "x", "municipality_code": "183", "sender": {"name": "Ishøj Kommune", **said}}
    with pytest.raises(InputRefused) as refused:
        params.from_mapping(given, root=".")
    return refused.value


@pytest.mark.parametrize("given", ["#ffcc00", "#00a0e0", "#ffffff", "#e4002b", "#777777"])
def test_a_colour_too_light_is_refused_with_the_nearest_that_can_be_read(given):
    refused = problems(colour=given)
    near = sender.nearest(given)
    assert refused.problems[0].key == "colour_contrast"
    assert f"colour: '{near}'" in refused.text("da")
    assert sender.nearest(near) == near
    lighter = "#" + "".join(f"{min(int(near[at : at + 2], 16) + 2, 255):02x}" for at in (1, 3, 5))
    assert sender.worst(lighter) < sender.LEAST <= sender.worst(near)
    kept = {"name": "x", "municipality_code": "183", "sender": {"name": "Ishøj Kommune", "colour": near}}
    assert params.from_mapping(kept, root=".").sender.colour == near


@pytest.mark.parametrize("given", [None, "blue", "#fff", '#123456"); #panic("', "14375e"])
def test_what_is_no_colour_is_refused(given):
    """Unquoted, a colour is a remark to YAML and the key is empty."""
    refused = problems(colour=given)
    assert [problem.key for problem in refused.problems] == ["colour_invalid"]
    assert "anførselstegn" in refused.text("da")


def test_a_logo_without_words_or_file_is_refused():
    assert [problem.key for problem in problems(logo="gone.svg").problems] == ["file_missing", "logo_without_text"]
    assert [problem.key for problem in problems(logo="../x.svg", logo_text="Byvåben").problems] == ["file_outside"]
