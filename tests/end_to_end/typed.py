"""Commands as a user types them, in a copy of the project as a ZIP of it would be unpacked."""

import os
import shutil
import subprocess
import sys
from collections.abc import Mapping
from dataclasses import dataclass
from pathlib import Path

PROJECT = Path(__file__).parents[2]
CARRIED = ("jobreport", "params", "data", "notebooks", "requirements.lock", "pyproject.toml", "README.md", "LICENSE")
SETTINGS = (  # a developer's own
    "LC_ALL", "LC_CTYPE", "LANG", "TZ", "PYTHONPATH", "PYTHONUTF8", "PYTHONHASHSEED", "PYTHONDONTWRITEBYTECODE",
)  # fmt: skip


@dataclass(frozen=True)
class Copy:
    """A copy of the project, what is set on its machine, and the Python that runs it."""

    root: Path
    settings: Mapping[str, str]
    interpreter: str = sys.executable

    def run(self, *words: str) -> subprocess.CompletedProcess[str]:
        """Type ``jobreport WORDS`` in the project's folder."""
        return self.python("-m", "jobreport", *words)

    def python(self, *words: str) -> subprocess.CompletedProcess[str]:
        """Run Python with these words in the project's folder."""
        return typed(self.interpreter, *words, folder=self.root, settings=self.settings)

    def output(self, name: str) -> Path:
        """Folder of a report."""
        return self.root / "outputs" / name


def typed(*words: str, folder: Path, settings: Mapping[str, str], umask: int = -1) -> subprocess.CompletedProcess[str]:
    """Run a command in a folder to its end."""
    return subprocess.run(
        words,
        cwd=folder,
        env=clean() | dict(settings),
        umask=umask,
        capture_output=True,
        encoding="utf-8",
        errors="replace",
        timeout=1500,
        check=False,
    )


def clean() -> dict[str, str]:
    """Environment of the machine, without what a developer may have set."""
    return {name: value for name, value in os.environ.items() if name not in SETTINGS}


def copied(root: Path, project: Path = PROJECT) -> Path:
    """Copy a project to a folder that does not exist yet, with what Python has compiled of it."""
    root.mkdir(parents=True)
    for name in CARRIED:
        source = project / name
        if source.is_dir():
            shutil.copytree(source, root / name, ignore=shutil.ignore_patterns(".ipynb_checkpoints"))
        else:
            shutil.copy(source, root)
    return root


def danish(place: Path, encoding: str) -> dict[str, str]:
    """Settings of a Danish machine with this encoding, or of plain ASCII where no such locale can be made."""
    name = f"da_DK.{encoding}"
    compiler = shutil.which("localedef")
    command = [str(compiler), "-f", encoding, "-i", "da_DK", str(place / name)]
    made = compiler is not None and subprocess.run(command, capture_output=True, check=False).returncode == 0
    found = {"LOCPATH": str(place), "LC_ALL": name} if made else {"LC_ALL": "C"}
    return {**found, "PYTHONUTF8": "0", "PYTHONCOERCECLOCALE": "0", "PYTHONIOENCODING": encoding}
