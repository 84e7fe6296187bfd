"""Where verifiers say that their value can be seen: a limit is drawn there."""

from __future__ import annotations

from collections.abc import Callable
from typing import TYPE_CHECKING, Any

import numpy as np
import pytest
from numpy.typing import NDArray

from harness.evidence.clock import NS_PER_MS, NS_PER_S
from harness.evidence.measurement import Measurement, Series
from harness.evidence.sdk_event import SdkEvent
from harness.signals.picture import ColourCode
from harness.signals.sound import Tone
from harness.verifiers.events import time_to_event
from harness.verifiers.freeze import longest_freeze
from harness.verifiers.freeze_place import freeze_end, freeze_start
from harness.verifiers.gap import picture_gap, sound_gap
from harness.verifiers.latency import latency, longest_latency
from harness.verifiers.latency_series import HeardSound, SeenPictures
from harness.verifiers.layers import time_to_full_layer, time_to_smaller_layer
from harness.verifiers.onset import first_clean_sound
from harness.verifiers.picture_edge import first_frame, last_frame
from harness.verifiers.picture_lag import first_frame_lag
from harness.verifiers.recovery import picture_recovery
from harness.verifiers.skew import SoundAndPicture, median_skew, skew_spread
from harness.verifiers.skew_bands import ACCEPTABILITY, time_to_band, worst_skew
from harness.verifiers.sound_edge import first_tone, time_to_silence
from harness.verifiers.sound_level import crosstalk, loudest_after, pilot_level_error
from harness.verifiers.sound_marker import marker_lag
from harness.verifiers.wire import time_to_last_packet
from harness.verifiers.wire_rate import longest_packet_gap, packet_rate
from tests.verifiers.conftest import Studio, Window, Wire, at

if TYPE_CHECKING:
    from harness.evidence.recording import AudioRecording, VideoRecording

TONE = Tone(marker="order")
CODE = ColourCode(track_code=3, fps=30)
PAUSE = (2.0, 3.0)
NEAR_S = 0.07
"""A picture, and half of what can be concealed."""


def heard(studio: Studio) -> AudioRecording:
    """A sound that pauses."""
    return studio.sound(TONE, silent=[PAUSE])


def seen(studio: Studio) -> VideoRecording:
    """Pictures that pause."""
    return studio.pictures(CODE, gaps=[PAUSE])


def switched(studio: Studio) -> VideoRecording:
    """Pictures that are small during the pause."""

    def edit(frames: NDArray[Any]) -> NDArray[Any]:
        pause = (frames["arrival_ns"] >= at(PAUSE[0])) & (frames["arrival_ns"] < at(PAUSE[1]))
        frames["height"][pause] = CODE.height // 2
        return frames

    return studio.pictures(CODE, edit=edit)


def both(studio: Studio) -> SoundAndPicture:
    """A sound and pictures, whole."""
    return SoundAndPicture(
        sound=studio.sound(TONE),
        tone=TONE,
        sound_sent=studio.sent_sound(TONE),
        picture=studio.pictures(CODE),
        track_code=CODE.track_code,
        picture_sent=studio.sent_pictures(CODE),
    )


def track(studio: Studio) -> HeardSound:
    return both(studio).heard


def carried(wire: Wire) -> dict[str, Any]:
    """Packets of a track that pause."""
    wire.add([t / 50 for t in range(300) if not PAUSE[0] <= t / 50 < PAUSE[1]], size=100)
    return {"participant": "bob", "direction": "down", "track": "TR_tone"}


Measured = Callable[[Studio, Wire], Measurement]
TIMES: dict[str, tuple[Measured, Series, float, float]] = {
    "first tone": (
        lambda s, _: first_tone(heard(s), TONE, since_ns=at(2.5), until_ns=at(5)),
        *(Series.LEVEL, 2.5, 3.0),
    ),
    "clean sound": (
        lambda s, _: first_clean_sound(heard(s), TONE, since_ns=at(2.5), until_ns=at(5.9)),
        *(Series.LEVEL, 2.5, 3.0),
    ),
    "silence": (
        lambda s, _: time_to_silence(
            heard(s), TONE, since_ns=at(1.5), until_ns=at(2.9), alive=s.witness()
        ),
        *(Series.LEVEL, 1.5, 2.0),
    ),
    "gap of sound": (
        lambda s, _: sound_gap(heard(s), TONE, since_ns=at(1.5), until_ns=at(5)),
        *(Series.LEVEL, 2.0, 3.0),
    ),
    "first picture": (
        lambda s, _: first_frame(seen(s), CODE.track_code, since_ns=at(2.5), until_ns=at(5)),
        *(Series.PICTURES, 2.5, 3.0),
    ),
    "last picture": (
        lambda s, _: last_frame(
            seen(s), CODE.track_code, since_ns=at(1.5), until_ns=at(2.9), alive=s.witness()
        ),
        *(Series.PICTURES, 1.5, 2.0),
    ),
    "gap of pictures": (
        lambda s, _: picture_gap(seen(s), CODE.track_code, since_ns=at(1.5), until_ns=at(5)),
        *(Series.PICTURES, 2.0, 3.0),
    ),
    "freeze": (
        lambda s, _: longest_freeze(seen(s), CODE.track_code, since_ns=at(1.5), until_ns=at(5)),
        *(Series.PICTURES, 2.0, 3.0),
    ),
    "start of a freeze": (
        lambda s, _: freeze_start(seen(s), CODE.track_code, since_ns=at(1.5), until_ns=at(5)),
        *(Series.PICTURES, 1.5, 2.0),
    ),
    "end of a freeze": (
        lambda s, _: freeze_end(
            seen(s), CODE.track_code, since_ns=at(1.5), until_ns=at(5), healed_ns=at(2.5)
        ),
        *(Series.PICTURES, 2.5, 3.0),
    ),
    "recovery": (
        lambda s, _: picture_recovery(seen(s), CODE, healed_ns=at(2.5), until_ns=at(5)),
        *(Series.PICTURES, 2.5, 3.0),
    ),
    "smaller": (
        lambda s, _: time_to_smaller_layer(
            switched(s), CODE.track_code, full_px=CODE.height, since_ns=at(1.5), until_ns=at(5)
        ),
        *(Series.HEIGHT, 1.5, 2.0),
    ),
    "full": (
        lambda s, _: time_to_full_layer(
            switched(s), CODE.track_code, full_px=CODE.height, since_ns=at(2.5), until_ns=at(5)
        ),
        *(Series.HEIGHT, 2.5, 3.0),
    ),
    "last packet": (
        lambda _, w: time_to_last_packet(w, since_ns=at(1.5), until_ns=at(2.9), **carried(w)),
        *(Series.PACKETS_DOWN, 1.5, 2.0),
    ),
    "gap of packets": (
        lambda _, w: longest_packet_gap(w, since_ns=at(1.5), until_ns=at(5), **carried(w)),
        *(Series.PACKETS_DOWN, 2.0, 3.0),
    ),
    "event": (
        lambda _s, _w: time_to_event(
            [SdkEvent(at_ns=at(3.0), participant="bob", name="track_muted")],
            "track_muted",
            since_ns=at(2.5),
            until_ns=at(5),
        ),
        *(Series.EVENTS, 2.5, 3.0),
    ),
    "skew": (
        lambda s, _: time_to_band(both(s), band=ACCEPTABILITY, changed_ns=at(1), until_ns=at(5.5)),
        *(Series.SKEW, 1.0, 1.0),
    ),
}
"""What measures, in what it is seen, from when to when in seconds."""


@pytest.mark.parametrize("name", TIMES)
def test_a_time_is_seen_from_its_beginning_to_its_end(
    studio: Studio, wire: Wire, name: str
) -> None:
    measure, series, begin_s, end_s = TIMES[name]
    wire.add_control(np.arange(0, 6, 0.5))
    measured = measure(studio, wire)

    assert measured.seen is not None, measured.missing
    assert measured.value is not None
    assert measured.seen.since_ns is not None
    assert measured.seen.series is series
    assert measured.seen.file in measured.evidence
    assert measured.seen.since_ns == pytest.approx(at(begin_s), abs=NEAR_S * NS_PER_S)
    end_ns = measured.seen.since_ns + measured.value * NS_PER_MS
    assert end_ns == pytest.approx(at(end_s), abs=NEAR_S * NS_PER_S)


WINDOW: Window = {"since_ns": at(1), "until_ns": at(5.5)}
VALUES: dict[str, tuple[Measured, Series]] = {
    "loudest": (
        lambda s, _: loudest_after(
            heard(s), TONE, since_ns=at(2.3), until_ns=at(2.9), alive=s.witness(),
            flow_ns=(at(1), at(2)),
        ),
        Series.LEVEL,
    ),
    "sound": (lambda s, _: latency(track(s), **WINDOW), Series.AGE),
    "oldest sound": (lambda s, _: longest_latency(track(s), **WINDOW), Series.AGE),
    "marker": (
        lambda s, _: marker_lag(
            both(s).sound, TONE, sent=s.sent_sound(TONE), since_ns=at(1), until_ns=at(5)
        ),
        Series.AGE,
    ),
    "picture": (
        lambda s, _: first_frame_lag(
            both(s).picture, CODE.track_code, sent=s.sent_pictures(CODE), **WINDOW
        ),
        Series.AGE,
    ),
    "pictures": (lambda s, _: latency(_pictures(s), **WINDOW), Series.AGE),
    "skew": (lambda s, _: median_skew(both(s), **WINDOW), Series.SKEW),
    "worst skew": (lambda s, _: worst_skew(both(s), band=ACCEPTABILITY, **WINDOW), Series.SKEW),
    "rate": (lambda _, w: packet_rate(w, **WINDOW, **carried(w)), Series.PACKETS_DOWN),
}  # fmt: skip


def _pictures(studio: Studio) -> SeenPictures:
    return both(studio).seen


@pytest.mark.parametrize("name", VALUES)
def test_a_value_is_seen_in_its_series(studio: Studio, wire: Wire, name: str) -> None:
    measure, series = VALUES[name]
    measured = measure(studio, wire)

    assert measured.seen is not None, measured.missing
    assert (measured.seen.series, measured.seen.since_ns) == (series, None)
    assert measured.seen.file in measured.evidence


def test_what_no_picture_shows_is_seen_nowhere(studio: Studio) -> None:
    other = Tone(pilot_hz=700)
    for measured in (
        skew_spread(both(studio), **WINDOW),
        pilot_level_error(both(studio).sound, TONE, **WINDOW),
        crosstalk(both(studio).sound, TONE, other=other, **WINDOW),
        longest_freeze(both(studio).picture, CODE.track_code, **WINDOW),
    ):
        assert measured.value is not None
        assert measured.seen is None
