"""An attempt's folder of known truth, in the files that programs write."""

from __future__ import annotations

from collections.abc import Sequence
from pathlib import Path
from typing import Any, Literal

import msgspec
import numpy as np
from numpy.typing import NDArray

from harness.evidence.bindings import ImpairmentsRow, MidRow, NumberedImpairment, SsrcRow
from harness.evidence.clock import NS_PER_MS, NS_PER_S
from harness.evidence.finding import Attempt, Cell
from harness.evidence.recording import FRAME_DTYPE, FrameStatus, wav_header
from harness.evidence.sdk_event import SdkEvent
from harness.evidence.sent import SENT_DTYPE
from harness.evidence.sent_signal import write_signal
from harness.evidence.signalling import FILE_NAME, SignallingMessage
from harness.evidence.statistics_sample import StatisticsSample, write_samples
from harness.participant.protocol import PublishPicture, PublishTone
from harness.report.pictures.attempt_folder import EVENTS, STATISTICS, AttemptFolder
from harness.signals.picture import ColourCode
from harness.signals.sound import Tone, ToneGenerator
from tests.evidence.ledger_recorder import BOB_DOWN, DROPPED, HIGH, LOW, VIDEO, call, rtp

BEGAN_NS = 5 * NS_PER_S
LASTED_S = 4
RATE = 48_000
MUTED_S = 2.0
GAP = range(40, 60)
"""Numbers of pictures that were never seen."""
DELAY_MS = 30.0
LOST = 7
TRACK_CODE = 3
EVIL = "<script>alert(1)</script>"


def at(seconds: float) -> int:
    """Monotonic ns, so many seconds into the attempt."""
    return BEGAN_NS + round(seconds * NS_PER_S)


def attempt() -> Attempt:
    return Attempt(
        scenario="test_silence",
        number=1,
        cell=Cell(server="1.13.5"),
        folder="attempts/test_silence/1",
        started_ns=BEGAN_NS,
        ended_ns=at(LASTED_S),
        media_s=3.0,
    )


def opened(path: Path) -> AttemptFolder:
    return AttemptFolder(path, attempt())


def message(
    seconds: float,
    who: str,
    direction: Literal["client", "server"],
    kind: str,
    *,
    altered: bool = False,
    **details: object,
) -> SignallingMessage:
    return SignallingMessage(
        at_ns=at(seconds),
        participant=who,
        direction=direction,
        kind=kind,
        bytes=10,
        altered=altered,
        details=details,
    )


def update(seconds: float, *, muted: bool) -> SignallingMessage:
    tracks = [{"sid": "TR_a", "name": "sound1", "muted": muted}]
    return message(seconds, "bob", "server", "update", participants=[{"tracks": tracks}])


MESSAGES = (
    message(0.1, "alice", "client", "add_track", name="sound1"),
    message(0.2, "alice", "server", "track_published", sid="TR_a", name="sound1"),
    update(0.3, muted=False),
    update(0.4, muted=False),
    message(MUTED_S, "alice", "client", "mute", sid="TR_a", muted=True),
    message(MUTED_S + 0.01, "bob", "client", "ping_req"),
    update(MUTED_S + 0.02, muted=True),
    message(3.9, "bob", "client", "leave"),
)
NEWS = (
    SdkEvent(
        at_ns=at(MUTED_S + 0.03),
        participant="bob",
        name="track_muted",
        subject="alice",
        track="TR_a",
        details={"name": "sound1"},
    ),
    SdkEvent(at_ns=at(1.0), participant="bob", name="active_speakers_changed"),
)


def write_sound(folder: Path, samples: NDArray[np.int16], *, name: str = "alice-sound1") -> Path:
    """A recording of 10 ms frames that arrive on time."""
    folder.mkdir(parents=True, exist_ok=True)
    data = samples.astype("<i2").tobytes()
    file = folder / f"{name}.wav"
    file.write_bytes(wav_header(sample_rate=RATE, channels=1, data_bytes=len(data)) + data)
    frames = len(samples) // (RATE // 100)
    arrivals = at(0.5) + np.arange(1, frames + 1) * 10 * NS_PER_MS
    file.with_suffix(".arrivals").write_bytes(arrivals.astype("<i8").tobytes())
    return file


def tone(hertz: float, seconds: float, peak: float = 0.5) -> NDArray[np.int16]:
    t = np.arange(int(seconds * RATE)) / RATE
    return (peak * 32767 * np.sin(2 * np.pi * hertz * t)).astype(np.int16)


def frames(numbers: Sequence[int]) -> NDArray[Any]:
    """Pictures of 30 a second, each seen DELAY_MS after it was sent."""
    seen = np.zeros(len(numbers), FRAME_DTYPE)
    seen["counter"] = numbers
    seen["arrival_ns"] = sent_ns(np.array(numbers)) + DELAY_MS * NS_PER_MS
    seen["track_code"], seen["status"] = TRACK_CODE, FrameStatus.READ
    seen["width"], seen["height"] = 640, 360
    return seen


def sent_ns(numbers: NDArray[Any]) -> NDArray[np.int64]:
    times: NDArray[np.int64] = at(0.5) + numbers.astype(np.int64) * NS_PER_S // 30
    return times


def write_sent(folder: Path, numbers: Sequence[int], *, name: str = "picture1") -> Path:
    folder.mkdir(parents=True, exist_ok=True)
    rows = np.zeros(len(numbers), SENT_DTYPE)
    rows["number"], rows["at_ns"] = numbers, sent_ns(np.array(numbers))
    file = folder / f"{name}.sent"
    file.write_bytes(rows.tobytes())
    return file


def write_messages(
    path: Path,
    messages: Sequence[SignallingMessage] = MESSAGES,
    events: Sequence[SdkEvent] = NEWS,
) -> None:
    lines = (msgspec.json.encode(one) + b"\n" for one in messages)
    (path / FILE_NAME).write_bytes(b"".join(lines))
    (path / "bob").mkdir(exist_ok=True)
    (path / "bob" / EVENTS).write_bytes(
        b"".join(msgspec.json.encode(one) + b"\n" for one in events)
    )


def fault(seconds: float, who: str, **impairment: object) -> ImpairmentsRow:
    numbered = (NumberedImpairment(cause=DROPPED, impairment=impairment),) if impairment else ()
    return ImpairmentsRow(at_ns=at(seconds), participant=who, impairments=numbered)


def write_ledger(path: Path) -> None:
    """Alice sends two layers, bob gets one, and loses LOST of 100 packets."""
    recorder = call(path)
    recorder.bind(
        fault(0.0, "bob"),
        fault(1.0, "bob", impairment="loss", ratio=0.05, target={"direction": "down"}),
        fault(2.0, "bob"),
        fault(0.0, "alice", impairment="delay", delay_ms=10.0),
    )
    for number in range(100):
        t_ns = at(0.5 + number / 100)
        recorder.packet(t_ns, rtp(number, HIGH, 96))
        recorder.packet(t_ns, rtp(number, LOW, 96))
        cause = DROPPED if number < LOST else 0
        recorder.packet(t_ns, rtp(number, VIDEO, 96), stream=BOB_DOWN, cause=cause)
    recorder.ledger()


def write_statistics(path: Path, lost: int) -> None:
    received = {"side": "subscriber", "type": "inbound_rtp", "packets_lost": lost}
    sample = StatisticsSample(at_ns=at(3.0), participant="bob", entries=[received])
    write_samples(path / STATISTICS, [sample])


def write_attempt(path: Path) -> AttemptFolder:
    """All of it."""
    path.mkdir(parents=True, exist_ok=True)
    write_ledger(path)
    write_messages(path)
    write_statistics(path, LOST)
    quiet = np.zeros(RATE, np.int16)
    write_sound(path / "bob", np.concatenate((tone(1000, 1.5), quiet)))
    (path / "bob" / "alice-picture1.frames").write_bytes(
        frames([n for n in range(90) if n not in GAP]).tobytes()
    )
    sent = write_sent(path / "alice", range(90))
    write_signal(sent, PublishPicture(name="picture1", picture=ColourCode(track_code=TRACK_CODE)))
    return opened(path)


TONE = Tone(pilot_hz=700)


def write_call(path: Path, *, late_ms: float = 20.0) -> AttemptFolder:
    """As `write_attempt`, with a sound whose markers can be told, heard `late_ms` after it."""
    folder = write_attempt(path)
    frames_sent = 300
    sent = np.zeros(frames_sent, SENT_DTYPE)
    sent["number"] = np.arange(frames_sent) * RATE // 100
    sent["at_ns"] = at(0.5) + np.arange(frames_sent) * 10 * NS_PER_MS
    file = path / "alice" / "sound1.sent"
    file.write_bytes(sent.tobytes())
    write_signal(file, PublishTone(name="sound1", tone=TONE))
    heard = write_sound(
        path / "bob", ToneGenerator(TONE).samples(0, frames_sent * RATE // 100)[:, 0]
    )
    arrivals = sent["at_ns"] + round(late_ms * NS_PER_MS)
    heard.with_suffix(".arrivals").write_bytes(arrivals.astype("<i8").tobytes())
    return folder


def write_tracks(folder: Path, number: int, *, cause: int = 0) -> None:
    """A ledger of tracks TR_0, TR_1 … of alice, the n-th with n + 1 packets, each with its fate."""
    recorder = call(folder)
    for place in range(number):
        row = {"participant": "alice", "mid": f"m{place}"}
        recorder.bind(
            SsrcRow(at_ns=3, direction="up", flow=0, ssrc=500 + place, pt=50, **row),
            MidRow(at_ns=4, track=f"TR_{place}", medium="audio", **row),
        )
        for sequence in range(place + 1):
            recorder.packet(at(1.0), rtp(sequence, 500 + place, 50), cause=cause)
    recorder.ledger()
