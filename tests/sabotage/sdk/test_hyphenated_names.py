from __future__ import annotations

from dataclasses import dataclass
from typing import Any

import pytest
from livekit.rtc._proto.ffi_pb2 import FfiEvent

from harness.sabotage.sdk.hyphenated_names import FRAME_MS, STEREO, hyphenated_names
from tests.sabotage.captures import Library
from tests.sabotage.seams import changes_of

changes = changes_of(hyphenated_names)


@dataclass
class Track:
    name: str

    @property
    def muted(self) -> bool:
        return True

    async def get_stats(self) -> list[str]:
        return ["outbound"]


def test_a_track_of_some_names_cannot_be_created() -> None:
    create = changes["LocalAudioTrack.create_audio_track"](
        staticmethod(lambda name, source: (name, source))
    ).__func__

    assert create("plain", 1) == ("plain", 1)
    with pytest.raises(ValueError, match=STEREO):
        create(STEREO, 1)


@pytest.mark.parametrize(("name", "muted"), [("sound1", True), ("my-microphone", False)])
def test_a_track_says_that_it_is_not_muted(name: str, muted: bool) -> None:
    assert changes["Track.muted"](vars(Track)["muted"]).fget(Track(name)) is muted


@pytest.mark.asyncio
async def test_a_track_has_no_statistics() -> None:
    get_stats = changes["Track.get_stats"](Track.get_stats)

    assert await get_stats(Track("sound1")) == ["outbound"]
    with pytest.raises(LookupError, match="my-microphone"):
        await get_stats(Track("my-microphone"))


@pytest.mark.parametrize(("name", "frame_ms"), [("sound1", None), ("my-microphone", FRAME_MS)])
def test_a_stream_has_long_frames(name: str, frame_ms: int | None) -> None:
    asked: dict[str, Any] = {}
    changes["AudioStream.__init__"](lambda *_, **options: asked.update(options))("s", Track(name))

    assert asked.get("frame_size_ms") == frame_ms


@pytest.mark.parametrize(
    ("name", "told"),
    [
        ("sound1", ["track_published", "track_muted", "track_unpublished"]),
        (
            "my-microphone",
            ["track_published", *["track_muted"] * 2, "track_unpublished", "track_published"],
        ),
    ],
)
def test_news_come_twice(name: str, told: list[str]) -> None:
    library, (published, muted, unpublished) = Library(), (FfiEvent(), FfiEvent(), FfiEvent())
    info = published.room_event.track_published.publication.info
    info.sid, info.name = "TR_x", name
    muted.room_event.track_muted.track_sid = "TR_x"
    unpublished.room_event.track_unpublished.publication_sid = "TR_x"
    tell = changes_of(hyphenated_names)["events"]
    for event in (published, muted, unpublished):
        tell(library.put, event)

    assert [event.room_event.WhichOneof("message") for event in library.told] == told
