"""A logo, SVG or PNG, read as what a stranger may have made: nothing in it runs, reaches out or fills a machine."""

import base64
import math
import re
import struct
import zlib
from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from typing import Any

from jobreport.errors import Problem
from jobreport.intake.formats.content import Content

KILOBYTES = 300
LEAST_PIXELS, MOST_PIXELS = 100, 4_000  # of the longer side of a PNG
TALLEST, WIDEST = 0.25, 8.0  # width by height
ELEMENTS = 5_000
SVG = "http://www.w3.org/2000/svg"
_SHAPES = ("path", "rect", "circle", "ellipse", "line", "polyline", "polygon")
_KNOWN = frozenset(("svg", "g", "defs", "style", *_SHAPES, "linearGradient", "radialGradient", "stop", "clipPath"))
_UNSEEN = frozenset({"title", "desc", "metadata"})
_REACHES_OUT = re.compile(
    r"url\(\s*['\"]?\s*(?!#)|image(?:-set)?\(|\bsrc\(|@|\\|javascript:|expression\(", re.IGNORECASE
)
_NUMBER = re.compile(r"([0-9]+\.?[0-9]*|\.[0-9]+)(px|pt|mm|cm)?")
_SIGNATURE = b"\x89PNG\r\n\x1a\n"
_KEPT = (b"IHDR", b"PLTE", b"tRNS", b"IDAT", b"IEND")  # what a picture needs; the rest may tell of its maker
_SAMPLES = {0: 1, 2: 3, 3: 1, 4: 2, 6: 4}  # of a pixel, by kind of colour
_DEPTHS = {0: (1, 2, 4, 8, 16), 2: (8, 16), 3: (1, 2, 4, 8), 4: (8, 16), 6: (8, 16)}


@dataclass(frozen=True)
class Logo:
    """A logo that may be shown: its media type and its bytes, cleaned."""

    kind: str
    data: bytes

    @property
    def uri(self) -> str:
        """The logo as an address that holds it."""
        return f"data:{self.kind};base64,{base64.b64encode(self.data).decode('ascii')}"


class _Refused(Exception):
    def __init__(self, key: str, **facts: object) -> None:
        super().__init__(key)
        self.key, self.facts = key, facts


def read(content: Content, where: str) -> tuple[Logo | None, list[Problem]]:
    """Read a logo; None with the reason where it may not be shown.

    Examples
    --------
    >>> drawn = b'<svg xmlns="http://www.w3.org/2000/svg" viewBox="0 0 2 1"><path d="M0 0"/></svg>'
    >>> read(Content("logo.svg", drawn, None, {}), "logo.svg")[0].kind
    'image/svg+xml'
    >>> read(Content("logo.svg", drawn.replace(b"path", b"script"), None, {}), "logo.svg")[1][0].key
    'logo_active'
    """
    try:
        if len(content.data) > KILOBYTES * 1000:
            raise _Refused("logo_large", size=math.ceil(len(content.data) / 1000), largest=KILOBYTES)
        if content.data.startswith(_SIGNATURE):
            return Logo("image/png", _png(content.data)), []
        return Logo("image/svg+xml", _svg(content.data)), []
    except _Refused as refused:
        return None, [Problem(refused.key, where, refused.facts)]


def _svg(data: bytes) -> bytes:
    from lxml import etree  # (takes long to import, and few have a logo)

    if b"<!ENTITY" in data:
        raise _Refused("logo_active", what="<!ENTITY>")
    parser = etree.XMLParser(resolve_entities=False, no_network=True, remove_comments=True, remove_pis=True)
    try:
        root = etree.fromstring(data, parser)
    except (etree.XMLSyntaxError, ValueError):
        raise _Refused("logo_unreadable") from None
    if root.tag != f"{{{SVG}}}svg":
        raise _Refused("logo_unreadable")
    _clean(root)
    width, height = _drawn_size(root)
    _shaped(width, height)
    return bytes(etree.tostring(root, encoding="utf-8", with_tail=False))


def _clean(root: Any) -> None:
    # Drop what a drawing program notes for itself and what nobody sees; refuse what is more than a drawing.
    for number, element in enumerate(list(root.iter())):
        space, _, name = str(element.tag).rpartition("}")
        if number >= ELEMENTS:
            raise _Refused("logo_many", largest=ELEMENTS)
        if name in _UNSEEN or space != f"{{{SVG}":
            element.getparent().remove(element)
            continue
        if name not in _KNOWN:
            raise _Refused("logo_active", what=f"<{name}>")
        for attribute, value in element.items():
            _judge(attribute, value)
            if attribute.startswith("{"):
                del element.attrib[attribute]
        if name == "style" and _REACHES_OUT.search(element.text or ""):
            raise _Refused("logo_active", what="<style>")


def _judge(attribute: str, value: str) -> None:
    name = attribute.rpartition("}")[2]
    if name.lower().startswith("on") or name.lower() in ("href", "src") or _REACHES_OUT.search(value):
        raise _Refused("logo_active", what=f"{name}=")


def _drawn_size(root: Any) -> tuple[float, float]:
    box = re.split(r"[\s,]+", (root.get("viewBox") or "").strip())
    if box == [""]:
        said = [_NUMBER.fullmatch(root.get(name, "").strip()) for name in ("width", "height")]
        box = ["0", "0", *(found[1] for found in said if found)]
        root.set("viewBox", " ".join(box))
    try:
        _, _, width, height = map(float, box)
    except ValueError:
        raise _Refused("logo_without_size") from None
    for name in ("width", "height"):
        root.attrib.pop(name, None)
    return width, height


def _shaped(width: float, height: float) -> None:
    if not (math.isfinite(width) and math.isfinite(height) and width > 0 and height > 0):
        raise _Refused("logo_without_size")
    if not TALLEST <= width / height <= WIDEST:
        raise _Refused("logo_shape", width=f"{width:g}", height=f"{height:g}")


def _png(data: bytes) -> bytes:
    parts = [part for part in _chunks(data) if part[0] in _KEPT]
    names = [name for name, _ in parts]
    there = [name for name in _KEPT if name in names]
    if list(dict.fromkeys(names)) != there or not {b"IHDR", b"IDAT", b"IEND"} <= set(there) or len(parts[0][1]) != 13:
        raise _Refused("logo_unreadable")
    width, height, depth, kind, compressed, filtered, interlaced = struct.unpack(">IIBBBBB", parts[0][1])
    if depth not in _DEPTHS.get(kind, ()) or compressed or filtered or interlaced or (kind == 3) > (b"PLTE" in names):
        raise _Refused("logo_unreadable")
    if not LEAST_PIXELS <= max(width, height) <= MOST_PIXELS:
        facts = {"width": width, "height": height, "smallest": LEAST_PIXELS, "largest": MOST_PIXELS}
        raise _Refused("logo_pixels", **facts)
    _shaped(width, height)
    _coloured([part for part in parts if part[0] != b"IDAT"], kind, depth)
    stride = 1 + (width * _SAMPLES[kind] * depth + 7) // 8
    _filled(b"".join(body for name, body in parts if name == b"IDAT"), stride, height)
    return _SIGNATURE + b"".join(_chunk(name, body) for name, body in parts)


def _coloured(parts: Sequence[tuple[bytes, bytes]], kind: int, depth: int) -> None:
    # Refuse parts that stand twice, and colours that are none: what prints the picture ends in a panic at them.
    sizes = {name: len(body) for name, body in parts}
    colours, rest = divmod(sizes.get(b"PLTE", 3), 3)
    clear = {0: (2,), 2: (6,), 3: range(1, colours + 1)}.get(kind, ())
    twice = len(sizes) < len(parts)
    if twice or rest or not 1 <= colours <= 2 ** min(depth, 8) or (kind in (0, 4) and b"PLTE" in sizes):
        raise _Refused("logo_unreadable")
    if b"tRNS" in sizes and sizes[b"tRNS"] not in clear:
        raise _Refused("logo_unreadable")


def _filled(packed: bytes, stride: int, height: int) -> None:
    # Refuse pixels that are not those the picture says it has, however much they would unpack to.
    try:
        pixels = zlib.decompressobj().decompress(packed, stride * height + 1)
    except zlib.error:
        raise _Refused("logo_unreadable") from None
    if len(pixels) != stride * height or max(pixels[::stride], default=5) > 4:
        raise _Refused("logo_unreadable")


def _chunks(data: bytes) -> Iterator[tuple[bytes, bytes]]:
    at = len(_SIGNATURE)
    while at + 12 <= len(data):
        length, name = struct.unpack(">I4s", data[at : at + 8])
        body = data[at + 8 : at + 8 + length]
        if data[at : at + 12 + length] != _chunk(name, body):
            raise _Refused("logo_unreadable")
        yield name, body
        if name == b"IEND":
            return
        at += 12 + length


def _chunk(name: bytes, body: bytes) -> bytes:
    return struct.pack(">I", len(body)) + name + body + struct.pack(">I", zlib.crc32(name + body))
