"""Comments, of which no text is read: what somebody coded them as, and quotations that somebody approved by hand.

The coded file holds a key and a 0 or 1 for each theme, and is refused if it holds anything else. A quotation is one
person's words: it is refused where it may name anybody, or where its place or group has too few comments.
"""

from collections.abc import Iterator, Mapping
from dataclasses import dataclass
from typing import Any

import numpy as np
import pandas as pd

from jobreport.domain import municipalities
from jobreport.domain.texts import both
from jobreport.errors import Problem
from jobreport.intake import coded
from jobreport.intake.checks import personal
from jobreport.intake.formats import contract
from jobreport.intake.formats.content import Content, Reading
from jobreport.intake.formats.tables import RawTable, read_table
from jobreport.setup import coding
from jobreport.setup.codebook import DONT_KNOW, NOT_ANSWERED, Codebook, Comments
from jobreport.setup.coding import normal
from jobreport.setup.params_model import Params

QUOTATIONS = ("quotation", "approved", "municipality_code", "wave", "theme", "group_by", "group")
YES = ("ja", "yes")
WITHOUT, WITH = 1, 2  # codes of whether somebody wrote a comment; of a theme: not about it, about it
_KEYS = ("comment_key", "respondent_id")  # the first of them that the codebook names ties comments to answers
_WAVE, _ROW = "wave", "row"
_PLAIN = (normal, coding.plain)  # names of rounds are compared without capitals, keys of persons with


@dataclass(frozen=True)
class Coding:
    """The comments of one survey: its params and its codebook."""

    params: Params
    codebook: Codebook

    @property
    def key(self) -> str:
        """What ties comments to answers; '' if the codebook names nothing."""
        return next((name for name in _KEYS if name in self.codebook.layout.columns), "")

    def added(self, reading: Reading, responses: pd.DataFrame | None) -> pd.DataFrame | None:
        """Return the answers with a column for each theme; as they are where the params name no coded comments.

        Parameters
        ----------
        reading
            Keeps the file and its problems.
        responses
            None if they are broken, or there are no answers of persons.

        Notes
        -----
        Where nobody's comments were coded, in another municipality or round, nobody is said to have written none.
        """
        survey = self.params.survey
        if survey is None or survey.comments is None:
            return responses
        reading.problems += self._out_of_place()
        asked = self.codebook.comments
        if responses is None or asked is None or self.key not in responses:
            return responses

        def one(content: Content, where: str) -> tuple[pd.DataFrame | None, list[Problem]]:
            table = read_table(content, where)
            found = list(self._not_coded(table, asked))
            return (None, found) if found else (self._keyed(table.frame, responses, asked), [])

        rows = reading.take("comments", survey.comments.coded, one)
        if rows is None:
            return responses
        reading.problems += contract.breach("comments_twice", survey.comments.coded, rows["twice"])
        nobody = rows[_ROW].isna() & ~rows["twice"]  # (whose comments they are is not told)
        reading.problems += contract.breach("comments_of_nobody", survey.comments.coded, nobody)
        return _joined(responses, rows.dropna(subset=[_ROW]), asked)

    def fit(self, quotations: pd.DataFrame | None, responses: pd.DataFrame | None) -> Iterator[Problem]:
        """Find quotations of a theme, group or place that is not there, or of too few who wrote a comment."""
        asked, survey = self.codebook.comments, self.params.survey
        if quotations is None or responses is None or asked is None or asked.commented.name not in responses:
            return
        where = str(survey.comments.quotations) if survey is not None and survey.comments else self.params.where
        names = [item.name for item in asked.themes]
        spelt = {
            normal(text)
            for item in asked.themes
            for text in (item.name, asked.columns[item.name], *item.label.values())
        }
        strange = ~self.codebook.has_groups(quotations)
        below = self.params.disclosure.suppress_below
        wrote = responses[responses[asked.commented.name].eq(WITH)]
        few = [_count(wrote, row) < below for row in quotations.to_dict("records")]
        for key, wrong, facts in (
            ("quotation_theme", ~quotations["theme"].map(normal).isin(spelt | {""}), {"known": sorted(names)}),
            ("aggregate_group", strange, {}),
            ("quotation_of_few", pd.Series(few, index=quotations.index) & ~strange, {"below": below}),
        ):
            yield from contract.breach(key, where, wrong, **facts)

    def _out_of_place(self) -> Iterator[Problem]:
        if self.codebook.comments is None:
            yield Problem("comments_without_themes", self.params.where)
        if not self.key or (self.params.survey is not None and self.params.survey.aggregates):
            yield Problem("comments_without_key", self.params.where)

    def _columns(self) -> list[str]:
        return [self.codebook.layout.columns.get(name, "") for name in (self.key, _WAVE)]

    def _not_coded(self, table: RawTable, asked: Comments) -> Iterator[Problem]:
        yield from personal.problems(personal.findings(table.frame), table.where, self.codebook.layout.allowed)
        there = [str(name) for name in table.frame.columns]
        key, wave = self._columns()
        themes = list(asked.columns.values())
        if absent := [name for name in (key, *themes) if name not in there]:
            yield Problem("table_column_missing", table.where, {"columns": absent, "found": [len(there)]})
        if beyond := [place for place, name in enumerate(there, start=1) if name not in (key, wave, *themes)]:
            facts = {"numbers": beyond[: contract.EXAMPLES], "count": len(beyond)}
            yield Problem("comments_other_columns", table.where, facts | {"wanted": [key, wave or key, *themes]})
        for name in (name for name in themes if name in there):
            wrong = ~coding.apply(table.frame[name], lambda cell: cell in ("0", "1")).astype(bool)
            yield from contract.breach("comments_not_coded", table.where, wrong, column=name)

    def _keyed(self, frame: pd.DataFrame, responses: pd.DataFrame, asked: Comments) -> pd.DataFrame:
        tied = (self.key, _WAVE) if self._columns()[1] in frame else (self.key,)
        mine = list(zip(*(self._texts(name, frame) for name in tied), strict=True))
        place: dict[tuple[str, ...], float] = {}
        known = (coding.apply(responses[name].astype(object), str, _PLAIN[name != _WAVE]) for name in tied)
        for row, person in enumerate(zip(*known, strict=True)):
            place[person] = np.nan if person in place else float(row)
        twice = pd.Series(mine, dtype=object).duplicated(keep=False).to_numpy()
        themes = {name: coding.apply(frame[each], lambda cell: cell == "1") for name, each in asked.columns.items()}
        made = {_ROW: [place.get(person, np.nan) for person in mine], "twice": twice, **themes}
        return pd.DataFrame(made, index=frame.index)

    def _texts(self, name: str, frame: pd.DataFrame) -> pd.Series:
        found = coded.key_column(name, frame, self.codebook)
        return coding.apply(pd.Series("", frame.index) if found is None else found, str, _PLAIN[name != _WAVE])


def _joined(responses: pd.DataFrame, rows: pd.DataFrame, asked: Comments) -> pd.DataFrame:
    at = rows[_ROW].to_numpy(dtype=np.intp)
    coded_in = responses.iloc[at][[_WAVE, "municipality_code"]].astype(str).drop_duplicates()
    pairs = pd.MultiIndex.from_frame(responses[[_WAVE, "municipality_code"]].astype(str))
    looked_at = pairs.isin(pd.MultiIndex.from_frame(coded_in))
    made = {}
    for item in asked.items:
        none = WITHOUT if item is asked.commented else DONT_KNOW
        codes = np.where(looked_at, none, NOT_ANSWERED).astype(np.int8)
        codes[at] = WITH if item is asked.commented else np.where(rows[item.name].astype(bool), WITH, WITHOUT)
        made[item.name] = codes
    return responses.assign(**made)


def waves_of(responses: pd.DataFrame | None, asked: Comments | None) -> tuple[str, ...]:
    """Return the rounds of which comments were coded."""
    if responses is None or asked is None or asked.commented.name not in responses:
        return ()
    there = responses.loc[responses[asked.commented.name].ne(NOT_ANSWERED), _WAVE]
    return tuple(sorted(there.astype(str).unique()))


def read_quotations(content: Content, where: str) -> tuple[pd.DataFrame | None, list[Problem]]:
    """Read quotations, each approved; nothing is left where one may name a person."""
    frame = contract.read(content, where, QUOTATIONS)[list(QUOTATIONS)].copy()
    codes = frame["municipality_code"].map(municipalities.recognise)
    problems = list(personal.problems(personal.findings(frame), where))
    problems += contract.breach("quotation_not_approved", where, ~frame["approved"].map(normal).isin(YES))
    problems += contract.breach("quotation_empty", where, frame["quotation"].eq(""))
    problems += contract.unknown(frame.loc[codes.isna(), "municipality_code"], where)
    for kind in personal.OF_PROSE:
        named = frame["quotation"].map(lambda text, kind=kind: kind in personal.in_prose(text)).astype(bool)
        problems += contract.breach("quotation_of_person", where, named, kind=both(f"personal.{kind}"))
    numbered = [str(place) for place in range(1, len(frame) + 1)]
    made = frame.assign(municipality_code=codes).rename(columns={"quotation": "text"}).assign(quotation=numbered)
    return (None if problems else made), problems


def _count(wrote: pd.DataFrame, row: Mapping[Any, Any]) -> int:
    here = wrote["municipality_code"].astype(str).eq(row["municipality_code"])
    here &= wrote[_WAVE].astype(str).map(normal).eq(normal(row["wave"]))
    if row["group_by"] in wrote:
        here &= wrote[row["group_by"]].astype(str).eq(row["group"])
    return int(here.sum())
