from __future__ import annotations

import asyncio
from types import SimpleNamespace

import pytest
from livekit.rtc._proto.ffi_pb2 import FfiRequest, FfiResponse

from harness.evidence.sdk_event import SdkEvent
from harness.sabotage.sdk import unread_is_paused as module
from harness.sabotage.sdk.unread_is_paused import Reader, unread_is_paused
from tests.sabotage.seams import changes_of

TRACK, PUBLICATION = 7, 9


def has_handle(handle: int) -> SimpleNamespace:
    return SimpleNamespace(_ffi_handle=SimpleNamespace(handle=handle))


def subscribed(sid: str = "TR_x", name: str = "track_subscribed") -> SdkEvent:
    return SdkEvent(at_ns=0, participant="bob", name=name, track=sid)


class Bob:
    """A subscriber whose SDK knows of one publication."""

    def __init__(self) -> None:
        self.reader = Reader()
        self.sent: list[FfiRequest] = []
        self.publication = SimpleNamespace(
            sid="TR_x", track=has_handle(TRACK), **vars(has_handle(PUBLICATION))
        )
        self.reader.publishing(lambda *_: None)(self.publication, "info")
        self.ask(FfiRequest())

    def ask(self, request: FfiRequest) -> None:
        def send(request: FfiRequest) -> FfiResponse:
            self.sent.append(request)
            return FfiResponse()

        self.reader.request(send, request)

    def read(self, kind: str) -> None:
        request = FfiRequest()
        getattr(request, kind).track_handle = TRACK
        self.ask(request)

    @property
    def paused(self) -> list[tuple[int, bool]]:
        kind = "enable_remote_track_publication"
        asked = [getattr(one, kind) for one in self.sent if one.WhichOneof("message") == kind]
        return [(one.track_publication_handle, one.enabled) for one in asked]


def test_what_nobody_reads_is_paused() -> None:
    bob = Bob()
    bob.reader.look("TR_x")

    assert bob.paused == [(PUBLICATION, False)]


@pytest.mark.parametrize("kind", ["new_audio_stream", "new_video_stream"])
def test_what_is_read_is_not(kind: str) -> None:
    bob = Bob()
    bob.read(kind)
    bob.reader.look("TR_x")

    assert bob.paused == []


def test_what_is_gone_is_not() -> None:
    bob = Bob()
    bob.publication.track = None
    bob.reader.look("TR_x")

    assert bob.paused == []


@pytest.mark.asyncio
async def test_it_looks_a_while_after_a_subscription(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(module, "UNREAD_S", 0.0)
    bob, told = Bob(), list[SdkEvent]()
    for name in ("track_published", "track_subscribed"):
        bob.reader.told(told.append, subscribed(name=name))

    assert [event.name for event in told] == ["track_published", "track_subscribed"]
    assert bob.paused == []
    await asyncio.sleep(0)
    await asyncio.sleep(0)
    assert bob.paused == [(PUBLICATION, False)]


def test_where_it_stands() -> None:
    assert set(changes_of(unread_is_paused)) == {
        "RemoteTrackPublication.__init__", "requests", "told",
    }  # fmt: skip
