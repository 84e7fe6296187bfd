"""The addresses between which media travels, as an SDK's statistics tell it."""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from dataclasses import dataclass
from typing import Any


@dataclass(frozen=True, kw_only=True)
class SelectedPair:
    """The addresses between which a transport's packets travel."""

    side: str
    protocol: str
    """`udp` or `tcp`."""
    local: str
    local_port: int
    remote: str
    remote_port: int


def selected_pairs(entries: Iterable[Mapping[str, Any]]) -> list[SelectedPair]:
    """The candidate pair that each transport chose; empty before any did."""
    by_id = {(entry["side"], entry.get("id")): entry for entry in entries}
    pairs = []
    for (side, _), entry in by_id.items():
        chosen = by_id.get((side, entry.get("selected_candidate_pair_id") or None))
        if entry["type"] != "transport" or chosen is None:
            continue
        local = by_id.get((side, chosen["local_candidate_id"]), {})
        remote = by_id.get((side, chosen["remote_candidate_id"]), {})
        pairs.append(
            SelectedPair(
                side=side,
                protocol=local.get("protocol", ""),
                local=local.get("address", ""),
                local_port=local.get("port", 0),
                remote=remote.get("address", ""),
                remote_port=remote.get("port", 0),
            )
        )
    return pairs
