"""The codebook that `jobreport init` writes: filled in as far as the file allows, open where it does not."""

from __future__ import annotations

from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass

from jobreport.prepare.init import between, short_names, vocabulary
from jobreport.prepare.init.propose import Column, Proposal, QuestionFound, ScaleFound
from jobreport.setup.yaml_file import quoted, quoted_list

MANY = 60  # so many answers are listed for a column that is no question of an indicator
_DOUBTS = {
    "municipality": (
        "Hvor bor de adspurgte? Skriv en kolonne under columns, municipality_code (og en omkodning under recodes), "
        "eller én kode for alle under fixed."
    ),
    "jobcentre": (
        "Filen har jobcenter, men ikke bopælskommune. Skriv jobcentres: data/jobcentres.csv i params, "
        "eller find bopælskommunen."
    ),
    "wave": (
        "Hvilken bølge er svarene fra? Skriv en kolonne under columns, wave, eller ret '1' under fixed her og i params."
    ),
    "questions": (
        "Ingen spørgsmål ligner tilfredshed, tillid eller meningsfulde aktiviteter. Vælg dem i listen nederst, "
        "og skriv dem under scales, questions og indicators."
    ),
    "direction": (
        "{column} har kun tal ({codes}) uden svartekster. Hvilket er mindst positivt, og er et af dem 'ved ikke'? "
        "Skriv codes og dont_know under spørgsmålet {question}."
    ),
    "group": "{column} har kun tal ({codes}). Hvad betyder de? Skriv key og label under groups, {group}.",
}


@dataclass(frozen=True)
class Confirmed:
    """What a person has confirmed of the proposals, and so is none any more.

    Parameters
    ----------
    columns
        Whether the columns and the groups were confirmed.
    questions, indicators
        Names of those that were.
    """

    columns: bool = False
    questions: frozenset[str] = frozenset()
    indicators: frozenset[str] = frozenset()


def codebook(
    proposals: Sequence[Proposal],
    waves: Sequence[str],
    fixed: Mapping[str, str] | None = None,
    confirmed: Confirmed = Confirmed(),
) -> str:
    """Write the codebook of the first file; how other files differ is written per wave.

    ``fixed`` is what a person has said of all rows, by key; it is not asked about again. What is confirmed is
    not marked as a proposal, which a person does by deleting the line.
    """
    fixed = fixed or {}
    first = proposals[0]
    lines = [
        "# yaml-language-server: $schema=codebook.schema.json",
        "# Kodebog: hvad spørgsmål og svar betyder. Alt med  proposal: true  er et forslag, som jobreport har lavet",
        "# ud fra ord og svartekster. Læs hvert forslag, ret det, og slet linjen  proposal: true.  Så længe der er",
        "# forslag eller åbne spørgsmål, afviser  jobreport check  filen. Alt i denne fil er tekst; koder behøver",
        "# ingen anførselstegn.",
        "",
    ]
    lines += _open_questions(proposals, waves, fixed)
    lines += _columns(first, len(proposals), fixed, confirmed)
    lines += _status(first)
    lines += _scales(_asked(proposals))
    lines += _questions(proposals, waves, confirmed)
    lines += _indicators(first, confirmed)
    lines += _groups(first, confirmed)
    lines += _others(first)
    return "\n".join(lines) + "\n"


def _open_questions(proposals: Sequence[Proposal], waves: Sequence[str], fixed: Mapping[str, str]) -> list[str]:
    found = [doubt for doubt in _doubts(proposals[0], fixed) if len(proposals) == 1 or doubt != _DOUBTS["wave"]]
    found += between.doubts(proposals, waves)
    if not found:
        return []
    lines = ["open_questions: # besvar hvert punkt ved at rette kodebogen, og slet punktet; til sidst også denne linje"]
    return [*lines, *(f"  - {quoted(question)}" for question in found), ""]


def _doubts(proposal: Proposal, fixed: Mapping[str, str]) -> Iterator[str]:
    """Ask what neither the file nor a person has told."""
    keys = {**proposal.keys, **fixed}
    if "municipality_code" not in keys:
        yield _DOUBTS["jobcentre" if "jobcentre_code" in keys else "municipality"]
    if "wave" not in keys:
        yield _DOUBTS["wave"]
    if not proposal.questions:
        yield _DOUBTS["questions"]
    for question in (question for question in proposal.questions if question.scale.only_numbers):
        codes = ", ".join(question.column.answers)
        yield _DOUBTS["direction"].format(column=question.column.name, codes=codes, question=question.name)
    for name, column in proposal.groups.items():
        if column.kind == "number":
            yield _DOUBTS["group"].format(column=column.name, codes=", ".join(column.answers), group=name)


def _mark(confirmed: bool, indent: str) -> list[str]:
    """The line that marks a proposal until a person has confirmed it."""
    return [] if confirmed else [f"{indent}proposal: true"]


def _columns(proposal: Proposal, files: int, fixed: Mapping[str, str], confirmed: Confirmed) -> list[str]:
    empty = " {}" if confirmed.columns and not proposal.keys else ""
    lines = [f"columns:{empty} # hvilken kolonne i filen er hvad; slet linjer, der ikke passer"]
    meanings = {
        "respondent_id": "samme nummer = samme person, også fra bølge til bølge",
        "wave": "bølge",
        "municipality_code": "bopælskommune",
        "jobcentre_code": "det jobcenter, som betjente personen",
        "weight": "vægt",
        "answered_on": "dato for svaret",
        "status": "om personen har svaret",
    }
    lines += [
        f"  {key}: {quoted(proposal.keys[key].name)} # {meaning}"
        for key, meaning in meanings.items()
        if key in proposal.keys
    ]
    lines += [_counts_rows(name) for name in proposal.row_numbers if "respondent_id" not in proposal.keys]
    lines += [*_mark(confirmed.columns, "  "), ""]
    for_all = {"wave": "1"} if "wave" not in proposal.keys and files == 1 else {}
    for_all |= fixed
    if for_all:
        lines += [
            "fixed: # det samme for alle rækker",
            *(f"  {key}: {quoted(value)}" for key, value in for_all.items()),
        ]
        lines += [""]
    return lines + _recodes(proposal)


def _counts_rows(name: str) -> str:
    """Say why a column is not taken for the number of a person, and what to write if it is one."""
    return (
        f"  # respondent_id: {quoted(name)} # ikke foreslået: løber uden huller og ligner et rækkenummer. "
        f"Følger det samme person, så slet det første #, og skriv  allowed: [{quoted(name)}]  nederst"
    )


def _recodes(proposal: Proposal) -> list[str]:
    lines: list[str] = []
    if proposal.municipality_recode:
        lines += ["  municipality_code: # filens koder -> kommunekoder, læst af svarteksterne"]
        lines += [f"    {quoted(code)}: {quoted(place)}" for code, place in proposal.municipality_recode.items()]
    if proposal.wave_recode:
        lines += ["  wave: # filens bølger -> navne, der står i tidens orden, når de sorteres; de samme står i params"]
        lines += [f"    {quoted(code)}: {quoted(name)}" for code, name in proposal.wave_recode.items()]
    return ["recodes:", *lines, ""] if lines else []


def _status(proposal: Proposal) -> list[str]:
    status = proposal.keys.get("status")
    if status is None:
        return []
    labels = ", ".join(f"{code} = {label}" for code, label in status.answers.items())
    return [
        f"# Status: {labels}",
        'answered: ["4"] # disse tæller som svar; skriv også "3", hvis delvise svar skal med',
        'invited: ["2", "3", "4", "5"] # disse tæller som inviterede',
        "",
    ]


def _asked(proposals: Sequence[Proposal]) -> list[QuestionFound]:
    """The questions of the first file, and those of the others whose scale can stand in the first one's place."""
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


def _scales(questions: Sequence[QuestionFound]) -> list[str]:
    scales: dict[tuple[str, ...], ScaleFound] = {q.scale.labels_da: q.scale for q in questions}
    if not scales:
        return ["scales: {}", ""]
    lines = ["scales: # svar fra MINDST til MEST positivt"]
    for labels, name in _scale_names(questions).items():
        scale = scales[labels]
        lines += [f"  {name}:"] + ([f"    kind: {scale.kind}"] if name != scale.kind else [])
        lines += [
            "    labels:",
            f"      da: {quoted_list(scale.labels_da)}",
            f"      en: {quoted_list(scale.labels_en)}",
        ]
        lines += [f"    positive: {scale.positive} # så mange af de mest positive svar regnes for positive"]
        lines += [f"    negative: {scale.negative}"]
    return [*lines, ""]


def _questions(proposals: Sequence[Proposal], waves: Sequence[str], confirmed: Confirmed) -> list[str]:
    proposal = proposals[0]
    if not proposal.questions:
        return ["questions: []", ""]
    names = _scale_names(_asked(proposals))
    lines = ["questions:"]
    for question in proposal.questions:
        lines += _question(question, names[question.scale.labels_da])
        lines += _other_waves(question, proposals[1:], waves[1:], names)
        lines += _mark(question.name in confirmed.questions, "    ")
    return [*lines, ""]


def _question(question: QuestionFound, scale_name: str) -> list[str]:
    scale, column = question.scale, question.column
    lines = [
        f"  - name: {question.name}",
        f"    column: {quoted(column.name)}",
        f"    wording: {{da: {quoted(column.question or column.name)}}} # ordret, som der blev spurgt; en: på engelsk",
        f"    label: {{da: {quoted(short_names.of_question(question))}}} # kort navn i rapporten; en: på engelsk",
        f"    scale: {scale_name}",
    ]
    if scale.codes:
        lines.append(
            f"    codes: {quoted_list(scale.codes)} # filens koder i skalaens rækkefølge, mindst positiv først"
        )
    if scale.outside:
        lines.append("    dont_know: # svar uden for skalaen")
        for code, danish, english in scale.outside:
            lines.append(f"      - {{code: {quoted(code)}, label: {{da: {quoted(danish)}, en: {quoted(english)}}}}}")
        lines.append("    dont_know_in_base: false # true = de tæller med i grundlaget")
    return lines


def _other_waves(
    question: QuestionFound, others: Sequence[Proposal], waves: Sequence[str], names: Mapping[tuple[str, ...], str]
) -> list[str]:
    """Write what is different about a question in the other files, so that a person sees it."""
    lines = []
    for wave, other in zip(waves, others, strict=False):
        found = between.same_question(question, other)
        if found is None:
            continue
        own = found.scale.labels_da
        parts = between.differences(question, found, names.get(own) if own != question.scale.labels_da else None)
        if parts:
            lines.append(f"      {quoted(wave)}: {{{', '.join(parts)}}}")
    return ["    in_wave: # her var bølgen anderledes", *lines] if lines else []


def _indicators(proposal: Proposal, confirmed: Confirmed) -> list[str]:
    if not proposal.questions:
        return ["indicators: []", ""]
    lines = ["indicators: # hvad rapporten viser; flere spørgsmål bliver til et indeks"]
    for indicator in vocabulary.INDICATORS:
        found = [question for question in proposal.questions if question.indicator == indicator]
        if found:
            danish, english = short_names.of_indicator(indicator, found)
            lines += [
                f"  - name: {indicator}",
                f"    label: {{da: {quoted(danish)}, en: {quoted(english)}}} # overskrift i rapporten",
                f"    items: {quoted_list([question.name for question in found])}",
            ]
            lines += _mark(indicator in confirmed.indicators, "    ")
    return [*lines, ""]


def _groups(proposal: Proposal, confirmed: Confirmed) -> list[str]:
    if not proposal.groups:
        return ["groups: {}", ""]
    lines = ["groups: # hvert resultat vises også for disse grupper"]
    for name, column in proposal.groups.items():
        danish, english = vocabulary.GROUP_LABELS[name]
        lines += [
            f"  {name}:",
            f"    column: {quoted(column.name)}",
            f"    label: {{da: {danish}, en: {english}}}",
            "    values:",
        ]
        outside = proposal.outside.get(name, ())
        lines += [f"      - {value}" for value in _values(column, outside)]
        lines += _outside(column, outside)
        lines += _mark(confirmed.columns, "    ")
    return [*lines, ""]


def _values(column: Column, outside: Sequence[str]) -> Iterator[str]:
    for code, label in column.answers.items():
        if code not in outside:
            yield f"{{code: {quoted(code)}, key: {quoted(label)}, label: {quoted(label)}}}"


def _outside(column: Column, outside: Sequence[str]) -> list[str]:
    """Values that count in the whole only, with their labels where those are not the codes."""
    if not outside:
        return []
    labels = ", ".join(column.answers[code] for code in outside)
    why = (
        "tæller kun med i alle. Få svar skjuler ellers også en stor gruppe; skal de vises, så flyt dem op under values"
    )
    return [f"    missing: {quoted_list(outside)} # {' '.join(labels.split())}: {why}"]


def _others(proposal: Proposal) -> list[str]:
    """List, as comments, every other column one could choose from; texts that people wrote only by name."""
    used = {column.name for column in (*proposal.keys.values(), *proposal.groups.values())}
    used |= {question.column.name for question in proposal.questions}
    rest = [column for column in proposal.columns if column.name not in used and column.kind != "text"]
    lines = ["# Andre kolonner i filen (bruges ikke, før de skrives ind ovenfor):"]
    for column in rest:
        said = f"{column.name}: {column.question or '(ingen ordlyd i filen)'} [{_shown(column)[:400] or column.kind}]"
        lines.append(_comment(said))
    if proposal.free_text:
        lines.append("# Kolonner med fri tekst (læses aldrig ind):")
        lines += [_comment(name) for name in proposal.free_text]
    return lines


def _shown(column: Column) -> str:
    """The answers that may stand in a file before anybody has said what the column is."""
    pairs = [(code, label) for code, label in column.answers.items() if label in column.shown]
    hidden = len(column.answers) - len(pairs)
    listed = [f"{code} = {label}" if code != label else label for code, label in pairs]
    return ", ".join([*listed, *([f"{hidden} vises ikke"] if hidden else [])])


def said_of_columns(left_out: Sequence[str], allowed: Sequence[str]) -> str:
    """Write which columns are left out, and which look like personal data and are none."""
    lines = []
    if left_out:
        lines += [f"left_out: {quoted_list(left_out)} # udeladt, før noget i dem blev læst"]
    if allowed:
        lines += [f"allowed: {quoted_list(allowed)} # ligner personoplysninger og er det ikke"]
    return "\n".join(["", *lines, ""]) if lines else ""


def _comment(line: str) -> str:
    return "#   " + " ".join(line.split())
