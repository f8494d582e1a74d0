"""Before the answers come: write down what will be measured, compared and said, so that others can hold it.

What a plan holds and how it is read back is `jobreport.setup.frozen`; the report tells of it (`wording.beforehand`).
"""

from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass
from datetime import UTC, date, datetime
from functools import cached_property, partial
from pathlib import Path
from typing import Any

from babel.dates import format_date
from babel.numbers import format_decimal

from jobreport.compare.effects import that_count
from jobreport.domain import municipalities
from jobreport.domain.rules import PRINTED
from jobreport.domain.texts import LANGUAGES, LOCALES, texts_of
from jobreport.errors import InputRefused, Problem, refuse, speaking
from jobreport.intake import checks
from jobreport.intake.checks import printable
from jobreport.intake.formats import content
from jobreport.intake.formats.key import Key
from jobreport.prepare import rehearsal
from jobreport.prepare.power import Design, on_index
from jobreport.report.results import checksums, digest
from jobreport.setup import frozen, yaml_writer
from jobreport.setup import params as params_file
from jobreport.setup.codebook import Codebook
from jobreport.setup.params_model import Event, Params, Survey

ENDING = ".frozen.yml"
WHOLE = 100  # percentage points: no share changes by more
AWAITED = ("file_missing",)  # a file of answers may be still to come
STATED = ("target_population", "frame", "mode")
WINDOWS = ("survey, waves (before)", "survey, waves (after)")
_texts = partial(texts_of, "freeze")


@dataclass(frozen=True)
class Beforehand:
    """Params and codebook of a survey that is still to be done, checked to hold all that a plan needs."""

    params: Params
    codebook: Codebook
    codebook_sha256: str

    @property
    def survey(self) -> Survey:
        """The survey."""
        assert self.params.survey is not None  # noqa: S101 - `_missing` asked
        return self.params.survey

    @cached_property
    def event(self) -> Event:
        """The event that the plan is about."""
        return self.params.event(None)

    @cached_property
    def answers(self) -> int:
        """Answers that are expected in the municipality in each wave."""
        planned = self.survey.planned
        assert planned is not None  # noqa: S101 - `_missing` asked
        return max(round(planned.invited * planned.response / 100), 1)

    @cached_property
    def others(self) -> tuple[str, ...]:
        """Municipalities to compare with; where all are, as many as are expected stand for them."""
        if self.event.comparison != "all":
            return tuple(self.event.comparison)
        touched = (*self.event.treated, *self.event.exposed)
        every = [each.code for each in municipalities.all_municipalities() if each.code not in touched]
        return tuple(every[: self.survey.planned.municipalities if self.survey.planned else None])

    @cached_property
    def design(self) -> Design:
        """The design as `power` knows it: nothing is measured yet, so what it takes from answers is assumed."""
        before, after = self.survey.windows(self.event)
        made = Design(len(self.others), waves_before=len(before), waves_after=len(after))
        outcome = self.event.outcome
        if outcome is None or outcome.measure == "share":
            return made
        scale = self.codebook.indicator(outcome.indicator).items[0].scale
        return on_index(made, [1 / scale.size] * scale.size, scale.positive)

    @property
    def key(self) -> Key:
        """What checksums of answers are made with."""
        return Key(self.params)

    @cached_property
    def files(self) -> dict[str, str | None]:
        """Every file of answers or official figures, with the checksum that is published of what is there already."""
        named = {series.file: "register" for series in self.params.registers}
        named |= {file: "survey" for file in (self.survey.file, *(wave.file for wave in self.survey.waves)) if file}
        there = {file: content.sha256(self.params.resolve(file)) for file in named if self.params.holds(file)}
        return {file: self.key.published(role, there[file]) if file in there else None for file, role in named.items()}

    @cached_property
    def answers_there(self) -> tuple[str, ...] | None:
        """Waves after the event that the files hold answers of already; None where they cannot be read yet."""
        survey, after = self.survey, self.survey.windows(self.event)[1]
        if survey.file is None:
            own = {wave.wave: wave.file for wave in survey.waves if wave.wave in after}
            return tuple(wave for wave, file in own.items() if file is not None and self.params.holds(file))
        if not self.params.holds(survey.file):
            return ()
        try:
            checks.read_inputs(self.params)
        except InputRefused as refused:
            return _but_for_empty(after, refused.problems)
        return after


def _but_for_empty(waves: Sequence[str], problems: Sequence[Problem]) -> tuple[str, ...] | None:
    # Waves that are not among those without answers; None where there is another problem, and nobody can tell.
    if {problem.key for problem in problems} - {"wave_empty", "wave_in_future"}:
        return None
    empty = {wave for each in problems if each.key == "wave_empty" for wave in each.values["waves"]}  # type: ignore[attr-defined]
    return tuple(wave for wave in waves if wave not in empty)


def freeze(
    params_path: Path, signed_by: str, out: Path | None = None, language: str | None = None, today: date | None = None
) -> str:
    """Write the plan of a params file and tell what it holds.

    Parameters
    ----------
    params_path
        A params file; the files of answers that it names may be still to come.
    out
        The file to write; the default is ``NAME.frozen.yml`` beside the params file. One that is there is never
        written over.
    language
        Language of what is told; the default is that of the params.
    today
        The day it is signed; the default is that of the machine's clock, which nobody else can vouch for.

    Raises
    ------
    InputRefused
        With everything that the plan lacks, and every problem of params and codebook.
    """
    with speaking(language or "da"):
        params = _read(params_path)
    told_in = language or params.language
    with speaking(told_in):
        file = out or params_path.with_name(f"{params_path.stem}{ENDING}")
        found = Draft(params, signed_by, file).checked()
        found.key.hold()
        made = _plan(found, signed_by, today or datetime.now(tz=UTC).date())
        text = yaml_writer.sections({"jobreport_frozen": "1", **made})
        data = frozen.signed(f"# {_texts(told_in)['comment']}\n{text}")
        checked, problems = frozen.load(data, file.as_posix())
        refuse(problems, told_in)
        assert checked is not None  # noqa: S101 - one without problems was read
        with file.open("xb") as new:  # (nothing that came there meanwhile is written over)
            new.write(data)
        return "\n".join(_told(found, checked, file, digest(data), told_in))


def _read(path: Path) -> Params:
    try:
        return params_file.read(path)
    except params_file.ParamsRefused as refused:
        if left := [problem for problem in refused.problems if not _awaited(problem)]:
            raise params_file.ParamsRefused(left, refused.language, refused.rest) from None
        return refused.rest


def _awaited(problem: Problem) -> bool:
    field = str(problem.values.get("field", ""))
    of_answers = field != "survey, codebook" and field.startswith(("survey", "frozen", "registers"))
    return problem.key in AWAITED and of_answers


@dataclass(frozen=True)
class Draft:
    """Params that a plan is to be made of, who signs it, and the file to write."""

    params: Params
    signed_by: str
    file: Path

    def checked(self) -> Beforehand:
        """Return what the plan is made of, or refuse with everything that is wrong or lacking."""
        alone = self.params.model_copy(update=dict.fromkeys(("frozen", "previous", "benchmarks", "claims")))
        context = checks.read_context(alone)
        problems = [*printable.of_params(alone), *printable.of_texts({"sign-by": self.signed_by}, "--sign-by")]
        lacking = list(self._lacking())
        problems += [Problem("freeze_incomplete", alone.where, {"keys": lacking})] if lacking else []
        if self.file.exists():
            problems.append(Problem("frozen_there", self.file.as_posix()))
        elif not self.file.parent.is_dir():
            problems.append(Problem("frozen_place", self.file.as_posix()))
        if context.codebook is not None and alone.survey is not None:
            problems += printable.of_codebook(context.codebook, alone.survey.codebook)
        refuse(problems, alone.language)
        assert context.codebook is not None  # noqa: S101 - `_lacking` asked for a survey, which has one
        sha256 = next(file.sha256 for file in context.files if file.role == "codebook")
        return Beforehand(alone, context.codebook, sha256)

    def _lacking(self) -> Iterator[str]:
        params = self.params
        survey, event = params.survey, params.event(None) if params.events else None
        needed: dict[str, object] = {"--sign-by": self.signed_by.strip(), "unchanged_margin": params.unchanged_margin}
        needed |= {"survey": survey, "events": event}
        if event is not None:
            needed |= {
                "events, outcome": event.outcome,
                "events, comparison_rule": event.comparison == "all" or event.comparison_rule,
                "events, treated": params.municipality_code in event.treated,
            }
        if survey is not None:
            stated = {f"survey, description, {key}": getattr(survey.description, key) for key in STATED}
            needed |= {"survey, waves": survey.waves, "survey, planned": survey.planned, **stated}
        if survey is not None and event is not None:
            number = survey.planned is None or survey.planned.municipalities
            windows = dict(zip(WINDOWS, survey.windows(event), strict=True))
            needed |= {"survey, planned, municipalities": event.comparison != "all" or number, **windows}
        return (key for key, given in needed.items() if not given)


def _plan(found: Beforehand, signed_by: str, today: date) -> dict[str, Any]:
    subject = frozen.Held(found.params, found.codebook)
    held = subject.sections()
    played = rehearsal.play(rehearsal.Stage.of(subject, found.others, found.answers), found.design)
    curve = that_count(played.curve)
    return {
        "frozen_on": today.isoformat(),
        "signed_by": signed_by.strip(),
        "checksums": checksums(found.params.to_plain(), found.codebook_sha256).model_dump(),
        "in_words": _in_words(found),
        **{name: held[name] for name in ("estimand", "outcome", "windows", "comparison", "asked", "frame", "smallest")},
        "expected": _expected(found),
        "gate": held["gate"],
        "specifications": yaml_writer.Lines(str(row["specification"]) for row in curve),
        "missing_waves": dict(held["missing_waves"]),
        "sentences": [{"case": case, **texts} for case, texts in played.sentences.items()],
        "rest": subject.rest(),
        "data": [{"file": file, "checksum": made} for file, made in found.files.items()],
        "answers_there": list(found.answers_there or ()),
    }


def _in_words(found: Beforehand) -> dict[str, str]:
    outcome = found.event.outcome
    assert outcome is not None  # noqa: S101 - `_lacking` asked
    population = found.survey.description.target_population or {}
    label = found.codebook.indicator(outcome.indicator).label
    return {
        language: _texts(language)["in_words"].format(
            outcome=label.get(language, outcome.indicator),
            measure=_texts(language)["measures"][outcome.measure],
            municipality=municipalities.name(found.params.municipality_code, language),
            date=format_date(found.event.date, "long", locale=LOCALES[language]),
            population=population.get(language, "").rstrip("."),
        )
        for language in LANGUAGES
    }


def _expected(found: Beforehand) -> dict[str, Any]:
    design, margin = found.design, found.params.unchanged_margin or 0.0
    seen = 100 * design.detectable(found.answers)
    return {
        "answers": found.answers,
        "comparison": design.n_comparison,
        "waves_before": design.waves_before,
        "waves_after": design.waves_after,
        "matters": margin,
        "detectable": round(seen, 1) if seen < WHOLE else None,
        "enough": bool(seen <= margin),
        "unchanged_of_100": round(100 * design.unchanged(found.answers, margin / 100)),
        "word": design.wording_level,
        "assumed_between": 100 * design.between,
        "assumed_share": 100 * design.share,
    }


def _told(found: Beforehand, made: frozen.Plan, file: Path, sha256: str, language: str) -> Iterator[str]:
    texts, expected = _texts(language), made.expected
    shown = partial(format_decimal, locale=language)
    yield texts["written"].format(file=file.as_posix())
    yield texts["sha256"].format(sha256=sha256)
    sizes = {"specifications": len(made.specifications), "sentences": len(made.sentences)}
    yield texts["held_rows"].format(before=expected.waves_before, after=expected.waves_after, **sizes)
    if expected.detectable is None:
        yield texts["power_none"]
    else:
        numbers = {"detectable": shown(expected.detectable), "matters": shown(expected.matters)}
        counts = {"answers": expected.answers, "comparison": expected.comparison, "power": shown(PRINTED["power"])}
        yield texts["power"].format(**numbers, **counts)
    if not expected.enough:
        yield texts["not_enough"]
    if late := frozen.Frozen(made, sha256).too_late(frozen.Held(found.params, found.codebook), ()):
        yield texts["too_late"].format(why=", ".join(texts["why"][each] for each in late))
    if found.answers_there is None:
        yield texts["unread"]
    yield texts["do"].format(where=found.params.where)
    yield from _lines(file, found.params.root.resolve(), sha256)


def _lines(file: Path, root: Path, sha256: str) -> Sequence[str]:
    whole = file.resolve()
    named = whole.relative_to(root).as_posix() if whole.is_relative_to(root) else file.name
    block: Mapping[str, Any] = {"frozen": {"file": named, "sha256": sha256, "held_by": None}}
    return yaml_writer.sections(block).splitlines()
