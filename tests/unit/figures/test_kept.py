"""Matplotlib asked once instead of nine times draws the same bytes, and is left as it was."""

from contextlib import nullcontext

import pytest
from matplotlib.figure import Figure as Drawing

from jobreport.figures import kept, narrow, style


def both_widths() -> tuple[str, str]:
    with style.page(60) as drawing:
        return _drawn(drawing)


def _drawn(drawing: Drawing) -> tuple[str, str]:
    for axes in drawing.subplots(2, 2, squeeze=False, height_ratios=(2, 1)).flat:
        axes.plot([0, 1, 2], [0, 1234, 3])
        axes.set_title("procentpoint")
        axes.set_yticks([0, 1], ["en lang etiket", "b"])
        style.number_axis(axes, "x", "da", sign=True)
        axes.annotate("Ringkøbing-\nSkjern", (2, 3), xytext=(10, 0), textcoords="offset points", annotation_clip=False)
    return style.svg(drawing, "SIMULERET"), narrow.svg(drawing, "SIMULERET")


@pytest.mark.dear
def test_a_drawing_has_the_bytes_that_matplotlib_alone_gives(monkeypatch: pytest.MonkeyPatch) -> None:
    with_answers_kept = both_widths()
    monkeypatch.setattr(kept, "answers", nullcontext)
    assert with_answers_kept == both_widths()


def test_matplotlib_is_as_it_was_even_after_an_error() -> None:
    def now() -> list[object]:
        return [vars(owner)[name] for owner, name, _ in kept._ASKED]

    def fail() -> None:
        with kept.answers():
            assert not {*now()} & {*before}
            both_widths()
            raise ZeroDivisionError

    before = now()
    with pytest.raises(ZeroDivisionError):
        fail()
    assert now() == before
    assert not kept._of_places


def test_this_matplotlib_has_every_method_whose_answer_is_kept() -> None:
    assert len(kept._OWN) == len(kept._ASKED)


def test_words_are_not_kept_without_end(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(kept, "MOST_WORDS", 3)
    kept._of_words.clear()
    both_widths()
    assert len(kept._of_words) <= 4
