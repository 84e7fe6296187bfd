from __future__ import annotations

from collections.abc import Callable
from typing import TYPE_CHECKING

import numpy as np
import pytest

from harness.verifiers.rates import track_rate

if TYPE_CHECKING:
    from tests.verifiers.conftest import Wire

Clock = Callable[[float], int]


def test_rate_of_a_track(wire: Wire, clock: Clock) -> None:
    times = np.arange(0, 6, 0.01)
    wire.add(times, track="TR_face", medium="video", size=125)
    wire.add(times, track="TR_face", medium="video", size=999, padding=True)
    wire.add(times, track="TR_other", medium="video", size=999)

    measured = track_rate(
        wire, participant="bob", direction="down", track="TR_face",
        since_ns=clock(2), until_ns=clock(4),
    )  # fmt: skip

    assert measured.value == pytest.approx(100.0)
    assert (measured.unit, measured.rests_on) == ("kbps", 200)


def test_no_rate_of_what_was_not_seen(wire: Wire, clock: Clock) -> None:
    wire.add([1], track="TR_face", medium="video", size=999)

    gone = track_rate(
        wire, participant="bob", direction="down", track="TR_face",
        since_ns=clock(2), until_ns=clock(4),
    )  # fmt: skip
    nobody = track_rate(
        wire, participant="carol", direction="down", track="TR_face",
        since_ns=clock(2), until_ns=clock(4),
    )  # fmt: skip

    assert "no packet of TR_face" in str(gone.missing)
    assert "no flow of 'carol'" in str(nobody.missing)
