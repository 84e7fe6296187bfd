"""Recordings, hand-overs and ledgers of known truth, made without a network."""

from __future__ import annotations

from collections.abc import Callable, Iterable, Sequence
from pathlib import Path
from typing import Any, Literal, TypedDict

import numpy as np
import pytest
from numpy.typing import NDArray

from harness.evidence.clock import NS_PER_MS, NS_PER_S
from harness.evidence.ledger_fates import PacketFate
from harness.evidence.ledger_records import Direction, LedgerError, Medium
from harness.evidence.ledger_table import PACKET_DTYPE
from harness.evidence.recording import (
    FRAME_DTYPE,
    AudioRecording,
    FrameStatus,
    VideoRecording,
    wav_header,
)
from harness.evidence.sent import SENT_DTYPE
from harness.signals.picture import ColourCode
from harness.signals.sound import Tone, ToneGenerator
from harness.verifiers.proof import Witness

START_NS = 1_000 * NS_PER_S
"""When recording begins."""
RUN_IN_S = 2.5
"""How long publishers have been sending by then."""
SOUND_LATENCY_MS = 60
PICTURE_LATENCY_MS = 15


class Window(TypedDict):
    """The two ends of a time, as verifiers take them."""

    since_ns: int
    until_ns: int


def at(seconds: float) -> int:
    """Monotonic ns of a time counted from the start of the recordings."""
    return START_NS + round(seconds * NS_PER_S)


class Studio:
    """Makes the evidence of an attempt in a folder."""

    def __init__(self, folder: Path) -> None:
        self.folder = folder

    def sound(
        self,
        tone: Tone,
        *,
        seconds: float = 6.0,
        silent: Iterable[tuple[float, float]] = (),
        edit: Callable[[NDArray[np.int16]], None] | None = None,
        latency_ms: int = SOUND_LATENCY_MS,
        name: str = "tone",
    ) -> AudioRecording:
        """What is heard of a tone: late by the latency, silenced, then edited in place."""
        rate = tone.sample_rate
        first = int((RUN_IN_S - latency_ms / 1000) * rate)
        samples = ToneGenerator(tone).samples(first, first + int(seconds * rate))
        for begin, end in silent:
            samples[int(begin * rate) : int(end * rate)] = 0
        if edit is not None:
            edit(samples)
        return self.write_sound(samples, rate, name=name)

    def write_sound(
        self, samples: NDArray[np.int16], rate: int, *, name: str = "tone"
    ) -> AudioRecording:
        """A recording of these samples, whose frames arrive up to 8 ms late."""
        path = self.folder / "bob" / f"{name}.wav"
        path.parent.mkdir(exist_ok=True)
        header = wav_header(sample_rate=rate, channels=samples.shape[1], data_bytes=samples.nbytes)
        path.write_bytes(header + samples.astype("<i2").tobytes())
        frames = len(samples) * 100 // rate
        late = np.random.default_rng(7).uniform(0, 8 * NS_PER_MS, frames).astype(np.int64)
        late[::40] = 0
        due = START_NS + np.arange(frames) * 10 * NS_PER_MS
        path.with_suffix(".arrivals").write_bytes((due + late).astype("<i8").tobytes())
        return AudioRecording(path=path, subscriber="bob", publisher="alice", track="TR_tone")

    def pictures(
        self,
        code: ColourCode,
        *,
        seconds: float = 6.0,
        gaps: Iterable[tuple[float, float]] = (),
        edit: Callable[[NDArray[Any]], NDArray[Any]] | None = None,
        name: str = "face",
    ) -> VideoRecording:
        """What is seen of a colour code, without the pictures that arrive in a gap."""
        counters = np.arange(int((RUN_IN_S + seconds) * code.fps))
        arrival = self.due_ns(code, counters) + PICTURE_LATENCY_MS * NS_PER_MS
        seen = arrival >= START_NS
        for begin, end in gaps:
            seen &= (arrival < at(begin)) | (arrival >= at(end))
        frames = np.zeros(int(seen.sum()), dtype=FRAME_DTYPE)
        frames["arrival_ns"], frames["counter"] = arrival[seen], counters[seen]
        frames["track_code"], frames["status"] = code.track_code, FrameStatus.READ
        frames["width"], frames["height"] = code.width, code.height
        frames["hue_deg"] = code.hue_deg
        if edit is not None:
            frames = edit(frames)
        path = self.folder / "bob" / f"{name}.frames"
        path.parent.mkdir(exist_ok=True)
        path.write_bytes(frames.tobytes())
        return VideoRecording(path=path, subscriber="bob", publisher="alice", track="TR_face")

    def witness(
        self, *, seconds: float = 6.0, silent: Iterable[tuple[float, float]] = ()
    ) -> Witness:
        """A second sound of the same receiver, which kept running unless silenced."""
        tone = Tone(pilot_hz=700, marker=None)
        recording = self.sound(tone, seconds=seconds, silent=silent, name="proof")
        return Witness(recording=recording, signal=tone)

    def sent_sound(self, tone: Tone, *, seconds: float = 6.0) -> Path:
        """Hand-overs of 10 ms frames, exactly on schedule."""
        frames = np.arange(int((RUN_IN_S + seconds) * 100))
        started_ns = START_NS - int(RUN_IN_S * NS_PER_S)
        samples = frames * (tone.sample_rate // 100)
        return self._sent("sound", samples, started_ns + frames * 10 * NS_PER_MS)

    def sent_pictures(self, code: ColourCode, *, seconds: float = 6.0) -> Path:
        """Hand-overs of pictures, exactly on schedule."""
        counters = np.arange(int((RUN_IN_S + seconds) * code.fps))
        return self._sent("pictures", counters, self.due_ns(code, counters))

    def due_ns(self, code: ColourCode, counters: NDArray[np.int64]) -> NDArray[np.int64]:
        """When each picture is handed over."""
        return START_NS - int(RUN_IN_S * NS_PER_S) + counters * NS_PER_S // code.fps

    def absent_sound(self) -> AudioRecording:
        """A recording that nobody made."""
        return AudioRecording(path=self.folder / "bob" / "absent.wav", subscriber="bob")

    def absent_pictures(self) -> VideoRecording:
        """A recording that nobody made."""
        return VideoRecording(path=self.folder / "bob" / "absent.frames", subscriber="bob")

    def _sent(self, name: str, number: NDArray[np.int64], at_ns: NDArray[np.int64]) -> Path:
        log = np.zeros(len(number), dtype=SENT_DTYPE)
        log["number"], log["at_ns"] = number, at_ns
        path = self.folder / f"{name}.sent"
        path.write_bytes(log.tobytes())
        return path


class Wire:
    """A ledger in memory: the packets that a test put there, of one participant."""

    def __init__(self, participant: str = "bob") -> None:
        self.participant = participant
        self._rows: list[tuple[Direction, str | None, Medium, NDArray[Any]]] = []
        self._control_ns: list[int] = []

    def add(
        self,
        times_s: Sequence[float] | NDArray[np.float64],
        *,
        direction: Direction = "down",
        track: str | None = "TR_tone",
        medium: Medium = "audio",
        ssrc: int = 1,
        level: int = -1,
        dropped: Iterable[int] = (),
        pictures: bool = False,
        size: int = 0,
        padding: bool = False,
    ) -> None:
        """RTP packets at these times; those at the places in `dropped` were dropped."""
        packets = np.zeros(len(times_s), dtype=PACKET_DTYPE)
        packets["t_ns"] = [at(t) for t in times_s]
        packets["seq"], packets["ssrc"] = np.arange(len(times_s)), ssrc
        packets["audio_level"] = level
        packets["descriptor"] = pictures
        packets["size"], packets["padding"] = size, padding
        packets["fate"][list(dropped)] = PacketFate.DROPPED
        self._rows.append((direction, track, medium, packets))

    def add_control(self, times_s: Iterable[float]) -> None:
        """STUN towards the participant."""
        self._control_ns += [at(t) for t in times_s]

    def packets(
        self,
        *,
        participant: str,
        direction: Direction,
        track: str | None = None,
        medium: Medium | None = None,
        ssrc: int | None = None,
        since_ns: int | None = None,
        until_ns: int | None = None,
        fate: Literal["forwarded", "dropped"] | None = None,
        repair: bool | None = False,
    ) -> NDArray[Any]:
        self._check(participant)
        assert fate is None
        rows = [
            packets
            for its_direction, its_track, its_medium, packets in self._rows
            if its_direction == direction
            and track in (None, its_track)
            and medium in (None, its_medium)
        ]
        found = np.concatenate([np.zeros(0, dtype=PACKET_DTYPE), *rows])
        found = found[np.argsort(found["t_ns"], kind="stable")]
        if ssrc is not None:
            found = found[found["ssrc"] == ssrc]
        if since_ns is not None:
            found = found[found["t_ns"] >= since_ns]
        if until_ns is not None:
            found = found[found["t_ns"] < until_ns]
        return found

    def control_packets(
        self,
        kind: Literal["rtcp", "stun", "dtls", "other"],
        *,
        participant: str,
        direction: Direction,
        since_ns: int | None = None,
        until_ns: int | None = None,
    ) -> NDArray[Any]:
        self._check(participant)
        times = np.array(self._control_ns if (kind, direction) == ("stun", "down") else [])
        return times[(times >= (since_ns or 0)) & (times < (until_ns or 2**62))]

    def _check(self, participant: str) -> None:
        if participant != self.participant:
            raise LedgerError(f"no flow of {participant!r}")


@pytest.fixture
def studio(tmp_path: Path) -> Studio:
    """A place to make recordings in."""
    return Studio(tmp_path)


@pytest.fixture
def wire() -> Wire:
    """An empty ledger of bob."""
    return Wire()


@pytest.fixture
def clock() -> Callable[[float], int]:
    """Seconds since the start of the recordings to monotonic ns."""
    return at
