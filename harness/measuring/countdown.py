"""How long something still takes, on the last line of a terminal."""

from __future__ import annotations

import asyncio
from collections.abc import AsyncIterator
from contextlib import asynccontextmanager
from typing import TextIO

from harness.evidence.clock import NS_PER_S, now_ns

TICK_S = 0.5
CLEAR = "\r\x1b[K"


@asynccontextmanager
async def countdown(out: TextIO, label: str, seconds: float) -> AsyncIterator[None]:
    """Show what is left of `seconds` while the block runs, and nothing afterwards.

    Only on a terminal: nobody reads a countdown in a file.
    """
    if not out.isatty():
        yield
        return
    showing = asyncio.create_task(_show(out, label, seconds))
    try:
        yield
    finally:
        showing.cancel()
        await asyncio.gather(showing, return_exceptions=True)
        out.write(CLEAR)
        out.flush()


async def _show(out: TextIO, label: str, seconds: float) -> None:
    end_ns = now_ns() + round(seconds * NS_PER_S)
    while True:
        out.write(f"{CLEAR}{label}: {left_words((end_ns - now_ns()) / NS_PER_S)}")
        out.flush()
        await asyncio.sleep(TICK_S)


def left_words(seconds: float) -> str:
    """`1:05 left`; past the end what is going on then."""
    if seconds <= 0:
        return "reading what was recorded"
    minutes, rest = divmod(round(seconds), 60)
    return f"{minutes}:{rest:02} left"
