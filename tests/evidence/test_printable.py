from __future__ import annotations

import pytest

from harness.evidence.printable import printable, printable_line


def test_nothing_drives_a_terminal() -> None:
    assert printable("a\x1b[2J\tb\nc\x9b") == "a\ufffd[2J\ufffdb\nc\ufffd"


@pytest.mark.parametrize(
    "character", ["\x00", "\x1b", "\r", "\x9b", "\u202e", "\u2066", "\u200b", "\u2028", "\ufeff"]
)
def test_what_is_not_what_it_looks_like_is_replaced(character: str) -> None:
    assert printable(f"a{character}b\nc") == "a\ufffdb\nc"


@pytest.mark.parametrize("text", ["größe ✓ 日本 🙂", "می\u200cخواهم", "two\nlines"])
def test_letters_of_any_language_stay(text: str) -> None:
    assert printable(text) == text


def test_a_line_is_one() -> None:
    assert printable_line("a\x1b[2J\nb") == "a\ufffd[2J\ufffdb"
