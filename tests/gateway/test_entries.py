from __future__ import annotations

import pytest
from livekit.protocol import models, rtc

from harness.gateway.entries import MAX_ENTRIES, too_many_entries


def published(tracks: int, codecs: int) -> rtc.SignalRequest:
    track = models.TrackInfo(codecs=[models.SimulcastCodecInfo()] * codecs)
    return rtc.SignalRequest(
        sync_state=rtc.SyncState(publish_tracks=[rtc.TrackPublishedResponse(track=track)] * tracks)
    )


def asked(tracks: int) -> rtc.JoinRequest:
    return rtc.JoinRequest(add_track_requests=[rtc.AddTrackRequest()] * tracks)


MAPPED = {str(number): "" for number in range(MAX_ENTRIES + 1)}
MESSAGES = {
    "none": (rtc.SignalRequest(ping=1), False),
    "inside, 9999": (published(99, 100), False),
    "inside, 10000": (published(100, 99), False),
    "inside, 10100": (published(100, 100), True),
    "a list, full": (asked(MAX_ENTRIES), False),
    "a list": (asked(MAX_ENTRIES + 1), True),
    "a map": (rtc.JoinRequest(participant_attributes=MAPPED), True),
    "texts": (rtc.UpdateSubscription(track_sids=[*MAPPED]), True),
}


@pytest.mark.parametrize("name", MESSAGES)
def test_entries_are_counted_wherever_they_are(name: str) -> None:
    message, too_many = MESSAGES[name]
    assert too_many_entries(message) == too_many
