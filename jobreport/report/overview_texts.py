"""What the overview is called and says; known without drawing it."""

from __future__ import annotations

from collections.abc import Mapping
from functools import cache
from importlib import resources

import yaml

from jobreport.wording.texts import LANGUAGES

NAME = "overview"


@cache
def texts(language: str) -> Mapping[str, str]:
    """Texts of the overview in one language."""
    source = resources.files("jobreport").joinpath("texts", f"overview.{language}.yml")
    loaded: Mapping[str, str] = yaml.safe_load(source.read_text(encoding="utf-8"))
    return loaded


def titles() -> dict[str, str]:
    """Title of the overview in every language."""
    return {language: texts(language)["title"] for language in LANGUAGES}
