"""Texts from outside in Markdown: they stay texts."""

from __future__ import annotations

import re

_SPECIAL = re.compile(r"[\\*\[\]<>~]|(?<![^\W_])_|_(?![^\W_])|&(?=[#\w]+;)")
"""Of `_` all but one that stands alone between letters or digits, which is no mark-up."""


def plain(text: str) -> str:
    """As Markdown shows it in a table cell: nothing of it is mark-up but `code`."""
    pieces = " ".join(text.split()).split("`")
    closed = len(pieces) % 2 == 1
    for index in range(0, len(pieces), 2 if closed else 1):
        pieces[index] = _SPECIAL.sub(r"\\\g<0>", pieces[index])
    return ("`" if closed else r"\`").join(pieces)


def sentence(text: str) -> str:
    """With a capital letter and a full stop, unless it begins with code."""
    text = text.strip()
    return f"{text[:1].upper()}{text[1:]}{'' if text.endswith(('.', '!', '?', '…')) else '.'}"


def code(text: str) -> str:
    """On one line, in the letters of code."""
    return f"`{' '.join(text.replace('`', ' ').split())}`"


def fenced(lines: list[str]) -> list[str]:
    """A block of code, whatever is in it."""
    longest = max((len(run) for line in lines for run in re.findall("`+", line)), default=0)
    fence = "`" * max(3, longest + 1)
    return [fence, *lines, fence]


def cells(*texts: str) -> str:
    """A row of a table."""
    return f"| {' | '.join(text.replace('|', chr(92) + '|') for text in texts)} |"
