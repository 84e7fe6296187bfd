from __future__ import annotations

from pathlib import Path

import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from harness.evidence.recording import (
    FRAME_DTYPE,
    AudioRecording,
    FrameStatus,
    VideoRecording,
    wav_header,
)
from harness.signals.sound import Tone, ToneGenerator
from harness.stage.steadiness import flows

RATE = 48_000
WINDOW = RATE // 2
BLOCK = WINDOW // 10


def sound(folder: Path, samples: np.ndarray, *, more: bytes = b"") -> AudioRecording:
    header = wav_header(sample_rate=RATE, channels=1, data_bytes=0)
    path = folder / "tone.wav"
    path.write_bytes(header + samples.astype("<i2").tobytes() + more)
    return AudioRecording(path=path)


def pictures(folder: Path, *statuses: FrameStatus, more: bytes = b"") -> VideoRecording:
    frames = np.zeros(len(statuses), dtype=FRAME_DTYPE)
    frames["status"] = statuses
    path = folder / "face.frames"
    path.write_bytes(frames.tobytes() + more)
    return VideoRecording(path=path)


def tone(seconds: float, *, dbfs: float = -26.0) -> np.ndarray:
    samples: np.ndarray = ToneGenerator(Tone(pilot_dbfs=dbfs, marker=None)).samples(
        0, int(seconds * RATE)
    )
    return samples


@pytest.mark.parametrize("dbfs", [-26.0, -50.0])
def test_sound_of_half_a_second_flows(tmp_path: Path, dbfs: float) -> None:
    assert flows(sound(tmp_path, tone(0.5, dbfs=dbfs)))


@pytest.mark.parametrize("more", [b"", b"\x01"])
def test_what_came_before_does_not_count(tmp_path: Path, more: bytes) -> None:
    begun = np.concatenate([np.zeros((RATE, 1)), tone(0.5)])
    ended = np.concatenate([tone(1), np.zeros((BLOCK, 1))])

    assert flows(sound(tmp_path, begun, more=more))
    assert not flows(sound(tmp_path, ended, more=more))


@settings(max_examples=20, deadline=None)
@given(gap=st.integers(0, 9))
def test_a_break_anywhere_in_it_is_no_flow(
    gap: int, tmp_path_factory: pytest.TempPathFactory
) -> None:
    samples = tone(0.5).copy()
    samples[gap * BLOCK : (gap + 1) * BLOCK] = 0

    assert not flows(sound(tmp_path_factory.mktemp("gap"), samples))


@pytest.mark.parametrize("seconds", [0, 0.49])
def test_less_than_half_a_second_tells_nothing(tmp_path: Path, seconds: float) -> None:
    assert not flows(sound(tmp_path, tone(seconds)))


READ, BLANK = FrameStatus.READ, FrameStatus.TOO_SMALL


@pytest.mark.parametrize(
    ("statuses", "flowing"),
    [
        ([], False),
        ([READ, READ], False),
        ([READ, READ, READ], True),
        ([BLANK, BLANK, BLANK, READ, READ, READ], True),
        ([READ, READ, READ, READ, BLANK, READ], False),
        ([READ, READ, BLANK], False),
    ],
)
@pytest.mark.parametrize("more", [b"", b"half"])
def test_three_readable_pictures_flow(
    tmp_path: Path, statuses: list[FrameStatus], flowing: bool, more: bytes
) -> None:
    assert flows(pictures(tmp_path, *statuses, more=more)) is flowing


def test_a_file_that_is_not_there_yet_does_not_flow(tmp_path: Path) -> None:
    assert not flows(AudioRecording(path=tmp_path / "none.wav"))
    assert not flows(VideoRecording(path=tmp_path / "none.frames"))


def test_half_a_second_is_that_of_the_recording_s_own_rate(tmp_path: Path) -> None:
    quarter = ToneGenerator(Tone(marker=None, sample_rate=16_000)).samples(0, 4000)
    half = ToneGenerator(Tone(marker=None, sample_rate=16_000)).samples(0, 8000)
    verdicts = []
    for samples in (quarter, half):
        path = tmp_path / "slow.wav"
        header = wav_header(sample_rate=16_000, channels=1, data_bytes=0)
        path.write_bytes(header + samples.tobytes())
        verdicts.append(flows(AudioRecording(path=path)))

    assert verdicts == [False, True]
