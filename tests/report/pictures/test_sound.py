from __future__ import annotations

from pathlib import Path
from xml.etree import ElementTree as ET

import numpy as np
import pytest

from harness.evidence.recording import AudioRecording
from harness.report.pictures.attempt_folder import AttemptFolder
from harness.report.pictures.png import LEVELS
from harness.report.pictures.sound import (
    QUIETEST_DBFS,
    ROWS,
    TOP_HZ,
    frame_levels,
    level_drawn,
    spectrogram,
    spectrogram_drawn,
    time_axis,
)
from harness.report.plots import Band, Mark
from harness.signals.sound import Tone
from tests.report.pictures.evidence import EVIL, at, tone, write_sound


@pytest.fixture
def recording(folder: AttemptFolder) -> AudioRecording:
    return AudioRecording(path=folder.path / "bob/alice-sound1.wav")


def test_levels_are_those_of_each_frame(recording: AudioRecording) -> None:
    levels, arrivals_ns = frame_levels(recording)
    loud, silent = levels[:150], levels[150:]

    assert len(levels) == len(arrivals_ns) == 250
    assert loud == pytest.approx(-9.03, abs=0.02)  # a sine of half of full scale
    assert (silent == QUIETEST_DBFS).all()
    assert arrivals_ns[0] == at(0.51)


def test_the_louder_channel_counts(tmp_path: Path) -> None:
    stereo = np.stack((tone(1000, 0.1), np.zeros(4800, np.int16)), axis=1)
    file = write_sound(tmp_path, stereo.reshape(-1), name="s")
    data = bytearray(file.read_bytes())
    data[22] = 2
    file.write_bytes(data)
    levels, _ = frame_levels(AudioRecording(path=file))
    assert levels == pytest.approx(-9.03, abs=0.02)


def test_a_tone_is_strong_in_its_row_alone(recording: AudioRecording) -> None:
    levels, low_ns, high_ns = spectrogram(recording)
    row = ROWS - 1 - int(1000 / TOP_HZ * ROWS)
    sounding = levels[:, 30:200]

    assert (low_ns, high_ns) == (at(0.51), at(3.0))
    assert levels.shape[0] == ROWS
    assert (sounding[row - 1 : row + 2].max(axis=0) == LEVELS - 1).all()
    assert sounding[: row - 8].max() == 0
    assert levels[:, -50:].max() == 0


def test_where_nothing_came_there_is_nothing(folder: AttemptFolder) -> None:
    file = write_sound(folder.path / "bob", tone(1000, 1.0), name="hole")
    arrivals = np.fromfile(file.with_suffix(".arrivals"), dtype="<i8")
    arrivals[50:] += 1_000_000_000
    file.with_suffix(".arrivals").write_bytes(arrivals.tobytes())
    levels, _, _ = spectrogram(AudioRecording(path=file))

    assert levels[:, 120:170].max() == 0
    assert levels[:, 40].max() > 0


def test_both_pictures_are_well_formed_and_tell_what_was_done(
    folder: AttemptFolder, recording: AudioRecording
) -> None:
    bands = [Band(low=1, high=2, label=f"bob: {EVIL}", tone="fault")]
    marks = [Mark(at=2.0, label="alice mutes sound1", tone="moment")]
    level = level_drawn(folder, recording, name=EVIL, bands=bands, marks=marks)
    frequencies = spectrogram_drawn(folder, recording, name=EVIL, tone=None)

    for drawn in (level, frequencies):
        assert drawn is not None
        ET.fromstring(drawn)
        assert EVIL not in drawn
    assert level is not None
    assert "alice mutes sound1 at 2.00 s" in level
    assert "from 1.0 to 2.0 s" in level
    assert frequencies is not None
    assert 'href="data:image/png;base64,' in frequencies


def test_no_sound_is_no_picture(folder: AttemptFolder) -> None:
    file = write_sound(folder.path / "bob", np.zeros(0, np.int16), name="nothing")
    nothing = AudioRecording(path=file)
    assert level_drawn(folder, nothing, name="n", bands=(), marks=()) is None
    assert spectrogram_drawn(folder, nothing, name="n", tone=None) is None


def test_pictures_of_an_attempt_have_one_axis_of_time(folder: AttemptFolder) -> None:
    assert (time_axis(folder).low, time_axis(folder).high) == (0.0, folder.lasted_s)


def test_what_was_sent_is_a_line_in_the_frequencies(
    folder: AttemptFolder, recording: AudioRecording
) -> None:
    stereo = Tone(pilot_hz=700, right_pilot_hz=900)
    drawn = spectrogram_drawn(folder, recording, name="n", tone=stereo)
    assert drawn is not None
    assert "sent: 700 Hz" in drawn
    assert "sent: 900 Hz" in drawn
