from __future__ import annotations

from pathlib import Path

import numpy as np
import pytest

from harness.evidence.clock import NS_PER_MS
from harness.evidence.sent import SENT_DTYPE
from harness.evidence.sent_signal import write_signal
from harness.participant.protocol import PublishTone
from harness.report.pictures.background import background
from harness.report.pictures.speaking import MOST_BANDS, speaking_bands
from harness.signals.sound import Tone
from tests.report.pictures.evidence import at, opened

RATE = 48_000


def speak(folder: Path, tone: Tone, *, begin_s: float, seconds: float) -> None:
    """What is left of a publisher that fed this tone for so long."""
    rows = np.zeros(int(seconds * 100), SENT_DTYPE)
    rows["number"] = np.arange(len(rows)) * (RATE // 100)
    rows["at_ns"] = at(begin_s) + np.arange(len(rows)) * 10 * NS_PER_MS
    folder.mkdir(parents=True)
    (folder / "sound1.sent").write_bytes(rows.tobytes())
    write_signal(folder / "sound1.sent", PublishTone(name="sound1", tone=tone))


ASKS = Tone(pilot_hz=400, sound_ms=500, pause_ms=1000)


def test_each_turn_is_a_band_up_to_the_end(tmp_path: Path) -> None:
    speak(tmp_path / "alice", ASKS, begin_s=0.5, seconds=1.75)

    first, last = speaking_bands(opened(tmp_path))
    assert (first.low, first.high) == pytest.approx((0.5, 1.0))
    assert (last.low, last.high) == pytest.approx((2.0, 2.24))
    assert first.label == "alice speaks"


def test_who_never_pauses_has_no_turns(tmp_path: Path) -> None:
    speak(tmp_path / "alice", Tone(pilot_hz=400), begin_s=0.5, seconds=1)
    assert speaking_bands(opened(tmp_path)) == ()


@pytest.mark.parametrize("left", [b"", b"cut"])
def test_who_said_nothing_has_none(tmp_path: Path, left: bytes) -> None:
    speak(tmp_path / "alice", ASKS, begin_s=0.5, seconds=1)
    (tmp_path / "alice" / "sound1.sent").write_bytes(left)
    assert speaking_bands(opened(tmp_path)) == ()


def test_of_many_turns_the_first_are_drawn(tmp_path: Path) -> None:
    speak(tmp_path / "alice", ASKS, begin_s=0.0, seconds=99)
    assert len(speaking_bands(opened(tmp_path))) == MOST_BANDS


def test_a_signal_that_cannot_be_read_is_told(tmp_path: Path) -> None:
    speak(tmp_path / "alice", ASKS, begin_s=0.5, seconds=1)
    (tmp_path / "alice" / "sound1.signal.json").write_text("{")
    behind = background(opened(tmp_path))
    assert behind.bands == ()
    assert behind.problems[-1].startswith("when somebody spoke is not known: sound1.signal.json: ")
