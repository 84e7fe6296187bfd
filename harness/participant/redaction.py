"""Tokens must not reach a log or a report: they are taken out of every line written there."""

from __future__ import annotations

import logging
import re

_JWT = re.compile(r"eyJ[\w-]{5,}\.[\w-]+(\.[\w-]*)?")
_PARAMETER = re.compile(r"\b(access_token|join_request|token)=[^&\s\"')]+")
_HEADER = re.compile(r"\b([Bb]earer) +[\w.~+/=-]+")


LONGEST = 10_000
"""Characters of an error in one line: it passes a line of the protocol, and reports, whole."""


def redact(text: str) -> str:
    """The text without JSON web tokens, token parameters of URLs, and bearer headers."""
    text = _PARAMETER.sub(r"\1=…", text)
    text = _HEADER.sub(r"\1 …", text)
    return _JWT.sub("…", text)


class RedactingFormatter(logging.Formatter):
    """Redacts the finished line, its traceback included."""

    def format(self, record: logging.LogRecord) -> str:
        """Format like the base class, then redact."""
        return redact(super().format(record))


def one_line(error: BaseException) -> str:
    """What an exception says, on one line, redacted and cut; its type when it says nothing.

    Some exceptions of the SDK keep their text in `message` only.
    """
    text = str(error) or str(getattr(error, "message", "")) or type(error).__name__
    line = redact(" ".join(text.split()))
    return line if len(line) <= LONGEST else f"{line[: LONGEST - 1]}…"
