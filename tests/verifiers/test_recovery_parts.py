from __future__ import annotations

from collections.abc import Callable
from typing import TYPE_CHECKING

import pytest

from harness.evidence.recording import VideoRecording
from harness.evidence.sdk_event import SdkEvent
from harness.signals.picture import ColourCode
from harness.signals.sound import Tone
from harness.verifiers.recovery_parts import (
    Fault,
    picture_recovery_in_parts,
    sound_recovery_in_parts,
)
from tests.verifiers.track_ledger import TrackLedger

if TYPE_CHECKING:
    from tests.verifiers.conftest import Studio

Clock = Callable[[float], int]
CODE = ColourCode(track_code=3, fps=20)
TONE = Tone()


@pytest.fixture
def fault(clock: Clock) -> Fault:
    """One second of nothing."""
    return Fault(gone_ns=clock(1), healed_ns=clock(2), until_ns=clock(5))


@pytest.fixture
def seen(studio: Studio) -> VideoRecording:
    """Comes back at 2.315 s, breaks, and is steady from 2.765 s on."""
    return studio.pictures(CODE, gaps=[(1, 2.31), (2.5, 2.75)])


def event(name: str, at_ns: int, who: str = "bob") -> SdkEvent:
    return SdkEvent(at_ns=at_ns, participant=who, name=name)


def test_the_parts_of_a_picture_are_the_whole(
    seen: VideoRecording, fault: Fault, clock: Clock
) -> None:
    ledger = TrackLedger(clock)
    ledger.picture([0.9, 2.1, 2.2], delay_ms=50)
    ledger.feedback(2.2)
    events = [
        event("reconnecting", clock(1.5)),
        event("reconnected", clock(2.05)),
        event("reconnecting", clock(1.6), "alice"),
    ]
    measured = picture_recovery_in_parts(seen, CODE, way=ledger.way, events=events, fault=fault)

    assert measured.value == pytest.approx(765, abs=0.1)
    assert measured.notes[0] == (
        "network 150 + key frame 165 + steadying 450 ms; reconnecting for 550 ms; "
        "key frames asked for: 1"
    )
    assert "arrivals.bin" in measured.evidence


def test_a_picture_that_was_still_under_way_is_no_sign_of_the_network(
    studio: Studio, fault: Fault, clock: Clock
) -> None:
    ledger = TrackLedger(clock)
    ledger.picture([2.3])
    ledger.feedback(0.5)
    way = ledger.way
    seen = studio.pictures(CODE, gaps=[(1, 2.01), (2.02, 2.41)])
    measured = picture_recovery_in_parts(seen, CODE, way=way, events=[], fault=fault)

    assert measured.notes[0].startswith("network 300 + repair 115 + steadying 0 ms")
    assert measured.notes[0].endswith("key frames asked for: 0")


@pytest.mark.parametrize(("asked_s", "part"), [(1.5, "key frame"), (2.6, "repair")])
def test_a_key_frame_is_named_only_where_one_was_asked_for_before_the_picture_moved(
    seen: VideoRecording, fault: Fault, clock: Clock, asked_s: float, part: str
) -> None:
    ledger = TrackLedger(clock)
    ledger.picture([2.1])
    ledger.feedback(asked_s)
    measured = picture_recovery_in_parts(seen, CODE, way=ledger.way, events=[], fault=fault)

    assert f" + {part} " in measured.notes[0]
    assert measured.notes[0].endswith("key frames asked for: 1")


def test_the_parts_of_a_sound_are_the_whole(studio: Studio, fault: Fault, clock: Clock) -> None:
    ledger = TrackLedger(clock)
    ledger.picture([2.2])
    recording = studio.sound(TONE, silent=[(1, 2.7)])
    measured = sound_recovery_in_parts(
        recording, TONE, way=ledger.way, events=[event("reconnecting", clock(4))], fault=fault
    )

    assert measured.value == pytest.approx(700, abs=20)
    assert measured.notes[0].startswith("network 200 + jitter buffer ")
    assert measured.notes[0].endswith("reconnecting for 1000 ms")


def test_what_reconnects_at_once_was_not_away(studio: Studio, fault: Fault, clock: Clock) -> None:
    ledger = TrackLedger(clock)
    ledger.picture([2.2])
    events = [event("reconnecting", clock(3)), event("reconnected", clock(3))]
    measured = sound_recovery_in_parts(
        studio.sound(TONE, silent=[(1, 2.7)]), TONE, way=ledger.way, events=events, fault=fault
    )

    assert measured.notes[0].endswith("reconnecting for 0 ms")


def test_what_never_was_steady_or_known_has_no_parts(
    studio: Studio, seen: VideoRecording, fault: Fault, clock: Clock
) -> None:
    way = TrackLedger(clock).way
    never = picture_recovery_in_parts(
        studio.pictures(CODE, gaps=[(1, 9)]), CODE,
        way=way, events=[], fault=fault, alive=studio.witness(),
    )  # fmt: skip
    assert (never.value, never.at_least) == (3000.0, True)
    silent = sound_recovery_in_parts(
        studio.sound(TONE, seconds=2.5), TONE,
        way=way, events=[], fault=fault, alive=studio.witness(),
    )  # fmt: skip
    assert (silent.value, silent.at_least) == (3000.0, True)
    absent = picture_recovery_in_parts(
        studio.absent_pictures(), CODE, way=way, events=[], fault=fault
    )
    assert absent.missing is not None


def test_without_a_ledger_the_time_stands_alone(studio: Studio, fault: Fault, clock: Clock) -> None:
    way = TrackLedger(clock).way
    seen = studio.pictures(CODE, gaps=[(1, 2.31)])
    picture = picture_recovery_in_parts(seen, CODE, way=way, events=[], fault=fault)
    sound = sound_recovery_in_parts(studio.sound(TONE), TONE, way=way, events=[], fault=fault)

    assert picture.value == pytest.approx(315, abs=0.1)
    assert picture.notes[0] == "no parts: no flow of 'bob'"
    assert sound.notes[0] == "no parts: no flow of 'bob'"


def test_media_that_was_steady_before_a_packet_left_has_no_parts(
    studio: Studio, fault: Fault, clock: Clock
) -> None:
    ledger = TrackLedger(clock)
    ledger.picture([4.0])
    seen = studio.pictures(CODE, gaps=[(1, 2.31)])
    measured = picture_recovery_in_parts(seen, CODE, way=ledger.way, events=[], fault=fault)

    assert measured.notes[0] == ("no parts: TR_face was steady before a packet of it left")
