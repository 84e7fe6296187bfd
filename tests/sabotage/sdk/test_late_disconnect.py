from __future__ import annotations

import asyncio

import pytest

from harness.sabotage.sdk import late_disconnect as module
from harness.sabotage.sdk.late_disconnect import late_disconnect
from tests.sabotage.seams import changes_of


@pytest.mark.asyncio
async def test_a_room_is_left_after_that_was_said(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(module, "LATE_S", 0.01)
    left: asyncio.Future[str] = asyncio.get_running_loop().create_future()

    async def disconnect(room: str) -> None:
        left.set_result(room)

    [later] = changes_of(late_disconnect).values()
    await later(disconnect)("room")

    assert not left.done()
    async with asyncio.timeout(20):
        assert await left == "room"


def test_others_leave_at_once() -> None:
    assert changes_of(late_disconnect, identity="carol") == {}
