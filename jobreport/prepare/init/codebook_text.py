"""The codebook that `jobreport init` writes: filled in as far as the file allows, open where it does not."""

import re
from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass
from typing import Any

from jobreport.domain.texts import words
from jobreport.intake.formats.surveyxact import SURVEYXACT
from jobreport.prepare.init import between, units, vocabulary
from jobreport.prepare.init.columns import YEARS, Column
from jobreport.prepare.init.propose import Proposal
from jobreport.prepare.init.questions import CROSS, QuestionFound, ScaleFound
from jobreport.setup.yaml_writer import Line, Lines, Noted, quoted, sections

Plain = dict[str, Any]
_SAID = words("proposed")

_NOBODY = Noted(None, _SAID["municipality"])
_AGES = [15, 30, 40, 50, 60]
_LEADS = re.compile(r"^(?:i hvilken grad|i hvor høj grad|hvor (?:u)?enig (?:eller uenig )?er du i,?(?: at)?)\s+", re.I)
_THEMES = {"satisfaction": ("tilfreds",), "trust": ("tillid",), "meaning": ("mening", "aktivitet")}


@dataclass(frozen=True)
class Confirmed:
    """What a person has confirmed of the proposals, and so is none any more."""

    columns: bool = False  # whether the columns and the groups were confirmed
    questions: frozenset[str] = frozenset()  # questions, indicators: names of those that were
    indicators: frozenset[str] = frozenset()
    # questions of other waves that were not asked there, or are not to be taken from there: (question, wave)
    unasked: frozenset[tuple[str, str]] = frozenset()


def codebook(
    proposals: Sequence[Proposal],
    waves: Sequence[str],
    fixed: Mapping[str, str] | None = None,
    confirmed: Confirmed = Confirmed(),
    left_out: Sequence[str] = (),
    allowed: Sequence[str] = (),
    comments: Plain | None = None,
) -> str:
    """Write the codebook of the first file; how other files differ is written per wave.

    Parameters
    ----------
    proposals, waves
        One file for each wave, or one for all.
    fixed
        What a person has said of all rows, by key; it is not asked about again.
    confirmed
        What is not marked as a proposal, which a person does by deleting the line.
    left_out, allowed
        Columns that are left out, and those that look like personal data and are none.
    comments
        The open question and the themes of its coded comments.
    """
    fixed = fixed or {}
    first = proposals[0]
    parts: Plain = {} if _sure(first, confirmed) else {"proposal": Noted(True, _SAID["whole"])}
    parts |= _open_questions(proposals, waves, fixed, confirmed)
    parts |= _columns(first, fixed)
    parts |= _status(first)
    parts |= {
        "scales": _scales(_asked(proposals)),
        "questions": _questions(proposals, waves, confirmed),
        "indicators": _indicators(first),
        "groups": _groups(first),
    }
    parts |= {"comments": Noted(comments, "temaerne i de kodede kommentarer")} if comments else {}
    if left_out:
        parts["left_out"] = Noted(list(left_out), "udeladt, før noget i dem blev læst")
    if allowed:
        parts["allowed"] = Noted(list(allowed), "ligner personoplysninger og er det ikke")
    return f"{_SAID['head']}\n{sections(parts, _others(first))}"


def _open_questions(
    proposals: Sequence[Proposal], waves: Sequence[str], fixed: Mapping[str, str], confirmed: Confirmed
) -> Plain:
    found = list(_doubts(proposals[0], fixed))
    between_waves = between.doubts(proposals, waves)
    found += [doubt.text for doubt in between_waves if (doubt.question, doubt.wave) not in confirmed.unasked]
    remark = "besvar hvert punkt ved at rette kodebogen, og slet punktet; til sidst også denne linje"
    return {"open_questions": Noted(Lines(found), remark)} if found else {}


def _doubts(proposal: Proposal, fixed: Mapping[str, str]) -> Iterator[str]:
    keys = {**proposal.keys, **fixed}
    if "municipality_code" not in keys and "jobcentre_code" in keys:
        yield _SAID["doubts"]["jobcentre"]
    if not proposal.questions:
        yield _SAID["doubts"]["questions"]
    for question in (question for question in proposal.questions if question.scale.only_numbers):
        codes = ", ".join(question.column.answers)
        yield _SAID["doubts"]["direction"].format(column=question.column.name, codes=codes, question=question.name)
    for name, column in proposal.groups.items():
        if column.kind == "number":
            yield _SAID["doubts"]["group"].format(column=column.name, codes=", ".join(column.answers), group=name)


def _mark(confirmed: bool, doubt: Sequence[str]) -> Plain:
    if confirmed or not doubt:
        return {}
    key, *facts = doubt
    return {"proposal": Noted(True, _SAID["unsure"][key].format(*facts))}


def unsure(questions: Sequence[QuestionFound]) -> list[QuestionFound]:
    """List the questions whose scale a person must look at: of those with the same doubt about a scale the first."""
    doubts = {(each.scale.labels_da, each.scale.unsure): each for each in reversed(questions) if each.scale.unsure}
    return list(doubts.values())[::-1]


def _sure(proposal: Proposal, confirmed: Confirmed) -> bool:
    sure = {question.name for question in proposal.questions if not question.scale.unsure}
    return confirmed.columns and sure <= confirmed.questions


def _columns(proposal: Proposal, fixed: Mapping[str, str]) -> Plain:
    told = {key: remark for key, remark in _SAID["keys"].items() if key in proposal.keys}
    names = {key: Noted(proposal.keys[key].name, remark) for key, remark in told.items()}
    counting = proposal.row_numbers if "respondent_id" not in proposal.keys else ()
    rows = [_SAID["counts_rows"].format(name=quoted(name)) for name in counting]
    days = proposal.days if "answered_on" not in proposal.keys else ()
    rows += [_SAID["may_be_day"].format(name=quoted(name)) for name in days]
    if names and rows:
        first = next(iter(names))
        names[first] = Noted(names[first].value, names[first].remark, "\n".join(rows))
    parts: Plain = {"columns": Noted(names, _SAID["columns"])}
    asked = {} if {*proposal.keys, *fixed} & {"municipality_code", "jobcentre_code"} else {"municipality_code": _NOBODY}
    if fixed or asked:
        parts["fixed"] = Noted({**asked, **fixed}, "det samme for alle rækker")
    places, waves, of_units = proposal.municipality_recode, proposal.wave_recode, proposal.unit_recode
    if of_units is None:
        of_units = units.recode({unit.cell: unit.label for unit in units.found([proposal]) if not unit.is_rare})
    in_order = "filens målinger -> navne, der står i tidens orden, når de sorteres; de samme står i params"
    recodes = {
        "municipality_code": Noted(places, "filens koder -> kommunekoder, læst af svarteksterne"),
        "wave": Noted(waves, in_order),
        "unit": Noted(of_units, "filens enheder -> unit, som de står under units i params"),
    }
    found = {key: table for key, table in recodes.items() if table.value}
    return parts | ({"recodes": found} if found else {})


def _status(proposal: Proposal) -> Plain:
    status = proposal.keys.get("status")
    if status is None:
        return {}
    labels = ", ".join(f"{code} = {label}" for code, label in status.answers.items())
    if proposal.table.layout != SURVEYXACT:
        done = [code for code, label in status.answers.items() if label == _SAID["done"]]
        return {"answered": Noted(done, f"disse tæller som svar. {labels}")}
    return {
        "answered": Noted(["4"], f'disse tæller som svar; skriv også "3", hvis delvise svar skal med. {labels}'),
        "invited": Noted(["2", "3", "4", "5"], "disse tæller som inviterede"),
    }


def _asked(proposals: Sequence[Proposal]) -> list[QuestionFound]:
    first, *others = proposals
    later = [(question, between.same_question(question, other)) for other in others for question in first.questions]
    alike = [each for q, each in later if each and len(each.scale.labels_da) == len(q.scale.labels_da)]
    return [*first.questions, *alike]


def _scale_names(questions: Sequence[QuestionFound]) -> dict[tuple[str, ...], str]:
    names: dict[tuple[str, ...], str] = {}
    for question in questions:
        labels = question.scale.labels_da
        if labels not in names:
            taken = sum(name.startswith(question.scale.kind) for name in names.values())
            names[labels] = question.scale.kind if not taken else f"{question.scale.kind}_{taken + 1}"
    return names


def _scales(questions: Sequence[QuestionFound]) -> Noted:
    scales = {question.scale.labels_da: question.scale for question in questions}
    counted = "så mange af de mest positive svar regnes for positive"
    made = {
        name: ({"kind": scales[labels].kind} if name != scales[labels].kind else {})
        | {
            "labels": _labels(scales[labels]),
            "positive": Noted(scales[labels].positive, counted),
            "negative": scales[labels].negative,
        }
        for labels, name in _scale_names(questions).items()
    }
    return Noted(made, "svar fra MINDST til MEST positivt" if made else "")


def _labels(scale: ScaleFound) -> Plain:
    return {"da": list(scale.labels_da)} | ({"en": list(scale.labels_en)} if scale.labels_en else {})


def _questions(proposals: Sequence[Proposal], waves: Sequence[str], confirmed: Confirmed) -> list[Plain]:
    names = _scale_names(_asked(proposals))
    marked = {question.name for question in unsure(proposals[0].questions)}
    return [
        _question(question, names[question.scale.labels_da])
        | _asked_in(question, waves, confirmed)
        | _other_waves(question, proposals[1:], waves[1:], names)
        | _mark(question.name in confirmed.questions, question.scale.unsure if question.name in marked else ())
        for question in proposals[0].questions
    ]


def _question(question: QuestionFound, scale_name: str) -> Plain:
    scale, column = question.scale, question.column
    made = {
        "name": question.name,
        "column": column.name,
        "wording": Noted(Line(da=column.question or column.name), "ordret, som der blev spurgt; en: på engelsk"),
        "label": Noted(Line(da=short_name(question)), "kort navn i rapporten; en: på engelsk"),
        "scale": scale_name,
    }
    if scale.codes:
        made["codes"] = Noted(list(scale.codes), "filens koder i skalaens rækkefølge, mindst positiv først")
    if scale.outside:
        made["dont_know"] = Noted(between.outside(question), "svar uden for skalaen")
        made["dont_know_in_base"] = Noted(False, "true = de tæller med i grundlaget")
    if column.blanks:
        made["missing"] = Noted(list(column.blanks), "betyder, at ingen svarede")
    return made


def _asked_in(question: QuestionFound, waves: Sequence[str], confirmed: Confirmed) -> Plain:
    asked = [wave for wave in waves if (question.name, wave) not in confirmed.unasked]
    return {"waves": Noted(asked, "kun stillet i disse runder")} if len(asked) < len(waves) else {}


def _other_waves(
    question: QuestionFound, others: Sequence[Proposal], waves: Sequence[str], names: Mapping[tuple[str, ...], str]
) -> Plain:
    found = {wave: between.same_question(question, other) for wave, other in zip(waves, others, strict=False)}
    parts = {wave: between.differences(question, other, names) for wave, other in found.items() if other is not None}
    unlike = {wave: Line(part) for wave, part in parts.items() if part}
    return {"in_wave": Noted(unlike, "her var målingen anderledes")} if unlike else {}


def _indicators(proposal: Proposal) -> Noted:
    made = []
    for indicator in dict.fromkeys((*vocabulary.INDICATORS, *(each.indicator for each in proposal.questions))):
        if found := [question for question in proposal.questions if question.indicator == indicator]:
            danish, english = indicator_names(indicator, found)
            made.append(
                {
                    "name": indicator,
                    "label": Noted(Line(da=danish, en=english), "overskrift i rapporten"),
                    "items": [question.name for question in found],
                    **({"together": Noted("choices", _SAID["choices"])} if found[0].scale == CROSS else {}),
                }
            )
    return Noted(made, "hvad rapporten viser; flere spørgsmål bliver til et indeks" if made else "")


def _groups(proposal: Proposal) -> Noted:
    made: Plain = {}
    for name, column in proposal.groups.items():
        danish, english = vocabulary.GROUP_LABELS[name]
        outside = proposal.outside.get(name, ())
        told = bands() if column.kind == YEARS else column.answers.items()
        values = [Line(code=code, key=label, label=label) for code, label in told if code not in outside]
        made[name] = {"column": column.name, "label": Line(da=danish, en=english), "values": values}
        if outside or column.blanks:
            labels = ", ".join(column.answers[code] for code in outside)
            remark = f"{labels}: {_SAID['outside']}" if labels else ""
            made[name]["missing"] = Noted([*outside, *column.blanks], remark)
    return Noted(made, "hvert resultat vises også for disse grupper" if made else "")


def bands() -> list[tuple[list[str], str]]:
    """Ages in years as bands: the years, and what they are called.

    Examples
    --------
    >>> [(label, len(years)) for years, label in bands()]
    [('15-29 år', 15), ('30-39 år', 10), ('40-49 år', 10), ('50-59 år', 10), ('60-99 år', 40)]
    """
    spans = zip(_AGES, [*_AGES[1:], 100], strict=True)
    return [([str(age) for age in range(low, high)], f"{low}-{high - 1} år") for low, high in spans]


def _others(proposal: Proposal) -> Iterator[str]:
    used = {column.name for column in (*proposal.keys.values(), *proposal.groups.values())}
    used |= {question.column.name for question in proposal.questions}
    yield "Andre kolonner i filen (bruges ikke, før de skrives ind ovenfor):"
    for column in proposal.columns:
        if column.name not in used and column.kind != "text":
            shown = _shown(column)[:400] or column.kind
            yield f"  {column.name}: {column.question or '(ingen ordlyd i filen)'} [{shown}]"
    if proposal.free_text:
        yield "Kolonner med fri tekst (læses aldrig ind):"
        yield from (f"  {name}" for name in proposal.free_text)
        yield from _SAID["comments"].splitlines()


def _shown(column: Column) -> str:
    pairs = [(code, label) for code, label in column.answers.items() if label in column.shown]
    hidden = len(column.answers) - len(pairs)
    listed = [f"{code} = {label}" if code != label else label for code, label in pairs]
    return ", ".join([*listed, *([f"{hidden} vises ikke"] if hidden else [])])


def short(wording: str) -> str:
    """Return a short name of a question: what stands after an introduction, in the words that were asked.

    Examples
    --------
    >>> short("Hvor enig er du i følgende: Min sagsbehandler lytter til mig")
    'Min sagsbehandler lytter til mig'
    >>> short("I hvilken grad bliver du mødt med tillid?")
    'Bliver du mødt med tillid?'
    """
    said = " ".join(wording.split())
    before, colon, after = said.partition(": ")
    said = after if colon and len(after) > len(before) / 2 else said
    said = _LEADS.sub("", said)
    return said[:1].upper() + said[1:]


def short_name(question: QuestionFound) -> str:
    """Return the short name of a question: what a person gave, else one out of its words."""
    return question.label or short(question.column.question or question.column.name)


def indicator_names(indicator: str, questions: Sequence[QuestionFound]) -> tuple[str, str]:
    """Return the Danish and the English name proposed for an indicator.

    It has the name of its theme only where a question says the words of the theme; else the names of its questions.
    """
    given = [question.label for question in questions]
    if questions[0].scale == CROSS:
        return (short(questions[0].column.question),) * 2
    if len(given) == 1 and given[0]:
        return given[0], given[0]
    asked = [(question.column.question or question.column.name).casefold() for question in questions]
    if any(all(word in text for word in _THEMES.get(indicator, ("\0",))) for text in asked):
        return vocabulary.INDICATORS[indicator]
    own = " / ".join(map(short_name, questions))
    return own, own
