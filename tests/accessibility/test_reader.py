"""What a mayor meets: lengths, easy words, nothing said three times, full pages, and the answer on the front page."""

import io
import re
from collections import Counter
from pathlib import Path

import nbformat
import pypdf
import pytest
import yaml

from jobreport.domain.texts import texts_of
from jobreport.export import notebook
from jobreport.page import Bullets, Captioned, Cards, Figure, Heading, KeyFigures, Paragraph, plain
from jobreport.page.blocks import STAMP
from tests.accessibility.conftest import ALONE, every_report

pytestmark = pytest.mark.slow
ANSWERS = yaml.safe_load(Path(__file__).with_name("answers.yml").read_text(encoding="utf-8"))
EASY = 45  # of Björnsson's index of readability (LIX): up to here a text is of middle difficulty
FRONT_WORDS, MAIN_WORDS = 240, 1200
PAGES = {"demo": (8, 15), "ishoej": (6, 8), "koebenhavn": (4, 6), ALONE: (5, 8)}  # of the main part, and of the annex
SATISFACTIONS = {"demo": 2, ALONE: 2}  # before and after: one number and what it was
TWICE = 2
SATISFACTION = ("satisfaction|share|positive|183|", "satisfaction|share|positive|253|")
FULL = 0.7
POINTS, MARGIN_TOP, MARGIN_BOTTOM = 842, 71, 60  # of a page of A4
ENDS = re.compile(r"(?<!nr\.)(?<!no\.)(?<=[.!?:])\s+(?=[A-ZÆØÅ»“+−0-9])")
WORDS = re.compile(r"[^\W\d_]+(?:[-'’][^\W\d_]+)*")


def shown(folder):
    return notebook.read(nbformat.read(folder / "report.ipynb", as_version=4))


def pages(folder):
    return pypdf.PdfReader(io.BytesIO((folder / "report.pdf").read_bytes())).pages


def main_pages(folder, language):
    begins = texts_of("export", language)["annex_page"].format(page=1, pages="").strip()
    found = list(pages(folder))
    return found[: next(at for at, page in enumerate(found) if begins in " ".join(page.extract_text().split()))]


def prose(blocks):
    """What is read as text, by section: neither what stands in figures, tables and cards nor their captions."""
    sections = {}
    for leaf in (leaf for block in blocks for leaf in block.leaves()):
        if isinstance(leaf, Heading) and leaf.level == 1:
            said = sections.setdefault(plain(leaf.parts), [])
        elif isinstance(leaf, (Paragraph, Bullets)):
            said += [plain(parts) for parts in leaf.all_parts()]
        elif isinstance(leaf, KeyFigures):
            said += [plain(item.detail) for item in leaf.items]
    return sections


def lix(texts):
    words = [word for text in texts for word in WORDS.findall(text)]
    sentences = [sentence for text in texts for sentence in ENDS.split(text)]
    return len(words) / len(sentences) + 100 * sum(len(word) > 6 for word in words) / len(words)


def counted(texts):
    return sum(len(WORDS.findall(text)) for text in texts)


@every_report
def test_front_and_main_part_are_short_and_easy(reports, name, language):
    document = shown(reports(name, language))
    front, main = prose(document.front), prose(document.body)
    assert {title: round(lix(said)) for title, said in (front | main).items() if lix(said) >= EASY} == {}
    assert counted(text for said in front.values() for text in said) <= FRONT_WORDS
    assert counted(text for said in main.values() for text in said) <= MAIN_WORDS


@every_report
def test_nothing_is_said_three_times(reports, name, language):
    document = shown(reports(name, language))
    said = [text for texts in (prose(document.front) | prose(document.body)).values() for text in texts]
    sentences = Counter(sentence for text in said for sentence in ENDS.split(text) if not sentence.endswith(":"))
    assert {sentence: count for sentence, count in sentences.items() if count > TWICE} == {}


@every_report
def test_the_front_has_one_satisfaction(reports, name, language):
    """Four stood there, 70, 76, 78 and 75 per cent: of other rounds, other weights and another mix of groups."""
    numbers = [number for block in shown(reports(name, language)).front for number in block.numbers()]
    levels = {
        (number.table, number.row)
        for number in numbers
        if number.column in ("estimate", "value") and number.row.startswith(SATISFACTION)
    }
    assert {table for table, _ in levels} <= {"estimates"}
    assert len(levels) == SATISFACTIONS.get(name, 0)


@every_report
def test_made_up_figures_are_stamped_once_a_page_and_once_in_each_figure(reports, name, language):
    folder = reports(name, language)
    drawn = [leaf for block in (*shown(folder).front, *shown(folder).body) for leaf in block.leaves()]
    figures = sum(isinstance(leaf, Figure) and leaf.simulated for leaf in drawn)
    made_up = shown(folder).matter.simulated
    stamps = [page.extract_text().count(STAMP[language]) for page in main_pages(folder, language)]
    assert sum(stamps) == (len(stamps) + figures if made_up else 0)
    assert not made_up or min(stamps) == 1


def fullness(page):
    """How far down its room the last text of a page stands; its foot is no text of it."""
    heights = []
    page.extract_text(visitor_text=lambda text, cm, tm, *_: text.strip() and heights.append(tm[5] * cm[3] + cm[5]))
    lowest = min(height for height in heights if height > MARGIN_BOTTOM)
    return round((POINTS - MARGIN_TOP - lowest) / (POINTS - MARGIN_TOP - MARGIN_BOTTOM), 2)


@every_report
def test_no_page_is_half_empty_but_the_last_of_a_part(reports, name, language):
    front, every = len(main_pages(reports(name, language), language)), pages(reports(name, language))
    filled = [fullness(page) for page in every]
    assert front <= PAGES[name][0]
    assert len(every) - front <= PAGES[name][1]
    assert f"{texts_of('export', language)['contents']}:" in every[1].extract_text()  # the front is one page
    assert [share for share in (*filled[: front - 1], *filled[front:-1]) if share < FULL] == [], filled


def titles(document):
    """What is set as a title: the report's own, headings, the headline, captions, and the names of cards."""
    yield from (document.matter.title, document.matter.subtitle)
    for leaf in document.leaves():
        if isinstance(leaf, Heading) or (isinstance(leaf, Paragraph) and leaf.kind == "headline"):
            yield plain(leaf.parts)
        elif isinstance(leaf, Captioned):
            yield plain((*leaf.label, *leaf.caption))
        elif isinstance(leaf, (KeyFigures, Cards)):
            yield from (plain(item.label if isinstance(leaf, KeyFigures) else item.title) for item in leaf.items)


def letters(text):
    return re.sub(r"[\W_]+", "", text)


def lines_of(title, lines):
    """The lines that a title takes on its page."""
    wanted = letters(title)
    for first in range(len(lines)):
        said = ""
        for last in range(first, len(lines)):
            said += letters(lines[last])
            if said == wanted:
                return lines[first : last + 1]
            if not wanted.startswith(said):
                break
    return []


@every_report
def test_no_title_leaves_one_word_alone_on_its_last_line(reports, name, language):
    folder = reports(name, language)
    lines = [line for page in pages(folder) for line in page.extract_text().split("\n") if letters(line)]
    taken = [lines_of(title, lines) for title in titles(shown(folder)) if title]
    assert all(taken)
    assert [found for found in taken if len(found) > 1 and len(found[-1].split()) == 1] == []


@every_report
def test_three_questions_are_answered_by_the_front_page_alone(reports, name, language):
    said = " ".join(pages(reports(name, language))[0].extract_text().split())
    said = re.sub(r"\s", " ", said.replace("\u00ad", ""))
    for question, answers in ANSWERS[name].items():
        assert [answer for answer in answers[language] if answer not in said] == [], question


@every_report
def test_the_summary_has_a_figure_on_each_page_and_the_main_part_alone_says_where_the_annex_is(reports, name, language):
    folder = reports(name, language)
    executed = nbformat.read(folder / "report.ipynb", as_version=4)
    summary = notebook.read(executed, summary=True)
    for part in (summary.front, summary.body):
        assert any(isinstance(leaf, Figure) for block in part for leaf in block.leaves())
    main = list(pypdf.PdfReader(folder / "main.pdf").pages)
    assert len(main) == len(main_pages(folder, language))
    assert "report.html" in main[-1].extract_text()


def test_the_front_of_a_lone_municipality_names_its_rounds(reports):
    """Its last line stood alone on a page: what the cards say was said again in a list."""
    for language, rounds in {"da": "i 2024 (ring) og 2025 (prik)", "en": "in 2024 (ring) and 2025 (dot)"}.items():
        assert rounds in pages(reports(ALONE, language))[0].extract_text()
