from __future__ import annotations

import pytest

from harness.processes import messages
from harness.processes.messages import (
    Fork,
    LineBuffer,
    Spawn,
    Started,
    decode_report,
    decode_request,
    encode,
)


def test_messages_survive_the_wire() -> None:
    fork = Fork(request=1, target="a:b", log="/log")
    spawn = Spawn(request=2, argv=["x", "y\n"], env={"A": "b"}, cwd=None, log="/log")
    started = Started(request=2, pid=77)
    buffer = LineBuffer()
    lines = buffer.feed(encode(fork) + encode(spawn) + encode(started))
    assert decode_request(lines[0]) == fork
    assert decode_request(lines[1]) == spawn
    assert decode_report(lines[2]) == started


def test_lines_are_cut_wherever_the_stream_is_cut() -> None:
    buffer = LineBuffer()
    lines = [line for byte in b"one\ntwo\n\nrest" for line in buffer.feed(bytes([byte]))]
    assert lines == [b"one", b"two", b""]


def test_foreign_message_is_refused() -> None:
    with pytest.raises(ValueError, match="Nonsense"):
        decode_request(b'{"type":"Nonsense"}')
    with pytest.raises(ValueError, match="unknown"):
        decode_report(b'{"type":"Started","request":1,"unknown":2}')


def test_a_line_without_an_end_is_refused(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(messages, "MOST_BYTES", 5)
    buffer = LineBuffer()
    assert buffer.feed(b"12345\n12345") == [b"12345"]
    with pytest.raises(ValueError, match="longer than 5 bytes"):
        buffer.feed(b"6")
