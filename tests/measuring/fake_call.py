"""A call of known truth, made without a network: its report must tell that truth back."""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import replace
from pathlib import Path
from typing import Any

import msgspec

from harness.evidence.bindings import (
    CodecRow,
    FlowRow,
    MidRow,
    MsidRow,
    SsrcRow,
)
from harness.evidence.recording import AudioRecording, wav_header
from harness.evidence.statistics_sample import StatisticsSample
from harness.measuring.call import Call
from harness.measuring.series import Row
from harness.signals.picture import ColourCode
from harness.signals.sound import Tone
from tests.evidence.ledger_recorder import ALICE_UP, BOB_DOWN, CLOCK, DROPPED, Recorder, rtp
from tests.verifiers.conftest import Studio, at

TONE, PICTURE = Tone(marker="order"), ColourCode(track_code=3, fps=30)
SINCE_S, UNTIL_S, ASKED_S = 3.0, 68.0, 0.5
SECONDS = 70.0
SOUND_LATENCY_MS = 80
EVERY_LOST = 50
"""Of the sound on the way down one packet in so many is dropped."""
CONCEALED, PLAYED = 4_800, 3_120_000
SPEAKER, CAMERA, HEARD, SEEN = 7, 8, 70, 80


def fake_call(
    folder: Path,
    *,
    frozen: Iterable[tuple[float, float]] = (),
    silent: Iterable[tuple[float, float]] = (),
    cut: tuple[float, float] | None = None,
    until_s: float = UNTIL_S,
    short_s: float = 0.0,
    onset_s: float = 0.0,
) -> Call:
    """Sound 80 ms late, pictures 15 ms, in a steady state from 3 s on.

    Args:
        folder: For its evidence.
        frozen: Times without pictures, seconds.
        silent: Times without sound.
        cut: A time in which no packet passed the gateway downwards.
        until_s: When the call ends.
        short_s: By how much the recordings end too early.
        onset_s: How long after the subscription the sound begins to come.
    """
    studio = Studio(folder)
    whole_s = until_s + SECONDS - UNTIL_S
    seconds = whole_s - short_s
    sound = studio.sound(
        TONE, seconds=seconds, silent=silent, latency_ms=SOUND_LATENCY_MS, name="tone"
    )
    if onset_s:
        sound = begin_late(sound, ASKED_S + onset_s)
    pictures = studio.pictures(PICTURE, seconds=seconds, gaps=frozen)
    write_ledger(folder, whole_s, cut)
    played = 48_000 + PLAYED + round((until_s - UNTIL_S) * TONE.sample_rate)
    return Call(
        folder=folder,
        tone=TONE,
        picture=PICTURE,
        sound_sent=studio.sent_sound(TONE, seconds=whole_s),
        picture_sent=studio.sent_pictures(PICTURE, seconds=whole_s),
        sound_emitted=None,
        sound=sound,
        pictures=pictures,
        sound_asked_ns=at(ASKED_S),
        picture_asked_ns=at(ASKED_S),
        profile_ns=at(0),
        since_ns=at(SINCE_S),
        until_ns=at(until_s),
        statistics=(
            sample(SINCE_S - 0.5, concealed=100, played=48_000),
            sample(until_s + 0.1, concealed=100 + CONCEALED, played=played),
        ),
    )


def begin_late(sound: AudioRecording, begin_s: float) -> AudioRecording:
    """Take away what was recorded before a time counted from the start of the recordings."""
    rate, frames = TONE.sample_rate, round(begin_s * 100)
    samples = sound.samples[frames * rate // 100 :].astype("<i2")
    header = wav_header(sample_rate=rate, channels=1, data_bytes=samples.nbytes)
    arrivals = sound.path.with_suffix(".arrivals")
    arrivals.write_bytes(arrivals.read_bytes()[8 * frames :])
    sound.path.write_bytes(header + samples.tobytes())
    return replace(sound)  # which has read nothing yet


def sample(at_s: float, *, concealed: int, played: int, ssrc: int = HEARD) -> StatisticsSample:
    """What bob's SDK counted of the sound."""
    entry: dict[str, Any] = {
        "type": "inbound_rtp", "kind": "audio", "ssrc": ssrc, "at_ns": at(at_s),
        "concealed_samples": concealed, "total_samples_received": played,
    }  # fmt: skip
    return StatisticsSample(at_ns=at(at_s), participant="bob", entries=[entry])


def write_ledger(folder: Path, seconds: float, cut: tuple[float, float] | None) -> None:
    """Fifty packets a second of each track on each leg; of the sound down every fiftieth lost."""
    recorder = Recorder(folder)
    recorder.bind(
        CLOCK,
        *(
            FlowRow(
                at_ns=1, flow=flow, participant=who,
                client=f"10.0.0.{flow + 1}:5000", upstream="127.0.0.1:7882",
            )
            for flow, who in enumerate(("alice", "bob"))
        ),
        *(
            row
            for who in ("alice", "bob")
            for row in (
                CodecRow(at_ns=2, participant=who, pt=111, codec="opus", medium="audio"),
                CodecRow(at_ns=2, participant=who, pt=96, codec="vp8", medium="video"),
            )
        ),
        SsrcRow(at_ns=3, participant="alice", direction="up", flow=0, ssrc=SPEAKER, pt=111,
                mid="0", rid=None),
        SsrcRow(at_ns=3, participant="alice", direction="up", flow=0, ssrc=CAMERA, pt=96,
                mid="1", rid=None),
        MidRow(at_ns=4, participant="alice", mid="0", track="TR_tone", medium="audio"),
        MidRow(at_ns=4, participant="alice", mid="1", track="TR_face", medium="video"),
        MsidRow(at_ns=5, participant="bob", ssrc=HEARD, track="TR_tone"),
        MsidRow(at_ns=5, participant="bob", ssrc=SEEN, track="TR_face"),
    )  # fmt: skip
    for number in range(int(seconds * 50)):
        now = at(number / 50)
        gone = cut is not None and at(cut[0]) <= now < at(cut[1])
        for stream, ssrc, pt in (
            (ALICE_UP, SPEAKER, 111), (ALICE_UP, CAMERA, 96),
            (BOB_DOWN, HEARD, 111), (BOB_DOWN, SEEN, 96),
        ):  # fmt: skip
            lost = ssrc == HEARD and number % EVERY_LOST == 0
            dropped = lost or (stream == BOB_DOWN and gone)
            recorder.packet(
                now, rtp(number, ssrc, pt), stream=stream, cause=DROPPED if dropped else 0
            )
    recorder.ledger()


def read_series(file: Path) -> list[Row]:
    """The lines of `series.ndjson`, each as what it says that it is."""
    decoder = msgspec.json.Decoder(Row)
    return [decoder.decode(line) for line in file.read_bytes().splitlines()]
