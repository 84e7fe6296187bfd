from __future__ import annotations

from pathlib import Path
from typing import TYPE_CHECKING

import pytest

if TYPE_CHECKING:
    from tests.participant.conftest import Start

LOOPBACK = Path(__file__).parent / "loopback.py"


@pytest.mark.asyncio
async def test_frames_that_nobody_waits_for_come_whole_and_in_order(start: Start) -> None:
    alice = await start("alice")

    assert await alice.probe(LOOPBACK, "captured_in_one_go", {"frames": 20}) == [*range(1, 21)]


@pytest.mark.asyncio
async def test_what_the_sdk_could_not_take_is_told_at_the_next_frame(start: Start) -> None:
    alice = await start("alice")

    error = await alice.probe(LOOPBACK, "capture_of_a_wrong_length", {})

    assert error
