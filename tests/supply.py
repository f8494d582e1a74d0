"""What the project is built on (`make audit`): whole locks, licences that go with GPL-3, no known holes.

Looks at what is installed; a package that is locked for another system or another part is counted, not judged.
"""

from __future__ import annotations

import re
import subprocess
import sys
from collections.abc import Iterator
from importlib import metadata
from pathlib import Path

from packaging.requirements import Requirement
from packaging.utils import canonicalize_name

PROJECT = Path(__file__).parents[1]
LOCKS = ("requirements.lock", "notebooks/requirements.lock", "tests/requirements.lock")
# The FSF lists each as compatible (gnu.org/licenses/license-list.html); in package metadata's spellings.
COMPATIBLE = re.compile(
    r"apache( software license|[- ]2\.0)|(0|new |modified )?bsd( license|-[23]-clause)?|isc( license)?( iscl)?"
    r"|mit( license|-0|-cmu)?|hpnd|mpl-2\.0|mozilla public license 2\.0 mpl 2\.0|psf-2\.0|python-2\.0"
    r"|python software foundation license|zlib|cc0-1\.0|unlicense|public domain"
    r"|gnu (library or lesser )?general public license l?gpl( v3)?( or later)?|l?gpl-3\.0(-only|-or-later)?"
    r"|gpl-2\.0-or-later"
    # as two packages of JupyterLab's spell theirs
    r"|apache license, version 2\.0|bsd-3-clause, apache-2\.0, dependency licenses"
)


def locked(lock: Path) -> dict[str, tuple[Requirement, int]]:
    """Name -> requirement and number of hashes, for every line of a lock."""
    found: dict[str, tuple[Requirement, int]] = {}
    name = ""
    for line in lock.read_text(encoding="utf-8").splitlines():
        if line and line[0] not in " #":
            requirement = Requirement(line.rstrip(" \\"))
            name = canonicalize_name(requirement.name)
            found[name] = (requirement, 0)
        elif "--hash=sha256:" in line:
            found[name] = (found[name][0], found[name][1] + 1)
    return found


def unpinned(lock: Path) -> list[str]:
    """Packages of a lock that are not held to one version and to checksums of its files."""
    return [
        name
        for name, (requirement, hashes) in locked(lock).items()
        if not re.fullmatch(r"==[^*,]+", str(requirement.specifier)) or not hashes
    ]


def incomplete(names: set[str]) -> Iterator[str]:
    """Packages that an installed, locked package needs here but that no lock holds."""
    for name in sorted(names & installed()):
        for text in metadata.requires(name) or ():
            needed = Requirement(text)
            applies = needed.marker is None or needed.marker.evaluate({"extra": ""})
            if applies and canonicalize_name(needed.name) not in names:
                yield f"{name} needs {needed.name}"


def differing(lock: Path) -> Iterator[str]:
    """Packages that are installed in another version than the locked one."""
    for name, (requirement, _) in locked(lock).items():
        applies = requirement.marker is None or requirement.marker.evaluate()
        if (
            name in installed()
            and applies
            and not requirement.specifier.contains(metadata.version(name), prereleases=True)
        ):
            yield f"{name} {metadata.version(name)} instead of {requirement.specifier}"


def installed() -> set[str]:
    """Names of all installed packages."""
    return {canonicalize_name(found.name) for found in metadata.distributions()}


def licence(name: str) -> str:
    """Licence that an installed package states: expression, classifiers or one line of text; '' if none."""
    said = metadata.metadata(name)
    classified = [c.split(" :: ")[-1] for c in said.get_all("Classifier") or () if c.startswith("License :: ")]
    lines = (said.get("License") or "").strip().splitlines()
    return said.get("License-Expression") or " OR ".join(classified) or (lines[0] if lines else "")


def compatible(stated: str) -> bool:
    """Tell whether code under a licence may be used with GPL-3-or-later; all parts of an AND, one of an OR.

    Examples
    --------
    >>> compatible("BSD-3-Clause AND MIT"), compatible("Proprietary OR MIT"), compatible("Proprietary"), compatible("")
    (True, True, False, False)
    """
    choices = re.split(r" OR ", stated)
    return any(all(_one(part) for part in re.split(r" AND |/", choice)) for choice in choices)


def _one(stated: str) -> bool:
    return bool(COMPATIBLE.fullmatch(re.sub(r"[()]", "", stated).strip().lower()))


def known_holes() -> tuple[bool | None, str]:
    """Ask pip-audit; None if there is no vulnerability database within reach."""
    command = [
        sys.executable,
        "-m",
        "uv",
        "tool",
        "run",
        "pip-audit",
        "--disable-pip",
        "--no-deps",
        "--progress-spinner=off",
    ]
    for lock in LOCKS:
        command += ["--requirement", str(PROJECT / lock)]
    done = subprocess.run(command, capture_output=True, encoding="utf-8", errors="replace", check=False)
    said = done.stdout + done.stderr
    if "No known vulnerabilities found" in said:
        return (None if "could not be audited" in said else True), said  # a mirror may know packages but no holes
    return (False, said) if re.search(r"Found \d+ known vulnerabilit", said) else (None, said)


def main() -> int:
    """Print what was found; 1 if something must be done."""
    names = {name for lock in LOCKS for name in locked(PROJECT / lock)}
    here = sorted(names & installed())
    found = [f"{lock}: {name} is not pinned with checksums" for lock in LOCKS for name in unpinned(PROJECT / lock)]
    found += [*incomplete(names), *(line for lock in LOCKS for line in differing(PROJECT / lock))]
    found += [f"{name}: licence {licence(name)!r}" for name in here if not compatible(licence(name))]
    safe, said = known_holes()
    answers = {True: "No known vulnerabilities.", False: said, None: "No vulnerability database could be reached."}
    whole = ["Locks complete, pinned with checksums; licences compatible with GPL-3."]
    counted = f"{len(names)} packages locked, {len(here)} installed here and looked at."
    sys.stdout.write("\n".join([counted, answers[safe], *(found or whole), ""]))
    return int(bool(found) or safe is False)


if __name__ == "__main__":
    sys.exit(main())
