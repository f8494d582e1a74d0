"""Give the coming version its number and its date (`make release VERSION=0.2.0`): what is left is to commit and tag."""

from __future__ import annotations

import datetime
import re
import sys
from pathlib import Path

PROJECT = Path(__file__).parents[1]
NUMBER, DAY = r"\d+\.\d+\.\d+", r"\d{4}-\d\d-\d\d"
PLACES = {
    "CHANGELOG.md": (r"^## \[Unreleased\]$", "## [Unreleased]\n\n## [{version}] - {date}"),
    "CITATION.cff": (rf"^version: {NUMBER}\ndate-released: {DAY}$", "version: {version}\ndate-released: {date}"),
    "jobreport/__init__.py": (rf'^__version__ = "{NUMBER}"$', '__version__ = "{version}"'),
}


def released(name: str, text: str, version: str, date: str) -> str:
    """Return the text of one of `PLACES` as that version has it; refuse one that lacks the line it stands in."""
    pattern, line = PLACES[name]
    made, count = re.subn(pattern, line.format(version=version, date=date), text, count=1, flags=re.MULTILINE)
    if not count:
        raise SystemExit(f"{name} has no line like {pattern}")
    return made


def entries(changelog: str) -> dict[str, str]:
    """Return version -> date of every entry of a changelog, newest first."""
    return dict(re.findall(rf"^## \[({NUMBER})\] - ({DAY})$", changelog, flags=re.MULTILINE))


def main(version: str, date: str = "") -> None:
    """Write version and date where they stand; nothing, where one place lacks its line or the number is none."""
    date = str(datetime.date.fromisoformat(date)) if date else str(datetime.datetime.now(datetime.UTC).date())
    old = {name: (PROJECT / name).read_text(encoding="utf-8") for name in PLACES}
    if not re.fullmatch(NUMBER, version) or version in entries(old["CHANGELOG.md"]):
        raise SystemExit(f"{version!r} is no new version, such as 0.2.0")
    new = {name: released(name, text, version, date) for name, text in old.items()}
    for name, text in new.items():
        (PROJECT / name).write_text(text, encoding="utf-8", newline="\n")


if __name__ == "__main__":
    main(*sys.argv[1:])
