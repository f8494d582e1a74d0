"""The token of a time stamp (RFC 3161): what it was put on, and when.

Only that is read. Whether the signature is good takes the certificate of who signed, which is not at hand here;
``openssl ts -verify -data FILE -in TOKEN -CAfile CERTIFICATE`` tells it.
"""

from __future__ import annotations

from datetime import UTC, datetime

_STATES = bytes.fromhex("060b2a864886f70d0109100104")  # id-ct-TSTInfo
_SHA256 = bytes.fromhex("0609608648016503040201")
_EXPLICIT, _OCTETS, _SEQUENCE, _TIME = 0xA0, 0x04, 0x30, 0x18


def read(token: bytes) -> tuple[str, datetime] | None:
    """Return the SHA-256 that a token was put on, and its time; None of what is no such token.

    Parameters
    ----------
    token
        The bytes of a token, or of the answer that it came in.

    Examples
    --------
    >>> read(b"") is None
    True
    """
    try:
        place = token.index(_STATES) + len(_STATES)
        info = _inside(token[place:], _EXPLICIT, _OCTETS, _SEQUENCE)
        _, _, stamped, _, time, *_ = _parts(info)
        kind, digest, *_ = _parts(stamped[1])
        moment = datetime.strptime(time[1].decode("ascii")[:14], "%Y%m%d%H%M%S").replace(tzinfo=UTC)
    except ValueError:
        return None
    good = stamped[0] == _SEQUENCE and _SHA256 in kind[1] and digest[0] == _OCTETS and len(digest[1]) == 32
    return (digest[1].hex(), moment) if good and time[0] == _TIME else None


def _inside(data: bytes, *tags: int) -> bytes:
    for tag in tags:
        found, data, _ = _first(data)
        if found != tag:
            raise ValueError(tag)
    return data


def _parts(data: bytes) -> list[tuple[int, bytes]]:
    """Every element of a sequence, as its tag and what it holds."""
    found = []
    while data:
        tag, held, data = _first(data)
        found.append((tag, held))
    return found


def _first(data: bytes) -> tuple[int, bytes, bytes]:
    """Tag and content of the first element, and what follows it."""
    if len(data) < 2:
        raise ValueError("too short")
    size, begin = data[1], 2
    if size >= 0x80:
        begin += size - 0x80
        size = int.from_bytes(data[2:begin], "big")
    if begin + size > len(data):
        raise ValueError("too short")
    return data[0], data[begin : begin + size], data[begin + size :]
