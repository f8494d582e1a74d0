"""A finished report as a Word file to work on, and which of its numbers were edited since."""

from collections.abc import Iterator
from dataclasses import dataclass
from pathlib import Path

from jobreport.domain.texts import texts_of
from jobreport.errors import Problem, refuse, speaking
from jobreport.export import word
from jobreport.export.document import Document
from jobreport.make.explain import finished
from jobreport.page import Heading, plain
from jobreport.page.inline import numbers, visible

ENDINGS = {"da": "arbejdsudgave", "en": "working-copy"}


def write(folder: Path, to: Path | None = None, language: str | None = None) -> Path:
    """Write a finished report as a Word file, marked as a working copy; nothing is ever overwritten.

    Parameters
    ----------
    folder : Path
        A folder that a run wrote.
    to : Path, optional
        The file; the default lies beside the folder, which a later run replaces with all that is in it.
    language : {'da', 'en'}, optional
        Of refusals; the default is that of the report.

    Raises
    ------
    InputRefused
        If there is no finished report, the file is there already, or it could not be a Word file there.
    """
    shown, manifest = finished(folder, language)
    told_in = manifest["params"]["language"]
    place = to if to is not None else folder.with_name(f"{folder.resolve().name}-{ENDINGS[told_in]}.docx")
    with speaking(language or told_in):
        refuse(_in_the_way(place))
    made = word.to_docx(shown)
    with place.open("xb") as file:  # (nothing that came there meanwhile is overwritten)
        file.write(made)
    return place


def _in_the_way(place: Path) -> list[Problem]:
    if place.exists():
        return [Problem("word_exists", place.as_posix())]
    fits = place.suffix.lower() == ".docx" and place.parent.is_dir()
    return [] if fits else [Problem("word_place", place.as_posix())]


@dataclass(frozen=True)
class Printed:
    """A number of the report, and the section it stands in; '' on the front page."""

    text: str
    section: str


@dataclass(frozen=True)
class Compared:
    """A working copy beside its report: each number that differs, and what the copy says; '' where it was taken out."""

    count: int
    edited: tuple[tuple[Printed, str], ...]
    language: str

    @property
    def identical(self) -> bool:
        """Whether every number is the report's."""
        return not self.edited

    def text(self, language: str | None = None) -> str:
        """Write what was edited, number by number."""
        said = texts_of("verify", language or self.language)
        if self.identical:
            return str(said["word_same"]).format(count=self.count)
        lines = [said["word_edited"].format(edited=len(self.edited), count=self.count)]
        for place, now in self.edited:
            facts = {"section": place.section or said["word_front"], "number": place.text, "said": now}
            lines.append(said["word_cell" if now else "word_gone"].format(**facts))
        return "\n".join(lines)


def verify(copy: Path, folder: Path | None = None, language: str | None = None) -> Compared:
    """Compare the numbers of a working copy with those of its report; text around them is not compared.

    Parameters
    ----------
    copy : Path
        A Word file that `write` wrote and somebody may have edited.
    folder : Path, optional
        The report's folder; the default is the one beside the file that it is named by.
    language : {'da', 'en'}, optional
        Of refusals and the answer; the default is that of the report.

    Raises
    ------
    InputRefused
        If there is no finished report, or the file is no such Word file.
    """
    report = folder if folder is not None else _named_by(copy)
    shown, manifest = finished(report, language)
    told_in = language or manifest["params"]["language"]
    try:
        held = word.numbers_of(copy.read_bytes())
    except (OSError, ValueError):
        held = {}
    refuse([] if held else [Problem("word_unreadable", copy.as_posix())], told_in)
    known = list(_printed(shown))
    return Compared(len(known), tuple(_edited(known, held)), told_in)


def _edited(known: list[Printed], held: dict[str, str]) -> Iterator[tuple[Printed, str]]:
    for count, place in enumerate(known, start=1):
        said = held.get(f"n{count}", "")
        if said != place.text:
            yield place, said


def _printed(document: Document) -> Iterator[Printed]:
    section = ""
    yield from (Printed(visible(number.text), "") for parts in document.matter.parts for number in numbers(parts))
    for leaf in document.leaves():
        section = plain(leaf.parts) if isinstance(leaf, Heading) and leaf.level == 1 else section
        yield from (Printed(visible(one.text), section) for parts in leaf.printed_parts() for one in numbers(parts))


def _named_by(copy: Path) -> Path:
    ending = next((f"-{one}" for one in ENDINGS.values() if copy.stem.endswith(f"-{one}")), "")
    return copy.with_name(copy.stem.removesuffix(ending))
