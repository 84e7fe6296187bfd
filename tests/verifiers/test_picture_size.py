from __future__ import annotations

from collections.abc import Callable
from typing import TYPE_CHECKING

import numpy as np
import pytest

from harness.evidence.measurement import Measurement
from harness.verifiers.picture_size import picture_size_ratio

if TYPE_CHECKING:
    from tests.verifiers.conftest import Wire

Clock = Callable[[float], int]


def against_black(wire: Wire, clock: Clock, who: str = "bob") -> Measurement:
    return picture_size_ratio(
        wire, participant=who, track="TR_face",
        span_ns=(clock(1), clock(2)), black_ns=(clock(3), clock(4)),
    )  # fmt: skip


def send(wire: Wire, since_s: float, size: int, *, padding: bool = False) -> None:
    wire.add(
        np.arange(since_s, since_s + 1, 0.05), direction="up", track="TR_face", medium="video",
        size=size, padding=padding,
    )  # fmt: skip


@pytest.mark.parametrize(("sent", "ratio"), [(116, 1.0), (290, 2.5)])
def test_black_takes_less_than_a_picture(wire: Wire, clock: Clock, sent: int, ratio: float) -> None:
    send(wire, 1, sent)
    send(wire, 3, 116)
    send(wire, 1, 1100, padding=True)
    wire.add([1.5], direction="up", track="TR_face", medium="video", size=1200)
    measured = against_black(wire, clock)
    assert (measured.value, measured.rests_on) == (ratio, 41)
    assert measured.notes == (f"{sent} bytes, and 116 where the picture was black",)


def test_without_pictures_in_both_times_nobody_knows(wire: Wire, clock: Clock) -> None:
    assert "no picture of TR_face" in str(against_black(wire, clock).missing)
    send(wire, 1, 250)
    send(wire, 3, 1100, padding=True)
    assert "no picture of TR_face" in str(against_black(wire, clock).missing)
    assert against_black(wire, clock, "carol").missing == "no flow of 'carol'"
