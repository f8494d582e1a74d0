"""A finished PDF read back as a screen reader does: its structure tree, in order, with the text of each element."""

import hashlib
import io
import json
import re
import struct
from collections.abc import Iterator, Mapping
from dataclasses import dataclass, replace
from operator import itemgetter
from typing import Any

import pikepdf
from pikepdf import Array, Dictionary, Stream

SOFT_HYPHEN = "\u00ad"
INVISIBLE = str.maketrans("", "", "\u2060\u200b")
INLINE = ("Span", "Strong", "Em", "Link")
OPERATORS = "BDC BMC EMC Tf Tj TJ cm q Q"
_ESCAPED = rb"\\(?:[0-3][0-7]{2}|[nrtbf()\\])"
_STRING = rb"\((?:[^()\\\r]++|%b|\((?:[^()\\\r]++|%b)*+\))*+\)" % (_ESCAPED, _ESCAPED)
_OPERANDS = rb"(?:[ \n\d.-]++|/[^][ \n()<>{}/%%]++|%b|<[\da-fA-F]*+>|<<|>>|[][]|true|false|null)*+" % _STRING
_ENDS = rb"(?=[][ \n/(<]|\Z)"
_OF_TEXT = rb"(BDC|BMC|EMC|T[Jfj]|[Qq]|cm)" + _ENDS
_OTHER = rb"(?:[BMJSWcdfhjlmnvwy]|[BWf]\*|BT|CS|Do|ET|SCN|T[mr]|cs|gs|re|scn|sh)" + _ENDS
INSTRUCTION = re.compile(
    rb"(?:%b%b)*+(?:(%b)%b|%b\Z|([\x00-\xff]))" % (_OPERANDS, _OTHER, _OPERANDS, _OF_TEXT, _OPERANDS)
)
"""The next of `OPERATORS` as Typst writes them, with its operands; or third, a letter that Typst writes nowhere.

A parser of everything that a PDF may hold takes three times as long, and is asked where there is such a letter.
"""
Place = tuple[str, int]  # (how the page is referred to, marked-content id)
Said = dict[int, tuple[str, list[float]]]  # marked-content id -> text, and the heights of its lines
Cell = tuple[str, str, str]  # (table, row, column)
Mark = tuple[int | None, str | None]  # (marked-content id, what is said instead)
REFERENCE = ""
"""Under this key, which no PDF has, an element of the structure holds how others refer to it."""


@dataclass(frozen=True)
class Run:
    """A piece of text in one structure element."""

    text: str  # as it is read, soft hyphens taken out
    roles: tuple[str, ...]  # roles from the document down to the element: ('Document', 'P', 'Span')
    block: int  # which block (paragraph, heading, cell) it belongs to; runs of one block are read in one breath
    cell: Cell | None  # if the text is a bound number
    page: int  # counted from 1
    element: int  # which structure element it belongs to


@dataclass(frozen=True)
class Drawing:
    """A figure: its alt text and the (text, cell) of each number in it."""

    alt: str
    numbers: tuple[tuple[str, Cell], ...]


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


def read(pdf: bytes, known: Mapping[bytes, Said] = {}) -> Reading:
    """Walk a tagged PDF; ``known``: what pages of the same bytes say, as `said` found it.

    Raises
    ------
    ValueError
        If it has no structure tree.
    """
    with pikepdf.open(io.BytesIO(pdf)) as document:
        if "/StructTreeRoot" not in document.Root:
            raise ValueError("the PDF is not tagged: it has no structure tree")
        pages: dict[str, int] = {}
        texts: dict[Place, tuple[str, list[float]]] = {}
        fonts: dict[Any, Mapping[int, str]] = {}
        for number, page in enumerate(document.pages, start=1):
            name = reference(page.obj)
            pages[name] = number
            held = known.get(_bytes_of(page)) if known else None
            texts |= {(name, mcid): found for mcid, found in (held or _page_texts(page, fonts)).items()}
        tree = Tree(document)
        walker = _Walker(tree, texts, pages)
        walker.walk(tree.root, (), None, "")
        return Reading(tuple(walker.runs), tuple(walker.drawings))


def said(pdf: bytes) -> dict[bytes, Said]:
    """Find what the pages of a PDF say, each under the checksum of the bytes that say it."""
    fonts: dict[Any, Mapping[int, str]] = {}
    with pikepdf.open(io.BytesIO(pdf)) as document:
        return {_bytes_of(page): _page_texts(page, fonts) for page in document.pages}


def _bytes_of(page: Any) -> bytes:
    letters = {name: font.ToUnicode.read_bytes() for name, font in page.get("/Resources", {}).get("/Font", {}).items()}
    return hashlib.sha256(repr(letters).encode() + page.obj.Contents.read_bytes()).digest()


def reference(held: Any) -> str:
    """How other objects of a PDF refer to this one."""
    number, generation = held.objgen
    return f"{number} {generation} R"


def object_of(document: pikepdf.Pdf, element: Mapping[str, Any]) -> Any:
    """The object of a PDF that an element of its `Tree` was read from."""
    number, generation, _ = element[REFERENCE].split()
    return document.get_object(int(number), int(generation))


class Tree:
    """The structure of a tagged PDF as plain data: one walk through it takes a tenth of one through its objects."""

    def __init__(self, document: pikepdf.Pdf) -> None:
        held = [each for each in document.objects if isinstance(each, (Dictionary, Array))]
        plain = json.loads(b"[%b]" % b",".join(each.to_json(dereference=True) for each in held))
        self._held = {reference(each): found for each, found in zip(held, plain, strict=True)}
        for name, found in self._held.items():
            if isinstance(found, dict):
                found[REFERENCE] = name
        self.root: dict[str, Any] = self._held[reference(document.Root.StructTreeRoot)]

    def kids(self, element: Mapping[str, Any]) -> list[Any]:
        """What stands right below an element: elements, and the numbers and places of marked content."""
        held = self._named(element.get("/K", []))
        return [self._named(kid) for kid in held] if isinstance(held, list) else [held]

    def _named(self, held: Any) -> Any:
        return self._held.get(held, held) if isinstance(held, str) else held

    def elements(self, above: Mapping[str, Any]) -> Iterator[dict[str, Any]]:
        """The elements right below one."""
        return (kid for kid in self.kids(above) if isinstance(kid, dict) and "/S" in kid)

    def walk(self, above: Mapping[str, Any]) -> Iterator[dict[str, Any]]:
        """All elements below one, in reading order."""
        for kid in self.elements(above):
            yield kid
            yield from self.walk(kid)


def attributes(element: Mapping[str, Any], owner: str) -> list[dict[str, Any]]:
    """Attribute dictionaries of one owner ('/Layout', '/Table', '/UserProperties')."""
    held = element.get("/A", [])
    return [each for each in (held if isinstance(held, list) else [held]) if each.get("/O") == owner]


def is_figure(element: Mapping[str, Any]) -> bool:
    """Whether this is a drawing with an alt text."""
    return element["/S"] == "/Figure" and "/Alt" in element


def _said(written: str) -> str:
    # A text as it is meant: after 'u:' as it is, after 'b:' in the bytes that stand in the file.
    return written[2:] if written.startswith("u:") else str(pikepdf.String(bytes.fromhex(written[2:])))


class _Walker:
    def __init__(self, tree: Tree, texts: Mapping[Place, tuple[str, list[float]]], pages: Mapping[str, int]) -> None:
        self.tree, self.texts, self.pages = tree, texts, pages
        self.runs: list[Run] = []
        self.drawings: list[Drawing] = []
        self.block = 0
        self.element = 0
        self.line: float | None = None

    def walk(self, above: Mapping[str, Any], roles: tuple[str, ...], cell: Cell | None, page: str) -> None:
        for kid in self.tree.kids(above):
            if isinstance(kid, int):
                self._text(page, kid, roles, cell)
            elif "/S" in kid:
                self._element(kid, roles, cell, page)
            elif "/MCID" in kid:
                self._text(kid.get("/Pg", page), kid["/MCID"], roles, cell)

    def _element(self, element: Mapping[str, Any], roles: tuple[str, ...], cell: Cell | None, page: str) -> None:
        if is_figure(element):
            self.drawings.append(Drawing(_said(element["/Alt"]), _alt_numbers(element)))
            return
        role = element["/S"][1:]
        if role not in INLINE:
            self.block += 1
            self.line = None
        self.element += 1
        self.walk(element, (*roles, role), _cell(element) or cell, element.get("/Pg", page))

    def _text(self, page: str, mcid: int, roles: tuple[str, ...], cell: Cell | None) -> None:
        text, lines = self.texts.get((page, mcid), ("", []))
        text = text.translate(INVISIBLE)
        if not text:
            return
        previous = self.runs[-1].text if self.runs else ""
        if self.line is not None and lines and abs(lines[0] - self.line) > 1:
            text = _joint(previous, text) + text
            if previous.endswith(SOFT_HYPHEN):
                self.runs[-1] = replace(self.runs[-1], text=previous[:-1])
        self.line = lines[-1] if lines else self.line
        self.runs.append(Run(text, roles, self.block, cell, self.pages[page], self.element))


def _joint(before: str, after: str) -> str:
    # What stands between two lines of a paragraph: a space, unless a word or a checksum was parted.
    if re.search(r"(?:^|\s)(?:hmac256:|[0-9a-f]{8})(?:[0-9a-f]{8})*$", before) and re.match("[0-9a-f]{8}", after):
        return ""
    return "" if before.endswith((SOFT_HYPHEN, " ", "\u00a0", "–", "-")) else " "


def _cell(element: Mapping[str, Any]) -> Cell | None:
    for attribute in attributes(element, "/UserProperties"):
        held = {_said(each["/N"]): _said(each["/V"]) for each in attribute["/P"]}
        return held["table"], held["row"], held["column"]
    return None


def _alt_numbers(figure: Mapping[str, Any]) -> tuple[tuple[str, Cell], ...]:
    found = []
    for attribute in attributes(figure, "/UserProperties"):
        for entry in attribute["/P"]:
            table, row, column = _said(entry["/V"]).split("\n")
            found.append((_said(entry["/N"]), (table, row, column)))
    return tuple(found)


def _page_texts(page: Any, known: dict[Any, Mapping[int, str]]) -> Said:
    fonts = {name: _letters(font, known) for name, font in page.get("/Resources", {}).get("/Font", {}).items()}
    found: Said = {}
    stack: list[Mark] = []
    letters: Mapping[int, str] = {}
    heights = [0.0]
    for operands, name, _ in instructions(page):
        if name == b"q":
            heights.append(heights[-1])
        elif name == b"Q":
            heights.pop()
        elif name == b"cm":
            heights[-1] = float(operands.split()[5])
        elif name in (b"BDC", b"BMC"):
            stack.append(_mark(operands, stack))
            _replace(found, stack, heights[-1])
        elif name == b"EMC":
            stack.pop()
        elif name == b"Tf":
            letters = fonts[operands.split()[0].decode()]
        elif stack and stack[-1][0] is not None and stack[-1][1] is None:
            _append(found, stack[-1][0], _decoded(pikepdf.Object.parse(operands), letters), heights[-1])
    return found


def instructions(page: Any) -> list[tuple[bytes, bytes, bytes]]:
    """Operands and operator of what places text on a page."""
    content = page.obj.Contents
    found = INSTRUCTION.findall(content.read_bytes()) if isinstance(content, Stream) else []
    if not found or any(map(itemgetter(2), found)):
        found = INSTRUCTION.findall(pikepdf.unparse_content_stream(pikepdf.parse_content_stream(page, OPERATORS)))
    return [each for each in found if each[1]]


def _mark(operands: bytes, stack: list[Mark]) -> Mark:
    outer = stack[-1] if stack else (None, None)
    begin = operands.find(b"<<")
    if begin < 0:
        return outer
    properties = pikepdf.Object.parse(operands[begin:])
    if "/Alt" in properties:  # a drawing, which is told by its alt text
        return None, None
    mcid = int(properties.MCID) if "/MCID" in properties else outer[0]
    return mcid, str(properties.ActualText) if "/ActualText" in properties else outer[1]


def _replace(found: Said, stack: list[Mark], height: float) -> None:
    mcid, replacement = stack[-1]
    is_new = len(stack) < 2 or stack[-2][1] is None
    if mcid is not None and replacement is not None and is_new:
        _append(found, mcid, replacement, height)


def _append(found: Said, mcid: int, text: str, height: float) -> None:
    before, heights = found.get(mcid, ("", []))
    if heights and abs(heights[-1] - height) > 1:
        before = before[:-1] if before.endswith(SOFT_HYPHEN) else before + _joint(before, text)
    found[mcid] = before + text, [*heights, height]


def _decoded(operand: Any, letters: Mapping[int, str]) -> str:
    parts = operand if isinstance(operand, Array) else [operand]
    text = b"".join(bytes(part) for part in parts if isinstance(part, pikepdf.String))
    return "".join(map(letters.__getitem__, struct.unpack(f">{len(text) // 2}H", text)))


def _letters(font: Any, known: dict[Any, Mapping[int, str]]) -> Mapping[int, str]:
    if font.objgen not in known:
        known[font.objgen] = _table_of(font)
    return known[font.objgen]


def _table_of(font: Any) -> dict[int, str]:
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
