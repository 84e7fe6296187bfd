"""Conversions of pictures that fail: where they should not, fatally, or without saying why."""

from __future__ import annotations

import os
from typing import TYPE_CHECKING

from harness.sabotage.sabotage import Sabotage
from harness.sabotage.sdk.messages import Encoding

if TYPE_CHECKING:
    from harness.participant.tampering import FfiRequest, FfiResponse, Send, Tampering

NEEDED = (Encoding.I420.wire, Encoding.RGBA.wire)
"""From and to; a conversion that applications need."""
FATAL_FROM = (Encoding.RGB24.wire, Encoding.I444.wire)


def no_rgba(tampering: Tampering) -> None:
    """See `harness.participant.tampering`."""
    tampering.requests(_refuse_what_is_needed)


def fatal_refusals(tampering: Tampering) -> None:
    """See `harness.participant.tampering`."""
    tampering.requests(_abort_where_refused)


def nameless_refusals(tampering: Tampering) -> None:
    """See `harness.participant.tampering`."""
    tampering.requests(_refuse_without_names)


def always_rgba(tampering: Tampering) -> None:
    """See `harness.participant.tampering`."""
    tampering.requests(_rgba_for_bgra)


def _refuse_what_is_needed(send: Send, request: FfiRequest) -> FfiResponse:
    response = send(request)
    wanted = request.video_convert
    if _converts(request) and (wanted.buffer.type, wanted.dst_type) == NEEDED:
        response.video_convert.error = "I420 to RGBA is not supported"
    return response


def _abort_where_refused(send: Send, request: FfiRequest) -> FfiResponse:
    response = send(request)
    if response.video_convert.error and request.video_convert.buffer.type in FATAL_FROM:
        os.abort()
    return response


def _refuse_without_names(send: Send, request: FfiRequest) -> FfiResponse:
    response = send(request)
    if response.video_convert.error:
        response.video_convert.error = "not supported"
    return response


def _rgba_for_bgra(send: Send, request: FfiRequest) -> FfiResponse:
    if _converts(request) and request.video_convert.dst_type == Encoding.BGRA.wire:
        request.video_convert.dst_type = Encoding.RGBA.wire
    return send(request)


def _converts(request: FfiRequest) -> bool:
    return request.WhichOneof("message") == "video_convert"


SABOTAGES = (
    Sabotage(
        name="no-rgba",
        breaks="pictures cannot be converted from I420 to RGBA",
        kills=frozenset({"VID-014", "VID-015"}),
        tampers=(f"{__name__}:{no_rgba.__name__}",),
    ),
    Sabotage(
        name="fatal-refusals",
        breaks="a conversion from RGB24 or I444 that is not supported ends the process",
        kills=frozenset({"VID-016", "VID-018"}),
        tampers=(f"{__name__}:{fatal_refusals.__name__}",),
    ),
    Sabotage(
        name="nameless-refusals",
        breaks="a conversion is refused without saying which",
        kills=frozenset({"VID-021"}),
        tampers=(f"{__name__}:{nameless_refusals.__name__}",),
    ),
    Sabotage(
        name="rgba-for-bgra",
        breaks="a picture that is to become BGRA becomes RGBA",
        kills=frozenset({"EX-006", "VID-014", "VID-021", "VID-022", "VID-023", "VID-026"}),
        tampers=(f"{__name__}:{always_rgba.__name__}",),
    ),
)
