from __future__ import annotations

import pytest
from livekit.rtc._proto.ffi_pb2 import FfiRequest

from harness.sabotage.sdk import hidden_layer as module
from harness.sabotage.sdk.frames import picture_in, planes_of
from harness.sabotage.sdk.hidden_layer import BLACK_S, BLIP_S, HIDDEN_S, Hidden, hidden_layer
from tests.sabotage.captures import Library, other_request
from tests.sabotage.received import GREY, grey_picture_event, other_event
from tests.sabotage.seams import changes_of


class Watched:
    """What is handed on of a stream's pictures, by the clock of a test."""

    def __init__(self, monkeypatch: pytest.MonkeyPatch) -> None:
        self.now_s = 0.0
        self.hidden, self.library = Hidden(), Library()
        monkeypatch.setattr(module, "monotonic", lambda: self.now_s)

    def told(self, height: int, *, stream: int = 2) -> tuple[int, int]:
        """Lines and brightness of one that came with so many lines."""
        event = grey_picture_event(height=height, stream=stream)
        self.hidden.tell(self.library.put, event)
        luma = planes_of(picture_in(event))[0]
        return len(luma), int(luma.max())


def test_a_layer_that_fell_is_hidden_and_then_nothing_is_seen(
    monkeypatch: pytest.MonkeyPatch,
) -> None:
    watched = Watched(monkeypatch)
    rising = [watched.told(height) for height in (180, 720)]
    fallen = [watched.told(height) for height in (180, 360)]
    watched.now_s = HIDDEN_S
    black = [watched.told(180), watched.told(720), watched.told(180, stream=3)]
    watched.now_s = HIDDEN_S + BLACK_S
    after = [watched.told(720), watched.told(180)]

    assert rising == [(180, GREY), (720, GREY)]
    assert fallen == [(720, GREY), (720, GREY)]
    assert black == [(180, 0), (720, 0), (180, GREY)]
    assert after == [(720, GREY), (720, GREY)]


@pytest.mark.parametrize(
    ("back_s", "seen"), [(BLIP_S - 0.1, (720, GREY)), (BLIP_S, (180, 0)), (9.0, (180, 0))]
)
def test_a_layer_that_returns_at_once_begins_anew(
    monkeypatch: pytest.MonkeyPatch, back_s: float, seen: tuple[int, int]
) -> None:
    watched = Watched(monkeypatch)
    for height in (720, 180):
        watched.told(height)
    watched.now_s = back_s
    assert watched.told(720) == (720, GREY)
    watched.now_s = HIDDEN_S

    assert watched.told(180) == seen


@pytest.mark.parametrize("wish", module.WISHES)
def test_who_asks_for_a_size_gets_it(monkeypatch: pytest.MonkeyPatch, wish: str) -> None:
    watched, request = Watched(monkeypatch), FfiRequest()
    getattr(request, wish).SetInParent()
    watched.told(720)
    watched.hidden.ask(watched.library.send, other_request())
    before = watched.told(180)
    watched.hidden.ask(watched.library.send, request)

    assert (before, watched.told(180)) == ((720, GREY), (180, GREY))
    assert watched.library.asked == [other_request(), request]


def test_all_else_passes_and_only_bob_is_meant() -> None:
    library = Library()
    Hidden().tell(library.put, other_event())

    assert library.told == [other_event()]
    assert changes_of(hidden_layer, identity="carol") == {}
    assert sorted(changes_of(hidden_layer, identity="bob")) == ["events", "requests"]
