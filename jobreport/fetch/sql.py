"""A question to a database, to a Parquet file with its checksum beside it; a report reads the file alone.

Who asks and with which password stands in the environment, and is written and told nowhere.
"""

from __future__ import annotations

import os
from collections.abc import Iterator, Sequence
from contextlib import contextmanager
from datetime import UTC, date, datetime
from decimal import Decimal
from io import BytesIO
from pathlib import Path
from typing import TYPE_CHECKING, Any

from jobreport.errors import FetchFailed, InputRefused, Problem, refuse
from jobreport.fetch.run import Fetched, refuse_to_replace, store
from jobreport.intake.formats.content import Content
from jobreport.intake.formats.delimited import check_names
from jobreport.intake.formats.package import checksum
from jobreport.intake.formats.tables import read_table

if TYPE_CHECKING:
    from sqlalchemy import URL, Connection

USER, PASSWORD = "JOBREPORT_SQL_USER", "JOBREPORT_SQL_PASSWORD"
FOLDER = Path("data")
READ_ONLY = {
    "postgresql": "SET SESSION CHARACTERISTICS AS TRANSACTION READ ONLY",
    "sqlite": "PRAGMA query_only = ON",
}
PLAIN = (str, int, float, date, type(None))


def snapshot(address: str, query: Path, out: Path | None = None) -> Fetched:
    """Ask a database one question, and store the answer as a survey file.

    Parameters
    ----------
    address
        As SQLAlchemy writes it, without a password: ``postgresql+psycopg://server/base``, ``sqlite:///answers.db``.
    out
        The Parquet file; None is ``data/<name of the query>.parquet``.

    Raises
    ------
    InputRefused
        If the address holds a password, the query cannot be read, a file is there that no fetch wrote, or the answer
        is no table that a report could read.
    FetchFailed
        If the database cannot be reached, or refuses; no cell is told of.
    """
    file = out or FOLDER / f"{query.stem}.parquet"
    refuse_to_replace(file)
    url, asked = _url(address), _question(query)
    with _connected(url) as connection:
        data = _parquet(*_answer(connection, asked, query.name))
    read = read_table(Content(file.name, data, None, {}), file.name)  # as the report will
    counts = dict(zip(("rows", "columns"), read.frame.shape, strict=True))
    facts = {"source": url.get_backend_name(), "query": query.name, "query_sha256": checksum(asked.encode("utf-8"))}
    told = facts | {"retrieved": datetime.now(UTC).isoformat(timespec="seconds"), "counts": counts}
    return Fetched(file, store(file, data, told), counts)


def _question(query: Path) -> str:
    try:
        return query.read_text(encoding="utf-8-sig")
    except (OSError, ValueError):
        raise InputRefused([Problem("sql_query_unreadable", query.as_posix())]) from None


def _url(address: str) -> URL:
    try:
        from sqlalchemy import exc, make_url
    except ImportError:
        raise InputRefused([Problem("sql_not_installed", "fetch sql")]) from None
    try:
        url = make_url(address)
    except exc.ArgumentError:
        raise InputRefused([Problem("sql_address", "fetch sql")]) from None
    refuse([Problem("sql_password_told", url.get_backend_name(), {"variable": PASSWORD})] if url.password else [])
    if url.get_backend_name() == "sqlite" and not Path(url.database or "").is_file():
        raise InputRefused([Problem("sql_file_missing", url.database or "sqlite")])
    return url.set(username=os.environ.get(USER, url.username), password=os.environ.get(PASSWORD))


@contextmanager
def _connected(url: URL) -> Iterator[Connection]:
    from sqlalchemy import create_engine, exc

    name = url.get_backend_name()
    try:
        engine = create_engine(url, hide_parameters=True)
        connection = engine.connect()
    except (ImportError, exc.NoSuchModuleError):
        raise InputRefused([Problem("sql_no_driver", name, {"driver": url.drivername})]) from None
    except exc.SQLAlchemyError as error:
        raise FetchFailed(Problem("sql_unreachable", name, {"error": _first_line(error)})) from None
    try:
        with connection:
            if name in READ_ONLY:
                connection.exec_driver_sql(READ_ONLY[name])
                connection.commit()
            yield connection
    finally:
        engine.dispose()


def _answer(connection: Connection, asked: str, where: str) -> tuple[list[str], list[Sequence[Any]]]:
    # Names of columns, and the columns; as it is written, so that neither % nor : means anything else.
    from sqlalchemy import exc

    try:
        result = connection.execution_options(no_parameters=True).exec_driver_sql(asked)
        names, rows = [*result.keys()], result.fetchall()
    except exc.ResourceClosedError:
        raise InputRefused([Problem("sql_no_rows", where)]) from None
    except exc.SQLAlchemyError as error:
        # which name or word is wrong is told, and nothing that may say what stood in a cell
        named = isinstance(error, exc.ProgrammingError) or connection.dialect.name == "sqlite"
        said = _first_line(error) if named else type(getattr(error, "orig", error)).__name__
        raise FetchFailed(Problem("sql_refused", where, {"error": said})) from None
    check_names(names, where)
    return names, [*zip(*rows, strict=True)] if rows else [() for _ in names]


def _first_line(error: Exception) -> str:
    said = next(iter(str(getattr(error, "orig", error)).strip().splitlines()), type(error).__name__)
    secret = os.environ.get(PASSWORD)
    return said.replace(secret, "***") if secret else said


def _parquet(names: Sequence[str], columns: Sequence[Sequence[Any]]) -> bytes:
    # The same bytes for the same answer.
    import pyarrow as pa
    import pyarrow.parquet as pq

    held = BytesIO()
    pq.write_table(pa.Table.from_arrays([_array(values) for values in columns], names=[*names]), held)
    return held.getvalue()


def _array(values: Sequence[Any]) -> Any:
    import pyarrow as pa

    plain = [float(value) if isinstance(value, Decimal) else value for value in values]
    try:
        return pa.array([value if isinstance(value, PLAIN) else str(value) for value in plain])
    except (pa.ArrowInvalid, pa.ArrowTypeError):
        return pa.array([None if value is None else str(value) for value in plain], pa.string())
