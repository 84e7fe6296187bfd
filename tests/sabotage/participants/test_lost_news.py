from __future__ import annotations

import pytest

from harness.evidence.sdk_event import SdkEvent
from harness.sabotage.participants.lost_news import KEPT, UNTOLD, lost_news
from tests.sabotage.seams import changes_of

[change] = changes_of(lost_news, identity=UNTOLD).values()


@pytest.mark.parametrize(("name", "times"), [*((name, 1) for name in KEPT), ("track_muted", 0)])
def test_only_new_tracks_are_told(name: str, times: int) -> None:
    told: list[SdkEvent] = []
    event = SdkEvent(at_ns=0, participant=UNTOLD, name=name)
    change(told.append, event)

    assert told == [event] * times


def test_others_are_told_everything() -> None:
    assert not changes_of(lost_news, identity="bob")
