from __future__ import annotations

from livekit.rtc._proto.ffi_pb2 import FfiEvent

from harness.sabotage.sdk.miscounted_concealments import TIMES, miscounted_concealments
from tests.sabotage.captures import Library, video_frame_event
from tests.sabotage.seams import changes_of

[change] = changes_of(miscounted_concealments).values()


def test_each_concealment_is_counted_four_times() -> None:
    library, event = Library(), FfiEvent()
    result = event.get_session_stats.result
    for side in (result.publisher_stats, result.subscriber_stats):
        side.add().inbound_rtp.inbound.concealment_events = 2
        side.add().outbound_rtp.SetInParent()
    change(library.put, event)

    told = library.told[0].get_session_stats.result
    for entries in (told.publisher_stats, told.subscriber_stats):
        assert entries[0].inbound_rtp.inbound.concealment_events == 2 * TIMES
        assert not entries[1].HasField("inbound_rtp")


def test_another_event_passes_as_it_is() -> None:
    library = Library()
    change(library.put, video_frame_event())

    assert library.told == [video_frame_event()]
