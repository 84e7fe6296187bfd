from __future__ import annotations

from collections.abc import Callable, Sequence
from dataclasses import replace
from typing import TYPE_CHECKING, Any

import numpy as np
import pytest
from numpy.typing import NDArray

from harness.evidence.clock import NS_PER_MS
from harness.evidence.recording import FRAME_DTYPE, AudioRecording, VideoRecording
from harness.evidence.statistics_sample import StatisticsSample
from harness.signals.picture import ColourCode
from harness.signals.sound import Tone
from harness.verifiers.answer import NoEvidenceError
from harness.verifiers.recorded import require_recorded
from tests.verifiers.conftest import Window, at
from tests.verifiers.sdk_counts import counts_of

if TYPE_CHECKING:
    from tests.verifiers.conftest import Studio

CODE, TONE = ColourCode(track_code=3, fps=30), Tone()
WINDOW = Window(since_ns=at(1), until_ns=at(5))
Recording = AudioRecording | VideoRecording
Change = Callable[[Sequence[StatisticsSample]], list[StatisticsSample]]


def arrivals(recording: Recording) -> tuple[NDArray[Any], NDArray[np.int64]]:
    """The rows of the recording's file, and the arrivals in them."""
    if isinstance(recording, AudioRecording):
        rows = np.fromfile(recording.path.with_suffix(".arrivals"), dtype="<i8")
        return rows, rows
    rows = np.fromfile(recording.path, dtype=FRAME_DTYPE)
    return rows, rows["arrival_ns"]


def written(recording: Recording, rows: NDArray[Any]) -> Recording:
    sound = isinstance(recording, AudioRecording)
    path = recording.path.with_suffix(".arrivals") if sound else recording.path
    path.write_bytes(rows.tobytes())
    return replace(recording)  # what was read before is forgotten


@pytest.fixture(params=["sound", "pictures"])
def recording(studio: Studio, request: pytest.FixtureRequest) -> Recording:
    return studio.sound(TONE) if request.param == "sound" else studio.pictures(CODE)


@pytest.fixture
def told(recording: Recording) -> list[StatisticsSample]:
    return counts_of(recording, range(7))


def test_a_whole_recording_agrees(recording: Recording, told: list[StatisticsSample]) -> None:
    assert require_recorded(recording, told, **WINDOW)


def test_a_recording_that_was_cut_or_lacks_a_piece_does_not(
    recording: Recording, told: list[StatisticsSample]
) -> None:
    rows, at_ns = arrivals(recording)
    for kept in (at_ns < at(3), (at_ns < at(3)) | (at_ns > at(3.5))):
        bad = written(recording, rows[kept])
        with pytest.raises(NoEvidenceError, match="lacks a piece"):
            require_recorded(bad, told, **WINDOW)


def test_the_end_is_not_forgiven(recording: Recording, told: list[StatisticsSample]) -> None:
    rows, at_ns = arrivals(recording)
    cut = written(recording, rows[at_ns < at(5.7)])
    with pytest.raises(NoEvidenceError, match="was cut"):
        require_recorded(cut, told, since_ns=at(1), until_ns=at(5.9))


def test_what_a_recording_lacks_at_another_time_does_not_matter(
    recording: Recording, told: list[StatisticsSample]
) -> None:
    rows, at_ns = arrivals(recording)
    cut = written(recording, rows[at_ns < at(4.5)])
    assert require_recorded(cut, told, since_ns=at(1), until_ns=at(3))
    late = written(recording, rows[at_ns > at(2.5)])
    assert not require_recorded(late, told, since_ns=at(1), until_ns=at(5))


@pytest.mark.parametrize("step_ms", [200, 10_000])
def test_a_clock_that_stepped_does_not(
    recording: Recording, told: list[StatisticsSample], step_ms: int
) -> None:
    rows, at_ns = arrivals(recording)
    at_ns[at_ns > at(3)] += step_ms * NS_PER_MS
    with pytest.raises(NoEvidenceError, match="its clock stepped"):
        require_recorded(written(recording, rows), told, **WINDOW)


def test_one_snapshot_that_was_late_does_not_matter(
    recording: Recording, told: list[StatisticsSample]
) -> None:
    late = told[3].entries[0]
    late.update(at_ns=late["at_ns"] + 300 * NS_PER_MS)
    assert require_recorded(recording, told, **WINDOW)


def no_counts(samples: Sequence[StatisticsSample]) -> list[StatisticsSample]:
    return []


def of_another(samples: Sequence[StatisticsSample]) -> list[StatisticsSample]:
    return [
        StatisticsSample(at_ns=one.at_ns, participant="carol", entries=one.entries)
        for one in samples
    ]


def of_two_streams(samples: Sequence[StatisticsSample]) -> list[StatisticsSample]:
    samples[3].entries[0]["ssrc"] = 99
    return list(samples)


def half(samples: Sequence[StatisticsSample]) -> list[StatisticsSample]:
    return list(samples[:4])


@pytest.mark.parametrize("change", [no_counts, of_another, of_two_streams, half])
def test_counts_that_are_not_there_show_nothing(
    recording: Recording, told: list[StatisticsSample], change: Change
) -> None:
    assert not require_recorded(recording, change(told), **WINDOW)


def test_without_a_recording_there_is_nothing_to_compare(studio: Studio) -> None:
    empty = studio.pictures(CODE, name="e")
    empty.path.write_bytes(b"")
    for bad in (studio.absent_pictures(), studio.absent_sound(), empty):
        with pytest.raises(NoEvidenceError):
            require_recorded(bad, [], **WINDOW)
