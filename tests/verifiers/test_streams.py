from __future__ import annotations

from typing import Any

from harness.verifiers.streams import streams_without_end


def stream(name: str, *, frames: int = 9, ended: bool = True) -> dict[str, Any]:
    return {"name": name, "frames": frames, "ended": ended}


def test_streams_that_keep_their_reader_waiting_are_counted() -> None:
    consumed = [stream("a"), stream("b", ended=False), stream("c", ended=False)]
    found = streams_without_end(consumed, ["a", "b"])

    assert (found.value, found.unit, found.rests_on) == (1, "streams", 2)
    assert found.notes == ("of 2 streams these did not end: b",)


def test_a_stream_that_may_go_on_does_not_count() -> None:
    found = streams_without_end([stream("a"), stream("b", ended=False)], ["a"])

    assert found.value == 0
    assert found.notes == ("of 1 streams these did not end: none",)


def test_a_stream_that_gave_nothing_or_was_not_read_proves_nothing() -> None:
    silent = streams_without_end([stream("a", frames=0)], ["a"])
    assert silent.missing == "the stream of a gave nothing to begin with"
    unread = streams_without_end([stream("a")], ["a", "b"])
    assert unread.missing == "nobody read a stream of b"
