from __future__ import annotations

import pytest

from harness.network.impairment import MOST_MS, Course, Delivery, Exit, Packet, Target, later

AUDIO = Packet(100, "audio", "TR_a")
RTCP = Packet(100, "rtcp")
STUN = Packet(100)


def test_a_target_that_asks_nothing_hits_everything() -> None:
    assert all(Target().hits(packet) for packet in (AUDIO, RTCP, STUN))
    assert Target().aims_at("anybody", "up")


@pytest.mark.parametrize(
    ("target", "hit"),
    [
        (Target(medium="audio"), [AUDIO]),
        (Target(medium="rtcp"), [RTCP]),
        (Target(medium="video"), []),
        (Target(track="TR_a"), [AUDIO]),
        (Target(track="TR_a", medium="video"), []),
    ],
)
def test_what_is_asked_must_be_known_and_equal(target: Target, hit: list[Packet]) -> None:
    assert [packet for packet in (AUDIO, RTCP, STUN) if target.hits(packet)] == hit


@pytest.mark.parametrize(
    ("target", "all_of_them"),
    [
        (Target(), True),
        (Target(participant="alice", direction="up"), True),
        (Target(medium="audio"), False),
        (Target(track="TR_a"), False),
        (Target(layer="q"), False),
        (Target(codec="opus"), False),
    ],
)
def test_only_what_asks_nothing_of_a_packet_is_aimed_at_all(
    target: Target, all_of_them: bool
) -> None:
    assert target.hits_all is all_of_them


def test_no_time_of_a_schedule_is_longer_than_a_day() -> None:
    assert MOST_MS == 86_400_000


def test_participant_and_direction() -> None:
    target = Target(participant="alice", direction="down")
    assert target.aims_at("alice", "down")
    assert not target.aims_at("alice", "up")
    assert not target.aims_at("bob", "down")


def test_every_copy_is_delayed_and_stays_what_it_is() -> None:
    one, altered, copy = Delivery(5), Delivery(6, 7, 8), Delivery(9, 10)
    assert later((one,), 3) == (Delivery(8),)
    assert later((one,), 3)[0] == (8, 0, None)
    assert later((altered, copy), 3) == (Delivery(9, 7, 8), Delivery(12, 10))


def test_a_course_tells_a_plan_its_numbers_its_time_and_its_cause() -> None:
    course = Course(uniform=lambda n: n / 10, since_ns=7, cause=3)
    assert (course.uniform(5), course.since_ns, course.cause) == (0.5, 7, 3)


def test_an_exit_keeps_the_order_of_packets_unless_it_says_otherwise() -> None:
    assert Exit().keeps_order is True
