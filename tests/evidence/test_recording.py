from __future__ import annotations

import tempfile
import wave
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
    read_wav,
    wav_header,
)


def write_wav(path: Path, samples: np.ndarray, *, rate: int, said_bytes: int | None = None) -> None:
    size = samples.nbytes if said_bytes is None else said_bytes
    header = wav_header(sample_rate=rate, channels=samples.shape[1], data_bytes=size)
    path.write_bytes(header + samples.astype("<i2").tobytes())


@settings(max_examples=30, deadline=None)
@given(
    rate=st.sampled_from([8_000, 16_000, 44_100, 48_000]),
    channels=st.integers(1, 2),
    frames=st.integers(0, 200),
    seed=st.integers(0, 99),
)
def test_any_player_reads_what_we_write_and_so_do_we(
    rate: int, channels: int, frames: int, seed: int
) -> None:
    drawn = np.random.default_rng(seed).integers(-(2**15), 2**15, (frames, channels))
    samples = drawn.astype(np.int16)
    with tempfile.TemporaryDirectory() as folder:
        path = Path(folder) / "tone.wav"
        write_wav(path, samples, rate=rate)
        ours = read_wav(path)
        with wave.open(str(path)) as player:
            theirs = player.readframes(frames + 1)
            params = (player.getframerate(), player.getnchannels(), player.getsampwidth())

    assert params == (rate, channels, 2)
    assert theirs == samples.tobytes()
    assert ours[0] == rate
    assert np.array_equal(ours[1], samples)


def test_a_header_that_was_never_brought_up_to_date_hides_no_sample(tmp_path: Path) -> None:
    samples = np.arange(480, dtype=np.int16).reshape(-1, 1)
    write_wav(tmp_path / "cut.wav", samples, rate=48_000, said_bytes=0)

    assert np.array_equal(read_wav(tmp_path / "cut.wav")[1], samples)


@pytest.mark.parametrize("cut", [1, 2, 3])
def test_half_a_sample_at_the_end_is_left_out(tmp_path: Path, cut: int) -> None:
    samples = np.arange(20, dtype=np.int16).reshape(-1, 2)
    write_wav(tmp_path / "cut.wav", samples, rate=48_000)
    whole = (tmp_path / "cut.wav").read_bytes()
    (tmp_path / "cut.wav").write_bytes(whole[:-cut])

    assert np.array_equal(read_wav(tmp_path / "cut.wav")[1], samples[:-1])


@pytest.mark.parametrize("content", [b"", b"RIFF", b"\0" * 100, b"RIFF" + b"\0" * 100])
def test_another_file_is_refused_by_name(tmp_path: Path, content: bytes) -> None:
    (tmp_path / "odd.wav").write_bytes(content)

    with pytest.raises(ValueError, match=r"odd\.wav is not a WAV file of a recording"):
        read_wav(tmp_path / "odd.wav")


def test_a_recording_of_sound_knows_its_rate_and_when_its_frames_came(tmp_path: Path) -> None:
    samples = np.arange(960, dtype=np.int16).reshape(-1, 1)
    write_wav(tmp_path / "tone.wav", samples, rate=48_000)
    arrivals = np.array([5_000_000_000, 5_010_000_000], dtype="<i8")
    (tmp_path / "tone.arrivals").write_bytes(arrivals.tobytes())
    heard = AudioRecording(path=tmp_path / "tone.wav", subscriber="bob")

    assert (heard.sample_rate, heard.frame_samples) == (48_000, 480)
    assert heard.samples.shape == (960, 1)
    assert heard.arrivals_ns.tolist() == [5_000_000_000, 5_010_000_000]


def test_a_cut_last_observation_is_left_out(tmp_path: Path) -> None:
    frames = np.zeros(3, dtype=FRAME_DTYPE)
    frames["counter"], frames["status"] = [7, 8, 9], FrameStatus.READ
    (tmp_path / "face.frames").write_bytes(frames.tobytes()[:-1])
    seen = VideoRecording(path=tmp_path / "face.frames")

    assert seen.frames["counter"].tolist() == [7, 8]


def test_the_file_format_stays_as_it_is() -> None:
    assert FRAME_DTYPE.itemsize == 48
    assert [status.name for status in FrameStatus] == [
        "READ", "TOO_SMALL", "LOW_CONTRAST", "BAD_SYNC", "BAD_CRC",
    ]  # fmt: skip
    assert list(FrameStatus) == [0, 1, 2, 3, 4]
