from __future__ import annotations

from harness.network.impairment import Delivery, Packet, Queueing, Target
from harness.network.impairments import Loss
from harness.network.stages import Order, QueueStage, Stage
from tests.network.slot_queue import Slot


def test_packets_of_the_target_are_counted_and_no_others() -> None:
    stage = Stage("a", Loss(ratio=0, target=Target(medium="audio")), 16)
    media = [Packet(1, "audio"), Packet(1, "video"), Packet(1), Packet(1, "audio")]
    assert [stage.number(packet) for packet in media] == [0, -1, -1, 1]


def test_the_last_successor_stands_in_place_of_queues_that_ended() -> None:
    first, second, third = (QueueStage(key, Queueing(), 16, Slot()) for key in "abc")
    assert first.in_force() is first
    first.queue, first.successor = None, second
    second.queue, second.successor = None, third
    assert first.in_force() is third
    third.queue = None
    assert first.in_force() is None


def test_nothing_is_kept_before_the_last_that_left_and_nobody_waits_for_a_copy() -> None:
    order = Order()
    assert order.kept((Delivery(5),)) == (Delivery(5),)
    assert order.kept((Delivery(3, 7, 8),)) == (Delivery(5, 7, 8),)
    assert order.kept((Delivery(4), Delivery(9))) == (Delivery(5), Delivery(9))
    assert order.kept((Delivery(8),)) == (Delivery(8),)
    assert order.kept((Delivery(9), Delivery(9))) == (Delivery(9), Delivery(9))
    assert order.kept((Delivery(8),)) == (Delivery(9),)
