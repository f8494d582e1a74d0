"""What happens to a hostile input: the keys of its refusal, after looking at every word that a user would read."""

from collections.abc import Callable

from jobreport.errors import MOST, InputRefused

ACCEPTED = "accepted"
LONGEST_LINE = 2_000


def outcome(read: Callable[[], object], secrets: tuple[str, ...] = ()) -> list[str]:
    """Keys of the refusal, or that it was accepted; any other end is a failure of the test."""
    try:
        read()
    except InputRefused as refused:
        for language in ("da", "en"):
            check_message(refused.text(language), len(refused.problems), secrets)
        return [problem.key for problem in refused.problems]
    return [ACCEPTED]


def check_message(text: str, problems: int, secrets: tuple[str, ...]) -> None:
    """A message can be shown on any screen, says all four things for each problem, and quotes nothing personal."""
    assert text.encode("utf-8").decode("utf-8") == text
    assert all(c.isprintable() or c == "\n" for c in text)
    assert max(map(len, text.splitlines())) <= LONGEST_LINE
    assert text.count("\n  Gør: ") + text.count("\n  Do: ") == min(problems, MOST)
    assert not any(secret in text for secret in secrets)
