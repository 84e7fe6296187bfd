from __future__ import annotations

import os
import sys
from pathlib import Path

import av
import pytest

from harness.evidence.recording import FrameStatus
from harness.participant import coded_pictures as module
from harness.participant.coded_pictures import (
    GROUP_S,
    LOOP_S,
    CodedPicture,
    NoEncoderError,
    coded_pictures,
)
from harness.signals.coded_loop import marked
from harness.signals.picture import ColourCode, PictureReader

SPEC = ColourCode(track_code=6, width=160, height=92, fps=5)
KBPS = 100


@pytest.fixture(scope="module")
def cache(tmp_path_factory: pytest.TempPathFactory) -> Path:
    return tmp_path_factory.mktemp("cache")


@pytest.fixture(scope="module")
def loop(cache: Path) -> list[CodedPicture]:
    return coded_pictures(SPEC, kbps=KBPS, cache=cache)


def seen(pictures: list[CodedPicture]) -> list[int]:
    """Counters that a decoder shows; every picture is read."""
    decoder, reader, counters = av.VideoCodecContext.create("vp8", "r"), PictureReader(), []
    for picture in pictures:
        for frame in decoder.decode(av.Packet(picture.data)):
            reading = reader.read(
                frame.to_ndarray(format="yuv420p").tobytes(), frame.width, frame.height
            )
            assert (reading.status, reading.track_code) == (FrameStatus.READ, SPEC.track_code)
            counters.append(reading.counter)
    return counters


def test_each_picture_of_a_loop_shows_its_place(loop: list[CodedPicture]) -> None:
    assert seen(loop) == [marked(place) for place in range(LOOP_S * SPEC.fps)]


def test_a_stream_may_go_on_at_any_group(loop: list[CodedPicture]) -> None:
    group = GROUP_S * SPEC.fps
    assert [place for place, one in enumerate(loop) if one.key] == [*range(0, len(loop), group)]
    assert seen(loop[:7] + loop[3 * group : 3 * group + 4] + loop[group : group + 2]) == [
        marked(place) for place in (*range(7), *range(3 * group, 3 * group + 4), group, group + 1)
    ]


def test_it_is_made_once(
    cache: Path, loop: list[CodedPicture], monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setitem(sys.modules, "av", None)  # cannot be imported

    assert coded_pictures(SPEC, kbps=KBPS, cache=cache) == loop
    with pytest.raises(NoEncoderError, match=r"pip install livekit-harness\[coded\]"):
        coded_pictures(SPEC, kbps=KBPS + 1, cache=cache)
    assert len(list(cache.iterdir())) == 1


def test_a_file_that_is_cut_is_made_again(cache: Path, loop: list[CodedPicture]) -> None:
    [file] = cache.iterdir()
    whole = file.read_bytes()
    file.write_bytes(whole[:-5])

    assert coded_pictures(SPEC, kbps=KBPS, cache=cache) == loop
    assert file.read_bytes() == whole


def test_what_was_not_used_for_longest_goes(
    tmp_path: Path, loop: list[CodedPicture], monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(module, "MAX_FILES", 2)
    monkeypatch.setattr(module, "encode_loop", lambda spec, *, kbps: loop[:2])
    for age_s, kbps in enumerate((100, 200, 300)):
        coded_pictures(SPEC, kbps=kbps, cache=tmp_path)
        for file in tmp_path.glob(f"*-{kbps}-*"):
            os.utime(file, (1000 + age_s, 1000 + age_s))
    coded_pictures(SPEC, kbps=200, cache=tmp_path)  # used: now the newest
    coded_pictures(SPEC, kbps=400, cache=tmp_path)

    assert {file.name.split("-")[4] for file in tmp_path.iterdir()} == {"200", "400"}
