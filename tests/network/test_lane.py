from __future__ import annotations

from harness.network.agenda import Agenda
from harness.network.impairment import Course, Packet, Queueing, Target
from harness.network.impairments import Delay
from harness.network.lane import NOW, QUEUED, Lane
from harness.network.stages import ExitStage, Order, QueueStage
from tests.network.slot_queue import Slot

PACKET = Packet(100)
ANY = Target()
COURSE = Course(uniform=lambda n: 0.5, since_ns=0, cause=16)


def slot(cause: int, target: Target = ANY) -> QueueStage:
    return QueueStage(f"slot{cause}", Queueing(target=target), cause, Slot())


def delay(ms: float, target: Target = ANY) -> ExitStage:
    impairment = Delay(delay_ms=ms, target=target)
    return ExitStage(f"delay{ms}", impairment, 30, impairment.plan(COURSE), Order())


def lane() -> tuple[Lane, Agenda[Lane]]:
    agenda: Agenda[Lane] = Agenda()
    return Lane(agenda), agenda


def causes(lane: Lane, now_ns: int) -> list[tuple[str, int, int]]:
    return [(one.token, one.at_ns, one.fate.cause) for one in lane.release(now_ns)]


def test_what_waits_comes_out_in_its_time_and_what_finds_no_room_is_dropped() -> None:
    way, agenda = lane()
    way.put_in_force([slot(16)], 0)
    assert [way.arrive(PACKET, name, 0) is QUEUED for name in "ab"] == [True, True]
    assert way.arrive(PACKET, "c", 0).cause == 16
    assert agenda.next_ns == 10
    assert causes(way, 9) == []
    assert causes(way, 30) == [("a", 10, 0), ("b", 30, 16)]
    assert agenda.next_ns is None


def test_only_what_is_aimed_at_waits_or_is_delayed_from_the_first_packet_on() -> None:
    way, _ = lane()
    way.put_in_force([slot(16, Target(medium="video")), delay(1, Target(medium="audio"))], 0)
    assert way.arrive(Packet(1), "other", 0) is NOW
    assert way.arrive(Packet(1, "video"), "picture", 0) is QUEUED
    [delivery] = way.arrive(Packet(1, "audio"), "sound", 0).deliveries
    assert delivery.at_ns == 1_000_000
    [one] = way.release(10)
    assert [delivery.at_ns for delivery in one.fate.deliveries] == [10]


def test_what_comes_out_of_several_queues_is_in_order_of_time() -> None:
    way, _ = lane()
    way.put_in_force([slot(16, Target(medium="video")), slot(17, Target(medium="audio"))], 0)
    way.arrive(Packet(1, "audio"), "sound", 0)
    way.arrive(Packet(1, "video"), "picture", 5)
    assert causes(way, 20) == [("sound", 10, 0), ("picture", 15, 0)]


def test_queues_follow_each_other_and_the_exit_counts_from_the_last() -> None:
    way, agenda = lane()
    way.put_in_force([slot(16), slot(17), delay(1)], 0)
    way.arrive(PACKET, "a", 0)
    assert causes(way, 10) == []
    assert agenda.next_ns == 20
    [one] = way.release(20)
    assert [delivery.at_ns for delivery in one.fate.deliveries] == [20 + 1_000_000]


def test_what_waits_where_a_queue_ends_goes_to_the_next_or_on() -> None:
    way, agenda = lane()
    first, second = slot(16), slot(17)
    way.put_in_force([first, delay(1)], 0)
    way.arrive(PACKET, "a", 0)
    first.successor = second
    way.put_in_force([second], 5)
    assert agenda.next_ns == 15
    way.put_in_force([], 7)
    assert way.idle
    assert agenda.next_ns == 0
    [one] = way.release(0)
    assert (one.token, one.at_ns) == ("a", 7)
    assert [delivery.at_ns for delivery in one.fate.deliveries] == [7 + 1_000_000]
