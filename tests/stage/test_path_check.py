from __future__ import annotations

from typing import Any

import pytest

from harness.gateway.relay_messages import Snapshot
from harness.stage.errors import StageError
from harness.stage.path_check import check_path
from tests.stage.conftest import RELAY_PORT, snapshot, statistics


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
