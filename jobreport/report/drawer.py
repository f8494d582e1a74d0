"""Sections drawn by a second process, from the last on, while the kernel draws them from the first on.

Both are forked from one parent and do the same work to the same bytes, so that it does not matter who did which. A
token for each section lies in a pipe, and who begins one takes a token: when there is none left, every section is
somebody's. What the second process has drawn the kernel takes; what it has not when it ends, for whatever reason, the
kernel draws itself.
"""

from __future__ import annotations

import multiprocessing
import os
import warnings
from collections.abc import Callable
from concurrent.futures import ThreadPoolExecutor
from functools import wraps
from typing import Any

from jobreport.page import Block

DRAWN = (
    *("front", "each_indicator", "groups", "before_after", "response_basis", "comparison", "priorities"),
    *("register", "register_others", "published", "before_after_checks", "comparison_checks", "register_event"),
    "details",
)
"""Sections that take long, in the order in which the notebook shows them: those with figures, and the long tables."""


class Drawer:
    """The way from the process that draws beside to the kernel that shows.

    Attributes
    ----------
    opened
        The sections of both, where a run has handed its results to the one they are forked from.
    """

    def __init__(self) -> None:
        self.opened: object = None
        self._shows = False
        self._tokens, filling = os.pipe()
        os.write(filling, bytes(len(DRAWN)))
        os.close(filling)  # nobody waits for another token
        self._received, self._sent = multiprocessing.Pipe(duplex=False)
        self._taken = 0
        self._made: dict[str, Block] = {}

    def close(self) -> None:
        """Leave the way to the two who use it."""
        os.close(self._tokens)
        self._received.close()
        self._sent.close()

    def receive(self) -> None:
        """Be the kernel's end from now on."""
        self._sent.close()
        self._shows = True
        _given[:] = [self]

    def draw(self, sections: object) -> None:
        """Draw the last sections that nobody has begun, and hand them over, until there is none or one is warned of.

        What a library warns of is told where a cell is executed, so the kernel shall meet it itself.
        """
        self._received.close()
        with ThreadPoolExecutor(1) as aside:  # (the kernel takes them when it has come so far)
            for name in reversed(DRAWN):
                if not os.read(self._tokens, 1):
                    return
                with warnings.catch_warnings(record=True) as warned:
                    (block := getattr(sections, name)())._repr_mimebundle_()  # (it keeps what it shows on its way)
                if warned:
                    return
                aside.submit(self._sent.send, (name, block))

    def made(self, name: str) -> Block | None:
        """Return a section that was drawn beside; None where the kernel is to draw it, now or after all."""
        while self._shows and self._taken <= DRAWN.index(name):
            if not os.read(self._tokens, 1):
                return self._handed(name)
            self._taken += 1
        return None

    def _handed(self, name: str) -> Block | None:
        try:
            while name not in self._made:
                made, block = self._received.recv()
                self._made[made] = block
        except (EOFError, OSError):  # it has ended
            return None
        return self._made[name]


_given: list[Drawer] = []


def given() -> Drawer | None:
    """Return the kernel's end of the way, in a kernel beside which somebody draws.

    Examples
    --------
    >>> given() is None
    True
    """
    return _given[0] if _given else None


def drawn(own: Callable[[Any], Block]) -> Callable[[Any], Block]:
    """Let a section be taken from whoever has drawn it beside.

    Examples
    --------
    >>> class Sections:
    ...     drawer = None
    ...     @drawn
    ...     def front(self):
    ...         return "drawn here"
    >>> Sections().front()
    'drawn here'
    """

    @wraps(own)
    def shown(sections: Any) -> Block:
        made = None if sections.drawer is None else sections.drawer.made(own.__name__)
        return own(sections) if made is None else made

    return shown
