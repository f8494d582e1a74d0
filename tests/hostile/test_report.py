"""One report in which everything that can be text is an attack: it comes out as text, and nothing else happens."""

import html
import json
import re
import sys
import zipfile
from html.parser import HTMLParser
from pathlib import Path

import openpyxl
import pypdf
import pytest
import yaml

from tests.end_to_end.typed import Copy, copied

pytestmark = pytest.mark.dear  # what its tests share takes seconds

LABELS = ("=1+1", "<b>Nej</b>", "#panic()", "@SUM(A1)", "+{0.__class__}")
TITLE = '= <script>open("pwned","w")</script> #panic() {{7*7}} Ish\u202eøj \'""" \\'
EVENT = "*Nyt* [jobcenter](javascript:x) $x^2$ `id`"
SOURCE = "=HYPERLINK(\"http://127.0.0.1:9/\") ${7*7} '); __import__('pathlib').Path('pwned').touch() #"
SERIES = '-1 <img src=x onerror=alert(1)> #read("/etc/passwd")'
CLAIM = '<style>*{display:none}</style> #include "/etc/passwd" {{ x }}'
CODEBOOK = {
    "columns": {"respondent_id": "id", "wave": "runde", "municipality_code": "kommune"},
    "scales": {"s": {"labels": {"da": list(LABELS)}, "positive": "2", "negative": "2"}},
    "questions": [
        {
            "name": "satisfaction",
            "column": "q1",
            "wording": {"da": "<script>alert(1)</script> #panic() tilfreds?"},
            "scale": "s",
            "codes": ["1", "2", "3", "4", "5"],
        }
    ],
    "indicators": [{"name": "satisfaction", "label": {"da": "Tilfredshed </td> *"}, "items": ["satisfaction"]}],
    "groups": {
        "g": {
            "column": "g",
            "label": {"da": "=Gruppe <i>"},
            "values": [{"code": "1", "key": "=x", "label": "+Unge #"}, {"code": "2", "key": "@y", "label": "<u>Ældre"}],
        }
    },
}  # fmt: skip
GUARD = """
import socket
def refuse(self, address, *rest, inner=socket.socket.connect):
    if self.family != getattr(socket, "AF_UNIX", None) and address[0] not in ("127.0.0.1", "::1"):
        with open({log!r}, "a", encoding="utf-8") as file:
            print(address, file=file)
        raise OSError("no network in this test")
    return inner(self, address, *rest)
socket.socket.connect = socket.socket.connect_ex = refuse
"""


def params() -> dict:
    """Params of a report with a survey, an event, a register and a claim."""
    register = {"series": "unemployment", "file": "data/register/unemployment.csv", "label": SERIES}
    return {
        "name": "hostile",
        "title": TITLE,
        "municipality_code": "183",
        "report_date": "2023-01-01",
        "survey": {
            "file": "svar.csv",
            "codebook": "codebook.yml",
            "waves": [
                {"wave": "2021", "from": "2021-03-01", "to": "2021-03-31", "description": {"mode": SOURCE}},
                {"wave": "2022", "from": "2022-03-01", "to": "2022-03-31", "description": {"limits": CLAIM}},
            ],
            "description": {"commissioner": TITLE, "payer": EVENT, "frame": SERIES},
        },
        "events": [
            {"event": "e", "label": EVENT, "date": "2022-01-01", "treated": ["183"], "source": SOURCE,
             "other_changes": CLAIM, "comparison_rule": TITLE}
        ],
        "registers": [
            {**register, "unit": "pct_of_labour_force", "source": SOURCE, "before": ["2021"], "after": ["2022"]}
        ],
        "claims": "claims.csv",
    }  # fmt: skip


def answers() -> str:
    """Answers of four hundred people; a column that nobody reads tells a program to go away."""
    lines = ["id;runde;kommune;q1;g;note"]
    for number in range(400):
        note = "=cmd|' /C calc'!A0" if number % 2 else "<script>alert(1)</script>"
        wave, place = ("2021", "2022")[number % 2], ("183", "185", "187", "157")[number // 2 % 4]
        answer = (number * 7 + number // 2 * (number % 2)) % 5 + 1  # another order in each wave, so that none is a copy
        lines.append(f"{number};{wave};{place};{answer};{number // 8 % 2 + 1};{note}")
    return "\n".join(lines)


@pytest.fixture(scope="module")
def made(tmp_path_factory) -> Copy:
    """The report, made where a notebook, a module and a params schema lie in wait and every connection is noted."""
    base = tmp_path_factory.mktemp("hostile")
    root = copied(base / "jobreport")
    (base / "guard").mkdir()
    (base / "guard" / "sitecustomize.py").write_text(GUARD.format(log=str(base / "network")), encoding="utf-8")
    trap = {"cell_type": "code", "id": "x", "metadata": {}, "outputs": [], "execution_count": None}
    trap |= {"source": "open('pwned', 'w')"}
    trapped = {"cells": [trap], "metadata": {}, "nbformat": 4, "nbformat_minor": 5}
    for folder in ("data", "params"):
        (root / folder / "report.ipynb").write_text(json.dumps(trapped), encoding="utf-8")
        (root / folder / "sitecustomize.py").write_text("open('pwned', 'w')", encoding="utf-8")
    header, row = (root / "data" / "claims.csv").read_text(encoding="utf-8").splitlines()[:2]
    told = row.replace("90-95 pct. af kommentarerne var negative før", '"' + CLAIM.replace('"', '""') + '"')
    (root / "claims.csv").write_text(f"{header}\n{told}\n", encoding="utf-8")
    (root / "codebook.yml").write_text(yaml.safe_dump(CODEBOOK, allow_unicode=True), encoding="utf-8")
    (root / "svar.csv").write_text(answers(), encoding="utf-8")
    (root / "params" / "hostile.yml").write_text(yaml.safe_dump(params(), allow_unicode=True), encoding="utf-8")
    copy = Copy(root, {"PYTHONPATH": str(base / "guard")})
    done = copy.run("run", "params/hostile.yml")
    assert done.returncode == 0, done.stdout + done.stderr
    return copy


class Page(HTMLParser):
    """Tags, addresses and words of a page."""

    def __init__(self, page: str) -> None:
        super().__init__()
        self.tags: set[str] = set()
        self.addresses: list[str] = []
        self.handlers: list[str] = []
        self.policy = ""
        self.words = ""
        self.feed(page)

    def handle_starttag(self, tag, attrs):
        given = dict(attrs)
        self.tags.add(tag)
        self.addresses += [given[name] for name in ("src", "href", "action", "data", "poster") if given.get(name)]
        self.handlers += [name for name in given if name.startswith("on")]
        if given.get("http-equiv", "").lower() == "content-security-policy":
            self.policy = given["content"]

    def handle_data(self, data):
        self.words += data


def squeezed(text: str) -> str:
    """Text without spaces and soft hyphens, which a page may put anywhere; hidden characters written out."""
    return re.sub(r"[\s\u00ad\u200b]", "", text.replace("\u202e", "[U+202E]"))


@pytest.fixture(scope="module")
def page(made: Copy) -> Page:
    """The page, read once."""
    return Page((made.output("hostile") / "report.html").read_text(encoding="utf-8"))


def test_nothing_was_run_and_nobody_was_called(made):
    assert list(made.root.parent.rglob("pwned")) == []
    assert not (made.root.parent / "network").exists()


def test_the_page_has_no_script_no_handler_and_loads_nothing(made, page):
    assert not page.tags & {
        "script",
        "iframe",
        "object",
        "embed",
        "form",
        "base",
        "link",
        "meta:refresh",
        "i",
        "u",
        "b",
    }
    assert page.handlers == []
    assert [a for a in page.addresses if not re.match(r"(#|https?://|mailto:|data:(font|image)/)", a)] == []
    assert "default-src 'none'" in page.policy
    assert "script-src" not in page.policy
    source = (made.output("hostile") / "report.html").read_text(encoding="utf-8")
    assert re.findall(r"(?:@import|url\(\s*[\"']?(?!data:|#))[^)]{0,40}", html.unescape("".join(styles(source)))) == []


def styles(source: str) -> list[str]:
    return re.findall(r"<style\b[^>]*>(.*?)</style>", source, flags=re.DOTALL)


@pytest.fixture(scope="module")
def printed(made) -> str:
    """Words of the PDF."""
    pages = pypdf.PdfReader(made.output("hostile") / "report.pdf").pages
    return squeezed("".join(one.extract_text() for one in pages))


@pytest.mark.parametrize("text", [TITLE, EVENT, SOURCE, SERIES, CLAIM, *LABELS])
def test_a_text_is_read_as_it_was_written(text, page, printed):
    assert squeezed(text) in squeezed(page.words)
    assert squeezed(text) in printed


def test_the_workbook_holds_texts_and_no_formulas_links_or_macros(made):
    file = made.output("hostile") / "tables.xlsx"
    book = openpyxl.load_workbook(file)
    cells = [cell for sheet in book for row in sheet.iter_rows() for cell in row if cell.value is not None]
    assert {cell.data_type for cell in cells} <= {"s", "n"}
    assert {"=x", "@y"} <= {cell.value for cell in cells}
    assert squeezed(TITLE) in {squeezed(str(cell.value)) for cell in cells}
    with zipfile.ZipFile(file) as parts:
        assert not [name for name in parts.namelist() if "external" in name.lower() or "vba" in name.lower()]
        assert not any(b"<f>" in parts.read(name) for name in parts.namelist())
        assert not any(b'TargetMode="External"' in parts.read(name) for name in parts.namelist())


def test_the_executed_notebook_holds_the_params_as_literals(made):
    cells = json.loads((made.output("hostile") / "report.ipynb").read_text(encoding="utf-8"))["cells"]
    injected = next(cell for cell in cells if "injected-parameters" in cell["metadata"].get("tags", []))
    held: dict[str, object] = {}
    exec("".join(injected["source"]), {"__builtins__": {}}, held)  # literals need no builtins
    assert held["title"]["da"] == TITLE
    assert held["events"][0]["source"] == SOURCE


@pytest.mark.slow
def test_papermill_alone_takes_the_params_as_literals_too(made):
    done = made.python(
        "-m", "papermill", "notebooks/report.ipynb", "plain.ipynb", "-f", "params/hostile.yml", "--log-level", "ERROR"
    )
    assert done.returncode == 0, done.stderr
    assert list(made.root.parent.rglob("pwned")) == []
    assert not (made.root.parent / "network").exists()


def test_the_guard_notices_a_connection(made, tmp_path):
    program = "import socket; socket.create_connection(('192.0.2.1', 80), 1)"
    (tmp_path / "sitecustomize.py").write_text(GUARD.format(log=str(tmp_path / "network")), encoding="utf-8")
    done = Copy(tmp_path, {"PYTHONPATH": str(tmp_path)}, sys.executable).python("-c", program)
    assert "no network in this test" in done.stderr
    assert "192.0.2.1" in Path(tmp_path / "network").read_text(encoding="utf-8")
