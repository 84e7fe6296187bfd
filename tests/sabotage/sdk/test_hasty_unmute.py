from __future__ import annotations

import pytest
from livekit.rtc._proto.ffi_pb2 import FfiRequest, FfiResponse

from harness.evidence.clock import NS_PER_MS
from harness.sabotage.sdk import hasty_unmute as module
from harness.sabotage.sdk.hasty_unmute import HASTY_MS, Hasty, hasty_unmute
from tests.sabotage.seams import changes_of


def mute(track: int, muted: bool) -> FfiRequest:
    request = FfiRequest()
    request.local_track_mute.track_handle, request.local_track_mute.mute = track, muted
    return request


def sent(monkeypatch: pytest.MonkeyPatch, *calls: tuple[float, FfiRequest]) -> list[FfiRequest]:
    """What is sent of calls, each with its time in ms."""
    hasty, passed = Hasty(), list[FfiRequest]()

    def send(request: FfiRequest) -> FfiResponse:
        passed.append(request)
        return FfiResponse()

    for at_ms, request in calls:
        monkeypatch.setattr(module, "now_ns", lambda at_ms=at_ms: round(at_ms * NS_PER_MS))
        assert hasty.request(send, request) == FfiResponse()
    return passed


def test_an_unmute_soon_after_a_mute_is_forgotten(monkeypatch: pytest.MonkeyPatch) -> None:
    calls = [(5000, mute(1, True)), (5000 + HASTY_MS - 1, mute(1, False))]

    assert sent(monkeypatch, *calls) == [mute(1, True)]


def test_a_later_one_or_one_of_another_track_passes(monkeypatch: pytest.MonkeyPatch) -> None:
    calls = [
        (5000, mute(1, True)),
        (5001, mute(2, False)),
        (5000 + HASTY_MS, mute(1, False)),
    ]

    assert sent(monkeypatch, *calls) == [request for _, request in calls]


def test_other_requests_pass(monkeypatch: pytest.MonkeyPatch) -> None:
    request = FfiRequest()
    request.disconnect.room_handle = 7

    assert sent(monkeypatch, (0, request)) == [request]


def test_it_stands_at_the_requests() -> None:
    assert list(changes_of(hasty_unmute)) == ["requests"]
