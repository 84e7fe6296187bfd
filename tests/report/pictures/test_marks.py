from __future__ import annotations

from pathlib import Path

from harness.evidence import application_call, moderator_call
from harness.evidence.application_call import ApplicationCall
from harness.evidence.moderator_call import ModeratorCall
from harness.evidence.sdk_event import SdkEvent
from harness.report.pictures.attempt_folder import AttemptFolder
from harness.report.pictures.marks import MOST_MARKS, marks
from tests.report.pictures.evidence import MUTED_S, at, message, opened, write_messages


def test_each_deed_is_a_mark_at_its_time(folder: AttemptFolder) -> None:
    assert [(mark.at, mark.label) for mark in marks(folder)] == [
        (0.1, "alice publishes sound1"),
        (MUTED_S, "alice mutes sound1"),
        (3.9, "bob leaves"),
    ]


def test_who_leaves_takes_its_tracks_back_by_that(tmp_path: Path) -> None:
    told = [
        SdkEvent(at_ns=at(s), participant="bob", name="local_track_unpublished", track=sid)
        for s, sid in ((1.0, "TR_a"), (2.8, "TR_v"), (3.1, "TR_w"))
    ]
    write_messages(tmp_path, [message(3.0, "bob", "client", "leave")], told)

    assert [(mark.at, mark.label) for mark in marks(opened(tmp_path))] == [
        (1.0, "bob has unpublished TR_a"),
        (3.0, "bob leaves"),
    ]


def test_who_has_come_again_may_take_a_track_back_by_itself(tmp_path: Path) -> None:
    told = SdkEvent(at_ns=at(2.0), participant="bob", name="local_track_unpublished", track="TR_a")
    write_messages(tmp_path, [message(s, "bob", "client", "leave") for s in (1.0, 3.0)], [told])

    assert (2.0, "bob has unpublished TR_a") in [
        (mark.at, mark.label) for mark in marks(opened(tmp_path))
    ]


def test_what_a_moderator_did_is_marked_among_them(folder: AttemptFolder) -> None:
    moderator_call.append_call(folder.path, ModeratorCall(at_ns=at(1.0), name="delete_room"))
    assert [mark.label for mark in marks(folder)][1] == "moderator ends the room"


def test_of_many_the_first_are_marked(folder: AttemptFolder) -> None:
    write_messages(folder.path, [message(n / 99, "a", "client", "leave") for n in range(99)])
    assert len(marks(folder)) == MOST_MARKS


def test_a_call_that_was_signalled_late_is_a_mark_of_its_own(folder: AttemptFolder) -> None:
    called = ApplicationCall(
        at_ns=at(MUTED_S - 0.75), participant="alice", name="mute", track="TR_a"
    )
    (folder.path / "alice").mkdir(exist_ok=True)
    application_call.append_call(folder.path / "alice", called)

    assert [(mark.at, mark.label) for mark in marks(folder)][1:3] == [
        (MUTED_S - 0.75, "alice calls mute(sound1)"),
        (MUTED_S, "alice mutes sound1, 0.75 s after its call"),
    ]
