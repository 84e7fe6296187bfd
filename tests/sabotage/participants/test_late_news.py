from __future__ import annotations

import asyncio
from collections.abc import Callable

import pytest

from harness.evidence.clock import NS_PER_MS
from harness.evidence.sdk_event import SdkEvent
from harness.sabotage.participants import late_news as module
from harness.sabotage.participants.late_news import COMPANY, LATE, late_company, late_news
from tests.sabotage.seams import changes_of

[news] = changes_of(late_news).values()
[company] = changes_of(late_company).values()


@pytest.mark.asyncio
@pytest.mark.parametrize(
    ("change", "name"), [*((news, name) for name in LATE), *((company, name) for name in COMPANY)]
)
async def test_news_come_late_and_say_so(
    change: Callable[..., None], name: str, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(module, "LATE_S", 0.01)
    monkeypatch.setattr(module, "COMPANY_LATE_S", 0.01)
    told: asyncio.Future[SdkEvent] = asyncio.get_running_loop().create_future()
    change(told.set_result, SdkEvent(at_ns=0, participant="bob", name=name))

    assert not told.done()
    async with asyncio.timeout(20):
        late = await told
    assert late == SdkEvent(at_ns=10 * NS_PER_MS, participant="bob", name=name)


@pytest.mark.parametrize(
    ("change", "name"),
    [(news, "track_subscribed"), (news, COMPANY[0]), (company, "connected"), (company, LATE[0])],
)
def test_all_else_is_told_at_once(change: Callable[..., None], name: str) -> None:
    told: list[SdkEvent] = []
    event = SdkEvent(at_ns=0, participant="bob", name=name)
    change(told.append, event)

    assert told == [event]
