"""The 98 municipalities and their spellings; the only place where a code is checked.

Codes, names and regions: Danmarks Statistik, StatBank, table metadata of AUP02; inhabitants on 1 January 2022: FOLK1A
(``municipalities.csv``).
"""

import csv
import difflib
import re
import unicodedata
from collections.abc import Iterable
from dataclasses import dataclass
from functools import lru_cache
from importlib import resources

from jobreport.domain.texts import LANGUAGES, both, phrase

COUNTRY_CODE = "000"

_SPELLINGS = {
    "Aarhus": ("Århus",),
    "Bornholm": ("Bornholms Regionskommune", "Bornholms"),
    "Brønderslev": ("Brønderslev-Dronninglund",),
    "Helsingør": ("Elsinore",),
    "Høje-Taastrup": ("Høje Taastrup", "Høje-Tåstrup"),
    "København": ("Copenhagen", "Københavns", "Kbh", "Kbh."),
    "Morsø": ("Mors",),
    "Nordfyns": ("Nordfyn",),
    "Vesthimmerlands": ("Vesthimmerland",),
}
_LETTERS = str.maketrans({"å": "aa", "æ": "ae", "ä": "ae", "ø": "oe", "ö": "oe"})
_SUFFIX = re.compile(r"\s*(regions)?kommunes?$|\s+municipality$")
_NUMBER = re.compile(r"0?(\d{3})(?:[.,]0+)?")
_BETWEEN = re.compile(r"[/,;+&]|\bog\b|\band\b|\s-\s", re.IGNORECASE)
ALIKE = 0.7
"""How alike a text and a name must be before the text is taken for a misspelt municipality, and shown."""
LONGEST_PLACES = 80
_LARGER = re.compile(r"(region|landsdel|rar)\b.+|0?8[1-5]|(0?411\s*)?christiansø")


@dataclass(frozen=True)
class Municipality:
    """One municipality: StatBank's three-digit code, its name, its region and how many live there."""

    code: str
    name: str
    region: str
    persons: int


@lru_cache(maxsize=1)
def all_municipalities() -> tuple[Municipality, ...]:
    """List the 98 municipalities in the order of Danmarks Statistik."""
    source = resources.files("jobreport.domain").joinpath("municipalities.csv")
    lines = source.read_text(encoding="utf-8").splitlines()
    rows = csv.DictReader(lines[1:])
    return tuple(Municipality(row["code"], row["name"], row["region"], int(row["persons"])) for row in rows)


@lru_cache(maxsize=1)
def names() -> dict[str, str]:
    """Map code to name; the country ('000') is not among them.

    Examples
    --------
    >>> names()["183"]
    'Ishøj'
    """
    return {municipality.code: municipality.name for municipality in all_municipalities()}


@lru_cache(maxsize=1)
def persons() -> dict[str, int]:
    """Map code to the number of inhabitants, which says how much chance moves a figure and nothing of one day.

    Examples
    --------
    >>> persons()["183"]
    23225
    """
    return {municipality.code: municipality.persons for municipality in all_municipalities()}


def name(code: str, language: str = "da") -> str:
    """Name a municipality or, for '000', the country."""
    return phrase("place.country", language) if code == COUNTRY_CODE else names()[code]


def is_code(code: str) -> bool:
    """Tell whether a text is one of the 98 three-digit codes."""
    return code in names()


def _key(text: str) -> str:
    # Reduce a name to what spellings have in common: no case, accents' form, hyphens, 'Kommune'.
    plain = unicodedata.normalize("NFC", text).casefold().strip().translate(_LETTERS)
    return re.sub(r"[^a-z]", "", _SUFFIX.sub("", plain))


@lru_cache(maxsize=1)
def _codes_by_key() -> dict[str, str]:
    spelt = {_key(place.name): place.code for place in all_municipalities()}
    for official, others in _SPELLINGS.items():
        spelt |= {_key(other): spelt[_key(official)] for other in others}
    return spelt


def recognise(text: object) -> str | None:
    """Return the code of a municipality written in any known spelling, or None.

    ``text``: a cell of a data file: '183', '0183', 183, 183.0, 'Ishøj', 'Ishøj Kommune', NFC or NFD. Not for params
    files, where a number is refused (see `mistaken_octal`).

    Examples
    --------
    >>> recognise("Høje Taastrup Kommune"), recognise("0183"), recognise(183.0), recognise("Malmø")
    ('169', '183', '183', None)
    >>> recognise("183 Ishøj"), recognise("187 Ishøj"), recognise(["Ishøj", "730"])
    ('183', None, None)
    """
    if isinstance(text, Iterable) and not isinstance(text, str):
        return None  # (of several none is meant more than another)
    written = str(text).strip()
    number = _NUMBER.fullmatch(written)
    if number:
        return number.group(1) if is_code(number.group(1)) else None
    named = _codes_by_key().get(_key(written))
    others = [code for code in re.findall(r"\d+", written) if is_code(code) and code != named]
    return None if others else named


def is_larger_area(text: object) -> bool:
    """Tell whether a cell names an area that official tables hold beside the municipalities.

    Examples
    --------
    >>> is_larger_area("Region Sjælland"), is_larger_area("Landsdel Fyn"), is_larger_area("084"), is_larger_area("183")
    (True, True, True, False)
    """
    return bool(_LARGER.fullmatch(unicodedata.normalize("NFC", str(text)).strip().casefold()))


def nearest(text: str, count: int = 1, cutoff: float = 0.5) -> tuple[Municipality, ...]:
    """Suggest the municipalities whose names come closest to a misspelt one; a code and two names come close to none.

    Examples
    --------
    >>> nearest("Ishoi")[0].name, nearest("107"), nearest("Ishøj/Vallensbæk")
    ('Ishøj', (), ())
    """
    if any(letter.isdigit() for letter in text) or len(_named_in(text)) > 1:
        return ()
    by_code = {place.code: place for place in all_municipalities()}
    close = difflib.get_close_matches(_key(text), _codes_by_key(), n=count, cutoff=cutoff)
    return tuple(by_code[_codes_by_key()[key]] for key in close)


def told(text: str) -> dict[str, str]:
    """Write what stands in a cell that names no municipality, and what it may be; what could be a person's is '…'.

    Returns language -> text.

    Examples
    --------
    >>> told("107")["da"], told("Ishøj/Vallensbæk")["en"]
    ('107 (0153, Brøndby, læst som oktaltal)', 'Ishøj/Vallensbæk (several municipalities: Ishøj 183, Vallensbæk 187)')
    >>> told("Ishoi")["da"], told("Per Hansen")["da"]
    ('Ishoi (tættest på Ishøj 183)', '…')
    """
    written = re.sub(r"(?<=\d)[.,]0+$", "", " ".join(text.split()))
    octal = mistaken_octal(int(written)) if re.fullmatch(r"[1-9]\d{1,2}", written) else None
    several, near = _named_in(text), nearest(text, cutoff=ALIKE)
    if octal:
        return both("place.octal", shown=written, places=f"0{octal}, {name(octal)}")
    if len(several) > 1:
        shown = written if len(written) <= LONGEST_PLACES else "…"
        return both("place.several", shown=shown, places=", ".join(f"{name(code)} {code}" for code in several))
    if near:
        return both("place.near", shown=written, places=f"{near[0].name} {near[0].code}")
    return dict.fromkeys(LANGUAGES, written if re.fullmatch(r"\d{1,4}", written) else "…")


def _named_in(text: str) -> tuple[str, ...]:
    found = [recognise(part) for part in _BETWEEN.split(text) if part.strip()]
    return tuple(code for code in found if code) if all(found) else ()


def mistaken_octal(number: int) -> str | None:
    """Return the code that YAML 1.1 reads as ``number`` if it stands unquoted with a leading zero.

    Examples
    --------
    >>> mistaken_octal(472), mistaken_octal(147), mistaken_octal(183)
    ('730', '223', None)
    """
    code = format(number, "o") if number > 0 else ""
    return code if is_code(code) else None
