from __future__ import annotations

from pathlib import Path

import pytest

from harness.evidence.ledger_records import LedgerError
from harness.evidence.signalling import FILE_NAME
from harness.report.pictures.attempt_folder import EVENTS, AttemptFolder
from tests.report.pictures.evidence import LASTED_S, MESSAGES, at, opened, write_sent


def test_times_are_seconds_since_the_attempt_began(folder: AttemptFolder) -> None:
    assert folder.second(at(1.25)) == 1.25
    assert folder.lasted_s == LASTED_S


def test_what_was_said_and_told_is_in_order_of_time(folder: AttemptFolder) -> None:
    assert folder.signalling == tuple(sorted(MESSAGES, key=lambda message: message.at_ns))
    assert [event.name for event in folder.events] == ["active_speakers_changed", "track_muted"]
    assert folder.track_names == {"TR_a": "sound1"}
    assert [sample.participant for sample in folder.statistics] == ["bob"]


def test_an_empty_folder_has_nothing(tmp_path: Path) -> None:
    folder = opened(tmp_path)
    assert (folder.signalling, folder.events, folder.statistics) == ((), (), ())
    with pytest.raises(LedgerError):
        _ = folder.ledger.files.arrivals


@pytest.mark.parametrize("file", [FILE_NAME, f"bob/{EVENTS}"])
def test_a_damaged_record_is_an_error(folder: AttemptFolder, file: str) -> None:
    (folder.path / file).write_bytes(b"{}\n")
    with pytest.raises(ValueError, match="required field"):
        _ = folder.signalling if file == FILE_NAME else folder.events


def test_what_was_sent_of_a_recording_is_found_by_publisher_and_track(
    folder: AttemptFolder,
) -> None:
    recording = folder.path / "bob/alice-picture1.frames"
    assert folder.sent_of(recording) == folder.path / "alice/picture1.sent"
    assert folder.sent_of(folder.path / "bob/carol-picture1.frames") is None


def test_where_two_may_be_meant_none_is(folder: AttemptFolder) -> None:
    write_sent(folder.path / "alice", [1], name="b-c")
    write_sent(folder.path / "alice-b", [1], name="c")
    assert folder.sent_of(folder.path / "bob/alice-b-c.frames") is None
