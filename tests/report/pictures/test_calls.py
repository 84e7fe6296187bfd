from __future__ import annotations

from typing import Any

import pytest

from harness.evidence.application_call import ApplicationCall
from harness.evidence.clock import NS_PER_MS
from harness.report.pictures.calls import (
    LATE_NS,
    LONGEST,
    after_its_call,
    by_message,
    late_calls,
)
from tests.report.pictures.evidence import at, message

PING = message(5.0, "alice", "client", "ping_req")
"""The record goes on."""
NAMES = {"TR_a": "sound1", "TR_v": "alice/picture2"}


def call(
    seconds: float, name: str, track: str | None = "TR_a", who: str = "alice", /, **details: object
) -> ApplicationCall:
    return ApplicationCall(
        at_ns=at(seconds), participant=who, name=name, track=track, details=details
    )


SENT = [
    (call(1.0, "mute"), ("mute", {"sid": "TR_a", "muted": True}), "mute(sound1)"),
    (call(1.0, "unmute"), ("mute", {"sid": "TR_a"}), "unmute(sound1)"),
    (
        call(1.0, "subscribe", "TR_v"),
        ("subscription", {"sids": ["TR_v"], "subscribe": True}),
        "subscribe(alice/picture2)",
    ),
    (
        call(1.0, "unsubscribe", "TR_v"),
        ("subscription", {"sids": ["TR_v"]}),
        "unsubscribe(alice/picture2)",
    ),
    (
        call(1.0, "set_quality", "TR_v", quality="low"),
        ("track_setting", {"sids": ["TR_v"], "quality": "low"}),
        "set_quality(alice/picture2, low)",
    ),
    (
        call(1.0, "set_dimensions", "TR_v", width=320, height=180),
        ("track_setting", {"sids": ["TR_v"], "width": 320, "height": 180}),
        "set_dimensions(alice/picture2, 320, 180)",
    ),
    (
        call(1.0, "set_enabled", "TR_v", enabled=False),
        ("track_setting", {"sids": ["TR_v"], "disabled": True}),
        "set_enabled(alice/picture2, enabled=false)",
    ),
    (
        call(1.0, "set_permissions", None, allow_all=False, allowed=[{"identity": "bob"}]),
        ("subscription_permission", {}),
        "set_permissions(allow_all=false, bob)",
    ),
    (
        call(1.0, "set_permissions", None, allow_all=True, allowed=[]),
        ("subscription_permission", {}),
        "set_permissions(allow_all=true)",
    ),
    (call(1.0, "publish", name="sound1"), ("add_track", {"name": "sound1"}), "publish(sound1)"),
]


@pytest.mark.parametrize(("asked", "sent", "words"), SENT)
def test_a_call_that_is_signalled_late_is_told_with_its_message(
    asked: ApplicationCall, sent: tuple[str, dict[str, Any]], words: str
) -> None:
    kind, details = sent
    said = message(1.75, "alice", "client", kind, **details)

    [late] = late_calls([asked], [said])
    assert late.words(NAMES) == f"calls {words}"
    assert by_message([late]) == {("alice", at(1.75)): late}
    assert after_its_call(late) == ", 0.75 s after its call"


@pytest.mark.parametrize(("asked", "sent", "words"), SENT)
def test_a_call_that_is_never_signalled_is_told_so(
    asked: ApplicationCall, sent: tuple[str, dict[str, Any]], words: str
) -> None:
    others = [
        message(0.9, "alice", "client", sent[0], **sent[1]),
        message(1.0, "bob", "client", sent[0], **sent[1]),
        message(1.0, "alice", "server", sent[0], **sent[1]),
        PING,
    ]

    [late] = late_calls([asked], others)
    assert late.words(NAMES) == f"calls {words}, nothing is sent"
    assert by_message([late]) == {}
    assert (late.later, after_its_call(None)) == ("", "")


@pytest.mark.parametrize(("asked", "sent"), [one[:2] for one in SENT])
def test_a_call_that_is_signalled_at_once_is_one_moment_with_it(
    asked: ApplicationCall, sent: tuple[str, dict[str, Any]]
) -> None:
    kind, details = sent
    at_once = message(1.0 + LATE_NS / 1e9, "alice", "client", kind, **details)
    later = message(1.001 + LATE_NS / 1e9, "alice", "client", kind, **details)

    assert late_calls([asked], [at_once]) == ()
    assert len(late_calls([asked], [later])) == 1


@pytest.mark.parametrize(
    ("asked", "kind", "details"),
    [
        (call(1.0, "mute"), "mute", {"sid": "TR_v", "muted": True}),
        (call(1.0, "mute"), "mute", {"sid": "TR_a", "muted": False}),
        (call(1.0, "subscribe"), "subscription", {"sids": ["TR_a"], "subscribe": False}),
        (call(1.0, "unsubscribe"), "subscription", {"sids": ["TR_v"], "subscribe": False}),
        (call(1.0, "set_enabled", enabled=False), "track_setting", {"sids": ["TR_v"]}),
        (call(1.0, "publish", name="sound1"), "add_track", {"name": "sound2"}),
        (call(1.0, "subscribe"), "subscription", {"sids": 7, "subscribe": True}),
        (call(1.0, "set_permissions", None, allowed=["bob"]), "subscription", {}),
    ],
)
def test_a_message_about_something_else_is_not_its_own(
    asked: ApplicationCall, kind: str, details: dict[str, Any]
) -> None:
    [late] = late_calls([asked], [message(1.0, "alice", "client", kind, **details), PING])
    assert late.message is None
    assert late.words(NAMES)


def test_each_message_belongs_to_one_call() -> None:
    """Two mutes of one track, and an unmute between: the second waits for its own."""
    asked = [call(1.0, "mute"), call(2.0, "unmute"), call(3.0, "mute")]
    said = [
        message(1.01, "alice", "client", "mute", sid="TR_a", muted=True),
        message(2.5, "alice", "client", "mute", sid="TR_a", muted=False),
        message(3.4, "alice", "client", "mute", sid="TR_a", muted=True),
    ]

    assert [(one.call.at_ns, one.message) for one in late_calls(asked, said)] == [
        (at(2.0), said[1]),
        (at(3.0), said[2]),
    ]


def test_a_call_without_a_message_of_its_own_is_never_late() -> None:
    assert late_calls([call(1.0, "unpublish")], [PING]) == ()


def test_where_the_record_ends_nothing_is_said_of_what_was_sent() -> None:
    """The gateway died, or the attempt ended: that nothing was sent nobody knows."""
    others = [
        message(1.0, "alice", "client", "ping_req"),
        message(5.0, "alice", "server", "pong_resp"),
        message(5.0, "bob", "client", "ping_req"),
    ]
    assert late_calls([call(1.0, "mute")], []) == ()
    assert late_calls([call(1.0, "mute")], others) == ()
    assert len(late_calls([call(1.0, "mute")], [*others, PING])) == 1


def test_a_message_after_a_call_was_made_again_is_of_the_second_call() -> None:
    """A muted track is muted once more, of which nothing is sent."""
    asked = [call(1.0, "mute"), call(2.0, "unmute"), call(3.0, "mute")]
    said = [
        message(2.01, "alice", "client", "mute", sid="TR_a", muted=False),
        message(3.01, "alice", "client", "mute", sid="TR_a", muted=True),
    ]
    assert [(one.call.at_ns, one.message) for one in late_calls(asked, said)] == [(at(1.0), None)]


def test_a_setting_is_of_the_call_that_set_what_it_says() -> None:
    asked = [
        call(1.0, "set_enabled", "TR_v", enabled=False),
        call(3.0, "set_quality", "TR_v", quality="low"),
    ]
    said = [
        message(
            3.01, "alice", "client", "track_setting",
            sids=["TR_v"], disabled=False, quality="low", width=0, height=0,
        ),
        PING,
    ]  # fmt: skip
    assert [one.words(NAMES) for one in late_calls(asked, said)] == [
        "calls set_enabled(alice/picture2, enabled=false), nothing is sent"
    ]


def test_words_are_short_and_name_what_nobody_knows() -> None:
    [late] = late_calls([call(1.0, "set_quality", "TR_" + "x" * 99, quality="low")], [PING])
    assert late.words({}).startswith("calls set_quality(TR_xxx")
    assert len(late.words({})) <= LONGEST + len(", nothing is sent")
    assert LATE_NS == 100 * NS_PER_MS
