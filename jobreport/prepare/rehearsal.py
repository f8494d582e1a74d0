"""What a report would say in each case that can come out, said by itself of made-up answers.

The answers follow the plan: its municipalities, waves and numbers. They are laid out evenly and not drawn, so that
chance makes no case of another. Nothing of them is a result, and every sentence says so.
"""

from __future__ import annotations

from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass, replace
from typing import Any

import numpy as np
import pandas as pd

from jobreport.compare.rows import Row
from jobreport.domain.released import having
from jobreport.domain.texts import LANGUAGES, texts_of
from jobreport.estimate.estimators import Floats
from jobreport.intake.checks import Inputs
from jobreport.intake.formats import register
from jobreport.prepare.power import Design
from jobreport.report.results import Results, compute
from jobreport.report.scope import Scope
from jobreport.setup.codebook import Codebook, Question
from jobreport.setup.frozen import Held
from jobreport.setup.params_model import Event, Params
from jobreport.wording.beforehand import Beforehand

FARTHEST = 0.8  # a change of a share cannot be much larger
TIMES = 2.5  # as large as what can be detected is clear
STEADY = 0.8  # and so much, if it comes in even steps, is clear while false dates are not
BETWEEN = 0.02  # how much the other municipalities' shares swing by themselves
MOST = 1_000  # answers of a municipality in a wave; more would say the same, and fill the machine
LEFT = 3  # answers, so few that nothing of them is shown
OUTSIDE = ("registers", "packages", "declared_equal")
NOTHING = ("invited", "margins", "aggregates", "benchmarks", "claims", "jobcentres")
FILES = ("previous", "frozen", "benchmarks", "claims", "jobcentres", "sender")


@dataclass(frozen=True)
class Played:
    """What came out: case -> language -> sentence, and every choice as it was computed where nothing happened."""

    sentences: Mapping[str, Mapping[str, str]]
    curve: list[Row]


def play(stage: Stage, design: Design) -> Played:
    """Let the report speak of every case; the design says how large a change is clear."""
    seen = design.detectable(stage.answers)
    size = min(TIMES * seen, FARTHEST) if np.isfinite(seen) else FARTHEST / 2
    cases: dict[str, Callable[[], Results]] = {
        "none": stage.results,
        "rise": lambda: stage.results(jump=size),
        "fall": lambda: stage.results(jump=-size),
        "course": lambda: stage.results(course=size * STEADY / TIMES),
        "course_seen": lambda: stage.results(course=size),
        "few": lambda: stage.results(few=True),
    }
    if stage.event.negative_control:
        cases["control"] = lambda: stage.results(jump=size, control=size)
    made = {case: result() for case, result in cases.items()}
    own = {"method": "specification", "municipality_code": stage.params.municipality_code, "indicator": stage.outcome}
    every = having(made["none"].released.changes, **own)
    known = every[every["standard_error"].notna()].to_dict("records")
    curve: list[Row] = [{str(name): value for name, value in row.items()} for row in known]
    return Played(_sentences(made), curve)


def _sentences(made: Mapping[str, Results]) -> dict[str, dict[str, str]]:
    said: dict[str, dict[str, str]] = {}
    for language in LANGUAGES:
        mark = texts_of("freeze", language)["mark"]
        for case, results in made.items():
            spoken = replace(results, params=results.params.model_copy(update={"language": language}))
            writer = Beforehand.of(Scope(spoken).writer)
            own, unchanged = writer.own_change()
            said.setdefault(case, {})[language] = f"{mark} {own} {writer.on_outcome()}"
            if unchanged:
                said.setdefault("unchanged", {})[language] = f"{mark} {unchanged}"
    each = {tuple(texts.values()): case for case, texts in reversed(said.items())}  # (two cases may be told alike)
    return {case: said[case] for case in reversed(each.values())}


@dataclass(frozen=True)
class Stage:
    """The municipalities, waves and questions of the plan; ``places`` begins with those that the event happened to."""

    params: Params
    codebook: Codebook
    event: Event
    places: tuple[str, ...]
    waves: tuple[str, ...]
    answers: int

    @classmethod
    def of(cls, held: Held, others: Sequence[str], answers: int) -> Stage:
        """Set the stage: only the main outcome and what the event cannot touch are asked.

        ``others``, ``answers``: municipalities to compare with, and answers of each in every wave.
        """
        params, codebook, event = held.params, held.codebook, held.params.event(None)
        assert params.survey is not None and codebook is not None  # noqa: S101, PT018 - a plan is of a survey
        assert event.outcome is not None  # noqa: S101 - and of a main outcome
        asked = (event.outcome.indicator, event.negative_control)
        kept = replace(codebook, indicators=tuple(each for each in codebook.indicators if each.name in asked))
        alone = {"simulated": True, "margins": None, "invited": None, "replicates": None, "file": "-"}
        own: dict[str, Any] = {"survey": params.survey.model_copy(update=alone), "events": (event,)}
        own |= dict.fromkeys(OUTSIDE, ()) | dict.fromkeys(FILES, None)
        windows = params.survey.windows(event)
        waves = tuple(wave.wave for wave in params.survey.waves if any(wave.wave in window for window in windows))
        places = (*event.treated, *event.exposed, *others)
        return cls(params.model_copy(update=own), kept, event, places, waves, min(answers, MOST))

    @property
    def outcome(self) -> str:
        """Name of the main outcome."""
        return self.event.outcome.indicator if self.event.outcome else ""

    def results(self, *, jump: float = 0.0, course: float = 0.0, control: float = 0.0, few: bool = False) -> Results:
        """Compute what may be shown where the treated jump at the event, or move on as they did before it.

        ``jump``, ``control``: change of the share at the event, of the main outcome and of what the event cannot touch.
        ``course``: change from the middle of the waves before to that of the waves after, in even steps from the first
        on. ``few``: whether next to nobody answers in the treated municipalities after the event.
        """
        untouched = self.event.negative_control
        shares = {untouched: self._moves(control, 0.0)} if untouched else {}
        made = self._answers(shares | {self.outcome: self._moves(jump, course)}, few=few)
        nothing: dict[str, Any] = dict.fromkeys(NOTHING)
        registers = pd.DataFrame(columns=list(register.COLUMNS))
        return compute(
            Inputs(self.params, self.codebook, responses=made, counted=(), registers=registers, dropped=(), **nothing)
        )

    @property
    def _after(self) -> Floats:
        assert self.params.survey is not None  # noqa: S101 - a plan is of a survey
        return np.array([wave in self.params.survey.windows(self.event)[1] for wave in self.waves], dtype=float)

    def _moves(self, jump: float, course: float) -> Floats:
        rng = np.random.default_rng(1)
        after, steps = self._after, np.arange(len(self.waves), dtype=float)
        steps -= steps.mean()
        distance = steps[after == 1].mean() - steps[after == 0].mean()
        share = 0.5 + rng.normal(0, BETWEEN, (len(self.places), len(self.waves)))
        treated = len(self.event.treated)
        share[:treated] = 0.5 + jump * (after - 0.5) + course * steps / distance
        return np.clip(share, 0.05, 0.95)

    def _answers(self, shares: Mapping[str, Floats], *, few: bool) -> pd.DataFrame:
        size = np.full((len(self.places), len(self.waves)), self.answers)
        if few:
            size[: len(self.event.treated), self._after == 1] = LEFT
        place, wave = (np.repeat(each.ravel(), size.ravel()) for each in np.indices(size.shape))
        order = np.concatenate([np.arange(number) for number in size.ravel()])
        codes = sorted(self.places)
        columns: dict[str, Any] = {
            "wave": pd.Categorical.from_codes(wave, pd.Index(self.waves), ordered=True),
            "municipality_code": pd.Categorical(np.array(self.places)[place], categories=codes),
            "weight": 1.0,
        }
        if "respondent_id" in self.codebook.layout.columns:
            columns["respondent_id"] = np.arange(len(place))
        for name, group in self.codebook.groups.items():
            columns[name] = pd.Categorical.from_codes(order % len(group.values), pd.Index(list(group.values)))
        part = (order + 0.5) / size[place, wave]
        for indicator in self.codebook.indicators:
            positive = part > 1 - shares[indicator.name][place, wave]
            columns |= {item.name: _given(item, positive, order, self.waves, wave) for item in indicator.items}
        return pd.DataFrame(columns)


def _given(item: Question, positive: Any, order: Any, waves: Sequence[str], wave: Any) -> Any:
    size, box = item.scale.size, item.scale.positive
    answer = np.where(positive, size - order % box, 1 + order % (size - box))
    asked = np.array([item.asked_in(each) for each in waves])
    return np.where(asked[wave], answer, -1).astype("int8")
