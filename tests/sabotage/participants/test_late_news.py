from __future__ import annotations

import asyncio

import pytest

from harness.evidence.clock import NS_PER_MS
from harness.evidence.sdk_event import SdkEvent
from harness.sabotage.participants import late_news as module
from harness.sabotage.participants.late_news import LATE, late_news
from tests.sabotage.seams import changes_of

[change] = changes_of(late_news).values()


@pytest.mark.asyncio
@pytest.mark.parametrize("name", LATE)
async def test_news_come_late_and_say_so(name: str, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(module, "LATE_S", 0.01)
    told: asyncio.Future[SdkEvent] = asyncio.get_running_loop().create_future()
    change(told.set_result, SdkEvent(at_ns=0, participant="bob", name=name))

    assert not told.done()
    async with asyncio.timeout(5):
        late = await told
    assert late == SdkEvent(at_ns=10 * NS_PER_MS, participant="bob", name=name)


def test_all_else_is_told_at_once() -> None:
    told: list[SdkEvent] = []
    event = SdkEvent(at_ns=0, participant="bob", name="track_subscribed")
    change(told.append, event)

    assert told == [event]
