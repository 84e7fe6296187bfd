from __future__ import annotations

from livekit import rtc
from livekit.rtc._proto.ffi_pb2 import FfiEvent

from harness.sabotage.sdk.wrong_ages import LATER_US, TOO_MUCH_S, wrong_ages
from tests.sabotage.captures import Library, other_request, picture_capture, video_frame_event
from tests.sabotage.seams import changes_of

FRAME = rtc.VideoFrame(8, 8, rtc.VideoBufferType.I420, bytearray(96))
changes = changes_of(wrong_ages)


def test_a_picture_travels_with_the_number_and_time_of_another() -> None:
    library, request = Library(), picture_capture(FRAME)
    metadata = request.capture_video_frame.metadata
    metadata.frame_id, metadata.user_timestamp = 7, 1000
    changes["requests"](library.send, request)

    sent = library.asked[0].capture_video_frame.metadata
    assert (sent.frame_id, sent.user_timestamp) == (8, 1000 + LATER_US)


def test_what_has_no_metadata_gets_none() -> None:
    library = Library()
    for request in (picture_capture(FRAME), other_request()):
        changes["requests"](library.send, request)

    assert library.asked == [picture_capture(FRAME), other_request()]


def test_too_much_time_is_counted_for_all_that_left_the_buffer() -> None:
    library, event = Library(), FfiEvent()
    result = event.get_session_stats.result
    for side in (result.publisher_stats, result.subscriber_stats):
        inbound = side.add().inbound_rtp.inbound
        inbound.jitter_buffer_delay, inbound.jitter_buffer_emitted_count = 3.0, 100
        side.add().outbound_rtp.SetInParent()
    changes["events"](library.put, event)

    told = library.told[0].get_session_stats.result
    for entries in (told.publisher_stats, told.subscriber_stats):
        inbound = entries[0].inbound_rtp.inbound
        assert inbound.jitter_buffer_delay == 3.0 + 100 * TOO_MUCH_S
        assert inbound.jitter_buffer_emitted_count == 100
        assert not entries[1].HasField("inbound_rtp")


def test_another_event_passes_as_it_is() -> None:
    library = Library()
    changes["events"](library.put, video_frame_event())

    assert library.told == [video_frame_event()]
