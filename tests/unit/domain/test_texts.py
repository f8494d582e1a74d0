"""The texts are read in one place, in two languages."""

import pytest

from jobreport.domain.texts import texts_of
from tests.house import PACKAGE

FOLDER = PACKAGE / "texts"
ONLY_IN_ENGLISH = {"notebook", "notebook-overview", "method", "cli"}  # put into another language what stands elsewhere


def keys(held, above=""):
    """Every key, with those above it."""
    inner = (keys(one, f"{above}{key}.") for key, one in held.items() if isinstance(one, dict))
    return {f"{above}{key}" for key in held}.union(*inner)


def test_every_text_has_the_same_keys_in_both_languages():
    names = {file.name.split(".")[0] for file in FOLDER.glob("*.??.yml")} - ONLY_IN_ENGLISH
    differing = {name: keys(texts_of(name, "da")) ^ keys(texts_of(name, "en")) for name in names}
    assert {name: found for name, found in differing.items() if found} == {}


def test_only_words_of_danish_surveys_and_names_in_files_and_form_have_no_second_language():
    assert {file.stem for file in FOLDER.glob("*.yml") if "." not in file.stem} == {
        "fields",
        "layouts",
        "personal",
        "proposed",
        "scales",
        "vocabulary",
    }


def test_a_text_that_is_missing_is_named_with_its_file():
    with pytest.raises(KeyError, match=r"nowhere in verify\.da\.yml"):
        texts_of("verify", "da")["nowhere"]
    with pytest.raises(KeyError, match=r"nowhere in verify\.en\.yml"):
        texts_of("verify", "en")["causes"]["nowhere"]


def test_a_language_without_texts_is_named():
    with pytest.raises(ValueError, match="no texts in 'de'"):
        texts_of("verify", "de")


def test_nothing_else_opens_the_texts_but_the_errors_that_stand_above():
    sources = {file.relative_to(PACKAGE).as_posix(): file.read_text(encoding="utf-8") for file in PACKAGE.rglob("*.py")}
    opening = {name for name, source in sources.items() if '"texts"' in source and "resources" in source}
    assert opening == {"domain/texts.py", "errors.py"}
    assert {name for name, source in sources.items() if '("da", "en")' in source} == {"domain/texts.py"}
