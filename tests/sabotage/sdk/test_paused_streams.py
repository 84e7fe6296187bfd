from __future__ import annotations

from livekit import rtc

from harness.sabotage.sdk.paused_streams import PAUSED, paused_streams
from tests.sabotage.seams import changes_of


def test_a_stream_is_always_paused() -> None:
    [paused] = changes_of(paused_streams).values()

    assert paused(vars(rtc.Track)["stream_state"]).fget(object()) == PAUSED
    assert PAUSED == rtc.StreamState.STATE_PAUSED
