from __future__ import annotations

from harness.evidence.published_track import published_tracks
from harness.evidence.signalling import SignallingMessage


def message(kind: str, participant: str = "alice", **details: object) -> SignallingMessage:
    return SignallingMessage(
        at_ns=0, participant=participant, direction="server", kind=kind, bytes=9, details=details
    )


def test_a_track_is_who_published_it_and_how_it_was_called() -> None:
    told = [
        message("track_published", sid="TR_a", name="sound1"),
        message("track_published", "bob", sid="TR_b", name="", type="audio"),
        message("mute", sid="TR_c", name="sound1"),
        message("track_published", sid="TR_d"),
        message("track_published", name="sound2"),
    ]
    assert {sid: track.words for sid, track in published_tracks(told).items()} == {
        "TR_a": "alice/sound1",
        "TR_b": "bob/audio",
        "TR_d": "alice/a track",
    }
