"""Answers in a database: a file with its checksum is what a report is made of; a password stands nowhere."""

import ast
import getpass
import json
import os
import pwd
import shutil
import sqlite3
import subprocess
from collections.abc import Iterator
from dataclasses import dataclass
from pathlib import Path

import pytest
from typer.testing import CliRunner

from jobreport.desk import cli
from jobreport.errors import FetchFailed, InputRefused
from jobreport.fetch import sql
from jobreport.intake.formats.tables import read_table

PACKAGE = Path(sql.__file__).parents[1]
SECRET = "hemmeligt-kodeord"
ROWS = "CREATE TABLE svar (runde TEXT, kommune TEXT, tilfreds INTEGER, vægt NUMERIC(6, 3), dato DATE)"
FILL = "INSERT INTO svar VALUES ('2024', 'Greve', 4, 1.250, '2024-03-01'), ('2024', 'Greve', NULL, 0.750, NULL)"
ASKED = "SELECT *, '100% : ja' AS bemærkning FROM svar WHERE kommune LIKE 'G%' ORDER BY vægt DESC"


@pytest.fixture
def query(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Path:
    monkeypatch.chdir(tmp_path)
    (tmp_path / "svar.sql").write_text(ASKED, encoding="utf-8")
    return Path("svar.sql")


@pytest.fixture
def lite(tmp_path: Path) -> str:
    base = sqlite3.connect(tmp_path / "svar.db")
    base.execute(ROWS)
    base.execute(FILL)
    base.commit()
    base.close()
    return "sqlite:///svar.db"


def asked(query: Path, text: str) -> Path:
    query.write_text(text, encoding="utf-8")
    return query


@pytest.mark.dear
def test_the_answer_is_a_file_that_a_report_reads_and_says_where_it_came_from(lite, query):
    first = sql.snapshot(lite, query)
    bytes_then = first.file.read_bytes()
    told = json.loads(first.sidecar.read_text(encoding="utf-8"))
    assert (first.file.as_posix(), dict(first.counts)) == ("data/svar.parquet", {"rows": 2, "columns": 6})
    assert told["sha256"] == sql.checksum(bytes_then)
    assert (told["source"], told["query_sha256"]) == ("sqlite", sql.checksum(ASKED.encode("utf-8")))
    read = read_table(first.file, "svar.parquet").frame
    assert read["vægt"].tolist() == [1.25, 0.75]
    assert read["bemærkning"].tolist() == ["100% : ja"] * 2
    assert read["tilfreds"].isna().tolist() == [False, True]
    assert sql.snapshot(lite, query).file.read_bytes() == bytes_then


def test_what_a_person_wrote_is_never_replaced(lite, query):
    Path("data").mkdir()
    Path("data/svar.parquet").write_bytes(b"mine")
    with pytest.raises(InputRefused, match=r"svar\.parquet"):
        sql.snapshot(lite, query)
    assert Path("data/svar.parquet").read_bytes() == b"mine"


@pytest.mark.parametrize(
    ("text", "said"),
    [
        ("SELECT tilfredshed FROM svar", "tilfredshed"),
        ("SELEC 1", "SELEC"),
        ("DELETE FROM svar", "afviser"),
        ("-- intet", "ingen tabel"),
        ("SELECT runde, runde FROM svar", "samme navn"),
        ("SELECT * FROM svar WHERE 1 = 0", "rækker"),
    ],
)
def test_a_question_that_gives_no_table_is_refused_and_nothing_is_changed(text, said, lite, query):
    before = Path("svar.db").read_bytes()
    with pytest.raises((InputRefused, FetchFailed)) as refused:
        sql.snapshot(lite, asked(query, text))
    assert said in refused.value.text("da")
    assert Path("svar.db").read_bytes() == before
    assert not Path("data").exists()


@pytest.mark.parametrize(
    ("address", "said"),
    [
        ("sqlite:///gone.db", "gone.db"),
        ("sqlite://", "sqlite"),
        ("svar.db", "adressen"),
        (f"postgresql+psycopg://mig:{SECRET}@127.0.0.1/x", "JOBREPORT_SQL_PASSWORD"),
        ("postgresql+psycopg://127.0.0.1:9/x", "svarer ikke"),
        ("nodatabase://server/x", "nodatabase"),
        ("mssql+pymssql://server/x", "pymssql"),
    ],
)
def test_an_address_that_leads_nowhere_is_refused_without_the_password(address, said, query, monkeypatch):
    monkeypatch.setenv("JOBREPORT_SQL_PASSWORD", SECRET)
    with pytest.raises((InputRefused, FetchFailed)) as refused:
        sql.snapshot(address, query)
    assert said in refused.value.text("da")
    assert SECRET not in refused.value.text("da") + refused.value.text("en")
    assert not Path("gone.db").exists()


def test_the_command_says_what_was_stored_and_takes_no_other_kind_of_file(lite, query):
    typed = CliRunner().invoke
    done = typed(cli.app, ["fetch", "sql", lite, "--query", str(query), "--out", "data/x.parquet", "-l", "en"])
    assert done.stdout.startswith("data/x.parquet: 2 rows, 6 columns.")
    assert typed(cli.app, ["fetch", "sql", lite, "--query", str(query), "--out", "data/x.csv"]).exit_code


@pytest.mark.dear
def test_nothing_but_this_command_knows_a_database():
    for file in PACKAGE.rglob("*.py"):
        nodes = ast.walk(ast.parse(file.read_text("utf-8")))
        names = {str(node.module) for node in nodes if isinstance(node, ast.ImportFrom)}
        assert file == Path(sql.__file__) or not any(name.startswith("sqlalchemy") for name in names)


@dataclass(frozen=True)
class Server:
    """A PostgreSQL of our own, reached by a socket in a folder of our own; it asks everybody for a password."""

    folder: Path
    programs: Path

    def run(self, *words: str) -> None:
        """Run one of its programs, as a user that is not root."""
        as_whom = [] if os.getuid() else ["setpriv", "--reuid=postgres", "--regid=postgres", "--clear-groups"]
        program = str(self.programs / words[0])
        environment = {**os.environ, "PGPASSWORD": SECRET, "PGHOST": str(self.folder), "LC_ALL": "C.UTF-8"}
        done = subprocess.run([*as_whom, program, *words[1:]], env=environment, capture_output=True, text=True)
        assert not done.returncode, done.stdout + done.stderr

    @property
    def address(self) -> str:
        return f"postgresql+psycopg:///postgres?host={self.folder}"


@pytest.fixture(scope="module")
def server(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Server]:
    found = sorted(Path("/usr/lib/postgresql").glob("*/bin"))
    if not found or (os.getuid() == 0 and not shutil.which("setpriv")):
        pytest.skip("no PostgreSQL here (Debian: apt-get install postgresql)")
    folder = Path(subprocess.check_output(["mktemp", "-d", "-t", "pg.XXXXXX"], text=True).strip())  # (short: a socket)
    made = Server(folder, found[-1])
    secret = folder / "password"
    secret.write_text(SECRET, encoding="utf-8")
    if os.getuid() == 0:
        known = pwd.getpwnam("postgres")
        for path in (folder, secret):
            os.chown(path, known.pw_uid, known.pw_gid)
    base = str(folder / "base")
    made.run("initdb", "-D", base, "-U", "jobcenter", "-A", "scram-sha-256", f"--pwfile={secret}", "-E", "UTF8")
    made.run("pg_ctl", "-D", base, "-w", "-l", f"{folder}/log", "-o", f"-c listen_addresses='' -k {folder}", "start")
    try:
        made.run("psql", "-U", "jobcenter", "-d", "postgres", "-c", ROWS, "-c", FILL)
        yield made
    finally:
        made.run("pg_ctl", "-D", base, "-m", "immediate", "stop")
        shutil.rmtree(folder)


@pytest.mark.slow
def test_a_real_postgresql_gives_the_answers_and_is_not_changed(server, query, monkeypatch):
    monkeypatch.setenv("JOBREPORT_SQL_USER", "jobcenter")
    monkeypatch.setenv("JOBREPORT_SQL_PASSWORD", SECRET)
    typed = ["fetch", "sql", server.address, "--query", str(query), "--language", "en"]
    done = CliRunner().invoke(cli.app, typed)
    assert done.exit_code == 0, done.output
    read = read_table(Path("data/svar.parquet"), "svar.parquet").frame
    assert (read["vægt"].tolist(), read["bemærkning"].tolist()) == ([1.25, 0.75], ["100% : ja"] * 2)
    assert str(read["dato"][0])[:10] == "2024-03-01"
    told = Path("data/svar.parquet.json").read_text(encoding="utf-8")
    for secret in (SECRET, "jobcenter", str(server.folder), getpass.getuser()):
        assert secret not in told + done.output
    for text in ("DELETE FROM svar RETURNING *", "COMMIT; DELETE FROM svar RETURNING *"):
        with pytest.raises(FetchFailed):
            sql.snapshot(server.address, asked(query, text), Path("other.parquet"))
    assert sql.snapshot(server.address, asked(query, ASKED)).counts["rows"] == 2


@pytest.mark.slow
@pytest.mark.parametrize(
    ("text", "said", "told"),
    [
        ("SELECT gone FROM svar", "gone", True),
        ("SELECT kommune::int FROM svar", "Greve", False),  # PostgreSQL's own message holds what stood in the cell
    ],
)
def test_postgresqls_refusal_is_told_but_never_a_cell(text, said, told, server, query, monkeypatch):
    monkeypatch.setenv("JOBREPORT_SQL_USER", "jobcenter")
    monkeypatch.setenv("JOBREPORT_SQL_PASSWORD", SECRET)
    with pytest.raises(FetchFailed) as refused:
        sql.snapshot(server.address, asked(query, text))
    assert (said in refused.value.text("da")) is told


@pytest.mark.slow
def test_postgresql_refuses_a_wrong_password_and_it_is_not_told(server, query, monkeypatch):
    monkeypatch.setenv("JOBREPORT_SQL_USER", "jobcenter")
    monkeypatch.setenv("JOBREPORT_SQL_PASSWORD", "forkert-kodeord")
    with pytest.raises(FetchFailed) as refused:
        sql.snapshot(server.address, query)
    assert "password authentication failed" in refused.value.text("da")
    assert "forkert-kodeord" not in refused.value.text("da")
