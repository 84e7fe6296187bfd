from __future__ import annotations

from typing import Any

from harness.verifiers.transport import fell_back


def snapshot(*protocols: str) -> list[dict[str, Any]]:
    """Statistics with one transport for each protocol."""
    entries: list[dict[str, Any]] = []
    for number, protocol in enumerate(protocols):
        side = {"side": f"side{number}"}
        entries += [
            {**side, "type": "transport", "id": "T", "selected_candidate_pair_id": "P"},
            {
                **side, "type": "candidate_pair", "id": "P",
                "local_candidate_id": "L", "remote_candidate_id": "R",
            },
            {**side, "type": "local_candidate", "id": "L", "protocol": protocol},
        ]  # fmt: skip
    return entries


def test_media_that_went_from_udp_to_tcp_fell_back() -> None:
    measured = fell_back(snapshot("udp", "udp"), snapshot("tcp", "tcp"))

    assert (measured.value, measured.unit) == (1.0, "bool")
    assert measured.notes == ("before over udp, udp, now over tcp, tcp",)


def test_one_transport_that_stays_on_udp_did_not() -> None:
    assert fell_back(snapshot("udp"), snapshot("udp")).value == 0.0
    assert fell_back(snapshot("udp", "udp"), snapshot("tcp", "udp")).value == 0.0


def test_without_a_pair_or_a_change_nothing_is_known() -> None:
    assert "no selected candidate pair" in str(fell_back([], snapshot("tcp")).missing)
    assert "no selected candidate pair" in str(fell_back(snapshot("udp"), []).missing)
    assert "before already" in str(fell_back(snapshot("udp", "tcp"), snapshot("tcp")).missing)
