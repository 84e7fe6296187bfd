from __future__ import annotations

import wave
from pathlib import Path

import msgspec
import numpy as np
import pytest
from numpy.typing import NDArray

from harness.evidence.clock import NS_PER_MS
from harness.signals.generator import generator_of
from harness.signals.spoken import Spoken, SpokenGenerator
from harness.signals.turns import turns_of

RATE = 16_000


def write(path: Path, samples: NDArray[np.int16], *, rate: int = RATE, width: int = 2) -> str:
    with wave.open(str(path), "wb") as file:
        file.setnchannels(samples.shape[1])
        file.setsampwidth(width)
        file.setframerate(rate)
        file.writeframes(samples.astype("<i2").tobytes())
    return str(path)


def noise(seconds: float, *, before: float = 0, after: float = 0) -> NDArray[np.int16]:
    loud = np.random.default_rng(3).integers(2000, 4000, (round(seconds * RATE), 1))
    quiet = [np.full((round(s * RATE), 1), 20) for s in (before, after)]
    return np.concatenate([quiet[0], loud, quiet[1]]).astype(np.int16)


@pytest.fixture
def hello(tmp_path: Path) -> Spoken:
    """1.205 s of sound between two silences."""
    file = write(tmp_path / "hello.wav", noise(1.205, before=0.4, after=0.7))
    return Spoken(file=file, pause_ms=2_000)


def test_silence_at_both_ends_is_cut_off(hello: Spoken) -> None:
    assert (hello.sample_rate, hello.channels) == (RATE, 1)
    assert hello.sound_ms == 1_210
    assert np.array_equal(hello.samples[: round(1.205 * RATE)], noise(1.205))
    assert not hello.samples[round(1.205 * RATE) :].any()


def test_it_is_said_again_after_each_pause(hello: Spoken) -> None:
    generator = generator_of(hello)
    assert isinstance(generator, SpokenGenerator)
    cycle = RATE * 3_210 // 1000
    first = generator.samples(0, cycle)
    assert np.array_equal(first[: len(hello.samples)], hello.samples)
    assert not first[len(hello.samples) :].any()
    assert np.array_equal(generator.samples(cycle * 7, cycle * 8), first)
    parts = [generator.samples(n, n + 160) for n in range(0, cycle, 160)]
    assert np.array_equal(np.concatenate(parts)[:cycle], first)
    with pytest.raises(ValueError, match="count from 0 upwards"):
        generator.samples(-1, 5)


def test_its_turns_are_known(hello: Spoken) -> None:
    first, second = turns_of(hello, start_ns=0, since_ns=0, until_ns=6_420 * NS_PER_MS)
    assert (first.end_ns, first.next_ns) == (1_210 * NS_PER_MS, 3_210 * NS_PER_MS)
    assert second.begin_ns == first.next_ns


def test_it_travels_as_what_it_is_made_of(hello: Spoken) -> None:
    assert hello.sound_ms > 0
    line = msgspec.json.encode(hello)
    assert msgspec.json.decode(line) == {"file": hello.file, "pause_ms": 2_000}
    assert msgspec.json.decode(line, type=Spoken) == hello


@pytest.mark.parametrize("channels", [1, 2])
def test_both_kinds_of_file_are_said(tmp_path: Path, channels: int) -> None:
    file = write(tmp_path / "a.wav", np.repeat(noise(0.1), channels, axis=1))
    assert Spoken(file=file, pause_ms=1).samples.shape == (RATE // 10, channels)


def test_a_file_of_a_minute_is_said(tmp_path: Path) -> None:
    file = write(tmp_path / "a.wav", np.tile(noise(1), (60, 1)))
    assert Spoken(file=file, pause_ms=1).sound_ms == 60_000


def test_a_file_that_cannot_be_said_is_one_line_that_says_what_to_do(tmp_path: Path) -> None:
    (tmp_path / "no.wav").write_text("no sound at all")
    loud = noise(0.1)
    files = {
        str(tmp_path / "absent.wav"): "cannot be read as a WAV file",
        str(tmp_path / "no.wav"): "cannot be read as a WAV file",
        write(tmp_path / "3.wav", np.repeat(loud, 3, axis=1)): "save it as 16-bit PCM",
        write(tmp_path / "8.wav", loud, width=1): "save it as 16-bit PCM",
        write(tmp_path / "r.wav", loud, rate=22_050): "save it as 16-bit PCM",
        write(tmp_path / "l.wav", np.tile(noise(1), (61, 1))): "not longer than 60 s",
        write(tmp_path / "q.wav", noise(0, before=1)): "holds nothing above -50 dBFS",
    }
    for file, says in files.items():
        with pytest.raises(ValueError, match=says) as raised:
            Spoken(file=file, pause_ms=500)
        assert file in str(raised.value)
        assert "\n" not in str(raised.value)


def test_it_pauses(hello: Spoken) -> None:
    with pytest.raises(ValueError, match="leave time for an answer"):
        Spoken(file=hello.file, pause_ms=0)
