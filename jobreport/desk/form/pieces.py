"""Pieces of the page: headings, messages, links, images; everything that people wrote is escaped."""

import base64
import io
from collections.abc import Callable, Iterable, Mapping, Sequence
from functools import cache, partial
from html import escape
from pathlib import Path
from typing import Any

import ipywidgets
import traitlets

from jobreport.desk.form.folder import LARGEST_UPLOAD
from jobreport.desk.form.session import Download
from jobreport.domain.texts import texts_of
from jobreport.errors import nameless

COLOUR = "#14375e"
WIDE = ipywidgets.Layout(width="min(100%, 46em)")
LABELS = {"description_width": "16em"}


texts = partial(texts_of, "form")


def heading(text: str, level: int = 2) -> Any:
    """A heading."""
    return ipywidgets.HTML(f"<h{level}>{escape(text)}</h{level}>")


def note(text: str) -> Any:
    """A paragraph."""
    return ipywidgets.HTML(f"<p>{escape(text)}</p>")


def message(head: str, text: str, kind: str) -> str:
    """HTML of what was found or is wrong, read aloud when it appears; `kind` is 'status' or 'alert'."""
    told = f'<pre tabindex="0">{escape(text)}</pre>' if text else ""
    return f'<div role="{kind}" class="said {kind}"><h3>{escape(head)}</h3>{told}</div>'


def refused(head: str, sentences: Sequence[str], place: str) -> str:
    """HTML of what keeps a step from being done; the page moves to the field of this class."""
    told = "".join(f'<li class="sentence">{escape(each)}</li>' for each in sentences)
    return f'<div role="alert" class="said alert" data-focus="{place}"><h3>{escape(head)}</h3><ul>{told}</ul></div>'


def listed(names: Iterable[str]) -> str:
    """HTML of the names of files."""
    told = "".join(f"<li>{escape(name)}</li>" for name in names)
    return f'<ul class="names">{told}</ul>' if told else ""


def details(summary: str, text: str) -> str:
    """HTML of a text that is folded until somebody wants it."""
    return f'<details><summary>{escape(summary)}</summary><pre tabindex="0">{escape(text)}</pre></details>'


def bars(counts: Sequence[tuple[str, int]], longest: int = 0) -> str:
    """HTML of answers with how many gave each, as small bars from the least to the most positive."""
    most = longest or max((count for _, count in counts), default=0) or 1
    rows = "".join(
        f'<tr><th scope="row">{escape(label)}</th><td>{count}</td>'
        f'<td><span class="bar" style="width:{100 * count // most}%"></span></td></tr>'
        for label, count in counts
    )
    return f'<table class="answers">{rows}</table>'


def bar(label: str, count: int, most: int) -> Any:
    """One answer with how many gave it."""
    return ipywidgets.HTML(bars([(label, count)], most))


def failed(failure: Exception, texts: Mapping[str, Any]) -> str:
    """HTML of a failure that nobody foresaw: what it is and where, so that somebody can mend it, and no data."""
    return message(texts["failed_head"], texts["failed"].format(failure=nameless(failure)), "alert")


def unseen(name: str) -> Any:
    """A field that the page fills in and nobody sees."""
    made = ipywidgets.Text(layout=ipywidgets.Layout(display="none"))
    made.add_class(name)
    return made


def told_to_the_page(language: str, session: str) -> Any:
    """What the page must know: its language and session, and what it says of files that it is not to send."""
    words = texts(language)
    said = message(words["refused_head"], words["too_large"].format(largest=LARGEST_UPLOAD // 10**6), "alert")
    return ipywidgets.HTML(
        f'<span data-language="{language}" data-session="{session}" '
        f'data-largest="{LARGEST_UPLOAD}" data-too-large="{escape(said)}"></span>'
    )


def button(text: str) -> Any:
    """A button with enough contrast."""
    made = ipywidgets.Button(description=text, layout=ipywidgets.Layout(width="auto"))
    made.style.button_color, made.style.text_color = COLOUR, "white"
    return made


def lines(label: str, value: str) -> Any:
    """A text of many lines to edit."""
    return ipywidgets.Textarea(value=value, description=label, rows=24, style=LABELS, layout=WIDE)


def menu(label: str, options: Sequence[tuple[str, Any]], value: str | None = None) -> Any:
    """A menu; the first option is chosen unless another is."""
    first = value if value in [code for _, code in options] else options[0][1]
    return ipywidgets.Dropdown(options=options, value=first, description=label, style=LABELS, layout=WIDE)


def column(texts: Mapping[str, str], name: str, shown: str) -> str:
    """A column as a menu has it, with what stands in it where that may be shown."""
    return texts["by_column" if shown else "by_column_alone"].format(column=name, shown=shown)


def several(label: str, options: Sequence[tuple[str, str]]) -> Any:
    """A list of which several can be chosen."""
    return ipywidgets.SelectMultiple(options=options, description=label, rows=6, style=LABELS, layout=WIDE)


def more(shown: str, hidden: str, fields: Callable[[], Sequence[Any]], *, begun: bool = False) -> Any:
    """Fields that are folded, and not even made, until somebody presses a button."""
    opener, inside = button(""), ipywidgets.VBox()
    opener.add_class("quiet")
    made = cache(lambda: tuple(fields()))

    def turn(pressed: object, *, opened: bool | None = None) -> None:
        whether = not inside.children if opened is None else opened
        inside.children = made() if whether else ()
        opener.description = hidden if whether else shown

    opener.on_click(turn)
    turn(None, opened=begun)
    return ipywidgets.VBox([opener, inside])


class Ticks(ipywidgets.VBox):  # type: ignore[misc]
    """Boxes to tick under one heading; its value is what is ticked, in the order of the options."""

    value = traitlets.Tuple()

    def __init__(self, label: str, options: Sequence[tuple[str, str]], value: Iterable[str] = ()) -> None:
        self.boxes = {code: tick(name, code in set(value)) for name, code in options}
        super().__init__([note(label), *self.boxes.values()])
        self.value = self._ticked()
        for box in self.boxes.values():
            box.observe(lambda change: self.set_trait("value", self._ticked()), names="value")
        self.observe(self._shown, names="value")

    def _ticked(self) -> tuple[str, ...]:
        return tuple(code for code, box in self.boxes.items() if box.value)

    def _shown(self, change: Mapping[str, Any]) -> None:
        for code, box in self.boxes.items():
            box.value = code in change["new"]


def tick(label: str, value: bool = False) -> Any:
    """A box to tick."""
    return ipywidgets.Checkbox(value=value, description=label, indent=False, layout=WIDE)


def upload(label: str, accept: str, *, several_files: bool = False) -> Any:
    """A button that takes files."""
    made = ipywidgets.FileUpload(
        description=label, accept=accept, multiple=several_files, layout=ipywidgets.Layout(width="auto")
    )
    made.style.button_color, made.style.text_color = COLOUR, "white"
    return made


def links(downloads: Mapping[str, Download], names: Mapping[str, str]) -> str:
    """HTML of links that hold their files themselves: no server is asked for them."""
    items = [
        f'<li><a download="{escape(file.name)}" href="data:{file.kind};base64,{_base64(file.content)}">'
        f"{escape(names[key])}</a></li>"
        for key, file in downloads.items()
    ]
    return f'<ul class="downloads">{"".join(items)}</ul>'


def images(pages: Sequence[bytes], label: str, page: str) -> str:
    """HTML of the pages of the report, in a box that can be scrolled by keyboard."""
    shown = [
        f'<img alt="{escape(page.format(number=number, all=len(pages)))}" src="data:image/png;base64,{_base64(png)}">'
        for number, png in enumerate(pages, start=1)
    ]
    return f'<div class="pages" role="region" tabindex="0" aria-label="{escape(label)}">{"".join(shown)}</div>'


def pictures(pdf: Path, width: int = 700) -> list[bytes]:
    """Every page of a PDF as a PNG image of this width in pixels."""
    import pypdfium2  # (only where there is a report)

    images = []
    with pypdfium2.PdfDocument(pdf) as document:
        for page in document:
            held = io.BytesIO()
            page.render(scale=width / page.get_width()).to_pil().save(held, "PNG", optimize=True)
            images.append(held.getvalue())
    return images


def front(pages: Sequence[bytes], label: str) -> str:
    """HTML of the front page of the report as a picture."""
    shown = "".join(f'<img alt="{escape(label)}" src="data:image/png;base64,{_base64(png)}">' for png in pages)
    return f'<div class="front">{shown}</div>'


def verdict(head: str, first: str, rest: str, more: str) -> str:
    """HTML of what the check says: its first line, and the rest folded."""
    folded = details(more, rest) if rest else ""
    return f'<div role="status" class="said status"><h3>{escape(head)}</h3><p>{escape(first)}</p>{folded}</div>'


def progress(label: str, step: int, steps: int, told: str) -> str:
    """HTML of a bar with what is being done."""
    return (
        f'<p role="status"><progress aria-label="{escape(label)}" value="{step}" max="{steps + 1}"></progress> '
        f"{escape(told)}</p>"
    )


def _base64(content: bytes) -> str:
    return base64.b64encode(content).decode("ascii")
