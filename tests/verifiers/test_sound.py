from __future__ import annotations

from collections.abc import Callable
from pathlib import Path
from typing import TYPE_CHECKING

import numpy as np
import pytest

from harness.evidence.file_name import file_name
from harness.evidence.recording import AudioRecording
from harness.signals.sound import Tone
from harness.verifiers.answer import NoEvidenceError
from harness.verifiers.sound import due_times_ns, file_of, open_sound

if TYPE_CHECKING:
    from tests.verifiers.conftest import Studio

MS = 1_000_000


def test_due_times_are_free_of_the_lateness_of_single_frames() -> None:
    due = np.arange(500) * 10 * MS
    late = np.random.default_rng(1).integers(0, 9 * MS, 500)
    late[::50] = 0
    assert np.abs(due_times_ns(due + late) - due).max() == 0


def test_a_stall_of_the_reader_moves_no_time() -> None:
    due = np.arange(500) * 10 * MS
    arrivals = due.copy()
    arrivals[200:230] = due[230]
    assert np.array_equal(due_times_ns(arrivals), due)


def test_a_stream_that_stops_and_starts_again_keeps_its_pause() -> None:
    due = np.arange(500) * 10 * MS
    due[250:] += 3000 * MS
    assert np.array_equal(due_times_ns(due), due)


@pytest.mark.parametrize(("later_ms", "anew"), [(49, False), (50, False), (51, True)])
def test_only_what_stays_later_by_more_than_fifty_milliseconds_began_anew(
    later_ms: int, anew: bool
) -> None:
    due = np.arange(500) * 10 * MS
    due[250:] += later_ms * MS
    assert np.array_equal(due_times_ns(due), due) is anew


def test_due_times_never_decrease() -> None:
    due = np.arange(500) * 10 * MS
    due[:250] += 40 * MS
    assert np.diff(due_times_ns(due)).min() >= 0


def test_sample_and_time_belong_together(studio: Studio, clock: Callable[[float], int]) -> None:
    sound = open_sound(studio.sound(Tone()))
    start, stop = sound.span(clock(1.0), clock(1.2345))
    assert (start, stop) == (48000, 59256)
    assert sound.times_ns(np.array([48000.0, 59256.0])).tolist() == [clock(1.0), clock(1.2345)]
    assert sound.span(clock(-5), clock(100)) == (0, len(sound.samples))


def test_evidence_is_named_relative_to_the_attempt(studio: Studio) -> None:
    assert file_of(studio.absent_sound()) == "bob/absent.wav"


@pytest.mark.parametrize(
    ("folder", "file"),
    [("bob", "bob/tone.wav"), ("bob-2", "bob-2/tone.wav"), ("elsewhere", "tone.wav")],
)
def test_a_second_life_has_a_folder_of_its_own(folder: str, file: str) -> None:
    assert file_of(AudioRecording(path=Path(folder) / "tone.wav", subscriber="bob")) == file


@pytest.mark.parametrize("who", ["<b>", "../../etc", "", "bob-2"])
def test_whoever_has_an_odd_name_has_the_folder_of_that(who: str) -> None:
    for life in ("", "-2"):
        path = Path(file_name(f"{who}{life}")) / "tone.wav"
        assert file_of(AudioRecording(path=path, subscriber=who)) == str(path)


def test_recording_that_was_cut_off_is_read_as_far_as_it_goes(studio: Studio) -> None:
    recording = studio.sound(Tone())
    arrivals = recording.path.with_suffix(".arrivals")
    arrivals.write_bytes(arrivals.read_bytes()[: 8 * 123 + 5])
    assert len(open_sound(recording).frame_ns) == 123


def test_no_recording_is_no_evidence(studio: Studio) -> None:
    with pytest.raises(NoEvidenceError, match="no recording bob/absent"):
        open_sound(studio.absent_sound())


def test_empty_or_broken_recording_is_no_evidence(studio: Studio) -> None:
    empty = studio.write_sound(np.zeros((0, 1), dtype=np.int16), 48000, name="empty")
    with pytest.raises(NoEvidenceError, match="holds no sound"):
        open_sound(empty)
    broken = studio.write_sound(np.zeros((480, 1), dtype=np.int16), 48000, name="broken")
    broken.path.write_bytes(b"RIFF")
    with pytest.raises(NoEvidenceError, match="not a WAV file"):
        open_sound(broken)
