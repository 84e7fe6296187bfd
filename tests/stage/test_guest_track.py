from __future__ import annotations

from harness.stage.guest_track import GuestPicture, GuestSound


def test_recordings_of_each_life_have_a_name_of_their_own() -> None:
    lives = [GuestSound(publisher="agent", sid=sid, track_name="voice") for sid in ("TR_1", "TR_2")]
    assert [life.name for life in lives] == ["voice-TR_1", "voice-TR_2"]
    assert GuestPicture(publisher="agent", sid="TR_3", track_name="").name == "track-TR_3"
