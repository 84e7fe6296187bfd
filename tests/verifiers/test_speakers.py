from __future__ import annotations

from collections.abc import Callable

from harness.evidence.measurement import Measurement
from harness.evidence.sdk_event import SdkEvent
from harness.verifiers.speakers import (
    absent_speakers,
    lists_with,
    misordered_lists,
    time_to_speaker,
)

Clock = Callable[[float], int]


def told(clock: Clock, seconds: float, *speakers: str, who: str = "bob") -> SdkEvent:
    return SdkEvent(
        at_ns=clock(seconds),
        participant=who,
        name="active_speakers_changed",
        details={"arguments": ["list"], "speakers": list(speakers)},
    )


def other(clock: Clock, who: str = "bob") -> SdkEvent:
    return SdkEvent(at_ns=clock(0), participant=who, name="track_subscribed")


def waited(clock: Clock, *events: SdkEvent, speaking: bool = True) -> Measurement:
    return time_to_speaker(
        [other(clock), *events],
        "alice",
        participant="bob",
        since_ns=clock(2),
        until_ns=clock(4),
        speaking=speaking,
    )


def test_time_to_the_first_list_that_holds_the_speaker(clock: Clock) -> None:
    lists = [told(clock, 2.1, "carol"), told(clock, 2.5, "carol", "alice"), told(clock, 3, "alice")]
    early_elsewhere = told(clock, 2.2, "alice", who="carol")
    measured = waited(clock, *reversed(lists), early_elsewhere)
    assert (measured.value, measured.error, measured.at_least) == (500, 1, False)
    assert measured.notes == ("bob was told: carol, alice",)
    assert measured.evidence == ("bob/events.ndjson",)


def test_the_file_is_named_as_the_folder_of_whoever_was_told(clock: Clock) -> None:
    lists = [told(clock, 2.1, "carol", who="bob smith/2")]
    measured = lists_with(lists, "carol", since_ns=clock(2), until_ns=clock(3))
    assert measured.evidence == ("bob%20smith%2F2/events.ndjson",)


def test_time_to_the_first_list_without_the_speaker(clock: Clock) -> None:
    measured = waited(clock, told(clock, 1, "alice"), told(clock, 3), speaking=False)
    assert (measured.value, measured.notes) == (1000, ("bob was told: nobody",))


def test_list_that_never_comes_is_a_lower_bound(clock: Clock) -> None:
    for measured in (
        waited(clock, told(clock, 3, "carol"), told(clock, 4, "alice")),
        waited(clock, told(clock, 1, "alice"), told(clock, 3, "alice"), speaking=False),
    ):
        assert (measured.value, measured.at_least) == (2000, True)


def test_who_was_told_before_is_not_told_anew(clock: Clock) -> None:
    before = told(clock, 1, "alice")
    assert waited(clock, before, told(clock, 3, "alice")).missing == (
        "bob was already told before that alice speaks"
    )
    assert waited(clock, told(clock, 3), speaking=False).missing == (
        "bob was not told before that alice speaks"
    )


def test_nobody_who_listens_is_missing(clock: Clock) -> None:
    measured = time_to_speaker(
        [other(clock, "carol")], "alice", participant="bob", since_ns=clock(2), until_ns=clock(4)
    )
    assert measured.missing == "no event at all at bob"
    assert misordered_lists([], "alice", "bob", since_ns=0, until_ns=9).missing is not None


def test_lists_that_hold_who_should_be_in_none(clock: Clock) -> None:
    window = {"since_ns": clock(2), "until_ns": clock(4)}
    events = [told(clock, 2.5, "alice"), told(clock, 3, "alice", "dave"), told(clock, 5, "dave")]
    assert lists_with(events, "dave", **window).value == 1
    assert lists_with(events, "carol", **window).value == 0
    silent = [told(clock, 2.5), told(clock, 1, "alice")]
    assert lists_with(silent, "dave", **window).missing == "nobody at all was reported as speaking"


def test_last_list_lacks_who_speaks(clock: Clock) -> None:
    both = [told(clock, 1, "alice", "carol"), told(clock, 1, "alice", "carol", who="dave")]
    assert absent_speakers(both, ["alice", "carol"], at_ns=clock(2)).value == 0
    changed = [*both, told(clock, 1.5, "alice", who="dave")]
    measured = absent_speakers(changed, ["alice", "carol"], at_ns=clock(2))
    assert measured.value == 1
    assert measured.notes == ("alice, carol speak; dave was told last: alice",)
    assert absent_speakers(changed, ["alice", "carol"], at_ns=clock(1.2)).value == 0
    unheard = absent_speakers(both, ["alice", "erin"], at_ns=clock(2))
    assert unheard.missing == "nobody was ever told that erin speaks"


def test_the_quieter_before_the_louder(clock: Clock) -> None:
    window = {"since_ns": clock(0), "until_ns": clock(9)}
    events = [told(clock, 1, "alice", "carol"), told(clock, 2, "carol"), told(clock, 3, "alice")]
    measured = misordered_lists(events, "alice", "carol", **window)
    assert (measured.value, measured.rests_on) == (0, 1)
    assert misordered_lists(events, "carol", "alice", **window).value == 1
    assert misordered_lists(events[1:], "alice", "carol", **window).missing == (
        "no list names both alice and carol"
    )
