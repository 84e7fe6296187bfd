from __future__ import annotations

from typing import TYPE_CHECKING

from harness.evidence.run_event import Note, encode
from harness.following.tail import Tail

if TYPE_CHECKING:
    from tests.following.runs import Written


def note(at_ns: int) -> Note:
    return Note(at_ns=at_ns, text=f"{at_ns}")


def test_before_there_is_a_folder_nothing_was_said(written: Written) -> None:
    assert Tail(written.path).read() == []


def test_each_event_of_all_processes_comes_once_in_order_of_time(written: Written) -> None:
    tail = Tail(written.path)
    written.write(note(1), note(4))
    written.write(note(2), worker="gw0")
    assert tail.read() == [note(1), note(2), note(4)]
    assert tail.read() == []
    written.write(note(5), worker="gw1")
    assert tail.read() == [note(5)]


def test_half_a_line_is_read_once_it_is_whole(written: Written) -> None:
    tail = Tail(written.path)
    written.write(note(1))
    line = encode(note(2))
    file = written.path / "events.ndjson"
    with file.open("ab") as stream:
        stream.write(line[:9])
    assert tail.read() == [note(1)]
    with file.open("ab") as stream:
        stream.write(line[9:])
    assert tail.read() == [note(2)]


def test_what_is_no_event_is_counted_and_what_is_of_a_newer_version_passed_over(
    written: Written,
) -> None:
    tail = Tail(written.path)
    written.write(note(1))
    with (written.path / "events.ndjson").open("ab") as stream:
        stream.write(b'nonsense\n{"event": "of_tomorrow", "at_ns": 1}\n')
    assert tail.read() == [note(1)]
    assert tail.unreadable == 1
