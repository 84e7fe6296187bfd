from __future__ import annotations

import asyncio

import pytest

from harness.evidence.sdk_event import SdkEvent
from harness.sabotage.participants.returning import REMOVED, returning
from tests.sabotage.seams import changes_of


class Room:
    pass


def disconnected(reason: str) -> SdkEvent:
    return SdkEvent(at_ns=0, participant="alice", name="disconnected", details={"reason": reason})


@pytest.mark.asyncio
async def test_who_is_removed_joins_as_before() -> None:
    changes, told, first = changes_of(returning), list[SdkEvent](), Room()
    joined: list[tuple[Room, str, str]] = []
    again = asyncio.Event()

    async def connect(room: Room, url: str, token: str) -> None:
        joined.append((room, url, token))
        if len(joined) > 1:
            again.set()

    await changes["Room.connect"](connect)(first, "ws://x", "t")
    for reason in ("CLIENT_INITIATED", REMOVED):
        assert not again.is_set()
        changes["told"](told.append, disconnected(reason))
    async with asyncio.timeout(20):
        await again.wait()

    [_, (second, *how)] = joined
    assert isinstance(second, Room)
    assert second is not first
    assert how == ["ws://x", "t"]
    assert told == [disconnected("CLIENT_INITIATED"), disconnected(REMOVED)]
