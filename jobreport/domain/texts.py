"""The one reader of the project's texts: ``texts/<name>.<language>.yml``, in Danish and English."""

from collections.abc import Mapping
from functools import cache
from importlib import resources
from typing import Any

LANGUAGES = ("da", "en")
LOCALES = {"da": "da_DK", "en": "en_GB"}  # of dates


class Words(dict[str, Any]):
    """Texts by their keys; a key that is missing is named together with the file that lacks it."""

    def __init__(self, held: Mapping[str, Any], where: str) -> None:
        super().__init__({key: Words(one, where) if isinstance(one, Mapping) else one for key, one in held.items()})
        self.where = where

    def __missing__(self, key: str) -> Any:
        raise KeyError(f"{key} in {self.where}")


@cache
def texts_of(name: str, language: str) -> Words:
    """Read the texts of one subject in one language.

    ``name``: 'errors', 'report', 'workbook', ...: what the file is called.

    Raises
    ------
    ValueError
        If there are no texts in that language.

    Examples
    --------
    >>> texts_of("workbook", "da")["notes"], texts_of("export", "en")["figure"]
    ('Noter', 'Figure')
    """
    if language not in LANGUAGES:
        raise ValueError(f"no texts in {language!r}; there are {LANGUAGES}")
    return words(f"{name}.{language}")


@cache
def words(name: str) -> Words:
    """Read a file of words that has no second language, such as those that Danish surveys use.

    Examples
    --------
    >>> words("vocabulary")["not_told"][0]
    'ønsker ikke at oplyse'
    """
    import yaml  # (a command that says nothing does not wait for it)

    file = f"{name}.yml"
    source = (resources.files("jobreport") / "texts" / file).read_text(encoding="utf-8")
    quick = getattr(yaml, "CSafeLoader", yaml.SafeLoader)  # ten times as quick, where the package has it
    return Words(yaml.load(source, quick), file)  # noqa: S506 - both are safe


def phrase(key: str, language: str, **facts: object) -> str:
    """Return a piece of ``texts/phrases.<language>.yml`` by its dotted key, filled.

    Examples
    --------
    >>> phrase("rows.more", "en", shown="2, 3", more=4)
    '2, 3 and 4 more'
    """
    held: Any = texts_of("phrases", language)
    for part in key.split("."):
        held = held[part]
    return str(held).format_map(facts)


def both(key: str, **facts: object) -> dict[str, str]:
    """Return a piece in every language, as a fact of a message is given.

    Examples
    --------
    >>> both("personal.cpr")
    {'da': 'CPR-numre', 'en': 'CPR numbers'}
    """
    return {language: phrase(key, language, **facts) for language in LANGUAGES}
