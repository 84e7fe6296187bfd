from __future__ import annotations

from typing import Any

from harness.evidence.selected_pair import selected_pairs


def test_the_selected_pair_is_found_by_its_transport() -> None:
    def candidate(key: str, address: str, port: int) -> dict[str, Any]:
        return {"type": key, "side": "publisher", "id": address, "address": address,
                "port": port, "protocol": "udp"}  # fmt: skip

    entries: list[dict[str, Any]] = [
        {"type": "transport", "side": "publisher", "id": "T", "selected_candidate_pair_id": "P2"},
        {"type": "candidate_pair", "side": "publisher", "id": "P1"},
        {
            "type": "candidate_pair", "side": "publisher", "id": "P2",
            "local_candidate_id": "10.0.0.1", "remote_candidate_id": "127.0.0.1",
        },
        candidate("local_candidate", "10.0.0.1", 5),
        candidate("remote_candidate", "127.0.0.1", 6),
    ]  # fmt: skip

    (pair,) = selected_pairs(entries)

    assert (pair.local, pair.local_port, pair.remote, pair.remote_port, pair.protocol) == (
        "10.0.0.1", 5, "127.0.0.1", 6, "udp",
    )  # fmt: skip


def test_before_any_pair_was_chosen_there_is_none() -> None:
    transport = {"type": "transport", "side": "publisher", "id": "T"}

    assert selected_pairs([transport]) == []
    assert selected_pairs([]) == []
