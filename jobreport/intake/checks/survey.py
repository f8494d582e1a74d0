"""One survey of a params file: its files, cleared of personal data, checked and turned into `responses`."""

from collections.abc import Iterator, Sequence
from dataclasses import dataclass, field, replace
from functools import partial

import numpy as np
import pandas as pd

from jobreport.domain.released import UNIT
from jobreport.errors import Problem
from jobreport.intake import coded
from jobreport.intake.checks import across, admission, aggregates, answers, declared, rules, several, strangers
from jobreport.intake.checks.aggregates import Counted, across_files, by_question
from jobreport.intake.coded import Keys
from jobreport.intake.formats import contract
from jobreport.intake.formats.around import Aside
from jobreport.intake.formats.content import Content, InputFile, Reading
from jobreport.intake.formats.tables import RawTable, read_table
from jobreport.setup import coding
from jobreport.setup.codebook import Codebook
from jobreport.setup.coding import Layout, normal
from jobreport.setup.params_model import Params, Survey


@dataclass(frozen=True)
class Read:
    """What was read, and everything that is wrong with it."""

    responses: pd.DataFrame | None = None
    counted: tuple[Counted, ...] = ()
    invited: pd.DataFrame | None = None
    margins: pd.DataFrame | None = None
    aggregates: pd.DataFrame | None = None
    files: tuple[InputFile, ...] = ()
    dropped: tuple[str, ...] = ()
    aside: tuple[tuple[str, Aside], ...] = ()
    problems: list[Problem] = field(default_factory=list)


def read(params: Params, survey: Survey, codebook: Codebook | None, served: pd.DataFrame | None) -> Read:
    """Read and check a survey.

    ``codebook``: None if the codebook is broken: then only personal data are looked for. ``served``: which jobcentre
    served whom; None if the params name no such file.
    """
    reading = Reading(params)
    found = _tables(reading, survey, codebook) if survey.aggregates else _answers(reading, survey, codebook, served)
    found = replace(found, files=tuple(reading.files))
    problems = [*rules.future(survey, params.report_date, params.where), *_copies(found.files, survey, params.where)]
    problems += rules.of_replicates(survey, params.where)
    problems += declared.crossed_names({wave: file for file, wave in _named_files(survey) if wave}, params.where)
    if codebook is not None:
        problems += strangers.of_codebook(codebook, survey)
        problems += strangers.of_counts(found.invited, survey.invited, survey, codebook)
        problems += strangers.of_counts(found.margins, survey.margins, survey, codebook)
    problems += reading.problems
    if codebook is not None and not problems:
        problems += across.side_by_side(found.responses, found.counted, codebook, params.where)
    return replace(found, problems=problems)


def _answers(reading: Reading, survey: Survey, codebook: Codebook | None, served: pd.DataFrame | None) -> Read:
    def one(content: Content, where: str) -> tuple[RawTable, list[Problem]]:
        return read_table(content, where, survey.sheet, each_once=True), []

    params = reading.params
    parts: list[tuple[pd.DataFrame | None, pd.DataFrame | None]] = []  # answers, and counts of the invited
    dropped: list[str] = []
    aside: list[tuple[str, Aside]] = []
    asked = several.Asked()
    for file, wave in _named_files(survey):
        table = reading.take("survey", file, one, survey.largest_file)
        if table is None:
            continue
        aside += [(file, each) for each in table.aside]
        own = None
        if codebook is not None:
            own = _for_wave(codebook, wave)
            table, layout = _in_time(table, own.layout, survey)
            own = replace(own, layout=rules.with_replicates(layout, survey, table.frame.columns))
        raw, names, found = _admitted(table, own, asked)
        dropped += names
        if raw is not None and codebook is not None and own is not None:
            keys = coded.keys(raw, own)
            found += _contradictions(table, keys, codebook, wave, survey)
            del table  # of many rows it is most of what the memory holds
            part, counts, wrong = _checked(raw, keys, file, params, own, served)
            del raw, keys  # what is needed of them is in the part
            parts.append((part, counts))
            found += wrong
        reading.problems += found
    reading.problems += asked.never_given(params.where)
    invited, margins = _counts(reading, survey)
    responses = _together([part for part, _ in parts if part is not None])
    if responses is not None and codebook is not None and not reading.problems:
        reading.problems += _whole(responses, params, survey, invited)
        reading.problems += across.changed_persons(responses, codebook, params.where)
        reading.problems += _weights(responses, codebook, survey)
    given = invited if invited is not None else _together([counts for _, counts in parts if counts is not None])
    return Read(responses, (), given, margins, None, dropped=tuple(dict.fromkeys(dropped)), aside=tuple(aside))


def _copies(files: Sequence[InputFile], survey: Survey, where: str) -> Iterator[Problem]:
    contents = {file.path: file.sha256 for file in files}
    waves: dict[str, list[str]] = {}
    for file, wave in _named_files(survey):
        if wave is not None and file in contents:
            waves.setdefault(contents[file], []).append(wave)
    for names in waves.values():
        if len(names) > 1:
            yield Problem("wave_same_file", where, {"waves": names})


def _tables(reading: Reading, survey: Survey, codebook: Codebook | None) -> Read:
    # Read a survey that is given as a table of counts, shares or means; without its codebook it says nothing.
    tables: list[aggregates.Table] = []
    if codebook is not None:
        reader = partial(aggregates.read, survey=survey, codebook=codebook)
        taken = [reading.take("survey", file, reader) for file, _ in _named_files(survey)]
        tables = [table for table in taken if table is not None]
    invited, margins = _counts(reading, survey)
    counted = [table.counted for table in tables if len(table.counted)]
    summaries = [table.summaries for table in tables if len(table.summaries)]
    if tables and not reading.problems:
        reading.problems += across_files([*counted, *summaries], reading.params)
    waves = tuple(wave.wave for wave in survey.waves)
    whole = pd.concat(counted, ignore_index=True) if counted else None
    return Read(
        counted=by_question(whole, codebook, waves) if whole is not None and codebook is not None else (),
        invited=invited,
        margins=margins,
        aggregates=pd.concat(summaries, ignore_index=True) if summaries else None,
    )


def _named_files(survey: Survey) -> Iterator[tuple[str, str | None]]:
    if survey.file is not None:
        yield survey.file, None
    for wave in survey.waves:
        if wave.file is not None and survey.file is None:
            yield wave.file, wave.wave


def _for_wave(codebook: Codebook, wave: str | None) -> Codebook:
    if wave is None:
        return codebook
    layout = codebook.layout
    columns = {key: column for key, column in layout.columns.items() if key != "wave"}
    return replace(codebook, layout=replace(layout, columns=columns, fixed={**layout.fixed, "wave": wave}))


def _in_time(table: RawTable, layout: Layout, survey: Survey) -> tuple[RawTable, Layout]:
    # Tell the wave of every row where the file does not: the only one there is, or the one that its day lies in.
    if "wave" in {**layout.columns, **layout.fixed}:
        return table, layout
    if len(survey.waves) == 1:
        return table, replace(layout, fixed={**layout.fixed, "wave": survey.waves[0].wave})
    column = layout.columns.get("answered_on", "")
    if column not in table.frame or not all(wave.from_ and wave.to for wave in survey.waves):
        return table, layout
    waves = rules.waves_of_days(table.frame[column], layout.date_format, survey)
    named = replace(layout, columns={**layout.columns, "wave": rules.WAVE_OF_DAY})
    return replace(table, frame=table.frame.assign(**{rules.WAVE_OF_DAY: waves})), named


def _admitted(
    table: RawTable, codebook: Codebook | None, asked: several.Asked
) -> tuple[pd.DataFrame | None, tuple[str, ...], list[Problem]]:
    # Columns that are needed (None if the door stays shut), names of those that were dropped, and why it is shut.
    layout = codebook.layout if codebook is not None else Layout()
    table = table.without(layout.left_out)
    found = list(admission.personal_data(table, layout.allowed))
    dropped = tuple(admission.free_text(table, layout.used))
    if codebook is not None and not found:
        table = asked.columns_of(table, layout.used)
        found = admission.missing_columns(table, codebook)
    return (None if found or codebook is None else admission.needed(table, codebook)), dropped, found


def _contradictions(
    table: RawTable, keys: Keys, codebook: Codebook, wave: str | None, survey: Survey
) -> Iterator[Problem]:
    waves = [label for label in keys.wave.cat.categories if label]
    yield from declared.contradictions(table, waves, _for_wave(codebook, wave))
    if wave is not None:
        yield from declared.other_waves(table, wave, codebook, survey)


def _checked(
    raw: pd.DataFrame, keys: Keys, where: str, params: Params, codebook: Codebook, served: pd.DataFrame | None
) -> tuple[pd.DataFrame | None, pd.DataFrame | None, list[Problem]]:
    # Judge the rows of those who answered, by the status column; the others count as invited.
    survey = params.survey
    assert survey is not None  # noqa: S101 - its file was read
    problems = list(_status(keys, codebook, where))
    keys, unplaced = _residing(keys, codebook, survey, served, where)
    answered = _answered(keys, codebook)
    own = keys if keys.status is None else keys.of(answered)
    file = coded.of(raw if keys.status is None else raw[answered], own, codebook)
    problems += rules.waves(own.wave, codebook.layout.columns, survey, where)
    problems += rules.places(own, codebook, where)
    of_units, found = strangers.units_of(own, params.units, codebook.layout.columns.get(UNIT, "fixed"), where)
    problems += found
    problems += rules.respondents(file, where)
    weight, found = rules.weights(own, where)
    problems += found
    replicates, found = rules.replicates(own, survey, where)
    problems += found
    problems += rules.dates(own, codebook, survey, where)
    problems += answers.problems(file, where)
    problems += _simulated(own, survey, where)
    problems += unplaced
    if problems:
        return None, None, problems
    responses = file.responses(tuple(wave.wave for wave in survey.waves), weight)
    more = replicates if of_units is None else {**replicates, UNIT: of_units.astype(str)}
    responses = responses.assign(**{name: values.to_numpy() for name, values in more.items()})
    return responses, _invited(keys, survey, codebook), problems


def _answered(keys: Keys, codebook: Codebook) -> pd.Series:
    if keys.status is None:
        return pd.Series(True, index=keys.wave.index)
    return keys.status.isin(codebook.layout.answered)


def _status(keys: Keys, codebook: Codebook, where: str) -> Iterator[Problem]:
    if keys.status is None:
        return
    codes = codebook.layout.answered
    if not _answered(keys, codebook).any():
        yield Problem("nobody_answered", where, {"codes": list(codes)})
    yield from contract.breach("status_blank", where, keys.status == "")
    if never := sorted(set(codes) - set(keys.status.cat.categories)):
        yield Problem("status_absent", where, {"codes": never})


def _simulated(keys: Keys, survey: Survey, where: str) -> Iterator[Problem]:
    column = keys.cells.get("simulated")
    if column is None:
        return
    made_up = coding.that(column, ("true", "1", "ja", "yes").__contains__)
    if survey.simulated:
        yield from contract.breach("simulated_mixed", where, ~made_up)
    else:
        yield from contract.breach("simulated_not_said", where, made_up)


def _residing(
    keys: Keys, codebook: Codebook, survey: Survey, served: pd.DataFrame | None, where: str
) -> tuple[Keys, list[Problem]]:
    if keys.municipality is not None:
        return keys, []
    jobcentre = keys.cells.get("jobcentre_code")
    if jobcentre is None or served is None:
        return keys, [Problem("jobcentres_needed", where)]
    waves = {normal(wave.wave): wave for wave in survey.waves}
    codes, problems = rules.from_jobcentre(jobcentre, keys.wave, waves, served, where, _answered(keys, codebook))
    return replace(keys, municipality=codes), problems


def _invited(keys: Keys, survey: Survey, codebook: Codebook) -> pd.DataFrame | None:
    places, status = keys.municipality, keys.status
    if places is None or status is None or not codebook.layout.invited or places.isna().any():
        return None
    shown = {normal(wave.wave): wave.wave for wave in survey.waves}
    invited = status.isin({*codebook.layout.invited, *codebook.layout.answered})
    table = pd.DataFrame(
        {
            "wave": keys.wave.map(lambda label: shown.get(label, label)),
            "municipality_code": places,
            "n_invited": invited.astype(float),
            "n_answered": _answered(keys, codebook).astype(float),
        }
    )
    counted = table.groupby(["wave", "municipality_code"], as_index=False).sum()
    counted.insert(2, "group_by", "")
    counted.insert(3, "group", "")
    return counted


def _counts(reading: Reading, survey: Survey) -> tuple[pd.DataFrame | None, pd.DataFrame | None]:
    invited = reading.take("invited", survey.invited, contract.read_invited)
    return invited, reading.take("margins", survey.margins, contract.read_margins)


def _together(frames: list[pd.DataFrame]) -> pd.DataFrame | None:
    if len(frames) < 2:
        return frames[0] if frames else None
    keys = {"municipality_code": object, "jobcentre_code": object, UNIT: object}
    keys |= dict.fromkeys(("respondent_id", "cluster", "stratum", "comment_key"), str)
    apart = [frame.astype({key: kind for key, kind in keys.items() if key in frame}) for frame in frames]
    joined = pd.concat(apart, ignore_index=True)
    codes = joined["municipality_code"]
    return joined.assign(municipality_code=pd.Categorical(codes, categories=sorted(set(codes.dropna()))))


def _weights(responses: pd.DataFrame, codebook: Codebook, survey: Survey) -> Iterator[Problem]:
    # Hold the weights of the waves against each other, unless the codebook allows the column as it is.
    column = codebook.layout.columns.get("weight")
    if column is not None:
        yield from rules.weights_of_waves(responses, column in codebook.layout.allowed, str(survey.codebook))


def _whole(responses: pd.DataFrame, params: Params, survey: Survey, invited: pd.DataFrame | None) -> Iterator[Problem]:
    where = params.where
    needed = {params.municipality_code: "municipality_code"}
    if not params.packages:  # (else they may have told their figures)
        needed |= rules.treated(params.events)
    counted = _answers_given(responses)
    yield from rules.absent(set(counted.index.get_level_values(1)), needed, where)
    if UNIT in responses:
        yield from strangers.silent_units(responses[UNIT], params.units, where)
    if invited is None or survey.invited is None:
        return
    all_rows = invited[(invited["group_by"] == "") & invited["n_answered"].notna()]
    stated = all_rows.set_index(["wave", "municipality_code"])["n_answered"]
    found = counted.reindex(stated.index, fill_value=0)
    wrong = stated[found != stated]
    if len(wrong):
        shown = [f"{wave} {code}" for wave, code in wrong.index[: contract.EXAMPLES]]
        yield Problem("answered_differs", survey.invited, {"places": shown, "count": len(wrong)})


def _answers_given(responses: pd.DataFrame) -> pd.Series:
    wave, place = responses["wave"].array, responses["municipality_code"].array
    each = [place.codes[wave.codes == number] for number in range(len(wave.categories))]
    counts = [np.bincount(codes[codes >= 0], minlength=len(place.categories)) for codes in each]
    counted = pd.Series(np.concatenate(counts), pd.MultiIndex.from_product([wave.categories, place.categories]))
    return counted[counted > 0]
