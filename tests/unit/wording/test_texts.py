"""The texts: complete in both languages, without digits, all of them used."""

import re
from pathlib import Path
from string import Formatter

import pytest

from jobreport.domain.texts import LANGUAGES
from jobreport.page import (
    Bullets,
    Card,
    Cards,
    Figure,
    Group,
    Heading,
    KeyFigure,
    KeyFigures,
    Number,
    Paragraph,
    Strong,
    plain,
)
from jobreport.tables.sheet import PRINTED
from jobreport.wording.basis import METHOD
from jobreport.wording.texts import OF_UNIT, Once, Texts, listing, read_texts, sentences, tidy
from tests.unit import view_rows as made

PACKAGE = Path(__file__).parents[3] / "jobreport"
FOLDERS = ("wording", "figures", "tables")
ASKING = (
    *(PACKAGE / "report" / f"{name}.py" for name in ("glance", "scope", "sections")),
    *(path for name in FOLDERS for path in (PACKAGE / name).glob("*.py")),
)
SOURCES = "\n".join(path.read_text(encoding="utf-8") for path in ASKING)


def names(template: str) -> set[str]:
    return {name for _, name, _, _ in Formatter().parse(template) if name is not None}


def test_both_languages_have_the_same_texts_and_the_same_names_in_them() -> None:
    danish, english = (read_texts(language).entries for language in LANGUAGES)
    assert set(danish) == set(english)
    assert {key: names(text) for key, text in danish.items()} == {key: names(text) for key, text in english.items()}


@pytest.mark.parametrize("language", LANGUAGES)
def test_no_digit_is_typed_in_a_text(language: str) -> None:
    assert {key: text for key, text in read_texts(language).entries.items() if re.search(r"\d", text)} == {}


@pytest.mark.parametrize("language", LANGUAGES)
def test_no_number_is_typed_as_a_word_of_measure(language: str) -> None:
    """'hundrede pct.' would be a typed number in other clothes."""
    words = r"\b(hundrede|hundred|tyve|twenty|tredive|thirty|halvtreds|fifty)\b"
    assert {key for key, text in read_texts(language).entries.items() if re.search(words, text)} == set()


def test_every_text_that_the_code_asks_for_exists_and_every_text_is_asked_for() -> None:
    entries = read_texts("da").entries
    literal = set(re.findall(r'(?:fill|word|has)\(\s*"([a-z_0-9.]+\.[a-z_0-9.]+)"', SOURCES))
    assert {key for key in literal if key not in entries} == set()
    prefixes = tuple(set(re.findall(r'f"([a-z_]+\.[a-z_.]*)\{', SOURCES)))
    mentioned = set(re.findall(r'"([a-z_0-9.]+\.[a-z_0-9.]+)"', SOURCES))
    unmentioned = {key for key in entries if key not in mentioned and not key.startswith((*prefixes, OF_UNIT))}
    assert unmentioned == set()


def test_a_text_of_a_unit_takes_the_place_of_one_that_a_municipality_has_with_the_same_names_in_it() -> None:
    for language in LANGUAGES:
        entries, of_unit = read_texts(language).entries, read_texts(language, of_unit=True).entries
        own = {key.removeprefix(OF_UNIT): text for key, text in entries.items() if key.startswith(OF_UNIT)}
        assert own
        assert set(own) <= set(entries)
        assert {key: of_unit[key] for key in own} == own
        assert all(names(text) <= names(entries[key]) for key, text in own.items())


def test_every_section_rule_and_step_of_the_method_has_its_text() -> None:
    entries = read_texts("da").entries
    wanted = [f"missing.{name}" for name in made.SECTIONS] + [f"method.{name}" for name in METHOD]
    wanted += [f"thresholds.{name}" for name in PRINTED]
    assert [key for key in wanted if key not in entries] == []


def test_a_missing_text_is_an_error_that_names_key_and_file() -> None:
    with pytest.raises(KeyError, match=r"report\.da\.yml has no text 'x\.y'"):
        read_texts("da").word("x.y")


def test_an_unknown_language_is_refused() -> None:
    with pytest.raises(ValueError, match="'de'"):
        read_texts("de")


def test_filling_keeps_bound_numbers_and_refuses_a_forgotten_name() -> None:
    texts = Texts("da", {"a": "Fald på {size} {unit}."})
    number = Number("1,8", "changes", "k", "change")
    assert texts.fill("a", size=number, unit="point") == ("Fald på ", number, " point.")
    with pytest.raises(KeyError, match="unit"):
        texts.fill("a", size=number)


def test_an_abbreviation_at_the_end_takes_no_second_full_stop() -> None:
    number = Number("28", "changes", "k", "change")
    assert plain(tidy(["faldt ", number, " pct.", "."])) == "faldt 28 pct."
    assert plain(sentences(("faldt ", Strong(("28 pct.",))), ("slut.",))) == "Faldt 28 pct. Slut."


def test_lists_are_written_as_people_write_them() -> None:
    danish = read_texts("da")
    assert [plain(listing([(x,) for x in "abc"[:n]], danish)) for n in (1, 2, 3)] == ["a", "a og b", "a, b og c"]


def test_what_has_been_said_is_left_out_of_every_kind_of_block_and_an_empty_one_goes() -> None:
    texts = Texts("da", {"common.interval": "{level} pct.-interval: {low}", "cautions.no_cause": "Kan være tilfældig."})
    level = Number("95", "rules", "interval_level", "value")
    again, caution = ("a (", level, " pct.-interval: 1). Kan være tilfældig."), ("Kan være tilfældig.",)
    bare = ("a (1).",)
    card, figure = Card(again, (again, again)), KeyFigure(again, again, again)
    picture = '<svg xmlns="http://www.w3.org/2000/svg" viewBox="0 0 1 1"/>'
    named = Figure("f", picture, again, again, again, simulated=False)
    said = Once(texts)
    assert said.block(Paragraph(again)) == Paragraph(again)
    assert said.block(Paragraph(again, kind="lead")) == Paragraph(bare, kind="lead")
    assert said.block(Bullets((again, caution))) == Bullets((bare,))
    assert said.block(Bullets((caution,))) == said.block(Paragraph(caution)) == Group(())
    assert said.block(Cards((card,))) == Cards((Card(again, (bare, bare)),))
    assert said.block(KeyFigures((figure,))) == KeyFigures((KeyFigure(again, again, bare),))
    assert said.block(named) == named, "a figure is read alone"
    second, first = Heading(2, ("Mere",), "more"), Heading(1, ("Nyt",), "new")
    assert said.block(Group((second, Paragraph(again)))) == Group((second, Paragraph(bare)))
    begun = said.block(Group((first, Paragraph(again), Paragraph(again))))
    interval = ("a (", level, " pct.-interval: 1).")
    assert begun == Group((first, Paragraph(interval), Paragraph(bare))), "a caution holds for the whole report"


def test_sentences_begin_with_a_capital_letter_whatever_they_begin_with() -> None:
    number = Number("7", "changes", "k", "change")
    assert sentences(("én. ",), (), (Strong(("to", number)), " tre.")) == ("Én.  ", Strong(("To", number)), " tre.")
    assert sentences((number, " svarede."), ("æ.",)) == (number, " svarede. Æ.")
    assert sentences((Strong(()),), ("a",)) == (Strong(()), " A")
    assert sentences() == sentences(()) == ()


def test_neighbouring_words_are_joined_and_numbers_kept_apart() -> None:
    number = Number("7", "changes", "k", "change")
    assert tidy(["a", "", "b", number, ".", "c"]) == ("ab", number, ".c")
    assert tidy([number, number]) == (number, number)
    assert tidy(["a.", ".", ". b"]) == ("a. b",)
    assert tidy(["a", "."]) == ("a.",)


def test_a_label_is_given_in_the_reports_language_or_in_the_one_it_has() -> None:
    danish, english = read_texts("da"), read_texts("en")
    label = {"da": "Køn", "en": "Gender"}
    assert (danish.of(label), english.of(label), english.of({"da": "Køn"})) == ("Køn", "Gender", "Køn")
    scale = {"da": ("Ja", "Nej"), "en": ("Yes", "No")}
    assert (danish.of_many(scale), english.of_many({"da": ("Ja",)})) == (("Ja", "Nej"), ("Ja",))
