from __future__ import annotations

from dataclasses import replace
from pathlib import Path

import numpy as np
import pytest

from harness.calibration.floors import call_floors, floor_of, loop_picture, loop_sound
from harness.evidence.clock import NS_PER_MS
from harness.evidence.floors import FLOORS
from harness.evidence.recording import AudioRecording, wav_header
from harness.evidence.sent import SENT_DTYPE
from harness.measuring.call import Call
from harness.signals.picture import ColourCode
from harness.signals.sound import Tone, ToneGenerator
from harness.verifiers.latency_series import HeardSound, SeenPictures
from tests.measuring.fake_call import SINCE_S, fake_call
from tests.verifiers.conftest import START_NS, Studio, at

TONE, FACE = Tone(marker="up"), ColourCode(track_code=4)
FRAME = 480
AGE_MS = 0.4
OVER_THE_SERVER = [name for name in FLOORS if not name.startswith("loop_")]


def loop(folder: Path, *, frames: int = 80, missing: int | None = None) -> HeardSound:
    """A tone that was handed over and read where it is made, from its third frame on."""
    sent_ns = START_NS + np.arange(frames) * 10 * NS_PER_MS
    sent = np.zeros(frames, dtype=SENT_DTYPE)
    sent["number"], sent["at_ns"] = np.arange(frames) * FRAME, sent_ns
    sent.tofile(folder / "tone.sent")
    came = np.array([n for n in range(2, frames) if n != missing])
    samples = ToneGenerator(TONE).samples(0, frames * FRAME)
    heard = np.concatenate([samples[n * FRAME : (n + 1) * FRAME] for n in came])
    path = folder / "tone.local.wav"
    header = wav_header(sample_rate=48_000, channels=1, data_bytes=heard.nbytes)
    path.write_bytes(header + heard.astype("<i2").tobytes())
    arrivals = sent_ns[came] + round(AGE_MS * NS_PER_MS)
    arrivals.astype("<i8").tofile(path.with_suffix(".arrivals"))
    return HeardSound(recording=AudioRecording(path=path), tone=TONE, sent=folder / "tone.sent")


@pytest.fixture(scope="module")
def call(tmp_path_factory: pytest.TempPathFactory) -> Call:
    return fake_call(tmp_path_factory.mktemp("call"))


def test_a_floor_is_a_median_with_its_interval_where_the_values_tell_one() -> None:
    floor = floor_of(range(1, 100), error_ms=2.0, evidence=("a",))
    assert (floor.value, floor.rests_on, floor.error) == (50, 99, 2.0)
    assert floor.sampling is not None
    assert floor.sampling[0] < 50 < floor.sampling[1]
    few = floor_of([50.0, 52.0, 51.0], error_ms=10.0, evidence=())
    assert (few.value, few.sampling, few.notes) == (51, None, ("50.0 to 52.0 ms",))


def test_of_nothing_there_is_no_floor() -> None:
    assert floor_of([], error_ms=1.0, evidence=()).missing == "nothing came"


def test_the_age_of_each_frame_of_a_local_sound_is_known(tmp_path: Path) -> None:
    floor = loop_sound(loop(tmp_path))
    assert floor.value == pytest.approx(AGE_MS, abs=0.001)
    assert floor.rests_on == 78


def test_a_local_sound_with_a_hole_has_no_floor(tmp_path: Path) -> None:
    floor = loop_sound(loop(tmp_path, missing=30))
    assert floor.value is None
    assert "samples are missing, too many or changed" in (floor.missing or "")


def test_a_local_sound_that_nobody_recorded_has_no_floor(tmp_path: Path) -> None:
    track = loop(tmp_path)
    gone = replace(track, recording=AudioRecording(path=tmp_path / "none.wav"))
    assert loop_sound(gone).missing is not None
    assert loop_sound(replace(track, sent=tmp_path / "none.sent")).missing is not None
    assert loop_sound(loop(tmp_path, frames=3)).missing is not None


def test_a_clock_that_stepped_gives_no_floor(tmp_path: Path) -> None:
    track = loop(tmp_path)
    file = track.recording.path.with_suffix(".arrivals")
    arrivals = np.fromfile(file, dtype="<i8")
    arrivals[40:] -= 500 * NS_PER_MS
    arrivals.tofile(file)
    assert loop_sound(track).value is None


def test_the_age_of_local_pictures_is_known(tmp_path: Path) -> None:
    studio = Studio(tmp_path)
    seen = studio.pictures(FACE, seconds=1)
    floor = loop_picture(
        SeenPictures(
            recording=seen, track_code=FACE.track_code, sent=studio.sent_pictures(FACE, seconds=4)
        )
    )
    assert floor.value == pytest.approx(15, abs=0.01)


def test_a_few_local_pictures_are_no_floor(tmp_path: Path) -> None:
    studio = Studio(tmp_path)
    seen = studio.pictures(FACE, seconds=0.2)
    sent = studio.sent_pictures(FACE, seconds=4)
    track = SeenPictures(recording=seen, track_code=FACE.track_code, sent=sent)
    assert "pictures came, 10 needed" in (loop_picture(track).missing or "")
    assert loop_picture(replace(track, track_code=99)).value is None


def test_a_call_gives_back_its_truth(call: Call) -> None:
    floors = call_floors(call, since_ns=at(SINCE_S))
    values = {name: floor.value for name, floor in floors.items()}

    assert list(values) == OVER_THE_SERVER
    assert values["picture_latency_ms"] == pytest.approx(15, abs=0.1)
    assert values["sound_latency_ms"] == pytest.approx(80, abs=1)
    assert values["skew_ms"] == pytest.approx(-65, abs=1)
    assert values["picture_interval_ms"] == pytest.approx(33.3, abs=0.1)
    assert values["subscribe_picture_ms"] is not None


def test_a_call_without_media_has_no_floor(call: Call, tmp_path: Path) -> None:
    studio = Studio(tmp_path)
    empty = studio.pictures(call.picture, seconds=6, edit=lambda frames: frames[:0])
    floors = call_floors(replace(call, pictures=empty), since_ns=at(SINCE_S))
    for name in ("picture_latency_ms", "skew_ms", "picture_interval_ms", "subscribe_picture_ms"):
        assert floors[name].value is None
        assert floors[name].missing
