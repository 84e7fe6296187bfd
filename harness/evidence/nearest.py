"""What a word that is none was perhaps meant to be."""

from __future__ import annotations

import difflib
from collections.abc import Iterable

LIKENESS = 0.6
"""Of difflib: `maximum` is near to `max`, `mute` is not near to `room`."""


def did_you_mean(
    word: str, words: Iterable[str], *, most: int = 1, likeness: float = LIKENESS
) -> str:
    """`did you mean swallow-mute?`, or of several; empty where none is near."""
    near = difflib.get_close_matches(word, list(words), n=most, cutoff=likeness)
    return f"did you mean {' or '.join(near)}?" if near else ""
