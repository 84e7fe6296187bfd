from __future__ import annotations

from pathlib import Path

import numpy as np

from harness.evidence.recording import AudioRecording, FrameStatus, VideoRecording, read_wav
from harness.evidence.thumbnails import BYTES
from harness.participant.recording_files import PictureFile, SoundFile
from harness.signals.picture import ColourCode, PictureReader, PictureWriter, i420_planes


def test_sound_and_arrivals_come_back(tmp_path: Path) -> None:
    file = SoundFile(tmp_path / "tone.wav", sample_rate=16_000, channels=2)
    samples = np.arange(640, dtype=np.int16)
    file.append(samples[:320].data, 10)
    file.append(samples[320:].tobytes(), 20)
    file.close()
    file.close()

    recording = AudioRecording(path=file.path)

    assert recording.sample_rate == 16_000
    assert recording.samples.shape == (320, 2)
    assert recording.samples.ravel().tolist() == samples.tolist()
    assert recording.arrivals_ns.tolist() == [10, 20]


def test_sound_can_be_read_and_played_while_it_grows(tmp_path: Path) -> None:
    file = SoundFile(tmp_path / "tone.wav", sample_rate=48_000, channels=1)
    file.append(bytes(960), 10)
    file.sync()
    file.append(bytes(960), 20)

    written = (tmp_path / "tone.wav").read_bytes()

    assert int.from_bytes(written[40:44], "little") == 960 == len(written) - 44
    assert len(read_wav(tmp_path / "tone.wav")[1]) == 480
    file.close()


def test_a_recording_without_sound_is_an_empty_one(tmp_path: Path) -> None:
    SoundFile(tmp_path / "none.wav", sample_rate=48_000, channels=1).close()

    assert len(AudioRecording(path=tmp_path / "none.wav").samples) == 0


def test_pictures_come_back_as_observations(tmp_path: Path) -> None:
    spec = ColourCode(track_code=513, width=320, height=180)
    file = PictureFile(tmp_path / "face.frames")
    read = PictureReader().read_planes
    for counter in (5, 6):
        planes = i420_planes(PictureWriter(spec).frame(counter), 320, 180)
        file.append(
            read(planes), planes, arrival_ns=counter, timestamp_us=-1,
            frame_id=counter, user_timestamp_us=-counter,
        )  # fmt: skip
    blank = i420_planes(bytes(8 * 8 * 3 // 2), 8, 8)
    file.append(read(blank), blank, arrival_ns=7, timestamp_us=0)
    file.sync()

    frames = VideoRecording(path=file.path).frames

    assert frames["counter"].tolist() == [5, 6, 0]
    assert frames["track_code"].tolist() == [513, 513, 0]
    assert frames["status"].tolist() == [FrameStatus.READ, FrameStatus.READ, FrameStatus.TOO_SMALL]
    assert frames["width"].tolist() == [320, 320, 8]
    assert frames["timestamp_us"].tolist() == [-1, -1, 0]
    assert frames["frame_id"].tolist() == [5, 6, 0]
    assert frames["user_timestamp_us"].tolist() == [-5, -6, 0]
    assert file.path.with_suffix(".thumbs").stat().st_size == 3 * BYTES
    file.close()
