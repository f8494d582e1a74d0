"""One person's work in the form: uploads in, report out; all of it in one folder that goes when the session ends."""

import atexit
import os
import shutil
import tempfile
from collections.abc import Iterable, Iterator, Mapping, Sequence
from dataclasses import dataclass, replace
from pathlib import Path

from jobreport.desk.form import choices as chosen
from jobreport.desk.form import folder as place
from jobreport.desk.form.choices import Choices
from jobreport.domain import municipalities
from jobreport.errors import InputRefused, refuse
from jobreport.intake import checks, coded
from jobreport.intake.formats import key
from jobreport.intake.formats.content import PARTS
from jobreport.make import package as packaging
from jobreport.make import single
from jobreport.prepare import check, init
from jobreport.prepare.init import between, codebook_text, keys, params_text, questions, rounds, scales
from jobreport.prepare.init.columns import Column
from jobreport.prepare.init.propose import Proposal
from jobreport.prepare.init.questions import CROSS, QuestionFound, ScaleFound
from jobreport.setup import codebook as codebooks
from jobreport.setup import coding, params, yaml_writer
from jobreport.setup.coding import normal
from jobreport.setup.kinds import is_name, slug


@dataclass(frozen=True)
class Download:
    """A file to take home."""

    name: str
    kind: str
    content: bytes


class Session:
    """A folder of its own, made as a project is, so that the command line reads what the form writes.

    The working directory becomes that folder: messages then name files as the command line would. ``language``: of
    messages; the report has its own.
    """

    def __init__(self, language: str = "da") -> None:
        self.language = language
        place.remove_what_was_left()
        self.folder = Path(tempfile.mkdtemp(prefix=place.PREFIX, dir=os.environ.get(place.FOLDER)))
        self._held = place.held(self.folder)
        self.proposals: list[Proposal] = []
        self._files: list[Path] = []
        self._codebook: Path | None = None
        self._report: Path | None = None
        self._uploads: dict[str, Path] = {}
        atexit.register(self.leave)
        self._before = Path.cwd()
        os.chdir(self.folder)

    def close(self) -> None:
        """Delete everything that was uploaded and made."""
        atexit.unregister(self.leave)
        if self.folder.exists():
            self._held.release()
            os.chdir(self._before if self._before.exists() else self.folder.parent)
            shutil.rmtree(self.folder, ignore_errors=True)

    def leave(self) -> None:
        """Let go when the page does: what was uploaded is deleted at once, or by the server in a minute."""
        if place.kept(self.folder):
            self._held.release()
        else:
            self.close()

    @property
    def uploads(self) -> dict[str, str]:
        """Where the files that were read lie, by the names that they came under."""
        return {name: path.as_posix() for name, path in self._uploads.items()}

    def take_report(self, old: Path, choices: Choices) -> None:
        """Take the report that was made in another folder, if there is one."""
        made = Path("outputs") / choices.name
        if (old / made).is_dir():
            for inside in ("outputs", "params"):
                shutil.copytree(old / inside, inside, dirs_exist_ok=True)
            self._report, self._choices = made, choices

    def receive(
        self,
        files: Mapping[str, bytes],
        codebook: bytes | None = None,
        sheet: str | None = None,
        left_out: Sequence[str] = (),
    ) -> str:
        """Take a survey (one file, one per wave, or the three of a SurveyXact export) and say what was found.

        ``codebook``: a codebook from last time; without one every proposal must be confirmed. ``left_out``: columns
        that are dropped before anything in them is looked at, as ``init --leave-out`` does.

        Raises
        ------
        InputRefused
            If a file cannot be read, holds personal data, or the codebook breaks a rule. Nothing of it is kept.
        """
        self._forget()
        self._sheet = sheet
        self.one_round = False
        try:
            self._files = self._written(files)
            said = init.Said(tuple(left_out))
            if codebook is not None:
                self._codebook = self._write(place.CODEBOOK, chosen.leaving_out(codebook, left_out))
                layout = codebooks.read(self._codebook, language=self.language).layout
                said = init.Said((*layout.left_out, *left_out), layout.allowed)
            self._said = said
            self.proposals = init.look(self._files, sheet, said)
        except Exception:
            self._forget()
            raise
        return self.told()

    def told(self) -> str:
        """Say what was found, in the words of ``init``."""
        return init.summary(self.proposals, self.language, self.rounds())

    def say(self, keys: Mapping[str, str], *, one_round: bool = False) -> None:
        """Take from a person which column tells the round, the municipality or the day ('' = none).

        ``keys``: key of the codebook -> column. ``one_round``: all answers are of the same round, whatever their days.
        """
        self.one_round = one_round
        self._said = replace(self._said, keys={**self._said.keys, **keys})
        self.proposals = init.proposed([each.table for each in self.proposals], self._said)

    def _forget(self) -> None:
        for inside in ("data", "params", "outputs", "kodebog", place.PACKAGES):
            shutil.rmtree(self.folder / inside, ignore_errors=True)
        self.proposals, self._files, self._codebook, self._report = [], [], None, None

    def _written(self, files: Mapping[str, bytes]) -> list[Path]:
        refuse(place.twice(files), self.language)
        stems = {Path(place.plain_name(name)).stem.lower() for name in files}
        whole = len(files) == len(PARTS) and stems == {*PARTS}
        folder = "data/surveyxact/" if whole else "data/"
        self._uploads = {name: self._write(folder + place.plain_name(name), files[name]) for name in sorted(files)}
        return [Path(folder)] if whole else list(self._uploads.values())

    def _write(self, name: str, content: bytes) -> Path:
        path = Path(name)
        path.parent.mkdir(parents=True, exist_ok=True)
        path.write_bytes(content)
        return path

    @property
    def has_codebook(self) -> bool:
        """Whether a codebook was uploaded, so that nothing is left to confirm."""
        return self._codebook is not None

    @property
    def codebook(self) -> bytes:
        """The codebook that was uploaded and stands as it is; empty where none was."""
        return self._codebook.read_bytes() if self._codebook is not None else b""

    @property
    def _book(self) -> codebooks.Codebook | None:
        return codebooks.read(self._codebook, language=self.language) if self._codebook is not None else None

    def name(self) -> str:
        """A name for the report, from the first file's."""
        return slug(self._files[0].stem)

    def waves(self) -> list[str]:
        """Waves of the file, in order; of several files one wave each."""
        if (book := self._book) is not None:
            column = coded.key_column("wave", self.proposals[0].table.frame, book)
            if column is not None and "wave" in book.layout.columns:
                return sorted(set(coding.texts(column).cat.categories) - {""})
        return [each.name for each in self.rounds()]

    def rounds(self) -> list[rounds.Round]:
        """Rounds of the file, each with its first and last day where the file has dates; a name may be open."""
        found = rounds.found(self.proposals, [path.stem for path in self._files])
        return [rounds.together(found)] if self.one_round and len(self.proposals) == 1 else found

    @property
    def rounds_are_named(self) -> bool:
        """Whether the codebook, or a table of counts and means, names the rounds, so that no person may."""
        return self._codebook is not None or self.proposals[0].is_table

    def counts(self, column: Column, scale: ScaleFound) -> list[tuple[str, int]]:
        """How many gave each answer, from the least to the most positive; a table holds no answers to count."""
        if scale.only_numbers:
            pairs = [(code, code) for code in sorted(column.answers, key=float)]
        else:
            inside = zip(scale.codes or scale.labels_da, scale.labels_da, strict=True)
            pairs = [*inside, *((code, label) for code, label, _ in scale.outside)]
        return [(label, count) for _, label, count in self._gave(column, pairs)]

    def counted(self, column: Column) -> list[tuple[str, int]]:
        """How many gave each answer of a column, by its code."""
        return [(code, count) for code, _, count in self._gave(column, column.answers.items())]

    def _gave(self, column: Column, answers: Iterable[tuple[str, str]]) -> Iterator[tuple[str, str, int]]:
        if self.proposals[0].is_table:
            return
        times = coding.apply(self.proposals[0].table.frame[column.name], str).value_counts()
        for code, label in answers:
            yield code, label, sum(int(times.get(text, 0)) for text in {normal(code), normal(label)})

    def others(self) -> list[tuple[str, Column]]:
        """Columns with fixed answers that nothing was proposed for, each with a name for results."""
        if self.has_codebook or self.proposals[0].is_table:
            return []
        first = self.proposals[0]
        keys_there = [c for key, c in first.keys.items() if key != "unit" or self._said.keys.get(key)]
        used = {c.name for c in (*keys_there, *first.groups.values(), *(q.column for q in first.questions))}
        names = {name for question in first.questions for name in (question.name, question.indicator)}
        made: list[tuple[str, Column]] = []
        for column in first.columns:
            fixed = column.kind in ("closed", "number") and len(column.shown) == len(column.answers)
            if column.name not in used and fixed and 1 < len(column.answers) <= scales.MOST:
                made.append((questions.named(column, names | {name for name, _ in made}), column))
        return made

    def columns_for(self, key: str) -> list[tuple[str, str]]:
        """Columns that may tell the round, the municipality or the day: name, and what stands in it."""
        first = self.proposals[0]
        return [(column.name, ", ".join(column.shown[:4])) for column in keys.may_be(key, first.columns, first.table)]

    def doubts(self) -> list[between.Doubt]:
        """Questions about other waves that a choice can settle; none where a codebook was uploaded."""
        if self.has_codebook or len(self.proposals) < 2:
            return []
        return list(between.doubts(self.proposals, self.waves()))

    def outcomes(self) -> dict[str, tuple[tuple[str, str], ...]]:
        """What an event may be judged by first: name of an indicator -> itself and its measures, as params name them.

        One of several questions is told by its index alone.
        """
        place = 0 if self.language == "da" else 1
        if (book := self._book) is not None:
            items = {each.name: len(each.items) for each in book.indicators}
            names = {each.name: each.label.get(self.language) or each.name for each in book.indicators}
        else:
            asked: dict[str, list[QuestionFound]] = {}
            for question in (each for each in self.proposals[0].questions if each.scale != CROSS):
                asked.setdefault(question.indicator, []).append(question)
            items = {name: len(each) for name, each in asked.items()}
            names = {name: codebook_text.indicator_names(name, each)[place] for name, each in asked.items()}
        both = (("share", "index"), ("index",))
        return {names[name]: tuple((name, measure) for measure in both[count > 1]) for name, count in items.items()}

    def municipality_codes(self) -> list[str]:
        """Municipalities that the answers come from; empty if no column tells."""
        proposal, book = self.proposals[0], self._book
        there = {key: column.name for key, column in proposal.keys.items()} if book is None else book.layout.columns
        column = there.get("municipality_code")
        if column is None:
            return []
        cells = proposal.table.frame[column].drop_duplicates().map(coding.normal)
        codes = {proposal.municipality_recode.get(cell) or municipalities.recognise(cell) for cell in cells if cell}
        return sorted(code for code in codes if code)

    def write(self, choices: Choices) -> Path:
        """Write params and codebook as the person chose; return the params file.

        A name that no file may have stands in the params, where the check refuses it, and names no file.
        """
        safe = choices.name if is_name(choices.name) else "rapport"
        names = [path.as_posix() for path in self._files]
        book = Path("params") / f"{safe}-codebook.yml"
        content = (
            self.codebook if self.has_codebook else chosen.codebook(self.proposals, choices, self._said).encode("utf-8")
        )
        self._write(book.as_posix(), content)
        refuse(place.twice(choices.packages), self.language)
        for inside in (place.COMMENTS, place.LOGOS, place.PACKAGES):
            shutil.rmtree(inside, ignore_errors=True)
        for beside, kept_one in chosen.beside(choices).items():
            self._write(beside, kept_one)
        empty = chosen.empty_params(safe, choices, names, book.as_posix(), self.proposals[0], self._sheet)
        params_text.lay_benchmarks(self.folder, self.proposals[0])
        file, written = f"params/{safe}.yml", chosen.params(empty, choices)
        path = self._write(file, written.encode("utf-8"))
        if all(wave.invited is None for wave in choices.waves):
            return path
        self._write(chosen.INVITED, chosen.invited(choices, _answered(path)).encode("utf-8"))
        return self._write(file, yaml_writer.fill(written, {"survey": {"invited": chosen.INVITED}}).encode("utf-8"))

    def check(self, choices: Choices) -> str:
        """Say what the report will hold, as ``jobreport check`` does.

        Raises
        ------
        InputRefused
            With every problem, in the words of the command line.
        """
        return check.check(self.write(choices), self.language)

    def make(self, choices: Choices, progress: single.Progress) -> Path:
        """Make the report, as ``jobreport run`` does."""
        self._report = single.run(self.write(choices), progress=progress)
        self._choices = choices
        return self._report

    def downloads(self) -> dict[str, Download]:
        """Report, workbook, page, params, codebook and key, so that the command line can do it next time."""
        if self._report is None:
            return {}
        name = self._choices.name
        sheet = "application/vnd.openxmlformats-officedocument.spreadsheetml.sheet"
        paths = {
            "pdf": (self._report / "report.pdf", f"{name}.pdf", "application/pdf"),
            "workbook": (self._report / "tables.xlsx", f"{name}.xlsx", sheet),
            "page": (self._report / "report.html", f"{name}.html", "text/html"),
            "params": (Path("params") / f"{name}.yml", f"{name}.yml", "application/yaml"),
            "codebook": (Path("params") / f"{name}-codebook.yml", f"{name}-codebook.yml", "application/yaml"),
            "key": (Path("params") / key.FILE, key.FILE, "text/plain"),  # answers that nobody gave need none
            "invited": (Path(chosen.INVITED), Path(chosen.INVITED).name, "text/csv"),
            "around": (Path(params_text.BENCHMARKS), Path(params_text.BENCHMARKS).name, "text/csv"),  # nor others this
        }
        there = {what: given for what, given in paths.items() if given[0].is_file()}
        return {what: Download(title, kind, path.read_bytes()) for what, (path, title, kind) in there.items()}

    def said(self, choices: Choices) -> dict[str, Download]:
        """What was said so far, as files that can be brought back."""
        file = self.write(choices)
        book, asked = file.with_name(f"{file.stem}-codebook.yml"), Path(chosen.INVITED)
        paths = {"params": file, "codebook": book} | ({"invited": asked} if asked.is_file() else {})
        return {what: Download(path.name, "text/plain", path.read_bytes()) for what, path in paths.items()}

    def package(self) -> dict[str, Download]:
        """The package of the report that other municipalities may have, as ``jobreport publish`` makes it."""
        if self._report is None:
            return {}
        title = f"{self._choices.name}.zip"
        made = packaging.publish(self._report, Path("outputs") / title, language=self.language)
        return {"package": Download(title, "application/zip", made.read_bytes())}

    @property
    def report(self) -> Path | None:
        """The folder of the report that was made."""
        return self._report


def _answered(file: Path) -> Mapping[str, int]:
    try:
        inputs = checks.read_inputs(params.read(file))
    except InputRefused:
        return {}
    if inputs.responses is None:
        return {}
    own = inputs.responses[inputs.responses["municipality_code"].eq(inputs.params.municipality_code)]
    return {str(wave): int(count) for wave, count in own["wave"].value_counts().items()}
