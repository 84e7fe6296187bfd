"""Texts that come from outside, made fit to be shown."""

from __future__ import annotations

import re

_CONTROL = re.compile(
    r"[\x00-\x09\x0b-\x1f\x7f-\x9f\u061c\u200b\u200e\u200f\u2028-\u202e\u2060-\u206f\ufeff]"
)
"""Of the terminal, and what changes the direction of a text, hides in it or breaks its line."""


def printable(text: str) -> str:
    """Without characters that drive a terminal or make a text look like another; lines stay."""
    return _CONTROL.sub("\ufffd", text)


def printable_line(text: str) -> str:
    """As `printable`, and one line."""
    return printable(text.replace("\n", "\ufffd"))
