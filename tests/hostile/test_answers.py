"""One hostile cell among the answers of a small survey: refused by row or set aside in words, never a number."""

import csv

import pytest

from jobreport.intake import checks
from jobreport.setup import params
from tests.hostile.refusals import ACCEPTED, outcome

SECRET = "010180-1234"
BOOK = """
columns: {respondent_id: id, wave: runde, municipality_code: kommune, weight: w, answered_on: dag}
scales:
  s: {labels: {da: [Nej, Måske, Ja]}, positive: 1, negative: 1}
questions:
  - {name: q, column: q, wording: {da: Q}, scale: s, codes: ['1', '2', '3'], missing: ['9']}
indicators:
  - {name: q, label: {da: Q}, items: [q]}
groups:
  g: {column: g, label: {da: G}, values: [{code: k, key: k, label: K}, {code: m, key: m, label: M}]}
date_format: YYYY-MM-DD
"""
PARAMS = """
name: x
municipality_code: '183'
report_date: '2024-01-01'
survey:
  file: svar.csv
  codebook: b.yml
  waves: [{wave: '2021', from: '2021-03-01', to: '2021-03-31'}, {wave: '2022', from: '2022-03-01', to: '2022-03-31'}]
"""
HEADER = ("id", "runde", "kommune", "w", "dag", "q", "g")
WIDE, LONG = "9" * 10_000, "x" * 40_000
EXPECTED = {
    ("q", "answer_unknown"): ("nan", "inf", "1e400", "²", "#N/A", "=1+1", "1\u200b", "0x1", "true", "1\x1b[2J"),
    ("q", "answer_outside_scale"): ("-0", "１", "1,5", WIDE),
    ("q", "personal_data"): (SECRET,),
    ("w", "weight_not_number"): ("nan", "inf", "-inf", "1e400", "1_000", "½", "９", WIDE, "#DIV/0!"),
    ("w", "weight_not_positive"): ("-1", "0"),
    ("w", "weight_missing"): ("",),
    ("w", "weight_size"): ("1e308", "1e-320"),
    ("w", "personal_data"): (SECRET,),
    ("runde", "wave_unlisted"): ("nan", "2021\u200b", "２０２１", WIDE),
    ("runde", "wave_blank"): ("",),
    ("kommune", "municipality_not_known"): ("nan", "inf", "183.0000001", "#N/A"),
    ("kommune", "municipality_blank"): ("",),
    ("kommune", ACCEPTED): ("0183", "183\u00a0"),
    ("dag", "date_unreadable"): (
        "0000-00-00", "0000-03-01", "10000-03-01", "2021-02-31", "44256", "inf", "01-02-03", WIDE,
    ),
    ("dag", "date_outside_wave"): ("1899-12-30",),
    ("g", "group_value_unknown"): ("nan", "#N/A", "k|m", "\u202ek", LONG),
    ("id", "respondent_blank"): ("",),
    ("id", "personal_data"): (SECRET,),
    ("id", ACCEPTED): ("1e308", LONG),
}  # fmt: skip
CASES = [(column, cell, key) for (column, key), cells in EXPECTED.items() for cell in cells]


def answers(column, cell):
    """Answers of forty persons in each round; the first has this cell."""
    for number in range(80):
        wave = ("2021", "2022")[number // 40]
        key, day, answer = f"p{number * 7919 % 100_003}", f"{wave}-03-{number % 28 + 1:02}", number * 7 // 3 % 3 + 1
        held = [key, wave, "183", "1", day, str(answer), "km"[number % 2]]
        yield [cell if name == column and number == 0 else value for name, value in zip(HEADER, held, strict=True)]


def read(folder, column, cell):
    (folder / "params").mkdir()
    (folder / "b.yml").write_text(BOOK, encoding="utf-8")
    (folder / "params" / "x.yml").write_text(PARAMS, encoding="utf-8")
    with (folder / "svar.csv").open("w", encoding="utf-8", newline="") as file:
        csv.writer(file, delimiter=";").writerows([HEADER, *answers(column, cell)])
    return checks.read_inputs(params.read(folder / "params" / "x.yml"))


def test_the_answers_themselves_are_right(tmp_path):
    assert len(read(tmp_path, "q", "1").responses) == 80


@pytest.mark.parametrize(("column", "cell", "expected"), CASES, ids=[f"{c}-{n}" for n, (c, *_) in enumerate(CASES)])
def test_a_hostile_answer(column, cell, expected, tmp_path):
    assert outcome(lambda: read(tmp_path, column, cell), (SECRET,)) == [expected]
    assert sorted(path.name for path in tmp_path.rglob("*")) == ["b.yml", "params", "svar.csv", "x.yml"]
