from __future__ import annotations

import asyncio
import io

import pytest

from harness.measuring.countdown import CLEAR, countdown, left_words


class Terminal(io.StringIO):
    def isatty(self) -> bool:
        return True


@pytest.mark.parametrize(
    ("seconds", "words"),
    [(65.2, "1:05 left"), (4, "0:04 left"), (0, "reading what was recorded")],
)
def test_what_is_left_in_words(seconds: float, words: str) -> None:
    assert left_words(seconds) == words


@pytest.mark.asyncio
async def test_on_a_terminal_it_is_shown_and_taken_away() -> None:
    out = Terminal()
    async with countdown(out, "3g", 60):
        await asyncio.sleep(0)

    assert out.getvalue() == f"{CLEAR}3g: 1:00 left{CLEAR}"


@pytest.mark.asyncio
async def test_elsewhere_nothing_is_written() -> None:
    out = io.StringIO()
    async with countdown(out, "3g", 60):
        await asyncio.sleep(0)

    assert out.getvalue() == ""


@pytest.mark.asyncio
async def test_it_ends_with_what_it_is_for() -> None:
    out = Terminal()
    with pytest.raises(LookupError):
        async with countdown(out, "3g", 60):
            raise LookupError

    assert len(asyncio.all_tasks()) == 1
