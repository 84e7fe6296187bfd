from __future__ import annotations

from harness.evidence.finding import ClauseResult, Verdict
from harness.evidence.measurement import Measurement, missing
from harness.evidence.signalling import SignallingMessage
from harness.run.track_words import track_words, with_track_words


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
    assert track_words(told) == {
        "TR_a": "alice/sound1",
        "TR_b": "bob/audio",
        "TR_d": "alice/a track",
    }


def test_sids_of_known_tracks_are_named_in_reason_and_notes() -> None:
    measured = Measurement(value=1, unit="packets", notes=("media of TR_a up, of TR_ab not",))
    result = ClauseResult(
        clause="MUTE-005", verdict=Verdict.FAIL, reason="no end of TR_a", measurement=measured
    )
    named = with_track_words(result, {"TR_a": "alice/sound1"})
    assert named.reason == "no end of alice/sound1 (TR_a)"
    assert named.measurement is not None
    assert named.measurement.notes == ("media of alice/sound1 (TR_a) up, of TR_ab not",)


def test_a_result_without_a_measurement_has_words_too() -> None:
    result = ClauseResult(clause="MUTE-005", verdict=Verdict.ERROR, reason="TR_a broke")
    assert with_track_words(result, {"TR_a": "a/b"}).reason == "a/b (TR_a) broke"
    nothing = ClauseResult(
        clause="MUTE-005",
        verdict=Verdict.INCONCLUSIVE,
        reason="nothing",
        measurement=missing("packets", "no packet"),
    )
    assert with_track_words(nothing, {"TR_a": "a/b"}) == nothing
