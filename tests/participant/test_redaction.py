from __future__ import annotations

import logging

import pytest

from harness.participant.redaction import LONGEST, RedactingFormatter, one_line, redact

TOKEN = "eyJhbGciOiJIUzI1NiJ9.eyJzdWIiOiJhbGljZSJ9.c2lnbmF0dXJl-_x"


@pytest.mark.parametrize(
    "text",
    [
        f"401 Unauthorized - invalid token: {TOKEN}, error: expired",
        f"ws://h/rtc?access_token={TOKEN}&auto_subscribe=1",
        "ws://h/rtc/v1?join_request=H4sIAAAAAAAA-c2lnbmF0dXJl",
        f"Authorization: Bearer {TOKEN}",
        f"'{TOKEN}'",
    ],
)
def test_no_token_is_left(text: str) -> None:
    assert "c2lnbmF0dXJl" not in redact(text)
    assert "eyJ" not in redact(text)


def test_everything_else_stays() -> None:
    text = "connecting to ws://127.0.0.1:7880/rtc/v1 as eyJ-like, token bucket=3"

    assert redact(text) == text


def test_tracebacks_in_a_log_are_redacted_too() -> None:
    error = ValueError(TOKEN)
    record = logging.LogRecord(
        "x", logging.INFO, "f", 1, "failed", None, (ValueError, error, error.__traceback__)
    )

    line = RedactingFormatter().format(record)

    assert "ValueError: …" in line
    assert TOKEN not in line


class Silent(Exception):
    def __init__(self, message: str) -> None:
        self.message = message


def test_an_error_is_one_line() -> None:
    assert one_line(ValueError("a\n  b")) == "a b"
    assert one_line(Silent(f"bad {TOKEN}")) == "bad …"
    assert one_line(AssertionError()) == "AssertionError"


def test_a_long_error_is_cut_and_holds_no_half_of_a_token() -> None:
    assert one_line(ValueError("x" * LONGEST)) == "x" * LONGEST
    assert one_line(ValueError("x" * 2_000_000)) == "x" * (LONGEST - 1) + "…"
    assert "eyJ" not in one_line(ValueError("x" * (LONGEST - 20) + " " + TOKEN + "x" * LONGEST))
