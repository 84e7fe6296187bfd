from __future__ import annotations

import pytest

from harness.evidence.sdk_event import SdkEvent
from harness.sabotage.participants.repeated_news import TWICE, repeated_news
from tests.sabotage.seams import changes_of

[change] = changes_of(repeated_news).values()


@pytest.mark.parametrize(("name", "times"), [*((name, 2) for name in TWICE), ("connected", 1)])
def test_how_often_an_event_is_told(name: str, times: int) -> None:
    told: list[SdkEvent] = []
    event = SdkEvent(at_ns=0, participant="bob", name=name)
    change(told.append, event)

    assert told == [event] * times
