from __future__ import annotations

import pytest
from livekit import rtc
from livekit.rtc._proto.ffi_pb2 import FfiRequest, FfiResponse

from harness.sabotage.sdk.wrong_muting import lenient_mute, stale_flag, swapped_arguments
from tests.sabotage.seams import changes_of


def refused(request: FfiRequest) -> FfiResponse:
    raise AssertionError("refused")


def test_a_track_says_that_it_is_not_muted() -> None:
    [(path, make)] = changes_of(stale_flag).items()

    assert path == "Track.muted"
    assert make(rtc.Track.muted).fget(object()) is False


def test_arguments_of_track_muted_are_swapped_and_no_others() -> None:
    [(path, make)] = changes_of(swapped_arguments).items()
    emitter: rtc.EventEmitter[str] = rtc.EventEmitter()
    told: list[tuple[object, ...]] = []
    for event in ("track_muted", "track_unmuted"):
        emitter.on(event, lambda *arguments: told.append(arguments))
        make(rtc.EventEmitter.emit)(emitter, event, "alice", "publication")

    assert path == "EventEmitter.emit"
    assert told == [("publication", "alice"), ("alice", "publication")]


def test_a_mute_that_is_refused_returns() -> None:
    [change] = changes_of(lenient_mute).values()
    request = FfiRequest()
    request.local_track_mute.mute = True

    assert change(refused, request) == FfiResponse()


def test_other_refusals_are_raised_and_what_is_done_is_answered() -> None:
    [change] = changes_of(lenient_mute).values()
    request, answer = FfiRequest(), FfiResponse()
    request.disconnect.room_handle = 7

    with pytest.raises(AssertionError, match="refused"):
        change(refused, request)
    assert change(lambda _: answer, request) is answer
