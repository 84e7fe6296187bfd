from __future__ import annotations

from collections.abc import Sequence
from pathlib import Path

import numpy as np
import pytest

from harness.evidence.clock import NS_PER_MS
from harness.stage.arrivals import LEAST, inter_arrival_p99_ms


def write(file: Path, gaps_ms: Sequence[float]) -> None:
    times = np.cumsum([0.0, *gaps_ms]) * NS_PER_MS
    times.astype("<i8").tofile(file)


def test_what_comes_evenly_comes_every_10_ms(tmp_path: Path) -> None:
    write(tmp_path / "tone.arrivals", [10.0] * LEAST)
    assert inter_arrival_p99_ms(tmp_path) == pytest.approx(10)


def test_two_in_a_hundred_that_come_late_are_told(tmp_path: Path) -> None:
    write(tmp_path / "tone.arrivals", ([10.0] * 49 + [31.0]) * 10)
    assert inter_arrival_p99_ms(tmp_path) == pytest.approx(31)


def test_a_track_that_paused_was_not_late(tmp_path: Path) -> None:
    write(tmp_path / "tone.arrivals", ([10.0] * 49 + [900.0]) * 10)
    assert inter_arrival_p99_ms(tmp_path) == pytest.approx(10)


def test_own_tracks_do_not_count(tmp_path: Path) -> None:
    write(tmp_path / "tone.local.arrivals", [40.0] * LEAST)
    assert inter_arrival_p99_ms(tmp_path) is None


def test_a_few_frames_say_nothing_and_neither_does_nobody(tmp_path: Path) -> None:
    assert inter_arrival_p99_ms(tmp_path) is None
    write(tmp_path / "tone.arrivals", [40.0] * (LEAST - 1))
    assert inter_arrival_p99_ms(tmp_path) is None


def test_several_recordings_are_taken_together(tmp_path: Path) -> None:
    write(tmp_path / "a.arrivals", [10.0] * (LEAST // 2))
    write(tmp_path / "b.arrivals", [10.0] * (LEAST // 2))
    assert inter_arrival_p99_ms(tmp_path) == pytest.approx(10)
