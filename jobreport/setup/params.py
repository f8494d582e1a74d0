"""One file in ``params/`` to one frozen, checked object, with the rules that concern several keys at once."""

import ast
import difflib
import re
import sys
from collections import Counter
from collections.abc import Iterable, Iterator, Mapping, Sequence
from copy import deepcopy
from datetime import date
from itertools import pairwise
from pathlib import Path
from typing import Any

from pydantic import ValidationError

from jobreport.domain import municipalities, periods
from jobreport.errors import InputRefused, Problem, refuse
from jobreport.setup import kinds, yaml_file
from jobreport.setup.coding import normal
from jobreport.setup.kinds import twice
from jobreport.setup.params_model import MODELS, NO_EVENT, Event, Params, RegisterSeries, Survey, Wave

PARAMS_FOLDER = "params"
EARLIEST = date(1990, 1, 1)  # no survey of people in Danish activation is older
_YEAR = re.compile(r"(?<!\d)(?:19|20)\d\d(?!\d)")
INJECTED = "# Parameters"  # first line of the cell that Papermill adds to a notebook
UNNAMED = "unnamed"  # what stands in for a name that could not be read
_STAND_IN = {"name": UNNAMED, "municipality_code": "101"}


class ParamsRefused(InputRefused):
    """A params file is refused; ``rest`` is what is left of it without its broken parts."""

    def __init__(self, problems: list[Problem], language: str, rest: Params) -> None:
        super().__init__(problems, language)
        self.rest = rest


def read(path: Path | str) -> Params:
    """Read and check one params file; `jobreport.intake.checks.read_params` looks at its data too.

    ``path``: a YAML file. The project folder is the parent of its folder if that is called ``params``, otherwise its
    own folder; paths in the file are counted from there.

    Raises
    ------
    InputRefused
        With every problem that the file has.
    """
    path = Path(path)
    where = path.as_posix()
    content, problems = yaml_file.read(path, where)
    if not content:
        refuse(problems, _language(content))
    return _checked(content, project_folder(path), where, problems)


def from_mapping(mapping: Mapping[str, Any], root: Path | str, where: str = "parameters") -> Params:
    """Check params that come as values, such as from the parameters cell of a notebook.

    Examples
    --------
    >>> from_mapping({"name": "x", "municipality_code": "183"}, root=".").language
    'da'
    """
    return _checked(dict(mapping), Path(root), where, [])


def replaced(written: Params, values: Mapping[str, Any], *, leave_out_empty: bool = False) -> Params:
    """Return a params file's params with some keys replaced, checked as a file is.

    ``values``: keys and their new values. Another municipality or unit takes the file's title away: that is about the
    first.

    Raises
    ------
    InputRefused
        With every problem; an unknown key is one.

    Examples
    --------
    >>> written = from_mapping({"name": "x", "municipality_code": "183", "title": "Ishøj"}, root=".")
    >>> replaced(written, {"municipality_code": "187"}).title is None
    True
    """
    before = written.to_plain()
    other = any(values.get(key, before[key]) != before[key] for key in ("municipality_code", "unit"))
    merged = before | ({"title": None} if other else {}) | dict(values)
    if written.unit is not None and not merged["unit"]:  # (what is known of the municipality alone is gone)
        refuse([Problem("unit_alone", written.where, {"unit": written.unit})], written.language)
    empty: tuple[Any, ...] = ("", [], {}) if leave_out_empty else ()
    kept = {key: value for key, value in merged.items() if key not in values or value not in empty}
    return from_mapping(kept, written.root, written.where)


def schema() -> dict[str, Any]:
    """Return the JSON Schema of a params file."""
    made = Params.model_json_schema(by_alias=True)
    return {"$schema": "https://json-schema.org/draft/2020-12/schema"} | made


def project_folder(path: Path) -> Path:
    """Return the folder that paths in a params file are counted from."""
    folder = path.parent
    inside = folder.resolve().name == PARAMS_FOLDER
    return folder.resolve().parent if inside else folder


def _language(mapping: Mapping[str, Any]) -> str:
    return "en" if mapping.get("language") == "en" else "da"


def _checked(mapping: dict[str, Any], root: Path, where: str, problems: list[Problem]) -> Params:
    found = list(problems)
    try:
        params = Params.model_validate(mapping)
        complete = True
    except ValidationError as error:
        found += kinds.problems(error, MODELS, where)
        params = _salvaged(mapping, error)
        complete = False
    params._root, params._where = root, where
    found += breaches(params, complete)
    if found:
        raise ParamsRefused(found, _language(mapping), params)
    return params if params.own_unit is None else params.of_unit(params.own_unit)


def _salvaged(mapping: dict[str, Any], error: ValidationError) -> Params:
    rest = deepcopy(mapping)
    broken = {tuple(detail["loc"])[:2] for detail in error.errors()}
    for place in sorted(broken, key=str, reverse=True):
        key = str(place[0])
        if key in ("events", "registers", "units") and len(place) > 1 and isinstance(place[1], int):
            rest[key][place[1]] = None
        else:
            rest.pop(key, None)
    for key in ("events", "registers", "units"):
        rest[key] = [entry for entry in rest.get(key) or [] if entry is not None]
    return Params.model_validate(_STAND_IN | rest)


def breaches(params: Params, complete: bool) -> list[Problem]:
    """Find every breach of a rule between keys, and every file that is not there.

    ``complete``: False if broken parts were left out; then nothing is said about what may have stood there.
    """
    # a report tells of a series once, at one event; another event is another report
    found = list(_twice("register_named_twice", params.where, "series", (each.series for each in params.registers)))
    found += [*_events(params), *_missing_files(params)]
    found += _units(params)
    if params.sender is not None and params.sender.logo and not params.sender.logo_text:
        found.append(Problem("logo_without_text", params.where))
    found += [problem for series in params.registers for problem in _register(params, series, complete)]
    return found + list(_survey(params, params.survey)) if params.survey is not None else found


def _named(code: str) -> str:
    return f"'{code}' ({municipalities.name(code)})"


def _events(params: Params) -> Iterator[Problem]:
    yield from _twice("event_named_twice", params.where, "event", (event.event for event in params.events))
    for event in params.events:
        if both := [_named(code) for code in event.treated if code in event.exposed]:
            yield Problem("treated_and_exposed", params.where, {"event": event.event, "codes": both})
        if event.announced is not None and event.announced > event.date:
            days = {"announced": event.announced.isoformat(), "date": event.date.isoformat()}
            yield Problem("announced_after_event", params.where, {"event": event.event, **days})
        if event.comparison == "all":
            continue
        if touched := [_named(code) for code in event.comparison if code in event.treated + event.exposed]:
            facts = {"event": event.event, "codes": touched}
            yield Problem("comparison_contains_treated", params.where, facts)
        if not event.comparison:
            yield Problem("comparison_empty", params.where, {"event": event.event})


def _units(params: Params) -> Iterator[Problem]:
    # Units that cannot be told apart, one chosen that is not in the municipality, and what the survey cannot give them.
    units, found, survey = params.units, params.own_unit, params.survey
    if shared := twice(text for unit in units for text in unit.spellings):
        alike = [unit.unit for unit in units if not unit.spellings.isdisjoint(shared)]
        yield Problem("units_alike", params.where, {"units": alike})
    if params.unit is not None and found is None:
        facts = {"unit": params.unit, "known": [each.unit for each in units] or ["-"]}
        yield Problem("unit_undeclared", params.where, facts)
    if found is not None and found.municipality_code != params.municipality_code:
        named = {"unit": found.unit, "municipality": _named(found.municipality_code)}
        yield Problem("unit_elsewhere", params.where, named)
    persons = survey is not None and not survey.aggregates
    if units and not persons:
        yield Problem("units_without_persons", params.where)
    waves = [wave.wave for wave in survey.waves] if survey is not None else []
    for unit in units if persons else ():
        if unknown := [wave for wave in unit.invited if wave not in waves]:
            facts = {"unit": unit.unit, "waves": unknown, "known": waves or ["-"]}
            yield Problem("unit_wave_unknown", params.where, facts)
    if params.unit is not None and survey is not None and survey.margins:
        yield Problem("unit_and_margins", params.where)


def _twice(key: str, where: str, field: str, names: Iterable[str]) -> Iterator[Problem]:
    for name, count in Counter(names).items():
        if count > 1:
            yield Problem(key, where, {field: name, "count": count})


def _register(params: Params, series: RegisterSeries, complete: bool) -> Iterator[Problem]:
    keys = [event.event for event in params.events]
    facts: dict[str, object] = {"series": series.series, "known": keys}
    if series.event is None and len(keys) > 1:
        yield Problem("register_event_open", params.where, facts)
        return
    if series.event is not None and series.event not in (known := [*keys, NO_EVENT]):
        if complete:
            near = difflib.get_close_matches(series.event, known, n=1, cutoff=0.0)
            named = {"known": known, "event": series.event, "near": near}
            yield Problem("register_event_unknown", params.where, facts | named)
        return
    yield from _register_windows(params, series, params.event_of(series))


def _register_windows(params: Params, series: RegisterSeries, event: Event | None) -> Iterator[Problem]:
    facts: dict[str, Any] = {"series": series.series}
    facts |= {"event": event.event, "date": event.date.isoformat()} if event is not None else {}
    if not periods.same_seasons(series.before, series.after):
        windows = {"before": list(series.before), "after": list(series.after)}
        yield Problem("windows_seasons", params.where, {**facts, **windows})
    both = [period for period in series.before if period in series.after]
    if both:
        yield Problem("windows_overlap", params.where, facts | {"periods": both})
    for window, listed in (("before", series.before), ("after", series.after)):
        spans = {period: periods.span(period) for period in listed}
        if unread := [period for period, days in spans.items() if days is None]:
            yield Problem("period_malformed", params.where, facts | {"window": window, "periods": unread})
        if wrong := [period for period, days in spans.items() if event and days and _strays(*days, window, event)]:
            yield Problem("window_straddles", params.where, facts | {"window": window, "periods": wrong})
    if event is None and not both and max(series.before) > min(series.after):
        yield Problem("windows_reversed", params.where, facts)


def _strays(first: date | None, last: date | None, window: str, event: Event) -> bool:
    # Tell whether days that stand in a window before or after an event lie on its other side; unknown ones do not.
    if window in ("before", "waves_before"):
        return last is not None and last >= event.date
    return first is not None and first < event.date


def _survey(params: Params, survey: Survey) -> Iterator[Problem]:
    own_files = [wave.wave for wave in survey.waves if wave.file]
    if bool(survey.file) == bool(own_files):
        yield Problem("survey_file_open", params.where)
    elif own_files and len(own_files) < len(survey.waves):
        without = [wave.wave for wave in survey.waves if not wave.file]
        yield Problem("wave_without_file", params.where, {"waves": without})
    yield from _twice("wave_named_twice", params.where, "wave", (normal(wave.wave) for wave in survey.waves))
    misdated = [problem for wave in survey.waves for problem in _dates(params, wave)]
    yield from misdated or [*_order(params, survey), *_overlaps(params, survey)]
    for event in params.events:
        yield from _survey_windows(params, survey, event)


def _dates(params: Params, wave: Wave) -> Iterator[Problem]:
    first, last = wave.from_ or wave.to, wave.to or wave.from_
    if first is None or last is None:
        return
    facts = {"wave": wave.wave, "from": first.isoformat(), "to": last.isoformat()}
    years = set(_YEAR.findall(wave.wave))
    if last < first:
        yield Problem("wave_ends_before_start", params.where, facts)
    elif first < EARLIEST:
        yield Problem("wave_date_impossible", params.where, facts | {"earliest": EARLIEST.isoformat()})
    elif len(years) == 1 and not first.year <= int(years.pop()) <= last.year:
        yield Problem("wave_year_differs", params.where, facts)


def _overlaps(params: Params, survey: Survey) -> Iterator[Problem]:
    # A day that belongs to two waves is before and after at once.
    dated = sorted((wave.from_, wave.to, wave.wave) for wave in survey.waves if wave.from_ and wave.to)
    for (_, last, name), (first, _, following) in pairwise(dated):
        if first <= last and normal(name) != normal(following):
            yield Problem("waves_overlap", params.where, {"waves": [name, following]})


def _order(params: Params, survey: Survey) -> Iterator[Problem]:
    # Everything that names a first or latest wave takes the names in order: they must sort as the dates do.
    dated = [(wave.from_, wave.wave) for wave in survey.waves if wave.from_]
    in_time = [name for _, name in sorted(dated)]
    if in_time != sorted(in_time):
        yield Problem("waves_out_of_order", params.where, {"waves": in_time, "sorted": sorted(in_time)})


def _survey_windows(params: Params, survey: Survey, event: Event) -> Iterator[Problem]:
    by_label = {wave.wave: wave for wave in survey.waves}
    facts = {"event": event.event, "date": event.date.isoformat()}
    if both := [label for label in event.waves_before or () if label in (event.waves_after or ())]:
        yield Problem("windows_overlap", params.where, facts | {"series": "survey", "periods": both})
    for key, listed in (("waves_before", event.waves_before), ("waves_after", event.waves_after)):
        if unknown := [label for label in listed or () if label not in by_label]:
            known = list(by_label) or ["-"]
            yield Problem("wave_unknown", params.where, facts | {"key": key, "waves": unknown, "known": known})
        named = [by_label[label] for label in listed or () if label in by_label]
        if wrong := [wave.wave for wave in named if _strays(wave.from_, wave.to, key, event)]:
            yield Problem("wave_window_straddles", params.where, facts | {"key": key, "waves": wrong})
    if event.waves_before is None or event.waves_after is None:
        yield from _undecided_waves(params, survey, event)


def _undecided_waves(params: Params, survey: Survey, event: Event) -> Iterator[Problem]:
    # A window that is left open needs every wave's dates, and none across the event.
    facts = {"event": event.event, "date": event.date.isoformat()}
    listed = set(event.waves_before or ()) | set(event.waves_after or ())
    open_waves = [wave for wave in survey.waves if wave.wave not in listed]
    undated = [wave.wave for wave in open_waves if wave.from_ is None or wave.to is None]
    if undated or not survey.waves:
        yield Problem("wave_without_dates", params.where, facts | {"waves": undated or ["-"]})
    dated = [(wave.from_, wave.to, wave.wave) for wave in open_waves if wave.from_ and wave.to]
    if across := [name for first, last, name in dated if first < event.date <= last]:
        yield Problem("wave_straddles", params.where, facts | {"waves": across})
    if undated or across or len(dated) < len(survey.waves):
        return
    if not any(last < event.date for _, last, _ in dated):
        yield Problem("event_before_survey", params.where, facts)
    if not any(first >= event.date for first, _, _ in dated):
        yield Problem("event_after_survey", params.where, facts)


def named_files(params: Params) -> list[tuple[str, str, str]]:
    """Every file that params name: its role, where they name it, and its path."""
    named = [(key, key, getattr(params, key)) for key in ("benchmarks", "claims", "jobcentres")]
    named += [("register", f"registers, {series.series}, file", series.file) for series in params.registers]
    if (plan := params.frozen) is not None:
        named += [("frozen", "frozen, file", plan.file), ("timestamp", "frozen, timestamp", plan.timestamp)]
    named += [("logo", "sender, logo", params.sender.logo)] if params.sender is not None else []
    if (survey := params.survey) is not None:
        roles = {"file": "survey", "codebook": "codebook", "invited": "survey", "margins": "survey"}
        named += [(role, f"survey, {key}", getattr(survey, key)) for key, role in roles.items()]
        if (held := survey.comments) is not None:
            named += [("comments", "survey, comments, coded", held.coded)]
            named += [("quotations", "survey, comments, quotations", held.quotations)]
        named += [("survey", f"survey, waves, {wave.wave}, file", wave.file) for wave in survey.waves]
    return [(role, field, file) for role, field, file in named if file is not None]


def _missing_files(params: Params) -> Iterator[Problem]:
    for _, field, file in named_files(params):
        if not params.holds(file):
            key = "file_missing" if params.inside(file) else "file_outside"
            yield Problem(key, params.where, {"field": field, "file": file})


def misspelt() -> dict[str, Any]:
    """Return what Papermill gave the running notebook under names that no cell before it has; {} anywhere else."""
    ipython = sys.modules.get("IPython")
    shell = ipython.get_ipython() if ipython is not None else None
    if shell is None:
        return {}
    return {name: shell.user_ns.get(name) for name in unread(shell.user_ns.get("In", ()))}


def unread(cells: Sequence[str]) -> tuple[str, ...]:
    r"""Names that an injected cell sets and no cell before it does.

    Examples
    --------
    >>> unread(["language: str = 'da'", "# Parameters\nlanguage = 'en'\nmunicipality = '187'\n", "load()"])
    ('municipality',)
    """
    known: set[str] = set()
    for cell in cells:
        names = _assigned(cell)
        if cell.startswith(INJECTED):
            return tuple(name for name in names if name not in known)
        known.update(names)
    return ()


def _assigned(cell: str) -> tuple[str, ...]:
    try:
        body = ast.parse(cell).body
    except SyntaxError:  # a line for IPython, such as %matplotlib
        return ()
    targets = [target for line in body if isinstance(line, ast.Assign) for target in line.targets]
    targets += [line.target for line in body if isinstance(line, ast.AnnAssign)]
    return tuple(target.id for target in targets if isinstance(target, ast.Name))
