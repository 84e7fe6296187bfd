from __future__ import annotations

from collections.abc import Callable
from typing import TYPE_CHECKING, Any

import numpy as np
import pytest
from numpy.typing import NDArray

from harness.evidence.recording import VideoRecording
from harness.signals.picture import ColourCode
from harness.verifiers.layers import (
    full_layer_ratio,
    layers_sent,
    layers_sent_throughout,
    time_to_full_layer,
    time_to_one_layer,
    time_to_smaller_layer,
)

if TYPE_CHECKING:
    from tests.verifiers.conftest import Studio, Window, Wire

Clock = Callable[[float], int]
CODE = ColourCode(track_code=3, width=1280, height=720, fps=20)
FULL = CODE.height


@pytest.fixture
def seen(studio: Studio, clock: Clock) -> Callable[..., VideoRecording]:
    """A recording whose pictures have a height from each of some seconds on."""

    def make(**heights: float) -> VideoRecording:
        def size(frames: NDArray[Any]) -> NDArray[Any]:
            for height, since_s in heights.items():
                late = frames["arrival_ns"] >= clock(since_s)
                frames["height"][late] = int(height.removeprefix("of_"))
            return frames

        return studio.pictures(CODE, edit=size)

    return make


@pytest.fixture
def window(clock: Clock) -> Window:
    return {"since_ns": clock(2), "until_ns": clock(5)}


def test_time_until_a_smaller_layer_is_seen(
    seen: Callable[..., VideoRecording], window: Window
) -> None:
    fell = time_to_smaller_layer(seen(of_360=2.51, of_180=4), 3, full_px=FULL, **window)
    stayed = time_to_smaller_layer(seen(), 3, full_px=FULL, **window)

    assert fell.value == pytest.approx(515, abs=0.1)
    assert (fell.error, fell.at_least) == (2.0, False)
    assert fell.notes == ("heights in order: 720, 360, 180",)
    assert stayed.value == pytest.approx(2965, abs=0.1)
    assert stayed.at_least


def test_a_fall_needs_full_pictures_before_and_pictures_after(
    studio: Studio, seen: Callable[..., VideoRecording], window: Window
) -> None:
    low = time_to_smaller_layer(seen(of_360=1), 3, full_px=FULL, **window)
    gone = time_to_smaller_layer(studio.pictures(CODE, gaps=[(2, 60)]), 3, full_px=FULL, **window)
    never = time_to_smaller_layer(studio.pictures(CODE, gaps=[(0, 2)]), 3, full_px=FULL, **window)
    absent = time_to_smaller_layer(studio.absent_pictures(), 3, full_px=FULL, **window)

    assert "360 lines were seen before, not 720" in str(low.missing)
    assert "no picture came" in str(gone.missing)
    assert "no picture was read before" in str(never.missing)
    assert absent.missing is not None


def test_time_until_the_full_layer_is_back_to_stay(
    seen: Callable[..., VideoRecording], window: Window
) -> None:
    back = time_to_full_layer(seen(of_180=1, of_720=3.01), 3, full_px=FULL, **window)
    at_once = time_to_full_layer(seen(of_180=1, of_720=2), 3, full_px=FULL, **window)
    twice = time_to_full_layer(
        seen(of_180=1, of_720=2.5, of_360=3, of_0720=4.01), 3, full_px=FULL, **window
    )

    assert back.value == pytest.approx(1015, abs=0.1)
    assert (back.error, back.at_least) == (2.0, False)
    assert at_once.value == pytest.approx(15, abs=0.1)
    assert twice.value == pytest.approx(2015, abs=0.1)
    assert twice.notes == ("heights in order: 180, 720, 360, 720",)


def test_a_layer_that_does_not_come_back_is_a_lower_bound(
    studio: Studio, seen: Callable[..., VideoRecording], clock: Clock, window: Window
) -> None:
    small = time_to_full_layer(seen(of_180=1), 3, full_px=FULL, **window)

    def shrink(frames: NDArray[Any]) -> NDArray[Any]:
        frames["height"] = 180
        return frames

    frozen = studio.pictures(CODE, gaps=[(2, 60)], edit=shrink)
    gone = time_to_full_layer(frozen, 3, full_px=FULL, alive=studio.witness(), **window)
    dead = time_to_full_layer(frozen, 3, full_px=FULL, **window)

    assert (small.value, small.at_least) == (3000.0, True)
    assert (gone.value, gone.at_least) == (3000.0, True)
    assert "no witness was named" in str(dead.missing)
    full = time_to_full_layer(seen(), 3, full_px=FULL, **window)
    assert "720 lines were seen before, which is full" in str(full.missing)


def test_share_of_full_pictures(
    studio: Studio, seen: Callable[..., VideoRecording], window: Window
) -> None:
    measured = full_layer_ratio(seen(of_360=4.4), 3, full_px=FULL, **window)

    assert measured.value == pytest.approx(0.8, abs=0.001)
    assert measured.rests_on == 60
    assert full_layer_ratio(seen(), 3, full_px=FULL, **window).value == 1.0
    gone = studio.pictures(CODE, gaps=[(2, 60)])
    assert full_layer_ratio(gone, 3, full_px=FULL, **window).missing is not None


def test_layers_are_counted_by_pictures_and_not_by_probing(wire: Wire, window: Window) -> None:
    times = np.arange(0, 6, 0.05)
    for ssrc in (1, 2):
        wire.add(times, direction="up", track="TR_face", medium="video", ssrc=ssrc, pictures=True)
    wire.add(times, direction="up", track="TR_face", medium="video", ssrc=3)
    wire.add(times, direction="up", track="TR_other", medium="video", ssrc=4, pictures=True)

    measured = layers_sent(wire, participant="bob", track="TR_face", **window)

    assert (measured.value, measured.unit, measured.rests_on) == (2.0, "layers", 120)
    none = layers_sent(wire, participant="bob", track="TR_gone", **window)
    assert "no picture of TR_gone" in str(none.missing)
    nobody = layers_sent(wire, participant="carol", track="TR_face", **window)
    assert "no flow of 'carol'" in str(nobody.missing)


def test_a_layer_that_is_given_up_was_not_sent_throughout(wire: Wire, window: Window) -> None:
    # between 2 s and 5 s: all the time, a second of it, the last 0.9 s, all but 1.95 s
    for ssrc, since_s, until_s in ((1, 0, 6), (2, 0, 3), (3, 4.1, 6), (4, 0, 3), (4, 4.9, 6)):
        wire.add(
            np.arange(since_s, until_s, 0.05),
            direction="up", track="TR_face", medium="video", ssrc=ssrc, pictures=True,
        )  # fmt: skip

    measured = layers_sent_throughout(wire, participant="bob", track="TR_face", **window)

    assert (measured.value, measured.unit) == (2.0, "layers")
    assert measured.notes == (
        "longest time without a picture of each layer: 50, 1950, 2050, 2100 ms",
    )
    none = layers_sent_throughout(wire, participant="bob", track="TR_gone", **window)
    assert "no picture of TR_gone" in str(none.missing)


def test_time_until_one_layer_is_sent(wire: Wire, window: Window) -> None:
    def layer(until_s: float, ssrc: int) -> None:
        times = np.arange(0, until_s, 0.05)
        wire.add(times, direction="up", track="TR_face", medium="video", ssrc=ssrc, pictures=True)

    for ssrc, until_s in ((1, 6), (2, 3.02), (3, 3.52)):
        layer(until_s, ssrc)
    wire.add(np.arange(0, 6, 0.01), direction="up", track="TR_face", medium="video", ssrc=2)

    stopped = time_to_one_layer(wire, participant="bob", track="TR_face", **window)
    layer(6, 3)
    went_on = time_to_one_layer(wire, participant="bob", track="TR_face", **window)

    assert stopped.value == pytest.approx(1500)
    assert (stopped.unit, stopped.at_least, stopped.rests_on) == ("ms", False, 3)
    assert stopped.notes == ("last picture of each layer after 1000, 1500, 2950 ms",)
    assert went_on.at_least
    assert went_on.value == pytest.approx(2950)


def test_layers_that_end_need_several_before_and_one_that_goes_on(
    wire: Wire, window: Window
) -> None:
    for track, ssrcs in (("TR_one", [1]), ("TR_gone", [2, 3])):
        for ssrc in ssrcs:
            wire.add(
                np.arange(0, 6 if track == "TR_one" else 3, 0.05),
                direction="up", track=track, medium="video", ssrc=ssrc, pictures=True,
            )  # fmt: skip

    one = time_to_one_layer(wire, participant="bob", track="TR_one", **window)
    gone = time_to_one_layer(wire, participant="bob", track="TR_gone", **window)
    nobody = time_to_one_layer(wire, participant="carol", track="TR_one", **window)

    assert "1 layers of TR_one were sent before, 2 needed" in str(one.missing)
    assert "no picture of TR_gone was sent up to the end" in str(gone.missing)
    assert "no flow of 'carol'" in str(nobody.missing)
