"""Every municipality on one set of pages: levels, mix, funnels, changes, and what cannot be compared and why.

Nothing is ordered by value. What is shown comes from the same released rows as the reports.
"""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Mapping
from dataclasses import dataclass, replace

from jobreport import figures, tables, wording
from jobreport.domain import municipalities
from jobreport.domain.released import COUNTRY, Row, rows
from jobreport.figures.levels import LevelLines
from jobreport.page import Block, Bullets, Column, Group, Heading, Paragraph, Parts, Table
from jobreport.report.overview_texts import texts
from jobreport.report.study import Study
from jobreport.tables import cells
from jobreport.wording import lines, numbers
from jobreport.wording.labels import Labels
from jobreport.wording.levels import main_measure
from jobreport.wording.texts import Texts, listing
from jobreport.wording.writer import Writer


def _writer(study: Study) -> Writer:
    """The writer of a study with the overview's texts under ``overview.`` and the rows of all its events."""
    own = {f"overview.{key}": text for key, text in texts(study.params.language).items()}
    bound = replace(study.writer, texts=Texts(study.params.language, {**study.writer.texts.entries, **own}))
    released = study.results.released
    tables = {"estimates": released.estimates, "changes": released.changes, "diagnostics": released.diagnostics}
    return Writer.of(bound, **tables)


@dataclass(frozen=True)
class _Indicator:
    """The rows of one indicator in its latest wave, by municipality."""

    name: str
    country: Row
    level: Mapping[str, Row]
    change: Mapping[str, Row]
    standardised: Mapping[str, Row]


def front(study: Study) -> Block:
    """What the overview is, and what the event was."""
    labels = _writer(study)
    told: list[Block] = [Paragraph(labels.texts.fill("overview.intro"), kind="lead")]
    for event in study.params.events:
        happened = _names(event.treated, labels)
        told.append(
            Paragraph(labels.texts.fill("overview.event", event=labels.event(event.event), list=happened), kind="body")
        )
        if event.exposed:
            told.append(Paragraph(labels.texts.fill("overview.exposed", list=_names(event.exposed, labels)), "body"))
    return Group(tuple(told))


def indicator(study: Study, name: str) -> Block:
    """One indicator: levels by region, the funnel, the map, and all figures in one table."""
    labels = _writer(study)
    heading = Heading(1, (labels.indicator(name),), f"{name}-heading")
    found = _read(study, labels, name)
    if found is None:
        return Group((heading, labels.missing(name)))
    asked = Paragraph(labels.as_asked(name), kind="question")
    drawn = [_region(region, codes, found, labels) for region, codes in _regions(found)]
    fair = (figures.Funnel.of(labels).figure(name), figures.TileMap.of(labels).figure(name))
    return Group((heading, asked, *drawn, *fair, _table(found, labels)))


def changes(study: Study) -> Block:
    """Own changes of all municipalities, one picture for each indicator and series."""
    labels = _writer(study)
    if not study.params.events:
        return labels.missing("event")
    drawn: list[Block] = []
    for name in _indicators(study):
        measure, category = main_measure(labels, name)
        drawn.append(figures.Ranks.of(labels).figure(indicator=name, measure=measure, category=category))
    drawn += [figures.Ranks.of(labels).figure(series.series) for series in study.params.registers]
    return Group(tuple(drawn))


def not_compared(study: Study) -> Block:
    """Who and what is left out of which comparison, and why."""
    labels = _writer(study)
    told: list[Parts] = []
    absent = _absent(study)
    if absent:
        told.append(labels.texts.fill("overview.absent", list=_names(absent, labels)))
    for name in _indicators(study):
        found = _read(study, labels, name)
        reasons = list(_left_out(found, labels)) if found is not None else []
        told += [(f"{labels.indicator(name)}: ", *reason) for reason in reasons]
    codebook = study.results.codebook
    for one in codebook.indicators if codebook else ():
        if not one.comparable:
            named = labels.indicator(one.name)
            told.append(labels.texts.fill("overview.not_comparable", name=named, reason=one.reason))
    return Bullets(tuple(told)) if told else lines.nothing(labels, "")


def method(study: Study) -> Block:
    """How the numbers are made, and what they are made of."""
    labels = _writer(study)
    facts = study.results.facts
    blocks: list[Block] = [wording.method(labels), tables.thresholds(labels)]
    blocks += [tables.questions(labels)] if study.has("survey") else []
    return Group((*blocks, tables.inputs(facts["inputs"], labels), tables.versions(facts, labels)))


def _indicators(study: Study) -> tuple[str, ...]:
    codebook = study.results.codebook
    return tuple(one.name for one in codebook.indicators) if codebook else ()


def _names(codes: Iterable[str], labels: Labels) -> Parts:
    names = sorted(labels.municipality(code) for code in codes)
    return listing([(name,) for name in names], labels.texts)


def _absent(study: Study) -> list[str]:
    if not study.has("survey"):
        return []
    present = set(study.results.released.estimates["municipality_code"])
    return [one.code for one in municipalities.all_municipalities() if one.code not in present]


def _read(study: Study, labels: Labels, name: str) -> _Indicator | None:
    measure, category = main_measure(labels, name)
    which = {"indicator": name, "measure": measure, "category": category, "group_by": ""}
    found = [row for row in rows(study.results.released.estimates, "estimates", **which) if row.asked]
    found = [row for row in found if not row.spans_waves]
    latest = max((row.text("wave") for row in found), default="")
    level = {row.text("municipality_code"): row for row in found if row.text("wave") == latest}
    country = level.pop(COUNTRY, None)
    if country is None or not country.has("estimate"):
        return None
    own = {"method": "change", "adjustment": "", "scale": "points", **which}
    compared = [row for row in rows(study.results.released.changes, "changes", **own) if row.asked]
    compared = compared if labels.comparable(name) else []
    changed = {row.text("municipality_code"): row for row in compared}
    mixed = wording.funnels.funnel_rows(study.results.released.diagnostics, labels, name).get("standardised", [])
    known = {code: row for code, row in level.items() if code.isdigit()}
    return _Indicator(name, country, known, changed, {row.text("municipality_code"): row for row in mixed})


def _regions(found: _Indicator) -> Iterator[tuple[str, list[str]]]:
    """Regions with their municipalities that have answers, both by name."""
    everyone = sorted(municipalities.all_municipalities(), key=lambda one: (one.region, one.name))
    for region in dict.fromkeys(one.region for one in everyone):
        codes = [one.code for one in everyone if one.region == region and one.code in found.level]
        if codes:
            yield region, codes


def _region(region: str, codes: list[str], found: _Indicator, labels: Labels) -> Block:
    told = listing([_told(found.level[code], labels) for code in codes], labels.texts)
    place = municipalities.all_municipalities()
    number = sorted({one.region for one in place}).index(region)
    return LevelLines.of(labels).figure(
        f"levels-{found.name}-{number}",
        [found.level[code] for code in codes],
        found.country,
        found.name,
        alt=labels.texts.fill("overview.levels_alt", list=told, country=_told_value(found.country, labels)),
        caption=labels.texts.fill(
            "overview.levels_caption",
            name=labels.indicator(found.name),
            region=region,
            wave=numbers.window(found.country, "wave"),
            level=numbers.rule("interval_level", labels.language),
        ),
    )


def _told(row: Row, labels: Labels) -> Parts:
    name = labels.municipality(row.text("municipality_code"))
    if not row.has("estimate"):
        return labels.texts.fill("overview.place_hidden", municipality=name)
    value = _told_value(row, labels)
    if not row.has("ci_low", "ci_high"):
        return labels.texts.fill("overview.place_alone", municipality=name, value=value)
    low, high = (numbers.number(row, end, labels.language) for end in ("ci_low", "ci_high"))
    return labels.texts.fill("overview.place", municipality=name, value=value, low=low, high=high)


def _told_value(row: Row, labels: Labels) -> Parts:
    return wording.phrases.with_unit(row, labels)


def _table(found: _Indicator, labels: Labels) -> Table:
    headers = ("header_region", "header_level", "n", "header_standardised", "header_change")
    named = {"n": labels.texts.fill("headers.n")}
    shown = [
        Column(named.get(key) or labels.texts.fill(f"overview.{key}"), "left" if key == "header_region" else "right")
        for key in headers
    ]
    codes = [code for _, group in _regions(found) for code in group]
    region = {one.code: one.region for one in municipalities.all_municipalities()}
    body = tuple(
        (
            (labels.municipality(code),),
            (region[code].removeprefix("Region "),),
            cells.with_interval(found.level[code], labels),
            cells.base(found.level[code], "n", labels),
            _with_interval(found.standardised.get(code), "value", labels),
            _with_interval(found.change.get(code), "change", labels),
        )
        for code in codes
    )
    caption = labels.texts.fill(
        "overview.table_levels", name=labels.indicator(found.name), wave=numbers.window(found.country, "wave")
    )
    more = tuple(labels.texts.fill(f"overview.note_{name}") for name in ("change", "standardised"))
    return Table(
        f"table-overview-{found.name}",
        (*cells.columns(labels, "municipality"), *shown),
        body,
        caption,
        cells.notes(found.level.values(), labels, *more),
        lines.source(labels, found.name),
        simulated=found.country.simulated,
    )


def _with_interval(row: Row | None, column: str, labels: Labels) -> Parts:
    """A number with its interval; the shorthand where there is none."""
    if row is not None and row.suppressed:
        return labels.texts.fill("common.suppressed_short")
    if row is None or not row.has(column, "ci_low", "ci_high"):
        return labels.texts.fill("common.no_number")
    sign = column == "change"
    value, low, high = (numbers.number(row, name, labels.language, sign=sign) for name in (column, "ci_low", "ci_high"))
    return labels.texts.fill("tables.with_interval", value=value, low=low, high=high)


def _left_out(found: _Indicator, labels: Labels) -> Iterator[Parts]:
    by_reason = {
        "hidden": [code for code, row in found.level.items() if row.suppressed],
        "uncertain": [code for code, row in found.level.items() if row.uncertain],
        "mix_unknown": [code for code, row in found.standardised.items() if "empty_group" in row.reasons],
        "no_change": [c for c, row in found.change.items() if not row.suppressed and not row.has("change")],
    }
    for reason, codes in by_reason.items():
        if codes:
            yield labels.texts.fill(f"overview.{reason}", list=_names(codes, labels))
