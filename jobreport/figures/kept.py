"""Answers of matplotlib that hold as long as nothing in a drawing moves: asked nine times, given once.

To place a panel and to draw it matplotlib lays its ticks out and measures their words again at every turn, and every
word anew although it stands in both widths. It gives the same answer each time; where it is kept, a drawing of the same
bytes takes three quarters of the time.
"""

from collections.abc import Callable, Iterator
from contextlib import contextmanager
from functools import wraps
from typing import Any

from matplotlib.axis import Axis, XAxis, YAxis
from matplotlib.font_manager import FontManager, FontProperties
from matplotlib.text import Text

Method = Callable[..., Any]
_of_places: dict[tuple[Any, ...], Any] = {}  # until something moves
_of_words: dict[tuple[Any, ...], Any] = {}  # for good: a word in a typeface is as long wherever it stands
MOST_WORDS = 10_000  # of a report some 500


def _while_nothing_moves(asked: Method) -> Method:
    @wraps(asked)
    def kept(axis: Axis, *given: Any, **named: Any) -> Any:
        key = asked, axis, *named.items()
        if key not in _of_places:
            _of_places[key] = asked(axis, *given, **named)
        return _of_places[key]

    return kept


def _for_each_word(asked: Method) -> Method:
    @wraps(asked)
    def kept(text: Text, renderer: Any) -> Any:
        if text.get_wrap() or text.get_usetex():  # (what is wrapped depends on where it stands)
            return asked(text, renderer)
        return _once((type(renderer), *_said(text)), lambda: asked(text, renderer))

    return kept


def _for_each_typeface(asked: Method) -> Method:
    @wraps(asked)
    def kept(manager: FontManager, prop: FontProperties, *given: Any, **named: Any) -> Any:
        return _once((hash(prop), *given, *named.items()), lambda: asked(manager, prop, *given, **named))

    return kept


def _once(key: tuple[Any, ...], ask: Callable[[], Any]) -> Any:
    if key not in _of_words:
        if len(_of_words) >= MOST_WORDS:
            _of_words.clear()
        _of_words[key] = ask()
    return _of_words[key]


def _said(text: Text) -> tuple[Any, ...]:
    face, root = text.get_fontproperties(), text.get_figure(root=True)
    return (
        *(text.get_text(), face.get_size(), face.get_weight(), face.get_style(), *face.get_family()),
        *(text.get_rotation(), text.get_rotation_mode(), text.get_horizontalalignment(), text.get_verticalalignment()),
        *(text._linespacing, text._get_multialignment(), text.get_parse_math(), root and root.dpi),  # type: ignore[attr-defined]
    )


_ASKED: tuple[tuple[type, str, Callable[[Method], Method]], ...] = (
    (Text, "_get_layout", _for_each_word),
    (FontManager, "_find_fonts_by_props", _for_each_typeface),
    (Axis, "_update_ticks", _while_nothing_moves),
    (Axis, "_get_ticklabel_bboxes", _while_nothing_moves),
    (Axis, "get_tightbbox", _while_nothing_moves),
    (XAxis, "_update_label_position", _while_nothing_moves),
    (YAxis, "_update_label_position", _while_nothing_moves),
)
_OWN = [(owner, name, keep, vars(owner)[name]) for owner, name, keep in _ASKED if name in vars(owner)]
"""Matplotlib's own, as far as it has them: they are no part of what it promises."""


@contextmanager
def answers() -> Iterator[None]:
    """Keep matplotlib's answers inside; afterwards everything asks matplotlib itself again.

    Examples
    --------
    >>> own = Text._get_layout
    >>> with answers():
    ...     Text._get_layout is own
    False
    >>> Text._get_layout is own
    True
    """
    moved()
    for owner, name, keep, own in _OWN:
        setattr(owner, name, keep(own))
    try:
        yield
    finally:
        for owner, name, _, own in _OWN:
            setattr(owner, name, own)
        moved()


def moved() -> None:
    """Forget what held as long as nothing moved; to be called when a panel has got another place.

    Examples
    --------
    >>> moved()
    """
    _of_places.clear()
