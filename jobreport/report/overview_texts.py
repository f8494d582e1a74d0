"""What the overview is called and says; known without drawing it."""

from __future__ import annotations

from functools import partial

from jobreport.domain.texts import LANGUAGES, texts_of

NAME = "overview"


texts = partial(texts_of, "overview")


def titles() -> dict[str, str]:
    """Title of the overview in every language."""
    return {language: texts(language)["title"] for language in LANGUAGES}
