"""Mangled files are refused cleanly or read rightly: never a traceback, never a guess.

What a change means is known beforehand, so that the right numbers are known as well.
"""

import io
import tempfile
from inspect import signature
from pathlib import Path

import pandas as pd
import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from jobreport.errors import InputRefused
from jobreport.intake.checks import personal
from jobreport.intake.formats.tables import read_table
from jobreport.prepare.init.propose import propose
from jobreport.setup import coding

FEW, MANY = 12, 60  # files that each test tries: by default, and with the slow tests
ANY = st.characters(exclude_categories=["Cs"])  # all that UTF-8 holds (without encoding each of them to find them)


def mangled(**drawn):
    """Let a test try what is drawn so; whatever else it names are fixtures."""

    def of(test):
        fixtures = [name for name in signature(test).parameters if name not in drawn]

        @pytest.mark.parametrize("examples", [FEW, pytest.param(MANY, marks=pytest.mark.slow)])
        def several(examples, request):
            made = {name: request.getfixturevalue(name) for name in fixtures}
            calm = settings(
                max_examples=examples, deadline=None, derandomize=True, suppress_health_check=[*HealthCheck]
            )
            calm(given(**drawn)(lambda **others: test(**made, **others)))()

        return several

    return of


def outcome(forms, content, file="svar.csv", **changes):
    """Read a survey from bytes: its answers, or None if it was refused with messages that can be written."""
    with tempfile.TemporaryDirectory() as folder:
        project = forms["project"](Path(folder), file=file, **changes)
        try:
            inputs = project.read(content)
        except InputRefused as refused:
            written = [problem.text(language) for problem in refused.problems for language in ("da", "en")]
            return None if written else []
        return inputs.responses[["satisfaction", "meaning"]].to_numpy().tolist()


@pytest.fixture(scope="module")
def right(forms):
    return outcome(forms, forms["delimited"](forms["people"]()))


@mangled(place=st.integers(0, 3000), byte=st.integers(0, 255))
@pytest.mark.dear
def test_one_byte_changed(forms, right, place, byte):
    """One changed byte changes at most one row, and every other answer is as it was."""
    content = bytearray(forms["delimited"](forms["people"]()))
    content[place % len(content)] = byte
    read = outcome(forms, bytes(content))
    assert read is None or sum(a != b for a, b in zip(read, right, strict=True)) <= 1


@mangled(at=st.integers(0, 3000))
@pytest.mark.dear
def test_file_cut_short(forms, right, at):
    """A file cut short is refused or holds the first answers, none of them changed."""
    content = forms["delimited"](forms["people"]())
    read = outcome(forms, content[: at % len(content)])
    assert read is None or read[:-1] == right[: len(read) - 1]


@mangled(
    content=st.binary(max_size=300),
    file=st.sampled_from(["a.csv", "a.xlsx", "a.sav", "a.parquet", "a.ods", "a.xls", "a.txt"]),
)
def test_noise_is_refused(forms, content, file):
    assert outcome(forms, content, file) is None


@mangled(
    file=st.sampled_from(["a.xlsx", "a.sav", "a.parquet"]),
    damage=st.lists(st.tuples(st.integers(0, 10**6), st.integers(0, 255)), min_size=1, max_size=20),
)
@pytest.mark.dear
def test_damaged_binary_files_are_refused_or_right_in_shape(forms, file, damage):
    content = bytearray(binary(forms, file))
    for place, byte in damage:
        content[place % len(content)] = byte
    read = outcome(forms, bytes(content), file)
    assert read is None or len(read) == 40


def binary(forms, file):
    rows = forms["people"]()
    frame = pd.DataFrame(rows)
    if file == "a.sav":
        import pyreadstat

        with tempfile.TemporaryDirectory() as folder:
            path = Path(folder, file)
            pyreadstat.write_sav(frame.rename(columns={"vægt": "vaegt", "bemærkning": "b"}), str(path))
            return path.read_bytes()
    buffer = io.BytesIO()
    if file == "a.xlsx":
        frame.to_excel(buffer, index=False)
    else:
        frame.to_parquet(buffer)
    return buffer.getvalue()


@mangled(
    order=st.permutations(range(9)),
    delimiter=st.sampled_from([";", ",", "\t", "|"]),
    encoding=st.sampled_from(["utf-8", "utf-8-sig", "cp1252", "utf-16", "utf-16-le", "utf-16-be"]),
    newline=st.sampled_from(["\n", "\r\n"]),
    spaces=st.booleans(),
    empty_columns=st.integers(0, 3),
    empty_lines=st.integers(0, 2),
    labels=st.booleans(),
)
@pytest.mark.dear
def test_harmless_differences_do_not_matter(
    forms, right, order, delimiter, encoding, newline, spaces, empty_columns, empty_lines, labels
):
    """Order of columns, delimiter, encoding, line ends, spaces, empty columns and lines at the end."""
    rows = forms["labelled"](forms["people"]()) if labels else forms["people"]()
    names = [list(rows[0])[place] for place in order]
    pad = " " if spaces else ""
    table = [names] + [[f"{row[name]}{pad}" for name in names] for row in rows]
    table = [[*cells, *[""] * empty_columns] for cells in table] + [[""] * (len(names) + empty_columns)] * empty_lines
    text = "".join(delimiter.join(cells) + newline for cells in quoted(table, delimiter))
    assert outcome(forms, text.encode(encoding)) == right


def quoted(table, delimiter):
    return [[f'"{cell}"' if delimiter in cell else cell for cell in cells] for cells in table]


@mangled(code=st.text(ANY, min_size=1, max_size=12).filter(lambda text: text.strip()))
@pytest.mark.dear
def test_an_answer_nobody_described_is_never_counted(forms, right, code):
    """Whatever stands in a cell is one of the codebook's answers, or the file is refused."""
    known = {
        *(coding.normal(c) for c in forms["labels"]["q1"]),
        *(coding.normal(c) for c in forms["labels"]["q1"].values()),
    }
    rows = forms["people"]()
    rows[4]["q1"] = code
    read = outcome(forms, parquet(rows), "a.parquet")
    assert (read is not None) == (coding.normal(code) in known | {""})
    assert read is None or read[5:] == right[5:]


def parquet(rows):
    buffer = io.BytesIO()
    pd.DataFrame(rows).to_parquet(buffer)
    return buffer.getvalue()


@mangled(
    day=st.integers(1, 28), month=st.integers(1, 12), year=st.integers(0, 99), serial=st.integers(0, 9999),
    sign=st.sampled_from(["-", "", " "]), around=st.sampled_from(["{}", "cpr {} ok", "({})", "{}."]),
)  # fmt: skip
@pytest.mark.dear
def test_every_cpr_number_stops_everything_and_is_never_quoted(forms, day, month, year, serial, sign, around):
    number = f"{day:02d}{month:02d}{year:02d}{sign}{serial:04d}"
    rows = forms["people"]()
    rows[3]["bemærkning"] = around.format(number)
    with tempfile.TemporaryDirectory() as folder:
        refused = forms["project"](Path(folder)).refusal(forms["delimited"](rows))
    assert any(problem.key.startswith("personal_data") for problem in refused.problems)
    assert number not in str(refused)
    assert number[:6] not in str(refused)
    assert number not in repr(refused.problems)


@mangled(number=st.integers(101_000_000, 3_112_999_999))
def test_cpr_numbers_as_numbers(number):
    """A column of whole numbers is searched with the zero that a spreadsheet takes away."""
    day, month = int(f"{number:010d}"[:2]), int(f"{number:010d}"[2:4])
    found = personal.findings(pd.DataFrame({"n": [float(number), None]}))
    if 1 <= day <= 28 and 1 <= month <= 12:
        assert [finding.kind for finding in found] == ["cpr"]
    if month > 12 or month == 0:
        assert found == []


@mangled(
    names=st.lists(
        st.text(ANY, min_size=1, max_size=20).filter(lambda text: text.strip()), min_size=2, max_size=6, unique=True
    ),
    cells=st.lists(st.text(ANY, max_size=30), min_size=6, max_size=6),
)
@pytest.mark.dear
def test_any_table_can_be_looked_at(names, cells):
    """`init` looks at whatever a file holds without falling over it."""
    frame = pd.DataFrame({name: [cells[place % 6], ""] for place, name in enumerate(names)})
    with tempfile.TemporaryDirectory() as folder:
        path = Path(folder, "a.parquet")
        try:
            frame.to_parquet(path)
        except UnicodeEncodeError:
            return
        try:
            table = read_table(path, "a.parquet")
        except InputRefused:
            return
        assert len(propose(table).columns) == len(names)


def test_damaged_text_inside_a_parquet_file_is_refused(forms):
    """Found by damaging files at random: the byte 128 in a page of texts, which no reader had looked at."""
    content = binary(forms, "a.parquet").replace(b"2021-03-10", b"\x80021-03-10")
    assert outcome(forms, content, "a.parquet") is None
