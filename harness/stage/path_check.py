"""Whether a participant's media really took the way through the gateway.

The relay is the only remote candidate that a client is ever offered. That is checked all the same,
from both ends: what the SDK says it selected, and what the relay says it moved.
"""

from __future__ import annotations

from collections.abc import Collection, Mapping, Sequence
from typing import Any

from harness.evidence.ledger import Ledger
from harness.evidence.selected_pair import selected_pairs
from harness.gateway.client import ParticipantState
from harness.gateway.relay_messages import Snapshot
from harness.stage.errors import StageError


def check_path(
    participant: str,
    statistics: Sequence[Mapping[str, Any]],
    snapshot: Snapshot,
    *,
    tcp: Collection[str] = (),
) -> None:
    """Compare the selected candidate pairs of a participant with its relay ports.

    Args:
        participant: Identity.
        statistics: What its SDK counts, see `harness.participant.statistics`.
        snapshot: What the relay counted, taken after that.
        tcp: Addresses, `host:port`, at which the gateway offered it ICE-TCP; what goes there
            passes toxiproxy, and the relay moves none of it.

    Raises:
        StageError: a pair's remote end is not a relay port of the participant, there is no
            selected pair, or the relay moved nothing for it in a direction.
    """
    ports = {(p.host, p.port) for p in snapshot.ports if p.participant == participant}
    pairs = selected_pairs(statistics)
    if not pairs:
        raise StageError(f"{participant}: its SDK names no selected candidate pair")
    over_udp = [pair for pair in pairs if f"{pair.remote}:{pair.remote_port}" not in tcp]
    for pair in over_udp:
        if (pair.remote, pair.remote_port) not in ports:
            raise StageError(
                f"{participant}: its media went to {pair.remote}:{pair.remote_port}, "
                "which is not the gateway's relay: nothing of this attempt counts"
            )
    if snapshot.kernel_dropped:
        raise StageError(
            f"the relay was too slow for {snapshot.kernel_dropped} packets, which are in no ledger"
        )
    if over_udp:
        _require_moved(participant, snapshot)


def check_guest_path(
    guest: str, state: ParticipantState | None, snapshot: Snapshot, ledger: Ledger
) -> None:
    """The same of a guest, whose SDK cannot be asked: as far as the gateway alone can tell.

    Args:
        guest: Identity.
        state: What the gateway knows of it.
        snapshot: What the relay counted.
        ledger: Written out to the time of the snapshot.

    Raises:
        StageError: it never joined; the relay moved nothing for it in a direction, and it was not
            offered ICE-TCP, which the relay does not see; or somebody received a track of which
            the guest sent nothing through the relay.
    """
    if state is None or not state.sid:
        raise StageError(
            f"guest {guest} never joined: await its `joined()`, or leave it out of the scenario"
        )
    if any(route.transport == "tcp" for route in state.routes):
        return
    _require_moved(guest, snapshot)
    others = [one for one in ledger.participants if one != guest]
    for sid, track in state.tracks.items():
        if len(ledger.packets(participant=guest, direction="up", track=sid)):
            continue
        if any(len(ledger.packets(participant=p, direction="down", track=sid)) for p in others):
            raise StageError(
                f"guest {guest}: its track {track.name!r} was received, and none of it came "
                "through the gateway: nothing of this attempt counts"
            )


def _require_moved(participant: str, snapshot: Snapshot) -> None:
    for direction in ("up", "down"):
        moved = sum(
            side.total.forwarded
            for side in snapshot.sides
            if (side.participant, side.direction) == (participant, direction)
        )
        if not moved:
            raise StageError(f"{participant}: no packet went {direction} through the relay")
