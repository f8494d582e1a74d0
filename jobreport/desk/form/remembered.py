"""What a person said last time, out of the params and the codebook that the form gave: field -> what stands in it."""

from collections.abc import Collection, Iterator, Mapping, Sequence
from typing import Any

from jobreport.desk.form import days
from jobreport.desk.form.about import NOTHING, WRITTEN
from jobreport.desk.form.choices import INVITED
from jobreport.desk.form.rounds import COLUMN, DAYS, ONE
from jobreport.desk.form.session import Session
from jobreport.prepare.init import units
from jobreport.prepare.init.codebook_text import short_name
from jobreport.prepare.init.columns import Column
from jobreport.prepare.init.params_text import BENCHMARKS
from jobreport.prepare.init.questions import QuestionFound
from jobreport.setup import yaml_file
from jobreport.setup.coding import normal

Said = dict[str, Any]
WHOLE = ("disclosure", "unchanged_margin", "licence", "declared_equal", "signers")
OF_SURVEY = ("replicates", "planned")
OF_EVENT = ("comparison", "comparison_rule", "negative_control", "other_changes", "source")
OF_FILES = ("registers", "claims", "jobcentres", "previous", "frozen")  # that nobody gave the form
_NOTHING: tuple[Any, ...] = (None, "", "null", [], {})


def parsed(content: bytes) -> Mapping[str, Any]:
    """Read a file that the form gave; empty where it is none."""
    try:
        text = content.decode("utf-8-sig")
    except UnicodeDecodeError:
        return {}
    held, problems = yaml_file.parse(text, "")
    return held if not problems and isinstance(held, Mapping) else {}


def is_params(content: bytes) -> bool:
    r"""Tell params from a codebook.

    Examples
    --------
    >>> is_params(b"name: x\nsurvey: {}\n"), is_params(b"questions: []\n")
    (True, False)
    """
    return "survey" in parsed(content)


def is_codebook(content: bytes) -> bool:
    """Tell a codebook from params and from how many were asked.

    Examples
    --------
    >>> is_codebook(b"questions: []"), is_codebook(b"wave,municipality_code"), is_codebook(b"survey: {}")
    (True, False, False)
    """
    return not is_params(content) and not content.lstrip(b"\xef\xbb\xbf").startswith(b"wave,")


def of_all(contents: Collection[bytes], session: Session) -> Said:
    """What was said last time, as far as the files of it tell; nothing of a codebook that stands as it is."""
    books = [] if session.has_codebook else [content for content in contents if is_codebook(content)]
    said: Said = {}
    for book in books:
        said |= columns(book)
        session.say({"wave": said["wave_from"].removeprefix(COLUMN) if said["wave_from"].startswith(COLUMN) else ""})
        said |= of_codebook(book, session)
        said |= of_comments(parsed(book))
    for content in contents:
        if is_params(content):
            for book in books:
                said |= of_units(parsed(book), parsed(content), session)
            said |= of_params(content, session)
        elif not is_codebook(content):
            said |= of_invited(content, session)
    return said


def is_open(content: bytes) -> bool:
    """Tell whether something in a codebook is still to be confirmed, so that its questions are asked again."""
    book = parsed(content)
    entries = [each for each in _list(book.get("questions")) if isinstance(each, Mapping)]
    return bool(book.get("proposal") or book.get("open_questions") or any(each.get("proposal") for each in entries))


def is_the_same(one: bytes, other: bytes) -> bool:
    r"""Tell whether two codebooks say the same, whatever is still to be confirmed in them.

    Examples
    --------
    >>> is_the_same(b"proposal: true # read\nquestions: []", b"questions: []"), is_the_same(b"a: 1", b"a: 2")
    (True, False)
    """
    return bool(_said_in(parsed(one)) == _said_in(parsed(other)))


def _said_in(held: Any) -> Any:
    if isinstance(held, Mapping):
        beside = ("proposal", "open_questions", "comments", "comment_key")
        inside = {key: _said_in(value) for key, value in held.items() if key not in beside}
        return {key: value for key, value in inside.items() if value not in (None, "", [], {})}
    return [_said_in(each) for each in held] if isinstance(held, list) else held


def of_params(content: bytes, session: Session) -> Said:
    """What stood in the fields of rounds, event and survey."""
    held = parsed(content)
    survey, said = _map(held.get("survey")), Said()
    for field, key in (("title", "title"), ("name", "name"), ("municipality", "municipality_code")):
        said[field] = held.get(key) or ""
    said["date"] = days.write(held.get("report_date") or "", session.language)
    said["simulated"] = survey.get("simulated") == "true"
    said["selection"] = survey.get("selection") or ""
    did = survey.get("evaluated_party")
    said["did"] = [] if did is None else list(_list(did)) or [NOTHING]
    said |= {f"about.{key}": text or "" for key, text in _map(survey.get("description")).items()}
    for found, wave in zip(session.rounds(), map(_map, _list(survey.get("waves"))), strict=False):
        said[f"wave.{found.name}.name"] = wave.get("wave") or ""
        for field, key in (("first", "from"), ("last", "to")):
            said[f"wave.{found.name}.{field}"] = days.write(wave.get(key) or "", session.language)
    said |= {f"sender.{key}": _text(text) for key, text in _map(held.get("sender")).items() if key in WRITTEN}
    said |= {"carried": carried(held), "lost": list(lost(held)), "comments.expected": bool(survey.get("comments"))}
    return {field: text for field, text in (said | _event(held, session)).items() if text not in ("", [], False, {})}


def _event(held: Mapping[str, Any], session: Session) -> Said:
    events = [each for each in _list(held.get("events")) if isinstance(each, Mapping)]
    if not events:
        return {}
    event = events[0]
    outcome, after = _map(event.get("outcome")), _list(event.get("waves_after"))
    return {
        "has_event": True,
        "event.label": event.get("label") or "",
        "event.date": days.write(event.get("date") or "", session.language),
        "event.announced": days.write(event.get("announced") or "", session.language),
        "event.treated": list(_list(event.get("treated"))),
        "event.exposed": list(_list(event.get("exposed"))),
        "event.first_after": after[0] if after else "",
        "event.outcome": " ".join(outcome.get(key, "") for key in ("indicator", "measure")).strip(),
    }


def of_units(book: Mapping[str, Any], params: Mapping[str, Any], session: Session) -> Said:
    """Which column tells the units, and what they are called."""
    column = _map(book.get("columns")).get("unit")
    listed = [each for each in map(_map, _list(params.get("units"))) if each.get("unit")]
    if not column or not listed:
        return {}
    session.say({"unit": column})
    recode = {normal(cell): unit for cell, unit in _map(_map(book.get("recodes")).get("unit")).items()}
    spelt = {normal(text): each["unit"] for each in listed for text in (each["unit"], _text(each.get("label")))}
    labels, said = {each["unit"]: _text(each.get("label")) for each in listed}, Said(unit_from=column)
    for found in units.found(session.proposals, params.get("municipality_code") or ""):
        unit = recode.get(normal(found.cell)) or spelt.get(normal(found.cell), "")
        said |= {f"unit.{found.cell}": labels[unit]} if unit in labels else {}
        said |= {"unit_of_report": found.cell} if unit and unit == params.get("unit") else {}
    return said


def of_comments(book: Mapping[str, Any]) -> Said:
    """What was asked, and what the themes of coded comments are called."""
    asked, there = _map(book.get("comments")), _map(book.get("columns"))
    if not asked:
        return {}
    themes = map(_map, _list(asked.get("themes")))
    said = {f"comments.theme.{each.get('column') or each.get('name')}": _text(each.get("label")) for each in themes}
    key = there.get("comment_key") or there.get("respondent_id") or ""
    return said | {"comments.wording": _text(asked.get("wording")), "comments.key": key}


def of_invited(content: bytes, session: Session) -> Said:
    """How many were asked in each round, where they are brought back in the order of the rounds."""
    rows = [line.split(",") for line in content.decode("utf-8-sig", "replace").splitlines()[1:] if line]
    asked = {row[0].strip('"'): row[4] for row in rows if len(row) > 4}
    return {f"wave.{each.name}.invited": asked[each.name] for each in session.rounds() if each.name in asked}


def columns(content: bytes) -> Said:
    """Which column tells the round and the municipality, and whether one follows persons."""
    there = _map(parsed(content).get("columns"))
    said: Said = {"wave_from": ONE}
    if there.get("wave"):
        said["wave_from"] = COLUMN + there["wave"]
    elif there.get("answered_on"):
        said["wave_from"] = DAYS + there["answered_on"]
    said["place_from"] = there.get("municipality_code") or ""
    return said | ({"same_person": True} if there.get("respondent_id") else {})


def left_out(content: bytes) -> list[str]:
    """Columns that were left out."""
    return [str(name) for name in _list(parsed(content).get("left_out"))]


def of_codebook(content: bytes, session: Session) -> Said:
    """What was said of questions and groups in a codebook in which something is still open."""
    book = parsed(content)
    entries = {each["name"]: each for each in map(_map, _list(book.get("questions"))) if each.get("name")}
    scales = _map(book.get("scales"))
    proposed = {question.name: question for question in session.proposals[0].questions}
    said: Said = {f"column.{name}": "" for name in proposed if name not in entries}
    said |= {f"several.{each.indicator}": False for name, each in proposed.items() if name not in entries}
    for name, entry in entries.items():
        column = session.proposals[0].column(entry.get("column") or "")
        if column is not None:
            said |= dict(_question(name, entry, column, proposed.get(name), _map(scales.get(entry.get("scale") or ""))))
            said |= dict(_elsewhere(name, entry, session))
    groups = _map(book.get("groups"))
    said["groups"] = [name for name in session.proposals[0].groups if name in groups]
    for name, group in groups.items():
        values = [value for value in map(_map, _list(_map(group).get("values"))) if value.get("code")]
        said |= {f"code.{name}.{code}": _text(each.get("label")) for each in values for code in _codes(each["code"])}
    return said


def _question(
    name: str, entry: Mapping[str, Any], column: Column, proposed: QuestionFound | None, scale: Mapping[str, Any]
) -> Iterator[tuple[str, Any]]:
    labels = [normal(text) for text in _list(_map(scale.get("labels")).get("da"))]
    by_label = {normal(label): code for code, label in column.answers.items()}
    codes = [code for each in _list(entry.get("codes")) for code in _codes(each) if code in column.answers]
    order = codes or [by_label[text] for text in labels if text in by_label]
    label = _text(entry.get("label"))
    yield f"right.{name}", not entry.get("proposal")
    if label and (proposed is None or label != short_name(proposed)):
        yield f"label.{name}", label
    if proposed is None:
        yield f"take.{name}", True
    elif column.name != proposed.column.name:
        yield f"column.{name}", column.name
    if proposed is not None and proposed.scale.only_numbers:
        if codes:
            yield f"way.{name}", "" if order == sorted(order, key=float) else "turned"
        return
    if proposed is None or labels != [normal(text) for text in proposed.scale.labels_da]:
        yield f"order.{name}", order
    if proposed is None or str(proposed.scale.positive) != scale.get("positive"):
        yield f"positive.{name}", _count(scale.get("positive"))


def _elsewhere(name: str, entry: Mapping[str, Any], session: Session) -> Iterator[tuple[str, str]]:
    asked = _list(entry.get("waves"))
    for wave in session.waves() if asked else ():
        if wave not in asked:
            yield f"elsewhere.{name}.{wave}", ""
    for wave, unlike in _map(entry.get("in_wave")).items():
        if _map(unlike).get("column"):
            yield f"elsewhere.{name}.{wave}", unlike["column"]


def _codes(held: Any) -> list[str]:
    return [str(code) for code in (held if isinstance(held, (list, tuple)) else [held])]


def _count(held: Any) -> int:
    return int(held) if isinstance(held, str) and held.isdecimal() else 0


def _text(held: Any) -> str:
    return str(_map(held).get("da") or "") if isinstance(held, Mapping) else str(held or "")


def _map(held: Any) -> Mapping[str, Any]:
    return held if isinstance(held, Mapping) else {}


def _list(held: Any) -> Sequence[Any]:
    return held if isinstance(held, (list, tuple)) else ()


def carried(params: Mapping[str, Any]) -> dict[str, Any]:
    """What the params that the form writes have from those that were brought back.

    Examples
    --------
    >>> carried({"name": "x", "disclosure": {"suppress_below": "10"}, "registers": [{"series": "y"}]})
    {'disclosure': {'suppress_below': '10'}}
    """
    survey, events = _map(params.get("survey")), params.get("events")
    found = {key: params[key] for key in WHOLE if params.get(key) not in _NOTHING}
    of_survey = {key: survey[key] for key in OF_SURVEY if survey.get(key) not in _NOTHING}
    first = _map(events[0]) if isinstance(events, list) and events else {}
    event = {key: first[key] for key in OF_EVENT if first.get(key) not in _NOTHING}
    return found | ({"survey": of_survey} if of_survey else {}) | ({"event": event} if event else {})


def lost(params: Mapping[str, Any]) -> Iterator[str]:
    """Name what the form can do nothing with: it has a file of its own, or there are several.

    Examples
    --------
    >>> list(lost({"registers": [{"series": "y"}], "survey": {"margins": "data/kendte.csv"}, "benchmarks": None}))
    ['registers', 'survey.margins']
    """
    survey, events = _map(params.get("survey")), params.get("events")
    yield from (key for key in OF_FILES if params.get(key) not in _NOTHING)
    if params.get("benchmarks") not in (*_NOTHING, BENCHMARKS):
        yield "benchmarks"
    if survey.get("margins") not in _NOTHING:
        yield "survey.margins"
    if survey.get("invited") not in (*_NOTHING, INVITED):
        yield "survey.invited"
    if isinstance(events, list) and len(events) > 1:
        yield "events"
