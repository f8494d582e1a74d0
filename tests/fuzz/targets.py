"""What is fuzzed: functions from bytes to nothing, which fail unless the input is read, or refused in words."""

from __future__ import annotations

import io
import json
import shutil
import tempfile
from base64 import b64decode
from collections.abc import Callable
from contextlib import suppress
from dataclasses import dataclass
from html.parser import HTMLParser
from pathlib import Path
from zipfile import ZIP_BZIP2, ZIP_DEFLATED, ZIP_LZMA, ZIP_STORED

import docx
import typst
from cryptography.hazmat.primitives.asymmetric.ed25519 import Ed25519PrivateKey
from cryptography.hazmat.primitives.serialization import Encoding, NoEncryption, PrivateFormat

from jobreport.desk.form.choices import Choices
from jobreport.desk.form.session import Session
from jobreport.errors import refuse
from jobreport.export import word
from jobreport.intake import checks
from jobreport.intake.checks import personal
from jobreport.intake.formats import contract, published, register, signature, timestamp
from jobreport.intake.formats.tables import read_table
from jobreport.make import explain
from jobreport.page import Number, Paragraph, Strong
from jobreport.page.inline import visible
from jobreport.setup import codebook as codebooks
from tests.hostile.files import PLAIN_ODS, ods, parquet, sav, xlsx, zipped
from tests.hostile.refusals import outcome
from tests.hostile.texts import TEXTS

PROJECT = Path(__file__).parents[2]
SECRET = "010180-1234"
PROGRAM = (
    "#let report-paragraph(kind, parts) = parts\n#let strong-parts(parts) = parts\n#let number(..all) = all.pos()\n"
)
TOKENS = (
    b"'",
    b'"',
    b"\\",
    b"\n",
    b"\t",
    b": ",
    b"- ",
    b"&a ",
    b"*a",
    b"!!",
    b"!!bool ",
    b"!!python/object:x ",
    b"<<",
    b"? ",
    b"[",
    b"]",
    b"{",
    b"}",
    b"#",
    b"|",
    b">",
    b"%",
    b"@",
    b"`",
    b"null",
    b"~",
    b".inf",
    b".nan",
    b"0x",
    b"010",
    b"1:30",
    b"yes",
    b"no",
    b"../",
    b"/etc/",
    b"C:\\",
    b"\x00",
    b"\xff",
    b"\xc3",
    b"\xed\xa0\x80",
    b"\xe2\x80\xae",
    b"\xef\xbb\xbf",
    b"\x1b[2J",
    b"\\ud800",
    b"\\U00110000",
    b"9" * 30,
    b"e999",
    b"-",
    b",",
    b";",
    b"\r",
    b"2022-02-31",
    b"<script>",
    b"=1+1",
    b"{0.__class__}",
    b"183",
    b"0183",
    b"0223",
    b"010180-1234",
    b"a@b.dk",
    b"\xc2\xa0",
    b"\xd9\xa3",
    b"&j;",
)


@dataclass(frozen=True)
class Target:
    """A function that must end well for every input, and inputs to begin from."""

    run: Callable[[bytes, Path], None]
    seeds: tuple[bytes, ...]


def read_params(content: bytes, folder: Path) -> None:
    """A params file: its shape, its rules and the files that it names."""
    (folder / "params").mkdir(exist_ok=True)
    path = _written(folder, "params/x.yml", content)
    outcome(lambda: checks.read_params(path))


def read_codebook(content: bytes, folder: Path) -> None:
    """A codebook file."""
    path = _written(folder, "b.yml", content)
    outcome(lambda: codebooks.read(path, "b.yml"))


def read_survey(suffix: str) -> Callable[[bytes, Path], None]:
    """A survey file of one kind, searched for personal data."""

    def run(content: bytes, folder: Path) -> None:
        path = _written(folder, f"x.{suffix}", content)

        def searched() -> None:
            frame = read_table(path, f"x.{suffix}").frame
            refuse(personal.problems(personal.findings(frame), f"x.{suffix}"))

        outcome(searched, (SECRET,))

    return run


def read_tables(content: bytes, folder: Path) -> None:
    """Registers, published figures, claims and counts."""
    path = _written(folder, "t.csv", content)
    readers = (register.read, published.read_benchmarks, published.read_claims, contract.read_invited)
    for reader in (*readers, contract.read_margins, contract.read_jobcentres):
        outcome(lambda reader=reader: refuse(reader(path, "t.csv")[1]))


def upload(content: bytes, _folder: Path) -> None:
    """What the form does with a file that somebody uploads, and what it then asks of it."""
    session = Session("da")
    try:

        def asked() -> None:
            session.receive({"svar.csv": content})
            session.name(), session.waves(), session.municipality_codes(), session.doubts()

        outcome(asked, (SECRET,))
    finally:
        session.close()


def named(content: bytes, _folder: Path) -> None:
    """A file of any name, a codebook of anybody's, and columns to leave out: the form stays in its folder."""
    name = content.decode("utf-8", errors="replace")
    session = Session("en")
    try:
        outcome(lambda: session.receive({name: CSV.encode()}, None, None, (name,)), (SECRET,))
        outcome(lambda: session.receive({"svar.csv": CSV.encode()}, content, None, (name[:40],)), (SECRET,))
        if session.proposals:  # (without them there is nothing to press)
            choices = Choices(name, name[:20], municipality_code="183", report_date=name[:10])
            outcome(lambda: session.check(choices), (SECRET,))
        inside = {path.resolve() for path in session.folder.rglob("*")}
        assert all(path.is_relative_to(session.folder.resolve()) for path in inside)
    finally:
        session.close()


class _Page(HTMLParser):
    """Tags and words of a page."""

    def __init__(self, page: str) -> None:
        super().__init__()
        self.tags: list[str] = []
        self.words = ""
        self.feed(page)
        self.close()

    def handle_starttag(self, tag, attrs):
        self.tags.append(tag)

    def handle_data(self, data):
        self.words += data


def show(content: bytes, folder: Path) -> None:
    """A text in HTML and in Typst, which must both read it as the text it is and nothing else."""
    text = content.decode("utf-8", errors="replace") or "x"
    block = Paragraph((text, Strong((text,)), Number(text, "estimates", text, "n")))
    page = _Page(block.html())
    assert set(page.tags) <= {"p", "strong", "data", "wbr"}
    assert page.words == visible(text) * 3 + "\n"
    program = f"{PROGRAM}#metadata({block.typst()}) <x>"
    read = json.loads(typst.query(program.encode(), "<x>", field="value", one=True))
    assert read == [visible(text), [visible(text)], [visible(text), "estimates", visible(text), "n"]]


def others_files(content: bytes, folder: Path) -> None:
    """What somebody else sends: a signature, a time stamp, a working copy in Word, and the notebook of a report."""
    timestamp.read(content)
    with suppress(ValueError):
        signature.signer(b"", content)
    with suppress(ValueError):
        word.numbers_of(content)
    _written(folder, "report.ipynb", content)
    outcome(lambda: explain.document_of(folder, "da"))


def _written(folder: Path, name: str, content: bytes) -> Path:
    path = folder / name
    path.write_bytes(content)
    return path


def _seeds(*names: str) -> tuple[bytes, ...]:
    return tuple((PROJECT / name).read_bytes()[:6000] for name in names)


def _spss() -> bytes:
    with tempfile.TemporaryDirectory() as folder:
        return sav(Path(folder))


def _in_word() -> bytes:
    held = io.BytesIO()
    docx.Document().save(held)
    return held.getvalue()


def _signature() -> bytes:
    kinds = Encoding.PEM, PrivateFormat.OpenSSH, NoEncryption()
    return signature.sign(b"", Ed25519PrivateKey.from_private_bytes(bytes(32)).private_bytes(*kinds))


CSV = "id;runde;kommune;q1\n1;2021;Ishøj;4\n2;2022;Tårnby;\n"
TARGETS = {
    "params": Target(read_params, _seeds("params/ishoej.yml", "params/demo.yml")),
    "codebook": Target(read_codebook, _seeds("data/demo/codebook.yml")),
    "csv": Target(read_survey("csv"), (CSV.encode(), CSV.encode("cp1252"), CSV.encode("utf-16"))),
    "xlsx": Target(read_survey("xlsx"), (xlsx(),)),
    "ods": Target(read_survey("ods"), (ods(PLAIN_ODS),)),
    "zip": Target(
        read_survey("zip"),
        tuple(zipped({"svar.csv": CSV * 30}, way) for way in (ZIP_DEFLATED, ZIP_LZMA, ZIP_BZIP2, ZIP_STORED)),
    ),
    "others": Target(
        others_files,
        (
            b64decode((PROJECT / "tests/unit/intake/timestamp.b64").read_bytes()),
            _signature(),
            _in_word(),
            (PROJECT / "notebooks" / "report.ipynb").read_bytes()[:9000],
        ),
    ),
    "parquet": Target(read_survey("parquet"), (parquet(),)),
    "sav": Target(read_survey("sav"), (_spss(),)),
    "upload": Target(upload, (CSV.encode(), CSV.encode("utf-16"))),
    "names": Target(named, (b"../../etc/passwd", b"CON.csv", *_seeds("data/demo/codebook.yml"))),
    "tables": Target(read_tables, _seeds("data/benchmarks.csv", "data/claims.csv", "data/jobcentres.csv")),
    "show": Target(show, tuple(text.encode() for text in TEXTS.values())),
}


def run(name: str, content: bytes) -> None:
    """Run a target in a folder of its own."""
    folder = Path(tempfile.mkdtemp(prefix="jobreport-fuzz-"))
    try:
        TARGETS[name].run(content, folder)
    finally:
        shutil.rmtree(folder, ignore_errors=True)
