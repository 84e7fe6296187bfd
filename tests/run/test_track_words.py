from __future__ import annotations

from harness.evidence.finding import ClauseResult, Verdict
from harness.evidence.measurement import Measurement, missing
from harness.evidence.published_track import PublishedTrack
from harness.run.track_words import with_track_words

TRACKS = {"TR_a": PublishedTrack(sid="TR_a", publisher="alice", name="sound1")}


def test_sids_of_known_tracks_are_named_in_reason_and_notes() -> None:
    measured = Measurement(value=1, unit="packets", notes=("media of TR_a up, of TR_ab not",))
    result = ClauseResult(
        clause="MUTE-005", verdict=Verdict.FAIL, reason="no end of TR_a", measurement=measured
    )
    named = with_track_words(result, TRACKS)
    assert named.reason == "no end of alice/sound1 (TR_a)"
    assert named.measurement is not None
    assert named.measurement.notes == ("media of alice/sound1 (TR_a) up, of TR_ab not",)


def test_a_result_without_a_measurement_has_words_too() -> None:
    result = ClauseResult(clause="MUTE-005", verdict=Verdict.ERROR, reason="TR_a broke")
    assert with_track_words(result, TRACKS).reason == "alice/sound1 (TR_a) broke"
    nothing = ClauseResult(
        clause="MUTE-005",
        verdict=Verdict.INCONCLUSIVE,
        reason="nothing",
        measurement=missing("packets", "no packet"),
    )
    assert with_track_words(nothing, TRACKS) == nothing
