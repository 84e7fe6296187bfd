from __future__ import annotations

from collections.abc import Callable
from dataclasses import replace
from pathlib import Path
from typing import TYPE_CHECKING, Any

import numpy as np
import pytest
from numpy.typing import NDArray

from harness.evidence.clock import NS_PER_MS
from harness.evidence.recording import AudioRecording, FrameStatus
from harness.evidence.sent import SENT_DTYPE, read_sent
from harness.signals.picture import ColourCode
from harness.signals.sound import Tone, ToneGenerator
from harness.verifiers.answer import NoEvidenceError
from harness.verifiers.latency_series import (
    HeardSound,
    SeenPictures,
    emissions,
    latencies,
    picture_latencies,
)
from tests.verifiers.conftest import PICTURE_LATENCY_MS, RUN_IN_S, SOUND_LATENCY_MS

if TYPE_CHECKING:
    from tests.verifiers.conftest import Studio, Window

Clock = Callable[[float], int]
TONE = Tone(marker="order")
CODE = ColourCode(track_code=3, fps=20)


@pytest.fixture
def window(clock: Clock) -> Window:
    """Steady state."""
    return {"since_ns": clock(1), "until_ns": clock(5.5)}


def heard(studio: Studio, latency_ms: int = SOUND_LATENCY_MS) -> HeardSound:
    return HeardSound(
        recording=studio.sound(TONE, latency_ms=latency_ms),
        tone=TONE,
        sent=studio.sent_sound(TONE),
    )


def seen(
    studio: Studio, edit: Callable[[NDArray[Any]], NDArray[Any]] | None = None
) -> SeenPictures:
    return SeenPictures(
        recording=studio.pictures(CODE, edit=edit),
        track_code=3,
        sent=studio.sent_pictures(CODE),
    )


def queued(studio: Studio, queue_ms: int) -> AudioRecording:
    """What a source emits that holds everything back for so long; from its first sample on."""
    samples = ToneGenerator(TONE).samples(0, 400_000)
    silence = np.zeros((int((queue_ms / 1000 - RUN_IN_S + 2.5) * 48_000), 1), np.int16)
    monitor = studio.write_sound(np.concatenate([silence, samples]), 48_000, name="tone.local")
    arrivals = monitor.arrivals_ns - int(RUN_IN_S * 1000) * NS_PER_MS
    monitor.path.with_suffix(".arrivals").write_bytes(arrivals.astype("<i8").tobytes())
    return AudioRecording(path=monitor.path, subscriber="bob")


@pytest.mark.parametrize("latency_ms", [15, 60, 740, 2060])
def test_every_marker_has_its_latency(studio: Studio, window: Window, latency_ms: int) -> None:
    series = latencies(heard(studio, latency_ms), **window)
    assert series.latency_ms == pytest.approx(latency_ms, abs=0.1)
    assert len(series.numbers) == 9
    assert set(np.diff(series.numbers)) == {1}
    assert series.rejects == {}
    assert series.error_ms == 10
    assert series.files == ("bob/tone.wav",)


def test_every_picture_has_its_latency(studio: Studio, window: Window) -> None:
    series = latencies(seen(studio), **window)
    assert series.latency_ms == pytest.approx(PICTURE_LATENCY_MS, abs=0.001)
    assert len(series.numbers) == 90
    assert series.rejects == {}
    assert series.notes == ()


def test_what_is_no_latency_is_counted_with_its_reason(studio: Studio, window: Window) -> None:
    def spoil(frames: NDArray[Any]) -> NDArray[Any]:
        frames["status"][30:33] = FrameStatus.BAD_CRC
        frames["status"][33] = FrameStatus.TOO_SMALL
        frames["track_code"][34:36] = 4
        frames["counter"][36] = 9_999
        frames["counter"][38] = frames["counter"][37]
        return frames

    series = latencies(seen(studio, spoil), **window)
    assert series.rejects == {
        "not read (bad crc)": 3,
        "not read (too small)": 1,
        "of another track": 2,
        "with a number never sent": 1,
        "seen before": 1,
    }
    assert len(series.numbers) == 90 - 8
    assert series.latency_ms == pytest.approx(PICTURE_LATENCY_MS, abs=0.001)
    assert "not counted: 3 not read (bad crc)" in series.notes[0]


def test_chirps_that_are_no_markers_of_those_sent_are_counted(studio: Studio, clock: Clock) -> None:
    other = Tone(marker="down" if TONE.direction(14) == "up" else "up")
    start = int((7 - RUN_IN_S + SOUND_LATENCY_MS / 1000) * 48_000)

    def turn(samples: NDArray[np.int16]) -> None:
        samples[start : start + 2_400] = ToneGenerator(other).samples(0, 2_400)

    track = HeardSound(
        recording=studio.sound(TONE, edit=turn, seconds=9),
        tone=TONE,
        sent=studio.sent_sound(TONE, seconds=9),
    )
    series = latencies(track, since_ns=clock(0), until_ns=clock(9))
    assert series.rejects == {"in an order never sent": 1}
    assert series.latency_ms == pytest.approx(SOUND_LATENCY_MS, abs=0.1)


def test_a_hole_in_time_makes_no_marker_another(studio: Studio, clock: Clock) -> None:
    """After it the sound is two periods further: what a receiver never got is not there."""
    samples = ToneGenerator(TONE).samples(117_120, 117_120 + 14 * 48_000)
    shorter = np.concatenate([samples[:240_000], samples[288_000:]])
    recording = studio.write_sound(shorter, 48_000)
    arrivals = recording.arrivals_ns.copy()
    arrivals[500:] += 1_000 * NS_PER_MS
    recording.path.with_suffix(".arrivals").write_bytes(arrivals.astype("<i8").tobytes())
    recording = AudioRecording(path=recording.path)
    track = HeardSound(recording=recording, tone=TONE, sent=studio.sent_sound(TONE, seconds=14))
    series = latencies(track, since_ns=clock(1), until_ns=clock(13))
    assert series.latency_ms == pytest.approx(SOUND_LATENCY_MS, abs=0.1)
    assert len(series.numbers) >= 19


@pytest.mark.parametrize("queue_ms", [0, 60, 1010])
def test_a_queue_of_the_source_is_no_latency(studio: Studio, window: Window, queue_ms: int) -> None:
    monitor = queued(studio, queue_ms)
    emitted = emissions(monitor, TONE, sent=studio.sent_sound(TONE))
    queue_ns = emitted.at_ns - emitted.handed_over_ns
    assert queue_ns / NS_PER_MS == pytest.approx(queue_ms, abs=0.1)
    watched = replace(heard(studio, 50 + queue_ms), monitor=monitor)
    series = latencies(watched, **window)
    assert series.latency_ms == pytest.approx(50, abs=0.2)
    assert series.files == ("bob/tone.wav", "bob/tone.local.wav")


def test_a_late_hand_over_without_a_queue_is_the_capture(studio: Studio, window: Window) -> None:
    monitor = queued(studio, 0)
    sent = studio.sent_sound(TONE)
    log = read_sent(sent)
    log["at_ns"][::50] += 30 * NS_PER_MS
    sent.write_bytes(log.astype(SENT_DTYPE).tobytes())
    emitted = emissions(monitor, TONE, sent=sent)
    assert np.array_equal(emitted.at_ns, emitted.handed_over_ns)
    watched = HeardSound(
        recording=studio.sound(TONE, latency_ms=90), tone=TONE, sent=sent, monitor=monitor
    )
    assert latencies(watched, **window).latency_ms == pytest.approx(60, abs=0.1)


def test_bad_evidence_is_no_series(studio: Studio, window: Window, clock: Clock) -> None:
    sound, pictures = heard(studio), seen(studio)
    gone = Path(studio.folder / "absent.sent")
    silent = studio.sound(Tone(marker=None), name="silent")
    another = studio.pictures(ColourCode(track_code=8, fps=20), name="another")
    for track in (
        replace(sound, sent=gone),
        replace(sound, recording=studio.absent_sound()),
        replace(sound, monitor=studio.absent_sound()),
        replace(sound, monitor=silent),
        replace(sound, recording=silent),
        replace(pictures, sent=gone),
        replace(pictures, recording=studio.absent_pictures()),
        replace(pictures, recording=another),
    ):
        with pytest.raises(NoEvidenceError):
            latencies(track, **window)
    with pytest.raises(NoEvidenceError, match="0 markers were heard"):
        latencies(sound, since_ns=clock(7), until_ns=clock(9))


def test_what_arrives_before_it_was_sent_is_of_another_clock(
    studio: Studio, window: Window
) -> None:
    def early(frames: NDArray[Any]) -> NDArray[Any]:
        frames["arrival_ns"][60:] -= 20 * NS_PER_MS
        return frames

    with pytest.raises(NoEvidenceError, match=r"before they were captured, the first by 5.0 ms"):
        picture_latencies(seen(studio, early), **window)
