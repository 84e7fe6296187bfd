from __future__ import annotations

import re
from collections.abc import Callable
from xml.etree import ElementTree as ET

import pytest

from harness.evidence.measurement import NoEvidenceError
from harness.evidence.recording import VideoRecording
from harness.report.pictures.ages import ages_drawn, distribution_drawn
from harness.report.pictures.attempt_folder import AttemptFolder
from harness.report.plots import Mark
from harness.verifiers.latency_series import HeardSound, SeenPictures, Track
from tests.report.pictures.evidence import DELAY_MS, EVIL, TONE, TRACK_CODE

LIMIT = Mark(at=150.0, label="limit of LAT-002", tone="limit")


def pictures(call: AttemptFolder, code: int = TRACK_CODE) -> SeenPictures:
    return SeenPictures(
        recording=VideoRecording(path=call.path / "bob/alice-picture1.frames"),
        track_code=code,
        sent=call.path / "alice/picture1.sent",
    )


def sound(call: AttemptFolder) -> HeardSound:
    return HeardSound(
        recording=call.sound(call.path / "bob/alice-sound1.wav"),
        tone=TONE,
        sent=call.path / "alice/sound1.sent",
    )


@pytest.mark.parametrize(("kind", "median_ms"), [(pictures, DELAY_MS), (sound, 20.0)])
def test_ages_are_those_that_verifiers_tell(
    call: AttemptFolder, kind: Callable[[AttemptFolder], Track], median_ms: float
) -> None:
    drawn = ages_drawn(call, kind(call), name=EVIL, bands=(), marks=(), limits=[LIMIT])
    ET.fromstring(drawn)
    assert EVIL not in drawn
    assert "limit of LAT-002" in drawn
    [told] = re.findall("median ([0-9.]+) ms", drawn)
    assert float(told) == pytest.approx(median_ms, abs=1.0)


@pytest.mark.parametrize("floor_ms", [None, 0.0, 24.0, 500.0])
def test_a_distribution_shows_limit_and_floor(call: AttemptFolder, floor_ms: float | None) -> None:
    drawn = distribution_drawn(call, pictures(call), name=EVIL, limits=[LIMIT], floor_ms=floor_ms)
    ET.fromstring(drawn)
    assert EVIL not in drawn
    assert "nan" not in drawn
    assert "limit of LAT-002" in drawn
    assert ("floor of this machine" in drawn) == (floor_ms is not None)


def test_where_no_age_can_be_told_there_is_no_picture(call: AttemptFolder) -> None:
    of_nobody = pictures(call, code=99)
    with pytest.raises(NoEvidenceError):
        ages_drawn(call, of_nobody, name="n", bands=(), marks=())
    with pytest.raises(NoEvidenceError):
        distribution_drawn(call, of_nobody, name="n", limits=[LIMIT], floor_ms=None)
