"""Everything up to and including a dry run: what a report will be able to say, before it is made."""

from collections.abc import Callable, Iterator
from dataclasses import dataclass
from functools import cached_property
from pathlib import Path

import pandas as pd

from jobreport import wording
from jobreport.domain.released import having, of_windows
from jobreport.domain.texts import Words, texts_of
from jobreport.errors import speaking
from jobreport.intake import checks
from jobreport.intake.checks import Inputs, across
from jobreport.intake.formats.around import by_file
from jobreport.make import exchange
from jobreport.page import plain
from jobreport.prepare import gather as gathered
from jobreport.release.computation import hiding
from jobreport.release.disclosure import LEVEL_LEFT_OUT, forced, of_single_answers
from jobreport.report.results import Results, compute, report_date
from jobreport.setup.codebook import Codebook
from jobreport.setup.params_model import Params


def check(params_path: Path, language: str | None = None, progress: Callable[[str], None] | None = None) -> str:
    """Read, validate, compute and release, and tell what the report would hold; nothing is written.

    ``progress``: is told how far the search for what must be hidden has come, if that takes more than a moment.

    Raises
    ------
    InputRefused
        With every problem of the params and the data.
    """
    params = checks.read_params(params_path)
    way = exchange.in_the_way(params.output_folder(language))
    if language is not None:
        params = params.model_copy(update={"language": language})
    with speaking(params.language):
        inputs = checks.read_inputs(params, way)
        tell = hiding(params.language, progress) if progress is not None else None
        return "\n".join(Findings(inputs, compute(inputs, tell)).lines())


@dataclass(frozen=True)
class Findings:
    """What a report of these inputs would hold, a line for each finding."""

    inputs: Inputs
    results: Results

    @property
    def params(self) -> Params:
        """Those of the report."""
        return self.inputs.params

    @property
    def estimates(self) -> pd.DataFrame:
        """Released levels."""
        return self.results.released.estimates

    @property
    def texts(self) -> Words:
        """Words of the findings, in the report's language."""
        return texts_of("check", self.params.language)

    def say(self, key: str, **facts: object) -> str:
        """Return a line with its facts."""
        return str(self.texts[key]).format(**facts)

    @cached_property
    def labels(self) -> wording.Labels:
        """Names, and the measure that each is told by."""
        texts = wording.read_texts(self.results.params.language)
        labels = wording.Labels(texts, self.results.params, self.results.codebook or Codebook())
        return labels.holding(self.results.released.estimates)

    def lines(self) -> Iterator[str]:
        """Tell of the report, the survey, the events and what others published."""
        params = self.params
        yield self.say("head", where=params.where)
        yield self.say(
            "report",
            municipality=self._name(),
            code=params.place,
            language=self.texts["language_name"],
            date=report_date(params, self.inputs.registers["period"].unique()).isoformat(),
        )
        yield from self._survey()
        if self.inputs.areas_left_out:
            yield self.say("areas_left_out", areas=", ".join(self.inputs.areas_left_out))
        for package in self.inputs.packages:
            asked = self.inputs.codebook.indicators if self.inputs.codebook is not None else ()
            yield from gathered.lines(package, asked, self.params.language)
        yield from self._events()
        yield from self._frozen()
        counts = {"benchmarks": len(self.inputs.benchmarks) if self.inputs.benchmarks is not None else 0}
        yield self.say("published", **counts, claims=len(self.inputs.claims) if self.inputs.claims is not None else 0)

    def _name(self) -> str:
        return self.params.place_name(self.params.language)

    def _survey(self) -> Iterator[str]:
        if self.inputs.codebook is None or self.params.survey is None:
            yield self.texts["no_survey"]
            return
        yield from self._given()
        if self.params.survey.simulated:
            yield self.texts["simulated"]
        for indicator in self.labels.questions_told():
            bases = self._bases(indicator)
            yield self.say("base", indicator=self.labels.indicator(indicator), municipality=self._name(), n=bases)
        single = of_single_answers(self.estimates)
        flagged = {flag: self.estimates["flag"].eq(flag) for flag in ("suppressed", "uncertain")}
        hidden, uncertain = (int((rows & ~single).sum()) for rows in flagged.values())
        rule = self.say("rule", below=self.params.disclosure.suppress_below)
        yield self.say("suppressed", hidden=hidden, all=int((~single).sum()), rule=rule)
        cells = {"hidden": int((flagged["suppressed"] & single).sum()), "all": int(single.sum())}
        yield self.say("single_hidden", below=self.params.disclosure.suppress_cells_below, **cells)
        yield from self._forced()
        yield from self._left_out()
        yield self.say("uncertain", uncertain=uncertain)
        if self.inputs.responses is not None:
            yield from across.lines(self.inputs.responses, self.inputs.codebook, self.texts)
        for where, told in by_file(self.inputs.aside, self.params.language):
            yield self.say("aside", where=where, told=told)
        if self.inputs.dropped:
            yield self.say("dropped", columns=", ".join(self.inputs.dropped))

    def _forced(self) -> Iterator[str]:
        params, codebook = self.params, self.inputs.codebook
        if self.inputs.responses is None or codebook is None:
            return
        items, below = [item.name for item in codebook.items], params.disclosure.suppress_below
        told = list(forced(self.inputs.responses, self.estimates, items, params.place, below))
        for found in told:
            group = codebook.groups[found.group_by]
            names = {key: f"»{label[params.language]}«" for key, label in group.values.items()}
            small = ", ".join(self.say("small", group=names[key], n=n) for key, n in found.small)
            yield self.say(
                "forced" if small else "forced_elsewhere",
                grouping=group.label[params.language],
                wave=found.wave,
                small=small,
                beside=", ".join(names[key] for key in found.beside),
            )
        if any(found.small for found in told):
            yield self.texts["forced_do"]

    def _left_out(self) -> Iterator[str]:
        gone = self.estimates.loc[self.estimates["reason"] == LEVEL_LEFT_OUT, ["group_by", "wave"]].drop_duplicates()
        for grouping, waves in gone.groupby("group_by", sort=True)["wave"]:
            yield self.say("left_out", grouping=self.labels.grouping(str(grouping)), waves=", ".join(sorted(waves)))

    def _given(self) -> Iterator[str]:
        if self.inputs.responses is not None:
            responses = self.inputs.responses
            sizes = {"waves": responses["wave"].nunique(), "municipalities": responses["municipality_code"].nunique()}
            counted = {name: f"{size} {self.texts[name][size != 1]}" for name, size in sizes.items()}
            yield self.say("survey", rows=len(responses), **counted)
        if self.inputs.counted:
            yield self.texts["counted"]
        if self.inputs.aggregates is not None:
            yield self.say("aggregates", figures=len(self.inputs.aggregates))

    def _bases(self, indicator: str) -> str:
        measure, category = self.labels.main_measure(indicator)
        mine = having(self.estimates, indicator=indicator, municipality_code=self.labels.code, group_by="")
        rows = having(mine, measure=measure, category=category)
        rows = rows[~of_windows(rows)]
        without = {"suppressed": self.texts["hidden_n"], "": self.texts["not_asked"]}
        told = [
            self.say("base_none", wave=wave, why=without[flag]) if pd.isna(n) else self.say("base_wave", wave=wave, n=n)
            for wave, n, flag in zip(rows["wave"], rows["n"], rows["flag"], strict=True)
        ]
        return ", ".join(told) or str(self.texts["not_stated"])

    def _events(self) -> Iterator[str]:
        told_by = self._told_by()
        described = [each for each in self.params.registers if self.params.event_of(each) is None]
        if not self.params.events and not described:
            yield self.texts["no_event"]
        if described:
            named = ", ".join(self.labels.indicator(each.series) for each in described)
            yield self.say("described", series=named)
        for event in self.params.events:
            mine = having(self.results.released.changes, event=event.event, municipality_code=self.params.place)
            effects = having(mine, method="effect", group_by="")
            compared = effects["n_comparison"].max() if len(effects) else 0
            key = "event_hidden" if pd.isna(compared) else "event"
            yield self.say(key, event=event.event, date=event.date.isoformat(), comparison=compared)
            for row in effects[effects["wording_level"].ne("") & effects["adjustment"].eq("")].to_dict("records"):
                if (row["measure"], row["category"]) == told_by.get(row["indicator"]):
                    said = {
                        "word": self.texts["words"][row["wording_level"]],
                        "scale": self.texts["scales"][row["scale"]],
                    }
                    yield self.say("level", indicator=self.labels.indicator(row["indicator"]), **said)

    def _frozen(self) -> Iterator[str]:
        if plan := self.results.facts.get("frozen"):
            told = self.on_plan.line(plan)
            yield plain(told.parts)
            for place, found in enumerate(plan["departures"]):
                what, then, now = map(plain, self.on_plan.departure(place, found))
                yield self.say("departure", what=what, then=then, now=now)

    @cached_property
    def on_plan(self) -> wording.Beforehand:
        """The writer of what was fixed beforehand."""
        return wording.Beforehand.of(self.labels)

    def _told_by(self) -> dict[str, tuple[str, str]]:
        names = (*(each.series for each in self.params.registers), *self.labels.reported)
        return {name: self.labels.main_measure(name) for name in names}
