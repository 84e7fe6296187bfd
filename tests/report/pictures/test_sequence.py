from __future__ import annotations

import re
from pathlib import Path
from xml.etree import ElementTree as ET

import pytest

from harness.evidence import application_call
from harness.evidence.application_call import ApplicationCall
from harness.evidence.moderator_call import ModeratorCall, append_call
from harness.evidence.published_track import PublishedTrack
from harness.evidence.sdk_event import SdkEvent
from harness.report.pictures.attempt_folder import AttemptFolder
from harness.report.pictures.calls import late_calls
from harness.report.pictures.sequence import (
    LEGEND,
    MOST_PEOPLE,
    MOST_ROWS,
    sequence,
    sequence_drawn,
)
from harness.report.plots import Mark
from tests.report.pictures.evidence import (
    EVIL,
    MESSAGES,
    MUTED_S,
    NEWS,
    at,
    message,
    opened,
    write_messages,
)

TRACKS = {"TR_a": PublishedTrack(sid="TR_a", publisher="alice", name="sound1")}


def test_a_mute_is_said_told_and_noticed_in_this_order() -> None:
    steps = sequence(MESSAGES, NEWS, TRACKS)
    assert [(step.participant, step.kind, step.words) for step in steps] == [
        ("alice", "said", "publishes sound1"),
        ("bob", "told", "alice/sound1 is live"),
        ("alice", "said", "mutes sound1"),
        ("bob", "told", "alice/sound1 is muted"),
        ("bob", "event", "track_muted alice/sound1"),
        ("bob", "said", "leaves"),
    ]
    assert steps[2].at_ns == at(MUTED_S)


def test_a_track_is_called_by_its_name_alone_by_who_publishes_it() -> None:
    mute = message(1.0, "alice", "client", "mute", sid="TR_a", muted=True)
    wish = message(1.1, "bob", "client", "subscription", sids=["TR_a"], subscribe=True)
    steps = sequence([mute, wish, *MESSAGES[2:3]], NEWS, TRACKS)
    assert {step.words for step in steps} == {
        "mutes sound1",
        "subscribes to alice/sound1",
        "alice/sound1 is live",
        "track_muted alice/sound1",
    }


def test_an_event_of_a_track_that_nobody_knows_has_the_name_that_it_tells() -> None:
    [step] = sequence([], NEWS[:1], {})
    assert step.words == "track_muted sound1"


def test_a_long_quiet_time_is_told(folder: AttemptFolder) -> None:
    drawn = sequence_drawn(folder) or ""
    assert ">1.9 s later<" not in drawn
    later = [message(0.5, "a", "client", "leave"), message(9.75, "a", "client", "leave")]
    write_messages(folder.path, later, [])
    drawn = sequence_drawn(opened(folder.path)) or ""
    assert drawn.index(">0.500 s<") < drawn.index(">9.2 s later<") < drawn.index(">9.750 s<")
    assert all(line in drawn for line in LEGEND)
    ET.fromstring(drawn)


def test_a_subscription_is_asked_for_and_noticed() -> None:
    steps = sequence(
        [
            message(1.0, "bob", "client", "subscription", sids=["TR_a"], subscribe=True),
            message(2.0, "bob", "client", "subscription", sids=["TR_a"], subscribe=False),
        ],
        [SdkEvent(at_ns=at(1.1), participant="bob", name="track_subscribed", track="TR_a")],
        TRACKS,
    )
    assert [(step.kind, step.words) for step in steps] == [
        ("said", "subscribes to alice/sound1"),
        ("event", "track_subscribed alice/sound1"),
        ("said", "unsubscribes from alice/sound1"),
    ]


def test_a_permission_is_taken_told_and_noticed(tmp_path: Path) -> None:
    changed = SdkEvent(
        at_ns=at(1.2), participant="bob", name="participant_permissions_changed", subject="bob"
    )
    denied = message(
        1.1, "bob", "server", "subscription_permission_update", track_sid="TR_a", allowed=False
    )
    write_messages(tmp_path, [denied], [changed])
    append_call(
        tmp_path,
        ModeratorCall(
            at_ns=at(1.0), name="update_participant", identity="bob", details={"can_publish": True}
        ),
    )
    drawn = sequence_drawn(opened(tmp_path)) or ""

    assert (
        "1.000 s moderator says that bob may publish; 1.100 s bob is not allowed TR_a; "
        "1.200 s bob participant_permissions_changed bob"
    ) in drawn
    assert drawn.count('class="life"') == 3
    ET.fromstring(drawn)


@pytest.mark.parametrize(
    "people", [None, "x", [1], [{}], [{"tracks": 5}], [{"tracks": [7, {}, {"sid": 1}]}]]
)
def test_an_update_that_says_nothing_sensible_tells_nothing(people: object) -> None:
    assert not sequence([message(1.0, "bob", "server", "update", participants=people)], [], {})


def test_the_diagram_is_well_formed_and_says_the_same_in_words(folder: AttemptFolder) -> None:
    drawn = sequence_drawn(folder)
    assert drawn is not None
    ET.fromstring(drawn)
    assert "2.000 s alice mutes sound1; 2.020 s bob alice/sound1 is muted" in drawn
    assert drawn.count('class="life"') == 3


def test_a_limit_stands_between_what_came_before_and_after(folder: AttemptFolder) -> None:
    plain = sequence_drawn(folder) or ""
    limit = Mark(at=MUTED_S + 0.025, label="limit of MUTE-001", tone="limit")
    drawn = sequence_drawn(folder, limits=[limit]) or ""
    told, due, noticed = (
        int(re.findall(rf'y="(\d+)"[^>]*>{words}', drawn)[0])
        for words in ("alice/sound1 is muted", "limit of MUTE-001", "track_muted alice/sound1")
    )

    assert told < due < noticed
    assert "2.025 s" in drawn
    assert 'class="mark limit"' not in plain
    ET.fromstring(drawn)


def test_what_was_altered_on_the_way_is_drawn_so(tmp_path: Path) -> None:
    write_messages(tmp_path, [message(1.0, "a", "client", "mute", altered=True, muted=True)])
    drawn = sequence_drawn(opened(tmp_path)) or ""
    assert 'class="arrow altered"' in drawn
    assert "mutes a track, altered on the way" in drawn


def test_names_are_text(tmp_path: Path) -> None:
    write_messages(tmp_path, [message(1.0, EVIL, "client", "add_track", name=EVIL)], [])
    drawn = sequence_drawn(opened(tmp_path))
    assert drawn is not None
    ET.fromstring(drawn)
    assert EVIL not in drawn


def test_a_long_diagram_is_cut_and_says_so(tmp_path: Path) -> None:
    people = [f"p{n}" for n in range(MOST_PEOPLE + 2)]
    write_messages(
        tmp_path, [message(n / 99, one, "client", "leave") for n in range(20) for one in people], []
    )
    drawn = sequence_drawn(opened(tmp_path))
    assert drawn is not None
    assert drawn.count('<path class="life"') == MOST_PEOPLE + 1
    assert f"and {20 * len(people) - MOST_ROWS} more, see signalling.ndjson" in drawn


def test_nobody_did_anything_is_no_diagram(tmp_path: Path) -> None:
    assert sequence_drawn(opened(tmp_path)) is None


def test_a_late_call_stands_where_it_was_made(folder: AttemptFolder) -> None:
    called = ApplicationCall(
        at_ns=at(MUTED_S - 0.75), participant="alice", name="mute", track="TR_a"
    )
    steps = sequence(MESSAGES, NEWS, TRACKS, late=late_calls([called], MESSAGES))
    assert [(step.kind, step.words) for step in steps][2:4] == [
        ("called", "calls mute(sound1)"),
        ("said", "mutes sound1, 0.75 s after its call"),
    ]

    (folder.path / "alice").mkdir(exist_ok=True)
    application_call.append_call(folder.path / "alice", called)
    drawn = sequence_drawn(folder) or ""
    assert drawn.count('class="note called"') == 1
    assert "1.250 s alice calls mute(sound1)" in drawn
    ET.fromstring(drawn)
