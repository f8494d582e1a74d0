"""Bytes to text: UTF-8, UTF-16 or Windows-1252, and a refusal where the bytes do not say which."""

from __future__ import annotations

import codecs
import re

from jobreport.errors import InputRefused, Problem

_NOT_TEXT = (b"PK\x03\x04", b"\xd0\xcf\x11\xe0", b"PAR1", b"$FL2", b"%PDF")  # ZIP, old Office, Parquet, SPSS, PDF
_MISREAD = "¾¿Œ‘›†\x91\x9b\x86"
_OTHER_ENCODING = re.compile(rf"(?<=[A-Za-z])[{_MISREAD}](?=[a-z])")
_UTF8_PAIR = re.compile(rb"[\xc3][\x80-\xbf]")
_DOUBLE = re.compile("Ã[¦¸¥†˜…\x86\x98\x85]|\ufffd")


def decode(raw: bytes, where: str) -> tuple[str, str]:
    """Decode a file.

    Returns
    -------
    tuple
        The text and the name of its encoding: 'utf-8', 'utf-8-sig', 'utf-16' or 'windows-1252'.

    Raises
    ------
    InputRefused
        If the file is binary, mixes two encodings, or is in an encoding that cannot be told.

    Examples
    --------
    >>> decode("Ishøj".encode("cp1252"), "x.csv")
    ('Ishøj', 'windows-1252')
    """
    text, encoding = _decode(raw, where)
    if "\x00" in text:
        raise InputRefused([Problem("file_binary", where)])
    return text, encoding


def garbled(text: str) -> bool:
    """Tell whether a text was decoded wrongly before it got here ('IshÃ¸j').

    Examples
    --------
    >>> garbled("IshÃ¸j"), garbled("Ishøj")
    (True, False)
    """
    return bool(_DOUBLE.search(text))


def _decode(raw: bytes, where: str) -> tuple[str, str]:
    if raw.startswith(_NOT_TEXT):
        raise InputRefused([Problem("file_binary", where)])
    if raw.startswith((codecs.BOM_UTF16_LE, codecs.BOM_UTF16_BE)):
        return _strict(raw, "utf-16", where), "utf-16"
    if raw.startswith(codecs.BOM_UTF8):
        return _strict(raw, "utf-8-sig", where), "utf-8-sig"
    head = raw[:2000]
    if head[1::2].count(0) > len(head) // 3:
        return _strict(raw, "utf-16-le", where), "utf-16"
    if head[0::2].count(0) > len(head) // 3:
        return _strict(raw, "utf-16-be", where), "utf-16"
    try:
        return raw.decode("utf-8"), "utf-8"
    except UnicodeDecodeError:
        return _windows(raw, where), "windows-1252"


def _strict(raw: bytes, encoding: str, where: str) -> str:
    try:
        return raw.decode(encoding)
    except UnicodeDecodeError:
        raise InputRefused([Problem("encoding_broken", where, {"encoding": encoding})]) from None


def _windows(raw: bytes, where: str) -> str:
    if _UTF8_PAIR.search(raw):
        lines = raw.split(b"\n")
        facts = {"utf8": _first(lines, True), "other": _first(lines, False)}
        raise InputRefused([Problem("encoding_mixed", where, facts)])
    try:
        text = raw.decode("cp1252")
    except UnicodeDecodeError:
        raise InputRefused([Problem("encoding_unknown", where)]) from None
    if _OTHER_ENCODING.search(text):
        raise InputRefused([Problem("encoding_unknown", where)])
    return text


def _first(lines: list[bytes], as_utf8: bool) -> int:
    """Number of the first line that is, or is not, UTF-8 beyond ASCII."""
    for number, line in enumerate(lines, start=1):
        if line.isascii():
            continue
        try:
            line.decode("utf-8")
            readable = True
        except UnicodeDecodeError:
            readable = False
        if readable is as_utf8:
            return number
    return 1
