"""SVG drawings that may stand in a page: harmless, free of clashes, with the fonts they name known."""

import re
from collections.abc import Sequence

from lxml import etree

SVG = "http://www.w3.org/2000/svg"
XLINK_HREF = "{http://www.w3.org/1999/xlink}href"
GENERIC_FAMILIES = frozenset({"sans-serif", "serif", "monospace", "cursive", "fantasy"})
BELOW = 11
"""Height of a line of text below a drawing."""
_FORBIDDEN = frozenset({"script", "foreignObject", "iframe", "a", "animate", "set"})

# Control and direction characters, which `inline.visible` writes out in running text.
_HIDDEN = re.compile(
    "[\x00-\x08\x0b\x0c\x0e-\x1f\x7f-\x9f\u200b-\u200f\u202a-\u202e\u2060-\u206f\ufeff\ufff9-\ufffb\ufffe\uffff]"
)

# A declared font whose last family is a named one, in quotation marks, as matplotlib writes it.
_LAST_FAMILY = re.compile(r"(font(?:-family)?\s*:[^;]*'[^';]+')(?=\s*(?:;|$))")


def parse(svg: str) -> etree._Element:
    """The root element of an SVG text, without comments, metadata and document type.

    Raises
    ------
    ValueError
        If the text is no SVG, or holds scripts, event handlers or references out of the drawing.

    Examples
    --------
    >>> parse('<svg xmlns="http://www.w3.org/2000/svg" viewBox="0 0 1 1"/>').get("viewBox")
    '0 0 1 1'
    """
    svg = _HIDDEN.sub(lambda found: f"[U+{ord(found[0]):04X}]", svg)
    parser = etree.XMLParser(resolve_entities=False, no_network=True, remove_comments=True, remove_pis=True)
    try:
        root = etree.fromstring(svg.encode("utf-8"), parser)
    except etree.XMLSyntaxError as error:
        raise ValueError(f"a figure is no well-formed SVG: {error}") from error
    if root.tag != f"{{{SVG}}}svg" or not root.get("viewBox"):
        raise ValueError("a figure must be an SVG drawing with a viewBox")
    for metadata in root.findall(f"{{{SVG}}}metadata"):
        root.remove(metadata)
    for element in root.iter():
        _refuse_active_content(element)
    return root


def _refuse_active_content(element: etree._Element) -> None:
    name = etree.QName(element).localname
    if name in _FORBIDDEN:
        raise ValueError(f"an SVG drawing may not hold <{name}>")
    for attribute, value in element.items():
        if attribute.lower().startswith("on"):
            raise ValueError(f"an SVG drawing may not hold the event handler {attribute}")
        is_reference = attribute in (XLINK_HREF, "href")
        if is_reference and not value.startswith(("#", "data:image/png;base64,")):
            raise ValueError(f"an SVG drawing may not refer to {value[:40]!r}")


def inline(svg: str, key: str, label_id: str) -> str:
    """An ``svg`` element for an HTML page: its ids begin with `key`, its description is `label_id`.

    Examples
    --------
    >>> inline('<svg xmlns="http://www.w3.org/2000/svg" viewBox="0 0 1 1"/>', "k", "k-alt")
    '<svg xmlns="http://www.w3.org/2000/svg" viewBox="0 0 1 1" role="img" aria-labelledby="k-alt"/>'
    """
    root = parse(svg)
    for element in root.iter():
        _prefix_ids(element, f"{key}-")
        _name_any_sans_serif(element)
    for attribute in ("width", "height", "version"):
        root.attrib.pop(attribute, None)
    root.set("role", "img")
    root.set("aria-labelledby", label_id)
    return str(etree.tostring(root, encoding="unicode", with_tail=False))


def _name_any_sans_serif(element: etree._Element) -> None:
    # A page that does not carry the typeface, such as a notebook, else writes a drawing's text with serifs.
    style = element.get("style", "")
    if _LAST_FAMILY.search(style):
        element.set("style", _LAST_FAMILY.sub(r"\1, sans-serif", style))


def _prefix_ids(element: etree._Element, prefix: str) -> None:
    for attribute, value in element.items():
        if attribute == "id":
            element.set(attribute, prefix + value)
        elif attribute in (XLINK_HREF, "href") and value.startswith("#"):
            element.set(attribute, f"#{prefix}{value[1:]}")
        elif "url(#" in value:
            element.set(attribute, value.replace("url(#", f"url(#{prefix}"))


def standalone(svg: str) -> str:
    """The same drawing for a typesetter: cleaned, one root element.

    Examples
    --------
    >>> standalone('<svg xmlns="http://www.w3.org/2000/svg" viewBox="0 0 1 1"><!-- x --></svg>')
    '<svg xmlns="http://www.w3.org/2000/svg" viewBox="0 0 1 1"/>'
    """
    return str(etree.tostring(parse(svg), encoding="unicode", with_tail=False))


def extended(root: etree._Element, lines: Sequence[str], family: str) -> etree._Element:
    """The drawing with lines of small text below it.

    Examples
    --------
    >>> one = extended(parse('<svg xmlns="http://www.w3.org/2000/svg" viewBox="0 0 90 40"/>'), ["Kilde: X"], "Serif")
    >>> one.get("viewBox"), one[0].text
    ('0 0 90 54', 'Kilde: X')
    """
    left, top, width, height = (float(number) for number in root.get("viewBox", "").split())
    root.set("viewBox", f"{left:g} {top:g} {width:g} {height + BELOW * len(lines) + 3:g}")
    for name in ("width", "height"):
        root.attrib.pop(name, None)
    for place, line in enumerate(lines, start=1):
        said = etree.SubElement(root, f"{{{SVG}}}text", x=f"{left + 4:g}", y=f"{top + height + BELOW * place - 3:g}")
        said.set("style", f"font: 8px '{family}', sans-serif; fill: #333")
        said.text = line
    return root


def described(root: etree._Element, title: str, description: str, style: str) -> bytes:
    """The drawing as a file that says what it shows and brings its typeface.

    Examples
    --------
    >>> described(parse('<svg xmlns="http://www.w3.org/2000/svg" viewBox="0 0 1 1"/>'), "T", "D", "").decode()
    '<svg xmlns="http://www.w3.org/2000/svg" viewBox="0 0 1 1" role="img"><title>T</title><desc>D</desc><style/></svg>'
    """
    root.set("role", "img")
    for place, (name, text) in enumerate((("title", title), ("desc", description), ("style", style or None))):
        said = etree.Element(f"{{{SVG}}}{name}")
        said.text = text
        root.insert(place, said)
    return bytes(etree.tostring(root, encoding="utf-8", with_tail=False))


def font_families(svg: str) -> frozenset[str]:
    r"""Every font family a drawing asks for, generic ones aside.

    Examples
    --------
    >>> sorted(font_families('<svg xmlns="http://www.w3.org/2000/svg" viewBox="0 0 1 1">'
    ...     '<text style="font: 10px Source Sans 3, sans-serif">x</text></svg>'))
    ['Source Sans 3']
    """
    styles = {(element.get("style", ""), element.get("font-family", "")) for element in parse(svg).iter()}
    found: set[str] = set()
    for style, family in styles:
        for declared in re.findall(r"(?:^|;)\s*font(?:-family)?\s*:([^;]*)", f"{style};font-family:{family}"):
            found.update(_families(declared))
    return frozenset(found - GENERIC_FAMILIES)


def _families(declared: str) -> set[str]:
    after_size = re.sub(r"^.*?\d(?:px|pt|em|%)(?:/\S+)?\s+", "", declared.strip())
    names = (name.strip().strip("'\"") for name in after_size.split(","))
    return {name for name in names if name}
