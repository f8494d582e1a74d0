"""A logo is what a stranger may have made: nothing in it runs, reaches out, is a bomb, or prints as nothing."""

import struct
import zlib

import pytest
import typst

from jobreport.errors import texts
from jobreport.intake.formats import logo
from jobreport.intake.formats.content import Content

DRAWN = '<svg xmlns="http://www.w3.org/2000/svg" viewBox="0 0 90 40">{}</svg>'
PATH = '<path d="M0 0h90v40z" fill="#123"/>'


def read(data):
    return logo.read(Content("logo", data if isinstance(data, bytes) else data.encode(), None, {}), "logo")


def refused(data):
    found, problems = read(data)
    assert found is None
    return [problem.key for problem in problems]


def png(width=120, height=60, *, pixels=None, interlaced=0, kind=2, more=()):
    header = struct.pack(">IIBBBBB", width, height, 8, kind, 0, 0, interlaced)
    rows = zlib.compress(bytes((1 + 3 * width) * height) if pixels is None else pixels)
    parts = ((b"IHDR", header), *more, (b"IDAT", rows), (b"IEND", b""))
    return logo._SIGNATURE + b"".join(logo._chunk(*part) for part in parts)


PALE = bytes((1 + 120) * 60)  # pixels of one byte
UTF16 = '<?xml version="1.0" encoding="UTF-16"?><!DOCTYPE svg [<!ENTITY a "url(//elsewhere.dk)">]>'
ODD_PICTURES = {
    "header twice": png(more=[(b"IHDR", struct.pack(">IIBBBBB", 4000, 2000, 8, 2, 0, 0, 0))]),
    "header of nothing": png(0, 0, pixels=b""),
    "wider than any screen": png(2**32 - 1, 2**31, pixels=b""),
    "colours of two and a third": png(kind=3, pixels=PALE, more=[(b"PLTE", b"x" * 7)]),
    "no colours": png(kind=3, pixels=PALE, more=[(b"PLTE", b"")]),
    "more colours than numbers": png(kind=3, pixels=PALE, more=[(b"PLTE", b"x" * 771)]),
    "colours twice": png(kind=3, pixels=PALE, more=[(b"PLTE", b"xyz"), (b"PLTE", b"xyz")]),
    "colours of grey": png(kind=0, pixels=PALE, more=[(b"PLTE", b"xyz")]),
    "clearness of no colour": png(more=[(b"tRNS", b"x" * 999)]),
    "head only": png()[:20],
    "jpeg": b"\xff\xd8\xff\xe0" + bytes(200),
    "drawing of another alphabet that grows": (UTF16.replace("url", "&b;") + DRAWN.format("&a;")).encode("utf-16"),
    "drawing of another alphabet that reaches out": (UTF16 + DRAWN.format('<path fill="&a;"/>')).encode("utf-16"),
    "drawing of a mainframe": ('<?xml version="1.0" encoding="cp037"?>' + DRAWN).encode("cp037"),
    "drawing very deep": DRAWN.format("<g>" * 2000 + "</g>" * 2000).encode(),
    "drawing that fetches by another word": DRAWN.format('<style>g{fill:image-set("//x" 1x)}</style>').encode(),
}
ODD_BUT_RIGHT = {
    "numbers that are none": '<path d="MNaN 0L1e999 1"/><rect width="-5" height="1e38"/>',
    "strokes without end": '<path d="M0 0H1000000" stroke="#000" stroke-dasharray="0.0000001"/>',
    "clipped by itself": '<clipPath id="a" clip-path="url(#a)"><rect width="9" height="9"/></clipPath>' + PATH,
    "grown without end": '<g transform="scale(1e30) rotate(NaN)">' * 40 + PATH + "</g>" * 40,
    "drawing in a drawing": '<svg width="1e9" height="1e9" viewBox="0 0 0 0"><rect width="9" height="9"/></svg>',
    "nothing": "",
}


@pytest.mark.parametrize("name", ODD_PICTURES)
def test_a_picture_that_would_stop_the_report_at_its_end_is_refused_before(name):
    assert refused(ODD_PICTURES[name])[0] in ("logo_unreadable", "logo_pixels", "logo_active")


def test_what_is_accepted_can_be_printed():
    """Typst, which ends in a panic at pictures that are wrong, draws them all; a file that is named is not read."""
    drawn = [DRAWN.format(inside) for inside in ODD_BUT_RIGHT.values()]
    reaching = UTF16.replace('"url(//elsewhere.dk)"', 'SYSTEM "file:///etc/hostname"')
    drawn.append((reaching + DRAWN.format("<style>&a;</style>")).encode("utf-16"))
    drawn += [png(), png(kind=3, pixels=PALE + b"", more=[(b"PLTE", b"xyz"), (b"tRNS", b"x")]), png() + b"<script>"]
    for each in drawn:
        found = read(each)[0]
        kind = "svg" if "svg" in found.kind else "png"
        picture = f'#image(bytes(({",".join(map(str, found.data))},)), format: "{kind}", width: 1cm)'
        assert typst.compile(picture.encode())


@pytest.mark.parametrize(
    ("inside", "what"),
    [
        ("<script>alert(1)</script>", "<script>"),
        ('<path d="" onload="alert(1)"/>', "onload="),
        ('<image href="https://elsewhere.dk/x.png"/>', "<image>"),
        ('<use href="#a"/>', "<use>"),
        ('<a xmlns:xlink="http://www.w3.org/1999/xlink" xlink:href="javascript:alert(1)"/>', "<a>"),
        ("<text>Ishøj</text>", "<text>"),
        ("<foreignObject/>", "<foreignObject>"),
        ('<path d="" style="fill: url(https://elsewhere.dk/x)"/>', "style="),
        ('<path d="" fill="url( \'//elsewhere.dk/x\')"/>', "fill="),
        ("<style>@import 'https://elsewhere.dk/x.css';</style>", "<style>"),
        ("<style>.a{background:u\\72l(//x)}</style>", "<style>"),
        ("<animate/>", "<animate>"),
        ('<filter id="a"/>', "<filter>"),
    ],
)
def test_an_svg_is_a_drawing_and_nothing_more(inside, what):
    problems = read(DRAWN.format(inside))[1]
    assert [(problem.key, problem.values["what"]) for problem in problems] == [("logo_active", what)]


def test_entities_are_no_drawing():
    bomb = '<!DOCTYPE svg [<!ENTITY a "aaaa"><!ENTITY b "&a;&a;">]>' + DRAWN.format("<title>&b;</title>")
    assert refused(bomb) == ["logo_active"]


def test_what_a_drawing_program_notes_for_itself_is_taken_out():
    noted = '<metadata>Jens</metadata><i:view xmlns:i="http://inkscape.org" i:name="C:/Jens"/><!-- Jens -->' + PATH
    kept = read(DRAWN.format(noted))[0].data
    assert b"Jens" not in kept
    assert b"<path" in kept
    assert b"#g)" in read(DRAWN.format('<path d="" fill="url(#g)"/>'))[0].data  # a gradient of its own


@pytest.mark.parametrize(
    ("data", "key"),
    [
        (b"", "logo_unreadable"),
        (b"GIF89a", "logo_unreadable"),
        ("<html/>", "logo_unreadable"),
        (DRAWN.format(PATH)[:-4], "logo_unreadable"),
        (DRAWN.format(PATH).replace(' viewBox="0 0 90 40"', ""), "logo_without_size"),
        (DRAWN.format(PATH).replace("0 0 90 40", "0 0 inf 40"), "logo_without_size"),
        (DRAWN.format(PATH).replace("0 0 90 40", "0 0 900 40"), "logo_shape"),
        (DRAWN.format("<g/>" * (logo.ELEMENTS + 1)), "logo_many"),
        (b" " * (logo.KILOBYTES * 1000 + 1), "logo_large"),
        (png(50, 20), "logo_pixels"),
        (png(5000, 2000, pixels=b""), "logo_pixels"),
        (png(1200, 100), "logo_shape"),
        (png(pixels=b""), "logo_unreadable"),
        (png(pixels=bytes(10**7)), "logo_unreadable"),  # unpacks to more than it says
        (png(pixels=b"\x09" * (1 + 3 * 120) * 60), "logo_unreadable"),
        (png(interlaced=1), "logo_unreadable"),
        (png()[:-5], "logo_unreadable"),
        (png().replace(b"IDAT", b"IDAX", 1), "logo_unreadable"),
    ],
)
def test_what_cannot_be_printed_is_refused(data, key):
    assert refused(data) == [key]


def test_a_picture_keeps_its_pixels_and_nothing_of_its_maker():
    found = read(png(more=((b"tEXt", b"Author\0Jens"), (b"eXIf", b"55.6N"))))[0]
    assert found.data == png()
    assert found.uri.startswith("data:image/png;base64,iVBORw0")


def test_a_drawing_with_width_and_height_alone_gets_its_box():
    drawn = DRAWN.format(PATH).replace('viewBox="0 0 90 40"', 'width="90px" height="40"')
    assert b'viewBox="0 0 90 40"' in read(drawn)[0].data


@pytest.mark.parametrize("language", ["da", "en"])
def test_every_refusal_says_what_to_do(language):
    said = texts(language)
    for key in ("large", "unreadable", "active", "many", "without_size", "shape", "pixels", "without_text"):
        assert {"what", "expected", "why", "do"} <= set(said[f"logo_{key}"])
