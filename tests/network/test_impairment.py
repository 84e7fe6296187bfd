from __future__ import annotations

import pytest

from harness.network.impairment import Delivery, Packet, Target, later

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


def test_participant_and_direction() -> None:
    target = Target(participant="alice", direction="down")
    assert target.aims_at("alice", "down")
    assert not target.aims_at("alice", "up")
    assert not target.aims_at("bob", "down")


def test_every_copy_is_delayed_and_stays_what_it_is() -> None:
    one, altered, copy = Delivery(5), Delivery(6, 7, 8), Delivery(9, 10)
    assert later((one,), 3) == (Delivery(8),)
    assert later((altered, copy), 3) == (Delivery(9, 7, 8), Delivery(12, 10))
