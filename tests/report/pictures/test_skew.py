from __future__ import annotations

import re
from xml.etree import ElementTree as ET

import numpy as np
import pytest

from harness.evidence.measurement import NoEvidenceError
from harness.evidence.recording import VideoRecording
from harness.report.pictures.attempt_folder import AttemptFolder
from harness.report.pictures.skew import ROOM_MS, SKEW_BANDS, skew_axis, skew_drawn
from harness.verifiers.skew import SoundAndPicture
from tests.report.pictures.evidence import DELAY_MS, EVIL, TONE, TRACK_CODE


def pair(call: AttemptFolder, code: int = TRACK_CODE) -> SoundAndPicture:
    return SoundAndPicture(
        sound=call.sound(call.path / "bob/alice-sound1.wav"),
        tone=TONE,
        sound_sent=call.path / "alice/sound1.sent",
        picture=VideoRecording(path=call.path / "bob/alice-picture1.frames"),
        track_code=code,
        picture_sent=call.path / "alice/picture1.sent",
    )


def test_the_skew_is_drawn_before_what_standards_allow(call: AttemptFolder) -> None:
    drawn = skew_drawn(call, pair(call), name=EVIL, bands=())
    ET.fromstring(drawn)
    assert EVIL not in drawn
    assert all(band.label in drawn for band in SKEW_BANDS)
    low, high = map(float, re.findall(r"markers, \+([0-9.]+) to \+([0-9.]+) ms", drawn)[0])
    assert (low, high) == pytest.approx((DELAY_MS - 20, DELAY_MS - 20), abs=1.0)


def test_bands_lie_inside_each_other() -> None:
    outer, middle, inner = SKEW_BANDS
    assert outer.low < middle.low < inner.low < 0 < inner.high < middle.high < outer.high


def test_the_axis_shows_all_bands_and_all_values() -> None:
    near, far = skew_axis(np.array([0.0])), skew_axis(np.array([-999.0, 999.0]))
    assert (near.low, near.high) == (-185 - ROOM_MS, 90 + ROOM_MS)
    assert (far.low, far.high) == (-999 - ROOM_MS, 999 + ROOM_MS)


def test_where_it_cannot_be_told_there_is_no_picture(call: AttemptFolder) -> None:
    with pytest.raises(NoEvidenceError):
        skew_drawn(call, pair(call, code=99), name="n", bands=())
