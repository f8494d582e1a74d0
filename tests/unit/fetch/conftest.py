"""A loopback server that behaves as the documented services do, and misbehaves on demand.

StatBank: POST JSON; errors are HTTP 400 with errorTypeCode and message; a cell limit (rows x (variables + 1)).
jobindsats: GET with the bare key in Authorization; areas by name; numbers as text with decimal comma.
"""

import itertools
import json
import threading
import time
from dataclasses import dataclass, field
from functools import partial
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer
from types import SimpleNamespace
from urllib.parse import parse_qs, urlparse

import pytest

from jobreport.domain import municipalities
from jobreport.fetch import connection
from jobreport.fetch.connection import Connection, Patience
from jobreport.fetch.jobindsats import connect
from jobreport.fetch.statbank import StatBank

KEY = "a-secret-key-0123456789"
HELD_BACK, ZERO = ("825", "2021M03"), ("563", "2021M02")  # Læsø, Fanø
AREAS = {"000": "Hele landet", "081": "Region Nordjylland", **municipalities.names()}
MONTHS = [f"{year}M{month:02d}" for year in (2020, 2021) for month in range(1, 13)]
LEVELS = ("TOT", "H10", "H20", "H30", "H35", "H40", "H50", "H60", "H70", "H80", "H90")


def unemployment(cell):
    """Country 4.0, others by their code; one cell held back, one zero; December is 0.6 higher."""
    area, month = cell["OMRÅDE"], cell["Tid"]
    if (area, month) == HELD_BACK:
        return None
    if (area, month) == ZERO:
        return 0
    return round((4.0 if area == "000" else int(area) % 7 + 1.5) + (0.6 if month.endswith("12") else 0), 1)


def population(cell):
    return 1000 * int(cell["OMRÅDE"]) + int(cell["Tid"][-1])


def education(cell):
    """Unskilled 30, vocational 40, short 5, medium 15, long 10 of 100 stated; 25 not stated."""
    counts = {"H10": 20, "H20": 8, "H35": 2, "H30": 40, "H40": 5, "H50": 12, "H60": 3, "H70": 9, "H80": 1, "H90": 25}
    return counts.get(cell["HFUDD"], sum(counts.values()))


def table(name, variables, value, **facts):
    return {"id": name, "text": f"Table {name}", "unit": "Pct.", "suppressedDataValue": "0",
            "updated": "2026-04-30T08:00:00", "active": True, "variables": variables, "value": value, **facts
            }  # fmt: skip


def variable(code, values, time=False):
    values = values if isinstance(values, dict) else {value: value for value in values}
    return {"id": code, "text": code.lower(), "elimination": not time, "time": time,
            "values": [{"id": value, "text": text} for value, text in values.items()]}  # fmt: skip


def statbank_tables():
    sex = partial(variable, "KØN", {"TOT": "I alt", "M": "Mænd", "K": "Kvinder"})
    age = variable("ALDER", {"TOT": "Alder i alt", "16-24": "16-24 år"})
    ages = variable("ALDER", {"IALT": "Alder i alt", "0": "0 år"})
    status = variable("CIVILSTAND", {"TOT": "I alt", "U": "Ugift"})
    quarters = [f"{year}K{quarter}" for year in (2021, 2022) for quarter in range(1, 5)]
    made = [
        table("AUP02", [variable("OMRÅDE", AREAS), age, sex(), variable("Tid", MONTHS, time=True)], unemployment),
        table("FOLK1A", [variable("OMRÅDE", AREAS), sex(), ages, status, variable("Tid", quarters, True)], population),
        table("HFUDD11", [variable("BOPOMR", AREAS), variable("HERKOMST", {"TOT": "I alt", "5": "Andre"}),
                          variable("HFUDD", (*LEVELS, "H1010")), age, sex(), variable("Tid", ["2021", "2022"], True)],
              education),
    ]  # fmt: skip
    return {one["id"]: one for one in made}


@dataclass
class Service:
    """What the server holds, what it was asked, the faults of its next answers (None: none), seconds that it passed."""

    tables: dict = field(default_factory=statbank_tables)
    limit: int = 1_000_000
    faults: list = field(default_factory=list)
    asked: list = field(default_factory=list)
    address: str = ""
    passed: float = 0.0

    def answer(self, path, question, key):
        if path.startswith("/star/"):
            return star_answer(path.removeprefix("/star/"), question, key)
        if path.endswith("/tableinfo"):
            return self.tableinfo(question)
        return self.data(question) if path.endswith("/data") else (404, "application/json", error("REQUEST-NOTFOUND"))

    def tableinfo(self, question):
        found = self.tables.get(question["table"].upper())
        if found is None:
            return 400, "application/json", error("EXTRACT-NOTFOUND", f"Tabel findes ikke: {question['table']}")
        told = {name: part for name, part in found.items() if name != "value"}
        return 200, "application/json; charset=utf-8", json.dumps(told).encode()

    def data(self, question):
        found = self.tables[question["table"]]
        chosen = {part["code"]: part["values"] for part in question["variables"]}
        for part in found["variables"]:
            if part["id"] not in chosen:
                return 400, "application/json", error("EXTRACT-NOTALLOWED", f"Vælg værdier for: {part['id']}")
            if set(chosen[part["id"]]) - {value["id"] for value in part["values"]}:
                return 400, "application/json", error("EXTRACT-NOTFOUND", "Værdien blev ikke fundet")
        order = [part["id"] for part in found["variables"]]
        cells = [dict(zip(order, codes, strict=True)) for codes in itertools.product(*(chosen[code] for code in order))]
        if len(cells) * (len(order) + 1) > self.limit:
            return 400, "application/json", error("REQUEST-LIMIT", "For mange observationer")
        return 200, "application/json; charset=utf-8", jsonstat(order, chosen, cells, found["value"])


def error(code, message="Fejl"):
    return json.dumps({"errorTypeCode": code, "message": message}).encode()


def jsonstat(order, chosen, cells, value):
    names = [*order[:-1], "ContentsCode", order[-1]]
    codes = {**chosen, "ContentsCode": ["INDHOLD"]}
    dimension = {name: {"label": name, "category": {"index": {code: i for i, code in enumerate(codes[name])}}}
                 for name in names}  # fmt: skip
    dimension |= {"id": names, "size": [len(codes[name]) for name in names], "role": {"time": [order[-1]]}}
    return json.dumps({"dataset": {"dimension": dimension, "value": [value(cell) for cell in cells]}}).encode()


def star_answer(path, question, key):
    if key != KEY:
        return 401, "application/json", b"{}"
    if path == "tables/y01a02/json":
        return 200, "application/json", json.dumps([{"Period": ["2019M12", "2021M01", "2021M02"]}]).encode()
    areas = ("Hele landet", "Region Hovedstaden", "Ishøj", "Vallensbæk")
    groups = ("I alt", "Kvinder")
    data = [[area, question["period"], group, "1.234,5" if area == "Ishøj" else "-", "4,2"]
            for area in areas for group in groups]  # fmt: skip
    labels = ("Area", "Periode", "Køn", "Fuldtidspersoner", "Andel")
    told = [{"Variables": [{"Name": f"v{i}", "Label": label} for i, label in enumerate(labels)], "Data": data}]
    return 200, "application/json", json.dumps(told).encode()


class Handler(BaseHTTPRequestHandler):
    protocol_version = "HTTP/1.1"

    def do_POST(self):
        body = self.rfile.read(int(self.headers["Content-Length"]))
        self.reply(json.loads(body))

    def do_GET(self):
        self.reply({name: values[0] for name, values in parse_qs(urlparse(self.path).query).items()})

    def reply(self, question):
        service = self.server.service
        service.asked.append((urlparse(self.path).path, question, dict(self.headers)))
        answer = service.answer(urlparse(self.path).path, question, self.headers.get("Authorization"))
        fault = service.faults.pop(0) if service.faults else None
        (FAULTS[fault] if fault else send)(self, *answer)

    def log_message(self, *_):
        pass


def send(handler, status, kind, body, headers=()):
    handler.send_response(status)
    handler.send_header("Content-Type", kind)
    handler.send_header("Content-Length", str(len(body)))
    for name, value in headers:
        handler.send_header(name, value)
    handler.end_headers()
    handler.wfile.write(body)


def other(status, kind, body, *headers):
    return lambda handler, *_: send(handler, status, kind, body, headers)


def silent(handler, *answer):
    time.sleep(0.3)
    handler.close_connection = True


def drip(handler, status, kind, body):
    handler.send_response(status)
    handler.send_header("Content-Type", kind)
    handler.send_header("Content-Length", str(len(body)))
    handler.end_headers()
    try:
        for place in range(min(400, len(body) - 1)):
            handler.wfile.write(body[place : place + 1])
            handler.server.service.passed += 0.05
            time.sleep(0.005)  # (so that the client reads meanwhile)
    except OSError:
        pass  # the client gave up, which is what is tested
    handler.close_connection = True


def cut(handler, status, kind, body):
    handler.send_response(status)
    handler.send_header("Content-Type", kind)
    handler.send_header("Content-Length", str(len(body)))
    handler.end_headers()
    handler.wfile.write(body[: len(body) // 2])
    handler.close_connection = True


def cut_chunk(handler, status, kind, body):
    handler.send_response(status)
    handler.send_header("Content-Type", kind)
    handler.send_header("Transfer-Encoding", "chunked")
    handler.end_headers()
    half = body[: len(body) // 2]
    handler.wfile.write(f"{len(half):x}\r\n".encode() + half + b"\r\n")
    handler.close_connection = True


def chunked(handler, status, kind, body):
    handler.send_response(status)
    handler.send_header("Content-Type", kind)
    handler.send_header("Transfer-Encoding", "chunked")
    handler.end_headers()
    handler.wfile.write(f"{len(body):x}\r\n".encode() + body + b"\r\n0\r\n\r\n")


def unframed(handler, status, kind, body):
    handler.send_response(status)
    handler.send_header("Content-Type", kind)
    handler.send_header("Connection", "close")
    handler.end_headers()
    handler.wfile.write(body[: len(body) // 2])
    handler.close_connection = True


PAGE = b"<!DOCTYPE html><title>Fejl</title><h1>Siden er nede</h1>"
FAULTS = {
    "busy": other(429, "text/html", PAGE, ("Retry-After", "7")),
    "busy_without_word": other(503, "text/html", PAGE),
    "busy_until": other(429, "text/html", PAGE, ("Retry-After", "Wed, 21 Oct 2015 07:28:00 GMT")),
    "error": other(500, "application/json", error("SYSTEM", "Uventet fejl")),
    "html": other(200, "text/html; charset=utf-8", PAGE),
    "html_error": other(403, "text/html", PAGE),
    "wrong_type": lambda handler, status, kind, body: send(handler, status, "text/html", body),
    "moved": other(302, "text/html", b"", ("Location", "https://example.org/")),
    "half_json": lambda handler, status, kind, body: send(handler, status, kind, body[: len(body) // 2]),
    "latin": lambda handler, status, kind, body: send(handler, status, kind, "område;æ".encode("cp1252")),
    "other_json": other(200, "application/json", b'{"value": [1, 2]}'),
    "silent": silent, "drip": drip, "cut": cut, "cut_chunk": cut_chunk, "chunked": chunked, "unframed": unframed,
}  # fmt: skip


@pytest.fixture
def service(monkeypatch):
    """The running service; its address is on 127.0.0.1, and the client's clock goes as the service lets it."""
    server = ThreadingHTTPServer(("127.0.0.1", 0), Handler)
    server.daemon_threads = True
    server.service = Service(address=f"http://127.0.0.1:{server.server_port}")
    clock = SimpleNamespace(monotonic=lambda: time.monotonic() + server.service.passed, time=time.time)
    monkeypatch.setattr(connection, "time", clock)
    thread = threading.Thread(target=server.serve_forever, kwargs={"poll_interval": 0.01}, daemon=True)
    thread.start()
    yield server.service
    server.shutdown()
    server.server_close()
    thread.join()


@pytest.fixture
def pauses():
    """Seconds that clients would have waited."""
    return []


@pytest.fixture
def client(service, pauses):
    patience = Patience(silence=0.2, whole=0.4, attempts=3, pause=1.0)
    return StatBank(Connection(f"{service.address}/v1", patience=patience, sleep=pauses.append))


@pytest.fixture
def star(service, pauses):
    return connect(KEY, Connection(f"{service.address}/star", patience=Patience(0.2, 0.4, 3), sleep=pauses.append))
