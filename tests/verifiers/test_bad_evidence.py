"""No verifier makes a number of a recording that is not there, damaged, or of somebody else."""

from __future__ import annotations

import importlib
import inspect
import pkgutil
from collections.abc import Callable, Iterator, Sequence
from dataclasses import replace
from pathlib import Path
from typing import TYPE_CHECKING, Any

import numpy as np
import pytest
from numpy.typing import NDArray

import harness.verifiers
from harness.evidence.measurement import Measurement
from harness.evidence.recording import FRAME_DTYPE, AudioRecording, VideoRecording
from harness.evidence.statistics_sample import StatisticsSample
from harness.signals.picture import ColourCode
from harness.signals.sound import Tone
from harness.signals.sweep import Sweep
from harness.signals.turns import Turn
from harness.verifiers.recovery_parts import Fault
from harness.verifiers.skew import SoundAndPicture
from harness.verifiers.skew_bands import ACCEPTABILITY
from harness.verifiers.track_way import TrackWay
from tests.verifiers.conftest import Wire, at
from tests.verifiers.sdk_counts import counts_of

if TYPE_CHECKING:
    from tests.verifiers.conftest import Studio

Verifier = Callable[..., Measurement]
Recording = AudioRecording | VideoRecording

TONE, OTHER_TONE = Tone(pilot_hz=400), Tone(pilot_hz=600)
CODE, OTHER_CODE = ColourCode(track_code=3), ColourCode(track_code=4)

ASK_FOR_OTHERS = {"crosstalk", "foreign_frames", "silence_ratio", "stray_pictures", "stray_sound"}
"""What they look for, or do not mind, is somebody else's signal."""
NO_IDENTITY = {"frames_of_wrong_size", "last_sample_after", "samples_lost", "samples_too_many"}
"""They compare numbers that any signal may have, which a list of what was captured explains."""
BY_PRESENCE_ALONE = {
    "barge_in_time",
    "longest_pause",
    "longest_silence",
    "longest_standstill",
    "response_time",
    "unasked_sound",
}
"""They measure that something is heard or seen, whatever it is."""
FINDINGS = {
    ("frames_lost", "empty"): 60.0,
    ("frames_lost", "of_another"): 60.0,
    ("frames_read_ratio", "empty"): 0.0,
    ("frames_read_ratio", "of_another"): 0.0,
    ("frames_seen", "empty"): 0.0,
    ("frames_seen", "of_another"): 0.0,
    ("stray_pictures", "empty"): 0.0,
    ("frequency_error", "of_another"): 200.0,
    ("missing_markers", "of_another"): 7.0,
    ("pilot_level_error", "of_another"): 114.0,
}
"""That nothing came, with a witness of a live receiver, or that another was heard, is the finding
itself here: no other number may be made of it."""


def verifiers() -> Iterator[Verifier]:
    """Every public function of the room that measures a recording."""
    for module in pkgutil.iter_modules(harness.verifiers.__path__):
        for name, found in vars(
            importlib.import_module(f"harness.verifiers.{module.name}")
        ).items():
            if not inspect.isfunction(found) or name.startswith("_"):
                continue
            signature = inspect.signature(found)
            of_a_recording = {"recording", "pair"} & set(signature.parameters)
            here = found.__module__.endswith(f".{module.name}")
            if here and of_a_recording and signature.return_annotation == "Measurement":
                yield found


ALL = sorted(verifiers(), key=lambda verifier: verifier.__name__)


def wants_sound(verifier: Verifier) -> bool:
    kind = inspect.signature(verifier).parameters.get("recording")
    return kind is None or kind.annotation == "AudioRecording"


def ask(
    verifier: Verifier,
    studio: Studio,
    recording: Recording,
    statistics: Sequence[StatisticsSample] = (),
) -> Measurement:
    """The answer of a verifier to this recording, everything else being as it should be."""
    known: dict[str, Any] = {
        "recording": recording,
        "pair": SoundAndPicture(
            sound=recording if isinstance(recording, AudioRecording) else studio.absent_sound(),
            tone=TONE,
            sound_sent=studio.sent_sound(TONE),
            picture=studio.pictures(CODE, name="pair"),
            track_code=CODE.track_code,
            picture_sent=studio.sent_pictures(CODE),
            statistics=statistics,
        ),
        "statistics": statistics,
        "tone": TONE,
        "sweep": Sweep(),
        "track_code": CODE.track_code,
        "picture": CODE,
        "sent": studio.sent_sound(TONE) if wants_sound(verifier) else studio.sent_pictures(CODE),
        "other": OTHER_TONE if wants_sound(verifier) else OTHER_CODE,
        "since_ns": at(1.5),
        "until_ns": at(5.5),
        "healed_ns": at(1.5),
        "changed_ns": at(1.5),
        "band": ACCEPTABILITY,
        "asked_ns": at(1.0),
        "start_ns": at(-2.5),
        "flow_ns": (at(0.5), at(1.5)),
        "hidden_ns": (at(1.5), at(3.0)),
        "alive": studio.witness(),
        "px": 640 * 360,
        "full_px": 640 * 360,
        "at_most_px": 640 * 360,
        "heights_px": (360,),
        "captured": (range(48_000) if wants_sound(verifier) else ()),
        "readings": (),
        "samples": statistics_of_pictures(),
        "way": TrackWay(ledger=Wire(), publisher="alice", subscriber="bob", track="TR_face"),
        "events": (),
        "turns": [Turn(begin_ns=at(1.5), end_ns=at(2.5), next_ns=at(5.5))],
        "fault": Fault(gone_ns=at(1.0), healed_ns=at(1.5), until_ns=at(5.5)),
    }
    wanted = inspect.signature(verifier).parameters
    return verifier(**{name: value for name, value in known.items() if name in wanted})


def statistics_of_pictures() -> list[StatisticsSample]:
    """Of pictures that came steadily, as their receiver's SDK counts them."""
    counted = {
        "frames_decoded": 100, "frames_received": 100, "frames_per_second": 30.0,
        "freeze_count": 0, "total_freeze_duration": 0.0,
    }  # fmt: skip
    return [
        StatisticsSample(
            at_ns=at(second), participant="bob",
            entries=[
                {"type": "inbound_rtp", "kind": "video", "ssrc": 1, "at_ns": at(second), **counted}
            ],
        )
        for second in range(1, 6)
    ]  # fmt: skip


def whole(studio: Studio, verifier: Verifier) -> Recording:
    return studio.sound(TONE) if wants_sound(verifier) else studio.pictures(CODE)


def arrivals_of(recording: Recording) -> Path:
    path = recording.path
    return path.with_suffix(".arrivals") if isinstance(recording, AudioRecording) else path


def absent(studio: Studio, verifier: Verifier) -> Recording:
    return studio.absent_sound() if wants_sound(verifier) else studio.absent_pictures()


def empty(studio: Studio, verifier: Verifier) -> Recording:
    recording = whole(studio, verifier)
    recording.path.write_bytes(b"")
    return recording


def of_another(studio: Studio, verifier: Verifier) -> Recording:
    return studio.sound(OTHER_TONE) if wants_sound(verifier) else studio.pictures(OTHER_CODE)


def backwards(studio: Studio, verifier: Verifier) -> Recording:
    """The clock stepped back by two seconds in the middle."""
    recording = whole(studio, verifier)
    path = arrivals_of(recording)
    sound = isinstance(recording, AudioRecording)
    rows = np.fromfile(path, dtype="<i8" if sound else FRAME_DTYPE)
    arrivals = rows if sound else rows["arrival_ns"]
    arrivals[len(rows) // 2 :] -= 2_000_000_000
    path.write_bytes(rows.tobytes())
    return recording


def rows_of(recording: Recording) -> tuple[NDArray[Any], NDArray[np.int64]]:
    """What the file of arrivals holds, and the arrivals in it."""
    sound = isinstance(recording, AudioRecording)
    rows = np.fromfile(arrivals_of(recording), dtype="<i8" if sound else FRAME_DTYPE)
    return rows, rows if sound else rows["arrival_ns"]


def cut(rows: NDArray[Any], at_ns: NDArray[np.int64]) -> NDArray[Any]:
    """It ends when four seconds of six are over."""
    return rows[at_ns < at(4)]


def lacking(rows: NDArray[Any], at_ns: NDArray[np.int64]) -> NDArray[Any]:
    """Two seconds are not in it."""
    return rows[(at_ns < at(2.2)) | (at_ns >= at(4.2))]


def stepped(rows: NDArray[Any], at_ns: NDArray[np.int64]) -> NDArray[Any]:
    """The clock stepped forwards by 200 ms."""
    at_ns[at_ns >= at(3)] += 200_000_000
    return rows


def stepped_far(rows: NDArray[Any], at_ns: NDArray[np.int64]) -> NDArray[Any]:
    """The clock stepped forwards by ten seconds."""
    at_ns[at_ns >= at(3)] += 10_000_000_000
    return rows


BAD = {kind.__name__: kind for kind in (absent, empty, of_another, backwards)}


def cases() -> Iterator[Any]:
    for verifier in ALL:
        for name in BAD:
            if name == "of_another" and verifier.__name__ in ASK_FOR_OTHERS:
                continue
            if name in {"empty", "of_another"} and verifier.__name__ in NO_IDENTITY:
                continue
            if name == "of_another" and verifier.__name__ in BY_PRESENCE_ALONE:
                continue
            yield pytest.param(verifier, name, id=f"{verifier.__name__}-{name}")


WITH_COUNTS = [
    verifier
    for verifier in ALL
    if {"statistics", "pair"} & set(inspect.signature(verifier).parameters)
]


def test_freezes_gaps_and_skew_are_told_what_the_sdk_counted() -> None:
    asked = {verifier.__name__ for verifier in WITH_COUNTS}
    assert asked >= {"longest_freeze", "frozen_ratio", "sound_gap", "median_skew", "skew_drift"}


@pytest.mark.parametrize("damage", [cut, lacking, stepped, stepped_far])
@pytest.mark.parametrize("verifier", WITH_COUNTS, ids=lambda verifier: verifier.__name__)
def test_what_the_sdk_counted_otherwise_is_no_number(
    studio: Studio, verifier: Verifier, damage: Callable[..., NDArray[Any]]
) -> None:
    recording = whole(studio, verifier)
    counted = counts_of(recording, range(7))
    assert ask(verifier, studio, recording, counted).value is not None
    arrivals_of(recording).write_bytes(damage(*rows_of(recording)).tobytes())

    answer = ask(verifier, studio, replace(recording), counted)

    assert answer.value is None
    assert "the SDK gave out" in (answer.missing or "")


@pytest.mark.parametrize(("verifier", "how"), list(cases()))
def test_bad_evidence_is_no_number_that_could_pass(
    studio: Studio, verifier: Verifier, how: str
) -> None:
    answer = ask(verifier, studio, BAD[how](studio, verifier))

    finding = FINDINGS.get((verifier.__name__, how))
    if finding is not None:
        assert answer.value == pytest.approx(finding)
    else:
        assert answer.value is None or answer.at_least
        assert answer.missing or answer.at_least
