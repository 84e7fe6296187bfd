from __future__ import annotations

import os

import pytest
from livekit.rtc._proto.ffi_pb2 import FfiRequest, FfiResponse

from harness.participant.tampering import Tamper
from harness.sabotage.sdk.conversions import (
    always_rgba,
    fatal_refusals,
    nameless_refusals,
    no_rgba,
)
from harness.sabotage.sdk.messages import Encoding
from tests.sabotage.captures import Library, other_request
from tests.sabotage.seams import changes_of


def conversion(source: Encoding, target: Encoding) -> FfiRequest:
    request = FfiRequest()
    request.video_convert.buffer.type = source.wire
    request.video_convert.dst_type = target.wire
    return request


def converted(request: FfiRequest) -> FfiResponse:
    response = FfiResponse()
    response.video_convert.buffer.handle.id = 1
    return response


def refused(request: FfiRequest) -> FfiResponse:
    response = FfiResponse()
    response.video_convert.error = "I444 to RGB24 is not supported"
    return response


def test_i420_does_not_become_rgba() -> None:
    [change] = changes_of(no_rgba).values()

    assert change(converted, conversion(Encoding.I420, Encoding.RGBA)).video_convert.error
    for pair in ((Encoding.I420, Encoding.BGRA), (Encoding.RGBA, Encoding.I420)):
        assert change(converted, conversion(*pair)).video_convert.HasField("buffer")


@pytest.mark.parametrize(
    ("source", "ends"), [(Encoding.I444, 1), (Encoding.RGB24, 1), (Encoding.RGBA, 0)]
)
def test_a_refusal_is_fatal(source: Encoding, ends: int, monkeypatch: pytest.MonkeyPatch) -> None:
    aborted: list[bool] = []
    monkeypatch.setattr(os, "abort", lambda: aborted.append(True))
    [change] = changes_of(fatal_refusals).values()
    change(converted, conversion(source, Encoding.I420))

    assert not aborted

    change(refused, conversion(source, Encoding.I010))

    assert len(aborted) == ends


def test_a_refusal_names_no_encoding() -> None:
    [change] = changes_of(nameless_refusals).values()
    request = conversion(Encoding.I444, Encoding.RGB24)

    assert change(refused, request).video_convert.error == "not supported"
    assert change(converted, request) == converted(request)


def test_bgra_becomes_rgba() -> None:
    [change], library = changes_of(always_rgba).values(), Library()
    change(library.send, conversion(Encoding.I420, Encoding.BGRA))
    change(library.send, conversion(Encoding.BGRA, Encoding.ARGB))

    assert [one.video_convert.dst_type for one in library.asked] == [
        Encoding.RGBA.wire,
        Encoding.ARGB.wire,
    ]


@pytest.mark.parametrize("tamper", [no_rgba, fatal_refusals, nameless_refusals, always_rgba])
def test_another_request_passes_as_it_is(tamper: Tamper) -> None:
    [change], library = changes_of(tamper).values(), Library()

    assert change(library.send, other_request()) == FfiResponse()
    assert library.asked == [other_request()]
