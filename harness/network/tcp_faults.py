"""What is done to a TCP connection: toxics of toxiproxy, and what they cannot express."""

from __future__ import annotations

from typing import Annotated, Literal

import msgspec
from msgspec import Meta

from harness.evidence.ledger_records import Direction

ToxicType = Literal[
    "latency", "bandwidth", "slow_close", "timeout", "reset_peer", "slicer", "limit_data"
]


class Toxic(msgspec.Struct, frozen=True, kw_only=True, forbid_unknown_fields=True):
    """One toxic of toxiproxy.

    What is random in toxiproxy (toxicity, jitter, size variation) is not offered: its seed has no
    effect, so it could not be repeated.
    """

    type: ToxicType
    stream: Literal["upstream", "downstream"] = "downstream"
    """`upstream`: what the client sends to the server."""
    attributes: dict[str, Annotated[int, Meta(ge=0)]] = {}
    """In toxiproxy's units, for example `{"latency": 100}` in ms."""

    @property
    def name(self) -> str:
        """Its name at toxiproxy: one toxic of a type and stream is enough for a proxy."""
        return f"{self.type}_{self.stream}"


class TcpFaults(msgspec.Struct, frozen=True, kw_only=True, forbid_unknown_fields=True):
    """What is done to the connections of one participant; by default nothing."""

    toxics: tuple[Toxic, ...] = ()
    stalled: frozenset[Direction] = frozenset()
    """Directions in which nothing passes until this is over; then all of it does, in order.

    toxiproxy cannot do this: its `timeout` throws the data away and closes the connection.
    """
    cut: bool = False
    """Connections are closed and new ones refused until this is over."""
