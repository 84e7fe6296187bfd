from __future__ import annotations

from typing import Any, cast

import msgspec
import pytest

from harness.evidence.ledger import Ledger
from harness.gateway.client import ParticipantState, PublishedTrack, Route
from harness.gateway.relay_messages import Snapshot
from harness.stage.errors import StageError
from harness.stage.path_check import check_guest_path, check_path
from tests.stage.conftest import NOBODY, RELAY_PORT, snapshot, statistics


def test_media_that_took_the_relay_both_ways_is_believed() -> None:
    check_path("alice", statistics(), snapshot("alice", "bob"))


@pytest.mark.parametrize(
    ("entries", "counts", "says"),
    [
        ([], snapshot("alice"), "names no selected candidate pair"),
        (statistics(port=50_000), snapshot("alice"), "went to 127.0.0.1:50000, which is not"),
        (statistics(remote="10.0.0.1"), snapshot("alice"), "went to 10.0.0.1:"),
        (statistics(), snapshot("bob"), f"went to 127.0.0.1:{RELAY_PORT}"),
        (statistics(), snapshot("alice", up=0), "no packet went up through the relay"),
        (statistics(), snapshot("alice", down=0), "no packet went down through the relay"),
        (statistics(), snapshot("alice", kernel_dropped=7), "too slow for 7 packets"),
    ],
    ids=["no pair", "port", "host", "another's", "up", "down", "lost"],
)
def test_anything_else_makes_the_attempt_worthless(
    entries: list[dict[str, Any]], counts: Snapshot, says: str
) -> None:
    with pytest.raises(StageError, match=says) as raised:
        check_path("alice", entries, counts)

    assert "\n" not in str(raised.value)


def test_every_transport_must_take_the_relay() -> None:
    away = [{**entry, "side": "subscriber"} for entry in statistics(port=9)]

    with pytest.raises(StageError, match=r"127\.0\.0\.1:9"):
        check_path("alice", [*statistics(), *away], snapshot("alice"))


def test_media_over_tcp_is_where_the_gateway_offered_it_and_passes_no_relay() -> None:
    over_tcp = statistics(port=9)
    check_path("alice", over_tcp, snapshot("bob"), tcp={"127.0.0.1:9"})

    with pytest.raises(StageError, match=r"127\.0\.0\.1:9"):
        check_path("alice", over_tcp, snapshot("alice"), tcp={"127.0.0.1:10"})


class Packets:
    """A ledger in memory: how many packets of which track went which way for whom."""

    participants = ("agent", "bob")

    def __init__(self, up: int, down: int) -> None:
        self._moved = {("agent", "up"): up, ("bob", "down"): down}

    def packets(self, *, participant: str, direction: str, track: str) -> range:
        assert track == "TR_1"
        return range(self._moved[participant, direction])


TRACK = {"TR_1": PublishedTrack(name="voice", medium="audio", muted=False)}
PUBLISHING = msgspec.structs.replace(NOBODY, tracks=TRACK)
OVER_TCP = msgspec.structs.replace(
    NOBODY, routes=(Route(transport="tcp", server="s:1", offered="o:1"),)
)


def check_guest(
    state: ParticipantState | None, counts: Snapshot, *, up: int = 0, down: int = 0
) -> None:
    check_guest_path("agent", state, counts, cast("Ledger", Packets(up, down)))


@pytest.mark.parametrize("moved", [(0, 0), (5, 0), (5, 5)])
def test_a_guest_is_believed_whose_media_is_in_the_ledger(moved: tuple[int, int]) -> None:
    check_guest(PUBLISHING, snapshot("agent"), up=moved[0], down=moved[1])
    check_guest(OVER_TCP, snapshot("agent", up=0))


@pytest.mark.parametrize(
    ("state", "counts", "says"),
    [
        (None, snapshot("agent"), "guest agent never joined"),
        (msgspec.structs.replace(NOBODY, sid=""), snapshot("agent"), "never joined"),
        (NOBODY, snapshot("agent", up=0), "no packet went up through the relay"),
        (NOBODY, snapshot("bob"), "no packet went up through the relay"),
        (PUBLISHING, snapshot("agent"), "track 'voice' was received, and none of it came"),
    ],
    ids=["unknown", "named", "up", "another", "around"],
)
def test_a_guest_that_came_around_the_gateway_makes_the_attempt_worthless(
    state: ParticipantState | None, counts: Snapshot, says: str
) -> None:
    with pytest.raises(StageError, match=says):
        check_guest(state, counts, down=3)
