"""The key that checksums of answers are made with: of a small file a plain one would confirm a guess at its answers.

It lies in ``params/`` with those who have the answers, so that they can verify a report, and in no report.
"""

import hmac
import os
import re
import secrets
import time
from collections.abc import Mapping
from contextlib import suppress
from dataclasses import dataclass
from functools import cache
from pathlib import Path
from typing import Any

from jobreport.errors import InputRefused, Problem
from jobreport.setup.params import PARAMS_FOLDER
from jobreport.setup.params_model import Params

PUBLIC = frozenset(
    {"codebook", "register", "jobcentres", "benchmarks", "claims", "earlier", "package", "frozen", "timestamp", "logo"}
)
"""Roles of files that hold nobody's answers, nor how many few persons were asked."""
FILE = "checksum.key"
MADE_WITH = "hmac256:"  # what a checksum begins with that the key was used for; of eight letters, as PDF parts them
NAME = "checksum_key"  # of the fact by which key a report was made
_KEY = re.compile(r"[0-9a-f]{64}\s*")
_PATIENCE = 20  # looks at an empty key, a twentieth of a second apart


@dataclass(frozen=True)
class Key:
    """The key of a project. Where there is none yet (`check` makes none) one is drawn that lasts as the process does.

    Examples
    --------
    >>> from jobreport.setup import params
    >>> survey = {"file": "data/x.csv", "codebook": "params/x-codebook.yml"}
    >>> real = params.Params(name="x", municipality_code="183", survey=survey)
    >>> made_up = params.Params(name="x", municipality_code="183", survey=survey | {"simulated": True})
    >>> Key(made_up).published("survey", "e3b0c442"), Key(real).published("codebook", "e3b0c442")
    ('e3b0c442', 'e3b0c442')
    >>> Key(real).published("survey", "e3b0c442")[:8]
    'hmac256:'
    """

    params: Params

    @property
    def is_needed(self) -> bool:
        """Whether there are answers of real persons."""
        return self.params.survey is not None and not self.params.survey.simulated

    def published(self, role: str, checksum: str) -> str:
        """Return what a report says of a file: its SHA-256, or of answers what only the key can make of that."""
        return checksum if role in PUBLIC or not self.is_needed else MADE_WITH + self._made_of(checksum)

    def facts(self) -> dict[str, str]:
        """Return by what the key is known, which tells nothing of it; nothing where none is needed."""
        return {NAME: self._made_of("jobreport")[:16]} if self.is_needed else {}

    def hold(self) -> None:
        """Make the key, which only its owner can read, unless there is one or none is needed.

        Raises
        ------
        InputRefused
            If none can be written, or what lies there is none.
        """
        if not self.is_needed or self._bytes() is not None:
            return
        path = self._path()
        try:
            with suppress(FileExistsError), open(path, "r+" if path.exists() else "x", opener=_for_owner) as file:
                file.write(f"{secrets.token_hex(32)}\n")
        except OSError as error:
            self._refuse("key_unwritable", {"reason": error.strerror or ""})

    def same_as(self, facts: Mapping[str, Any]) -> None:
        """Refuse to compare with a report, by its facts, whose checksums were made with a key that is not here.

        Raises
        ------
        InputRefused
            With where the report's key is to lie.
        """
        name = facts.get(NAME)
        if name is not None and self.is_needed and (self._bytes() is None or self.facts()[NAME] != name):
            self._refuse("key_other", {"name": str(name)})

    def _made_of(self, text: str) -> str:
        return hmac.new(self._bytes() or _passing(), text.encode(), "sha256").hexdigest()

    def _bytes(self) -> bytes | None:
        # None where there is none, or only the empty file of somebody who was killed writing it.
        held = _held(self._path())
        for _ in range(_PATIENCE):
            if held != "":
                break
            time.sleep(0.05)  # another run may be writing it
            held = _held(self._path())
        if held and _KEY.fullmatch(held) is None:
            self._refuse("key_damaged", {})
        return bytes.fromhex(held.strip()) if held else None

    def _path(self) -> Path:
        folder = self.params.root / PARAMS_FOLDER
        return (folder if folder.is_dir() else self.params.root) / FILE

    def _refuse(self, problem: str, values: Mapping[str, str]) -> None:
        where = self._path().relative_to(self.params.root).as_posix()
        raise InputRefused([Problem(problem, where, values)], self.params.language)


def _held(path: Path) -> str | None:
    try:
        return path.read_text(encoding="ascii")
    except FileNotFoundError:
        return None
    except (OSError, ValueError):
        return "unreadable"


def _for_owner(path: str, flags: int) -> int:
    return os.open(path, flags, 0o600)


@cache
def _passing() -> bytes:
    return secrets.token_bytes(32)
