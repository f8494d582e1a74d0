"""Tokens of time stamps: what they were put on, when and by whom, and what is none."""

import base64
import datetime
import hashlib
import random
from pathlib import Path

import pytest

from jobreport.intake.formats import timestamp
from tests import stamps

TOKEN = base64.b64decode((Path(__file__).parent / "timestamp.b64").read_text(encoding="ascii"))
"""The answer of ``openssl ts -reply`` on a file of six letters, 'hello' and a new line."""
DAY = datetime.date(2022, 12, 14)


def test_a_token_of_openssl_says_what_it_was_put_on_when_and_by_whom():
    day = datetime.date(2026, 11, 28)
    assert timestamp.read(TOKEN) == timestamp.Stamp(hashlib.sha256(b"hello\n").hexdigest(), day, "Test TSA")


def test_a_token_signed_with_another_kind_of_key_is_read_too():
    made = timestamp.Stamp(hashlib.sha256(b"x").hexdigest(), DAY, stamps.OFFICE)
    assert timestamp.read(stamps.token(b"x", DAY)) == made


def test_without_its_certificate_nobody_is_named():
    assert timestamp.read(stamps.token(b"x", DAY, certificate=False)).signer == ""


@pytest.mark.parametrize(("old", "new"), [(b"20261128", b"20211128"), (hashlib.sha256(b"hello\n").digest(), bytes(32))])
def test_a_day_or_a_file_put_into_it_afterwards_is_seen_by_the_signature(old, new):
    assert old in TOKEN
    assert timestamp.read(TOKEN.replace(old, new)) is None


@pytest.mark.parametrize("data", [b"", b"-----BEGIN PKCS7-----", b"0\x80" * 40, TOKEN[:90], TOKEN[:150], TOKEN[:-9]])
def test_what_is_no_token_says_nothing(data):
    assert timestamp.read(data) is None


def test_no_damage_to_a_token_gives_it_another_day_or_file():
    draw, whole = random.Random(1), timestamp.read(TOKEN)
    for _ in range(300):
        damaged = bytearray(TOKEN)
        for _ in range(draw.randrange(1, 4)):
            damaged[draw.randrange(len(TOKEN))] = draw.randrange(256)
        found = timestamp.read(bytes(damaged))
        assert found is None or (found.sha256, found.day) == (whole.sha256, whole.day)
