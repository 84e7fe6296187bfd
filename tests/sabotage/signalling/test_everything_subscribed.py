from __future__ import annotations

import asyncio

import pytest
from livekit.protocol import rtc

from harness.evidence.clock import NS_PER_MS
from harness.evidence.sdk_event import SdkEvent
from harness.sabotage.signalling import everything_subscribed as module
from harness.sabotage.signalling.everything_subscribed import EverythingSubscribed, told_later
from tests.sabotage.seams import changes_of
from tests.sabotage.signalling.messages import signal


def test_who_joins_is_subscribed_to_everything() -> None:
    join = rtc.JoinRequest(metadata="own")
    passing = signal(join)

    assert EverythingSubscribed().intercept(passing) == [passing]
    assert join == rtc.JoinRequest(
        metadata="own", connection_settings=rtc.ConnectionSettings(auto_subscribe=True)
    )


def test_all_else_passes() -> None:
    passing = signal(rtc.SignalResponse(pong=1))

    assert EverythingSubscribed().intercept(passing) == [passing]


@pytest.mark.asyncio
async def test_a_publication_is_told_late_and_says_so(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(module, "LATE_S", 0.01)
    [change] = changes_of(told_later).values()
    told: asyncio.Future[SdkEvent] = asyncio.get_running_loop().create_future()
    change(told.set_result, SdkEvent(at_ns=0, participant="bob", name="track_published"))

    assert not told.done()
    async with asyncio.timeout(20):
        assert (await told).at_ns == 10 * NS_PER_MS


def test_other_news_are_told_at_once() -> None:
    [change] = changes_of(told_later).values()
    told: list[SdkEvent] = []
    event = SdkEvent(at_ns=0, participant="bob", name="track_subscribed")
    change(told.append, event)

    assert told == [event]
