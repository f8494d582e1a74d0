"""Packages that somebody made to fool, to fill or to break the machine that reads them."""

from __future__ import annotations

import io
import json
import struct
import warnings
import zipfile
from collections.abc import Callable, Mapping
from typing import Any

from jobreport.intake.formats import package as contract
from jobreport.make import package

Members = Mapping[str, bytes]
Attack = Callable[[Members], bytes]


def sealed(members: Members) -> bytes:
    """Pack files under a manifest that has their checksums: only what they say is wrong."""
    manifest = json.loads(members["manifest.json"])
    manifest["files"] = {name: contract.checksum(data) for name, data in members.items() if name != "manifest.json"}
    return package.packed({**members, "manifest.json": json.dumps(manifest).encode()})


def facts(name: str, change: Callable[[Any], object]) -> Attack:
    """Change what one of the JSON files says; what ``change`` returns, if anything, takes its place."""

    def attack(members: Members) -> bytes:
        held = json.loads(members[name])
        other = change(held)
        data = json.dumps(held if other is None else other).encode()
        if name == "manifest.json":
            return package.packed({**members, name: data})
        return sealed({**members, name: data})

    return attack


def cell(table: str, column: str, value: str, **where: str) -> Attack:
    """Put another value into a column, in the first row with these values and a number in that column."""

    def attack(members: Members) -> bytes:
        lines = members[f"{table}.csv"].decode().split("\n")
        header = lines[0].split(",")
        for place, line in enumerate(lines[1:], start=1):
            row = dict(zip(header, line.split(","), strict=False))
            if len(row) == len(header) and all(row[name] == text for name, text in where.items()) and row[column]:
                row[column] = value
                lines[place] = ",".join(row.values())
                break
        else:
            raise AssertionError(f"no such row: {table} {where}")
        return sealed({**members, f"{table}.csv": "\n".join(lines).encode()})

    return attack


def text(name: str, data: bytes | Callable[[bytes], bytes]) -> Attack:
    """Put other bytes into a file."""
    return lambda members: sealed({**members, name: data(members[name]) if callable(data) else data})


def extra(name: str, data: bytes = b"x") -> Attack:
    """Put one more file into the package, under any name."""

    def attack(members: Members) -> bytes:
        held = io.BytesIO(package.packed(members))
        with zipfile.ZipFile(held, "a") as archive, warnings.catch_warnings():
            warnings.simplefilter("ignore")  # (of a name that is there already)
            archive.writestr(name, data)
        return held.getvalue()

    return attack


def bomb(members: Members) -> bytes:
    """Sixty megabytes of nothing in sixty kilobytes."""
    return package.packed({**members, "moments.csv": b"0" * 60_000_000})


def lying_size(members: Members) -> bytes:
    """Say in the directory that a file is smaller than it is."""
    data = bytearray(package.packed(members))
    at = data.rfind(b"PK\x01\x02")
    struct.pack_into("<I", data, at + 24, 5)
    return bytes(data)


def encrypted(members: Members) -> bytes:
    """Say that a file is encrypted."""
    data = bytearray(package.packed(members))
    for mark, offset in ((b"PK\x03\x04", 6), (b"PK\x01\x02", 8)):
        at = data.find(mark)
        data[at + offset] |= 1
    return bytes(data)


def many(members: Members) -> bytes:
    """Twenty thousand files."""
    held = io.BytesIO(package.packed(members))
    with zipfile.ZipFile(held, "a") as archive:
        for number in range(20_000):
            archive.writestr(f"{number}", b"")
    return held.getvalue()


def _question(change: Mapping[str, object]) -> Attack:
    return facts("codebook.json", lambda held: held["questions"][0].update(change))


def _set(name: str, value: object) -> Callable[[Any], None]:
    return lambda held: held.update({name: value})


SHARE = {"measure": "share", "category": "positive", "group_by": "", "indicator": "satisfaction"}
OPENED = {
    "empty": lambda _: b"",
    "no zip": lambda _: b"PK\x03\x04 not a package",
    "cut off": lambda members: package.packed(members)[:-40],
    "middle gone": lambda members: package.packed(members)[:200] + package.packed(members)[900:],
    "garbage inside": lambda members: package.packed(members).replace(b"\x00\x00\x08\x00", b"\x00\x00\x63\x00"),
    "bomb": bomb,
    "lying size": lying_size,
    "encrypted": encrypted,
    "many files": many,
    "file above": extra("../evil.py"),
    "absolute file": extra("/etc/passwd"),
    "file of Windows": extra("..\\evil.exe"),
    "drive": extra("C:/evil.exe"),
    "program": extra("run.sh"),
    "folder": extra("answers/"),
    "twice the same file": extra("survey.json", b"{}"),
    "hidden file": extra(".hidden"),
    "name of other letters": extra("survey\u202egnp.json"),
    "a file is missing": lambda members: package.packed({k: v for k, v in members.items() if k != "people.csv"}),
    "answers instead": lambda members: package.packed({"responses.parquet": b"PAR1"}),
}
STATED = {
    "another checksum": facts("manifest.json", lambda held: held["files"].update({"people.csv": "0" * 64})),
    "no checksum": facts("manifest.json", lambda held: held["files"].pop("people.csv") and None),
    "checksums of other files": facts("manifest.json", lambda held: held["files"].update({"../x": "0"})),
    "newer contract": facts("manifest.json", _set("contract", 2)),
    "contract of text": facts("manifest.json", _set("contract", "1")),
    "another municipality in the manifest": facts("manifest.json", _set("municipality_code", "101")),
    "no such municipality": facts("manifest.json", _set("municipality_code", "999")),
    "unknown key": facts("manifest.json", _set("run", "rm -rf")),
    "list": facts("manifest.json", lambda held: [held]),
    "deep": text("survey.json", b"[" * 100_000),
    "no text": text("survey.json", b"\xff\xfe\x00"),
    "not a number": text("survey.json", lambda data: data.replace(b'"suppress_below": 5', b'"suppress_below": NaN')),
    "threshold under five": facts("survey.json", _set("suppress_below", 1)),
    "another municipality in the survey": facts("survey.json", _set("municipality_code", "101")),
    "no waves": facts("survey.json", _set("waves", [])),
    "day that is none": facts("survey.json", lambda held: held["waves"][0].update({"from": "2021-02-31"})),
    "formula in a description": facts("survey.json", lambda held: held["description"].update({"mode": {"da": "=1+1"}})),
    "link in a description": facts(
        "survey.json", lambda held: held["description"].update({"mode": {"da": '@SUM(HYPERLINK("http://x"))'}})
    ),
    "hidden letters": facts("survey.json", lambda held: held["description"].update({"mode": {"da": "a\u202eb"}})),
    "endless text": facts("survey.json", lambda held: held["description"].update({"mode": {"da": "a" * 9999}})),
    "description of lists": facts("survey.json", lambda held: held["description"].update({"mode": ["x"]})),
    "formula in a label": _question({"labels": {"da": ["=cmd|' /C calc'!A0", "b", "c", "d", "e"]}}),
    "formula in a wording": _question({"wording": {"da": "+45 12"}}),
    "question without labels": _question({"labels": {}}),
    "name with a divider": _question({"name": "a|b"}),
    "box of no answers": _question({"positive": 0}),
    "indicator of no question": facts("codebook.json", lambda held: held["indicators"][0].update({"items": ["gone"]})),
    "vast codebook": text("codebook.json", lambda data: data + b" " * 3_000_000),
}
TABLES = {
    "no table": text("estimates.csv", b""),
    "another header": text("estimates.csv", lambda data: data.replace(b"indicator", b"Indicator", 1)),
    "columns exchanged": text("people.csv", lambda data: data.replace(b"wave,other_wave", b"other_wave,wave", 1)),
    "row of more cells": text("people.csv", lambda data: data + b"2021-2,2021-2,9,9\n"),
    "nought bytes": text("people.csv", lambda data: data + b"\0"),
    "formula in a cell": cell("estimates", "reason", "=1+1", flag="uncertain"),
    "text for a number": cell("estimates", "estimate", "many", **SHARE),
    "infinite": cell("estimates", "estimate", "1e999", **SHARE),
    "not a number in a cell": cell("estimates", "estimate", "nan", **SHARE),
    "number of hexadecimals": cell("estimates", "n", "0x1F", **SHARE),
    "share of 1.2": cell("estimates", "estimate", "1.2", **SHARE),
    "negative share": cell("estimates", "estimate", "-0.2", **SHARE),
    "interval beside the figure": cell("estimates", "ci_low", "0.99", **SHARE),
    "more answers than people": cell("estimates", "n", "9999", **SHARE),
    "fewer answers than may be shown": cell("estimates", "n", "3", **SHARE),
    "effective answers above the answers": cell("estimates", "n_effective", "9999", **SHARE),
    "negative error": cell("estimates", "standard_error", "-0.1", **SHARE),
    "boxes that are not one": cell("estimates", "estimate", "0.5123", **SHARE),
    "another municipality's row": cell("estimates", "municipality_code", "101", **SHARE),
    "a flag that is none": cell("estimates", "flag", "certain", flag="uncertain"),
    "hidden with numbers": cell("estimates", "flag", "suppressed", flag="uncertain"),
    "a wave that is none": cell("estimates", "wave", "2031-1", **SHARE),
    "real beside simulated": cell("estimates", "simulated", "False", **SHARE),
    "row twice": text("estimates.csv", lambda data: data + data.splitlines(keepends=True)[1]),
    "group of more than all": cell("estimates", "n", "199", group_by="gender", measure="mean"),
    "sum of another figure": cell("moments", "estimate", "0.5", weighted="yes", **SHARE),
    "negative scatter": cell("moments", "scatter", "-0.001", weighted="yes", **SHARE),
    "scatter between waves beyond both": cell("moments", "tilt_back", "0", weighted="yes", **SHARE),
    "no weight": cell("moments", "weight", "0", weighted="yes", **SHARE),
    "sum of a figure that is not shown": cell("moments", "group", "nobody", group_by="gender"),
    "four who answered twice": cell("people", "n", "4"),
    "more who answered twice than answered": text("people.csv", lambda data: data + b"2021-2,2022-2,5000\n"),
}


def beyond(members: Members) -> bytes:
    """Say that two waves vary together more than either varies."""
    lines = members["moments.csv"].decode().split("\n")
    header = lines[0].split(",")
    wave, other, scatter = (header.index(name) for name in ("wave", "other_wave", "scatter"))
    for place, line in enumerate(lines[1:], start=1):
        row = line.split(",")
        if len(row) == len(header) and row[wave] != row[other]:
            row[scatter] = "0.5"
            lines[place] = ",".join(row)
            break
    return sealed({**members, "moments.csv": "\n".join(lines).encode()})


TABLES["scatter between waves beyond both"] = beyond
EVERY: dict[str, Attack] = {**OPENED, **STATED, **TABLES}
