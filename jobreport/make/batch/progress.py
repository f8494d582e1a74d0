"""What a batch shows while it runs: a line that moves on a terminal, and a log that a person can read."""

from __future__ import annotations

import time
from collections import Counter
from collections.abc import Iterator
from contextlib import contextmanager
from datetime import datetime
from functools import partial
from pathlib import Path

from rich.console import Console
from rich.progress import BarColumn, Progress, TextColumn, TimeRemainingColumn

from jobreport.domain.texts import texts_of
from jobreport.make.batch.worker import FAILED, KEPT, MADE, REFUSED, Outcome

texts = partial(texts_of, "batch")


class Follower:
    """Counts reports and tells of each as it comes."""

    def __init__(self, log: Path, workers: int, language: str = "da") -> None:
        self._texts, self._log, self._workers = texts(language), log, workers
        self._began = time.monotonic()
        self._planned = 0
        self.counts: Counter[str] = Counter()
        self._bar = Progress(
            TextColumn("{task.description}"), BarColumn(), TimeRemainingColumn(), console=Console(stderr=True)
        )
        self._task = self._bar.add_task("", total=None)

    @contextmanager
    def shown(self) -> Iterator[None]:
        """Show the moving line while the block runs; it needs a terminal, the log does not."""
        try:
            with self._bar:
                yield
        except KeyboardInterrupt:
            self._write(self._texts["interrupted"])
            self._bar.console.print(self._texts["interrupted"])
            raise

    def planned(self, count: int) -> None:
        """More reports are to come, or to be refused."""
        self._planned += count
        self._bar.update(self._task, total=self._planned)
        self._moved()

    def done(self, outcome: Outcome) -> None:
        """One report has come to its end."""
        self.counts[outcome.status] += 1
        line = self._texts["line"][outcome.status].format(seconds=round(outcome.seconds, 1))
        self._write(f"{outcome.name}: {line}")
        for reason in outcome.reason.splitlines():
            self._write(f"    {reason}")
        self._moved()

    def end(self, index: Path) -> str:
        """Say how it all went."""
        counts = {status: self.counts[status] for status in (MADE, KEPT, REFUSED, FAILED)}
        minutes = round((time.monotonic() - self._began) / 60, 1)
        line = str(self._texts["end"].format(**counts, minutes=minutes, index=index.as_posix()))
        self._write(line)
        return line

    def _moved(self) -> None:
        done = self.counts.total()
        failed = self.counts[REFUSED] + self.counts[FAILED]
        minutes = (time.monotonic() - self._began) / 60
        told = {
            "done": done - failed,
            "running": max(min(self._workers, self._planned - done), 0),
            "failed": failed,
            "pace": round(done / minutes, 1) if minutes > 0 else 0,
        }
        self._bar.update(self._task, completed=done, description=self._texts["bar"].format(**told))

    def _write(self, line: str) -> None:
        now = datetime.now().astimezone().strftime("%H:%M:%S")
        with self._log.open("a", encoding="utf-8", newline="\n") as file:
            file.write(f"{now} {line}\n")
