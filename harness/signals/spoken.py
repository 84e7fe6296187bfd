"""Somebody who says what is in a WAV file, pauses, and says it again: for who only hears speech.

Silence at both ends of the file is cut off, so that a turn ends with its last sound and not with
the file. Nothing of it is known but its level: it is not measured how it arrives.
"""

from __future__ import annotations

import wave
from dataclasses import dataclass
from functools import cached_property

import numpy as np
from numpy.typing import NDArray

from harness.signals.sound import FULL_SCALE, amplitude

SILENT_DBFS = -50.0
"""Peak of a sample up to which the ends of a file are silent."""
LONGEST_S = 60


@dataclass(frozen=True, kw_only=True)
class Spoken:
    """Specification of such a speaker.

    Raises ValueError where the file cannot be said: it must be 16-bit PCM, of one channel or two,
    at a rate of which 10 ms are whole samples, and hold a sound, of a minute at most.
    """

    file: str
    """Path of the WAV file."""
    pause_ms: int
    """Digital silence after it, each time."""

    def __post_init__(self) -> None:
        if self.pause_ms < 1:
            raise ValueError(f"pause_ms is {self.pause_ms}: leave time for an answer")
        if not len(self.samples):
            raise ValueError(f"{self.file} holds nothing above {SILENT_DBFS:.0f} dBFS")

    @property
    def sample_rate(self) -> int:
        """Samples a second."""
        return self._read[0]

    @property
    def channels(self) -> int:
        """1 or 2."""
        return int(self.samples.shape[1])

    @property
    def samples(self) -> NDArray[np.int16]:
        """What is said, shape (n, channels), filled up to whole 10 ms."""
        return self._read[1]

    @property
    def sound_ms(self) -> int:
        """How long it is."""
        return len(self.samples) * 1000 // self.sample_rate

    @cached_property
    def _read(self) -> tuple[int, NDArray[np.int16]]:
        try:
            with wave.open(self.file, "rb") as file:
                rate, channels = file.getframerate(), file.getnchannels()
                known = file.getsampwidth() == 2 and channels in (1, 2) and rate % 100 == 0
                if not known or file.getnframes() > LONGEST_S * rate:
                    raise ValueError(
                        f"{self.file}: save it as 16-bit PCM, one channel or two, at 48000 "
                        f"samples/s for example, and not longer than {LONGEST_S} s"
                    )
                body = file.readframes(file.getnframes())
        except (OSError, EOFError, wave.Error) as error:
            raise ValueError(f"{self.file} cannot be read as a WAV file: {error}") from None
        samples = np.frombuffer(body[: len(body) // (2 * channels) * 2 * channels], dtype="<i2")
        return rate, _trimmed(samples.reshape(-1, channels).astype(np.int16), rate)


class SpokenGenerator:
    """The samples of a speaker, any slice of them."""

    def __init__(self, spoken: Spoken) -> None:
        self.spoken = spoken
        pause = np.zeros(
            (spoken.sample_rate * spoken.pause_ms // 1000, spoken.channels), dtype=np.int16
        )
        self._cycle = np.concatenate([spoken.samples, pause])

    def samples(self, start: int, stop: int) -> NDArray[np.int16]:
        """Samples `start` up to, not including, `stop`; shape (n, channels).

        Raises ValueError when `start` is negative or after `stop`.
        """
        if not 0 <= start <= stop:
            raise ValueError(f"samples {start} to {stop} do not exist: count from 0 upwards")
        said: NDArray[np.int16] = self._cycle[np.arange(start, stop) % len(self._cycle)]
        return said


def _trimmed(samples: NDArray[np.int16], rate: int) -> NDArray[np.int16]:
    """From the first loud sample to the last, filled up to whole 10 ms."""
    loud = np.flatnonzero(
        np.abs(samples.astype(np.int32)).max(axis=1) > amplitude(SILENT_DBFS) * FULL_SCALE
    )
    if not len(loud):
        return samples[:0]
    said = samples[loud[0] : loud[-1] + 1]
    return np.pad(said, ((0, -len(said) % (rate // 100)), (0, 0)))
