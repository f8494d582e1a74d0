"""A finished PDF read back as a screen reader does: its structure tree, in order, with the text of each element."""

from __future__ import annotations

import io
import re
import struct
from collections.abc import Iterator, Mapping
from dataclasses import dataclass, replace
from typing import Any

import pikepdf
from pikepdf import Array, Dictionary, Name

SOFT_HYPHEN = "\u00ad"
INVISIBLE = str.maketrans("", "", "\u2060\u200b")
INLINE = ("Span", "Strong", "Em", "Link")
OPERATORS = "BDC BMC EMC Tf Tj TJ cm q Q"
Place = tuple[Any, int]  # (object number of the page, marked-content id)


@dataclass(frozen=True)
class Run:
    """A piece of text in one structure element.

    Parameters
    ----------
    text : str
        As it is read, soft hyphens taken out.
    roles : tuple of str
        Roles from the document down to the element: ('Document', 'P', 'Span').
    block : int
        Which block (paragraph, heading, cell) it belongs to; runs of one block are read in one breath.
    cell : tuple of str, optional
        (table, row, column) if the text is a bound number.
    page : int
        Counted from 1.
    element : int
        Which structure element it belongs to.
    """

    text: str
    roles: tuple[str, ...]
    block: int
    cell: tuple[str, str, str] | None
    page: int
    element: int


@dataclass(frozen=True)
class Drawing:
    """A figure: its alt text and the (text, cell) of each number in it."""

    alt: str
    numbers: tuple[tuple[str, tuple[str, str, str]], ...]


@dataclass(frozen=True)
class Reading:
    """What a finished PDF says."""

    runs: tuple[Run, ...]
    drawings: tuple[Drawing, ...]

    def numbers(self) -> list[Run]:
        """The bound numbers in reading order, each whole, though a line may have broken it in two."""
        whole: list[Run] = []
        for run in self.runs:
            if run.cell is None:
                continue
            if whole and run.element == whole[-1].element:
                run = replace(run, text=whole.pop().text + run.text)
            whole.append(run)
        return whole

    def blocks(self) -> list[tuple[str, str, int]]:
        """(role, text, page) of each paragraph, heading, cell, in reading order; figures are not among them."""
        found: dict[int, tuple[str, int, list[str]]] = {}
        for run in self.runs:
            role = next((role for role in reversed(run.roles) if role not in INLINE), "")
            found.setdefault(run.block, (role, run.page, []))[2].append(run.text)
        return [(role, "".join(texts).strip(), page) for role, page, texts in found.values()]


def read(pdf: bytes) -> Reading:
    """Walk a tagged PDF.

    Raises
    ------
    ValueError
        If it has no structure tree.
    """
    with pikepdf.open(io.BytesIO(pdf)) as document:
        if "/StructTreeRoot" not in document.Root:
            raise ValueError("the PDF is not tagged: it has no structure tree")
        pages: dict[Any, int] = {}
        texts: dict[Place, tuple[str, list[float]]] = {}
        for number, page in enumerate(document.pages, start=1):
            pages[page.objgen] = number
            texts |= {(page.objgen, mcid): found for mcid, found in _page_texts(page).items()}
        walker = _Walker(texts, pages)
        walker.walk(document.Root.StructTreeRoot.K, (), None, None)
        return Reading(tuple(walker.runs), tuple(walker.drawings))


def walk(kids: Any) -> Iterator[Any]:
    """Structure elements in reading order."""
    for kid in kids if isinstance(kids, Array) else [kids]:
        if isinstance(kid, Dictionary) and "/S" in kid:
            yield kid
            if "/K" in kid:
                yield from walk(kid.K)


def attributes(element: Any, owner: str) -> list[Any]:
    """Attribute dictionaries of one owner ('/Layout', '/Table', '/UserProperties')."""
    held = element.get("/A", Array())
    listed = held if isinstance(held, Array) else [held]
    return [a for a in listed if isinstance(a, Dictionary) and a.get("/O") == Name(owner)]


def is_figure(element: Any) -> bool:
    """Whether this is a drawing with an alt text."""
    return element.S == Name.Figure and "/Alt" in element


class _Walker:
    """Collects runs and drawings on one walk through the tree."""

    def __init__(self, texts: Mapping[Place, tuple[str, list[float]]], pages: Mapping[Any, int]) -> None:
        self.texts, self.pages = texts, pages
        self.runs: list[Run] = []
        self.drawings: list[Drawing] = []
        self.block = 0
        self.element = 0
        self.line: float | None = None

    def walk(self, kids: Any, roles: tuple[str, ...], cell: tuple[str, str, str] | None, page: Any) -> None:
        for kid in kids if isinstance(kids, Array) else [kids]:
            if not isinstance(kid, Dictionary):
                self._text(page, int(kid), roles, cell)
            elif "/S" in kid:
                self._element(kid, roles, cell, page)
            elif "/MCID" in kid:
                self._text(kid.get("/Pg", page), int(kid.MCID), roles, cell)

    def _element(self, element: Any, roles: tuple[str, ...], cell: tuple[str, str, str] | None, page: Any) -> None:
        if is_figure(element):
            self.drawings.append(Drawing(str(element.Alt), _alt_numbers(element)))
            return
        role = str(element.S)[1:]
        if role not in INLINE:
            self.block += 1
            self.line = None
        self.element += 1
        bound = _cell(element) or cell
        self.walk(element.get("/K", Array()), (*roles, role), bound, element.get("/Pg", page))

    def _text(self, page: Any, mcid: int, roles: tuple[str, ...], cell: tuple[str, str, str] | None) -> None:
        text, lines = self.texts.get((page.objgen, mcid), ("", []))
        text = text.translate(INVISIBLE)
        if not text:
            return
        previous = self.runs[-1].text if self.runs else ""
        if self.line is not None and lines and abs(lines[0] - self.line) > 1:
            text = _joint(previous, text) + text
            if previous.endswith(SOFT_HYPHEN):
                self.runs[-1] = replace(self.runs[-1], text=previous[:-1])
        self.line = lines[-1] if lines else self.line
        self.runs.append(Run(text, roles, self.block, cell, self.pages[page.objgen], self.element))


def _joint(before: str, after: str) -> str:
    """What stands between two lines of a paragraph: a space, unless a word or a checksum was parted."""
    if re.search(r"(?:^|\s)(?:hmac256:|[0-9a-f]{8})(?:[0-9a-f]{8})*$", before) and re.match("[0-9a-f]{8}", after):
        return ""
    return "" if before.endswith((SOFT_HYPHEN, " ", "\u00a0", "–", "-")) else " "


def _cell(element: Any) -> tuple[str, str, str] | None:
    for attribute in attributes(element, "/UserProperties"):
        held = {str(p.N): str(p.V) for p in attribute.P}
        return held["table"], held["row"], held["column"]
    return None


def _alt_numbers(figure: Any) -> tuple[tuple[str, tuple[str, str, str]], ...]:
    found = []
    for attribute in attributes(figure, "/UserProperties"):
        for entry in attribute.P:
            table, row, column = str(entry.V).split("\n")
            found.append((str(entry.N), (table, row, column)))
    return tuple(found)


def _page_texts(page: Any) -> dict[int, tuple[str, list[float]]]:
    """Text and heights of the lines of each marked piece of content."""
    fonts = {name: _letters(font) for name, font in page.get("/Resources", {}).get("/Font", {}).items()}
    found: dict[int, tuple[str, list[float]]] = {}
    stack: list[tuple[int | None, str | None]] = []
    letters: Mapping[int, str] = {}
    heights = [0.0]
    for instruction in pikepdf.parse_content_stream(page, OPERATORS):
        operands, name = instruction.operands, str(instruction.operator)
        if name == "q":
            heights.append(heights[-1])
        elif name == "Q":
            heights.pop()
        elif name == "cm":
            heights[-1] = float(operands[5])
        elif name in ("BDC", "BMC"):
            stack.append(_mark(operands, stack))
            _replace(found, stack, heights[-1])
        elif name == "EMC":
            stack.pop()
        elif name == "Tf":
            letters = fonts[str(operands[0])]
        elif stack and stack[-1][0] is not None and stack[-1][1] is None:
            _append(found, stack[-1][0], _decoded(operands[0], letters), heights[-1])
    return found


def _mark(operands: Any, stack: list[tuple[int | None, str | None]]) -> tuple[int | None, str | None]:
    """(marked-content id, replacement text) that hold from here on."""
    outer = stack[-1] if stack else (None, None)
    properties = operands[1] if len(operands) > 1 and isinstance(operands[1], Dictionary) else Dictionary()
    mcid = int(properties.MCID) if "/MCID" in properties else outer[0]
    return mcid, str(properties.ActualText) if "/ActualText" in properties else outer[1]


def _replace(
    found: dict[int, tuple[str, list[float]]], stack: list[tuple[int | None, str | None]], height: float
) -> None:
    mcid, replacement = stack[-1]
    is_new = len(stack) < 2 or stack[-2][1] is None
    if mcid is not None and replacement is not None and is_new:
        _append(found, mcid, replacement, height)


def _append(found: dict[int, tuple[str, list[float]]], mcid: int, text: str, height: float) -> None:
    before, heights = found.get(mcid, ("", []))
    if heights and abs(heights[-1] - height) > 1:
        before = before[:-1] if before.endswith(SOFT_HYPHEN) else before + _joint(before, text)
    found[mcid] = before + text, [*heights, height]


def _decoded(operand: Any, letters: Mapping[int, str]) -> str:
    strings = (
        [bytes(part) for part in operand if isinstance(part, pikepdf.String)]
        if isinstance(operand, Array)
        else [bytes(operand)]
    )
    codes = (code for text in strings for code in struct.unpack(f">{len(text) // 2}H", text))
    return "".join(map(letters.__getitem__, codes))


def _letters(font: Any) -> dict[int, str]:
    """Glyph code to letters, from the font's ToUnicode table."""
    table = font.ToUnicode.read_bytes().decode("latin-1")
    found: dict[int, str] = {}
    for section in re.findall(r"beginbfchar(.*?)endbfchar", table, re.DOTALL):
        found |= dict(_pairs(section))
    for section in re.findall(r"beginbfrange(.*?)endbfrange", table, re.DOTALL):
        for first, last, start in re.findall(r"<(\w+)>\s*<(\w+)>\s*<(\w+)>", section):
            base = int(start, 16)
            found |= {code: chr(base + code - int(first, 16)) for code in range(int(first, 16), int(last, 16) + 1)}
    return found


def _pairs(section: str) -> Iterator[tuple[int, str]]:
    for code, letters in re.findall(r"<(\w+)>\s*<(\w+)>", section):
        yield int(code, 16), bytes.fromhex(letters).decode("utf-16-be")
