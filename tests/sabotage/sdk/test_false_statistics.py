from __future__ import annotations

from livekit.rtc._proto.ffi_pb2 import FfiEvent

from harness.sabotage.sdk.false_statistics import (
    DECODED_RATIO,
    FRAMES_PER_SECOND,
    FREEZES,
    JITTER_S,
    ROUND_TRIP_S,
    false_statistics,
)
from tests.sabotage.captures import Library, video_frame_event
from tests.sabotage.seams import changes_of

[change] = changes_of(false_statistics).values()


def test_what_is_told_is_off() -> None:
    library, event = Library(), FfiEvent()
    result = event.get_session_stats.result
    inbound = result.publisher_stats.add().inbound_rtp
    inbound.inbound.frames_decoded = 300
    remote = result.publisher_stats.add().remote_inbound_rtp
    remote.remote_inbound.fraction_lost = 0.5
    pair = result.subscriber_stats.add().candidate_pair
    pair.candidate_pair.current_round_trip_time = 1.0
    result.subscriber_stats.add().outbound_rtp.SetInParent()
    change(library.put, event)

    assert (inbound.received.jitter, remote.received.jitter) == (JITTER_S, JITTER_S)
    assert inbound.inbound.frames_decoded == int(300 * DECODED_RATIO)
    assert inbound.inbound.frames_per_second == FRAMES_PER_SECOND
    assert inbound.inbound.freeze_count == FREEZES
    assert remote.remote_inbound.round_trip_time == ROUND_TRIP_S
    assert remote.remote_inbound.fraction_lost == 0.5
    assert pair.candidate_pair.current_round_trip_time == 1.0 + ROUND_TRIP_S
    assert result.subscriber_stats[1].WhichOneof("stats") == "outbound_rtp"
    assert library.told == [event]


def test_another_event_passes_as_it_is() -> None:
    library = Library()
    change(library.put, video_frame_event())

    assert library.told == [video_frame_event()]
