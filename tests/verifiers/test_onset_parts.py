from __future__ import annotations

from collections.abc import Callable
from typing import TYPE_CHECKING

import pytest

from harness.evidence.ledger_fates import PacketFate
from harness.evidence.recording import VideoRecording
from harness.signals.picture import ColourCode
from harness.verifiers.onset_parts import first_picture
from tests.verifiers.track_ledger import TrackLedger

if TYPE_CHECKING:
    from tests.verifiers.conftest import Studio

Clock = Callable[[float], int]
CODE = ColourCode(track_code=3, fps=20)


@pytest.fixture
def seen(studio: Studio) -> VideoRecording:
    """Pictures from 1.015 s on."""
    return studio.pictures(CODE, gaps=[(0, 1.01)])


def test_the_parts_follow_one_another_and_are_the_whole(seen: VideoRecording, clock: Clock) -> None:
    ledger = TrackLedger(clock)
    ledger.feedback(0.1)  # somebody else's, before the call
    ledger.feedback(0.5)
    ledger.picture([0.6, 0.65, 0.7], delay_ms=100)
    ledger.picture([0.66], fate=PacketFate.DROPPED)
    ledger.picture([0.8], timestamp=2)
    measured = first_picture(seen, 3, way=ledger.way, since_ns=clock(0.2), until_ns=clock(4))

    assert measured.value == pytest.approx(815, abs=0.1)
    assert measured.notes[0] == (
        "asking 300 + key frame 100 + network 200 + decoding 215 ms; key frames asked for: 1"
    )
    assert "arrivals.bin" in measured.evidence


def test_a_key_frame_that_nobody_asked_for_is_told(seen: VideoRecording, clock: Clock) -> None:
    ledger = TrackLedger(clock)
    ledger.feedback(0.9)
    ledger.picture([0.6])
    measured = first_picture(seen, 3, way=ledger.way, since_ns=clock(0), until_ns=clock(4))

    assert measured.notes[0] == (
        "until the key frame's first packet 600 + network 0 + decoding 415 ms; "
        "key frames asked for: 1"
    )


def test_a_key_frame_that_was_lost_whole_is_decoding(seen: VideoRecording, clock: Clock) -> None:
    ledger = TrackLedger(clock)
    for time_s in (0.1, 0.7):
        ledger.feedback(time_s)
    ledger.picture([0.2], fate=PacketFate.DROPPED)
    measured = first_picture(seen, 3, way=ledger.way, since_ns=clock(0), until_ns=clock(4))

    assert measured.notes[0] == (
        "asking 100 + key frame 100 + decoding 815 ms; key frames asked for: 2"
    )


def test_without_a_ledger_the_time_stands_alone(seen: VideoRecording, clock: Clock) -> None:
    way = TrackLedger(clock).way
    measured = first_picture(seen, 3, way=way, since_ns=clock(0), until_ns=clock(4))

    assert measured.value == pytest.approx(1015, abs=0.1)
    assert measured.notes[0] == "parts are not known: no flow of 'bob'"


def test_a_picture_that_never_came_has_no_parts(studio: Studio, clock: Clock) -> None:
    never = studio.pictures(CODE, gaps=[(0, 9)])
    way = TrackLedger(clock).way
    measured = first_picture(
        never, 3, way=way, since_ns=clock(0), until_ns=clock(4), alive=studio.witness()
    )
    assert (measured.value, measured.at_least) == (4000.0, True)
    alone = first_picture(never, 3, way=way, since_ns=clock(0), until_ns=clock(4))
    assert alone.missing is not None
