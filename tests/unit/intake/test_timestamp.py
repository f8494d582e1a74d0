"""Tokens of time stamps: what they were put on and when, and what is none."""

import base64
import hashlib
import random
from pathlib import Path

import pytest

from jobreport.intake.formats import timestamp

TOKEN = base64.b64decode((Path(__file__).parent / "timestamp.b64").read_text(encoding="ascii"))
"""The answer of ``openssl ts -reply`` on a file of six letters, 'hello' and a new line."""


def test_a_token_says_what_it_was_put_on_and_when():
    digest, moment = timestamp.read(TOKEN)
    assert digest == hashlib.sha256(b"hello\n").hexdigest()
    assert moment.isoformat() == "2026-11-28T06:56:54+00:00"


@pytest.mark.parametrize("data", [b"", b"-----BEGIN PKCS7-----", b"0\x80" * 40, TOKEN[:90], TOKEN[:150]])
def test_what_is_no_token_says_nothing(data):
    assert timestamp.read(data) is None


def test_no_damage_to_a_token_makes_it_fail_otherwise():
    draw = random.Random(1)
    for _ in range(2_000):
        damaged = bytearray(TOKEN)
        for _ in range(draw.randrange(1, 4)):
            damaged[draw.randrange(40, 260)] = draw.randrange(256)
        found = timestamp.read(bytes(damaged))
        assert found is None or len(found[0]) == 64
