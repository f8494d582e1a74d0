"""HTTP with patience and suspicion: retries, time limits, and no answer taken for data that is none."""

import json
import ssl
import time
from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass, field
from email.utils import parsedate_to_datetime
from functools import cache
from typing import Any

import httpx
import tenacity

import jobreport
from jobreport.domain.texts import both
from jobreport.errors import FetchFailed, Problem

AGAIN = (408, 429, 500, 502, 503, 504)
LONGEST_PAUSE = 120.0
LARGEST_ANSWER = 1_000_000_000
JSON_TYPES = ("application/json", "text/json")


@dataclass(frozen=True)
class Patience:
    """How long to wait and how often to try."""

    silence: float = 60.0  # seconds without a byte before an attempt is given up
    whole: float = 900.0  # seconds for one attempt, from question to last byte; a server that drips never goes silent
    attempts: int = 5  # times a question is asked in all
    pause: float = 1.0  # seconds before the second attempt; doubled before each further one


@dataclass(frozen=True)
class Answer:
    """A whole answer: its bytes are all there, as HTTP itself counts them."""

    body: bytes

    def text(self, where: str) -> str:
        """Decode as UTF-8; a byte order mark goes. FetchFailed if it is something else."""
        try:
            return self.body.decode("utf-8-sig")
        except UnicodeDecodeError:
            raise FetchFailed(Problem("fetch_not_utf8", where)) from None


class _Broken(Exception):
    def __init__(self, problem: Problem, pause: float | None = None) -> None:
        super().__init__(problem.key)
        self.problem, self.pause = problem, pause


@dataclass(frozen=True)
class Connection:
    """One server."""

    base: str  # address that paths are added to, such as ``https://api.statbank.dk/v1``
    # sent to this server only; never shown in a message
    headers: Mapping[str, str] = field(default_factory=dict, repr=False)
    patience: Patience = Patience()  # time limits and attempts
    sleep: Callable[[float], None] = time.sleep  # waits between attempts

    def ask(
        self, path: str, question: Mapping[str, Any], *, query: bool = False, kinds: Sequence[str] = JSON_TYPES
    ) -> Answer:
        """Ask for data, again if need be, and return the whole answer.

        ``question``: posted as JSON, or sent as the address's query. ``kinds``: what the answer may be; JSON unless
        said.

        Raises
        ------
        FetchFailed
            With what the server said, if it refuses; after the last attempt, if it cannot be reached, is too slow,
            breaks off or is overloaded; at once, if it answers with something else than data.
        """
        where = f"{self.base}/{path}"
        try:
            return self._again()(self._once, where, question, query, kinds)
        except _Broken as broken:
            values = {**broken.problem.values, "attempts": self.patience.attempts}
            raise FetchFailed(Problem(broken.problem.key, where, values)) from None

    def _again(self) -> tenacity.Retrying:
        # Another attempt after what may pass: when the server says, else after pauses that double.
        return tenacity.Retrying(
            retry=tenacity.retry_if_exception_type(_Broken),
            stop=tenacity.stop_after_attempt(self.patience.attempts),
            wait=_asked_for(tenacity.wait_exponential(multiplier=self.patience.pause, max=LONGEST_PAUSE)),
            sleep=self.sleep,
            reraise=True,
        )

    def _once(self, where: str, question: Mapping[str, Any], query: bool, kinds: Sequence[str]) -> Answer:
        limits = httpx.Timeout(self.patience.silence, connect=min(self.patience.silence, 20.0))
        sent: dict[str, Any] = {"params": dict(question)} if query else {"json": dict(question)}
        headers = {"User-Agent": f"jobreport/{jobreport.__version__}", **self.headers}
        try:
            with (
                httpx.Client(timeout=limits, headers=headers, follow_redirects=False, verify=_trusted()) as client,
                client.stream("GET" if query else "POST", where, **sent) as response,
            ):
                body = self._read(response, where)
        except httpx.TimeoutException:
            raise _Broken(Problem("fetch_too_slow", where, {"seconds": f"{self.patience.silence:g}"})) from None
        except (httpx.RemoteProtocolError, httpx.ReadError, httpx.DecodingError):
            raise _Broken(Problem("fetch_broken_off", where)) from None
        except httpx.TransportError as error:
            raise _Broken(Problem("fetch_unreachable", where, {"error": type(error).__name__})) from None
        return self._judged(response, body, where, kinds)

    def _read(self, response: httpx.Response, where: str) -> bytes:
        # Read to the end; an answer without a length that was cut short is no JSON and is refused as such.
        end, parts, size = time.monotonic() + self.patience.whole, [], 0
        for part in response.iter_bytes():
            parts.append(part)
            size += len(part)
            if time.monotonic() > end:
                raise _Broken(Problem("fetch_too_slow", where, {"seconds": f"{self.patience.whole:g}"}))
            if size > LARGEST_ANSWER:
                raise FetchFailed(Problem("fetch_too_large", where, {"megabytes": LARGEST_ANSWER // 10**6}))
        return b"".join(parts)

    def _judged(self, response: httpx.Response, body: bytes, where: str, kinds: Sequence[str]) -> Answer:
        kind = response.headers.get("Content-Type", "-").split(";")[0].strip().lower()
        status = response.status_code
        if status in AGAIN:
            pause = _retry_after(response.headers.get("Retry-After"))
            raise _Broken(Problem("fetch_busy", where, {"status": status, **_said(body)}), pause)
        if status != httpx.codes.OK:
            raise FetchFailed(Problem("fetch_refused", where, {"status": status, **_said(body)}))
        if kind not in kinds:
            raise FetchFailed(Problem("fetch_not_data", where, {"kind": kind, "kinds": list(kinds)}))
        return Answer(body)


def _asked_for(usual: tenacity.wait.wait_base) -> Callable[[tenacity.RetryCallState], float]:
    def pause(state: tenacity.RetryCallState) -> float:
        broken = state.outcome.exception() if state.outcome else None
        asked = broken.pause if isinstance(broken, _Broken) else None
        return float(usual(state)) if asked is None else asked

    return pause


@cache
def _trusted() -> ssl.SSLContext:
    # Authorities whose certificates count; read once, since reading them takes longer than most answers.
    return httpx.create_ssl_context()


def as_json(answer: Answer, where: str) -> Any:
    """Read an answer as JSON; FetchFailed if it is none."""
    try:
        return json.loads(answer.text(where))
    except ValueError:
        raise FetchFailed(Problem("fetch_not_json", where)) from None


def _retry_after(text: str | None) -> float | None:
    # Seconds that the server asks for: a number, or the time until a date; never more than two minutes.
    if text is None:
        return None
    try:
        seconds = float(text)
    except ValueError:
        try:
            seconds = parsedate_to_datetime(text).timestamp() - time.time()
        except (TypeError, ValueError):
            return None
    return min(max(seconds, 0.0), LONGEST_PAUSE)


def _said(body: bytes) -> dict[str, object]:
    try:
        told = json.loads(body.decode("utf-8-sig"))
        return {"code": str(told["errorTypeCode"]), "message": str(told["message"])[:300]}
    except (ValueError, KeyError, TypeError):
        unsaid = both("not_stated")
        return {"code": unsaid, "message": unsaid}
