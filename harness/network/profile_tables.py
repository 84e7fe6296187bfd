"""The file of a profile: which keys there are. What they mean together is said elsewhere.

Ranges of what becomes an impairment are those of its class; the others are here.
"""

from __future__ import annotations

from typing import Annotated

import msgspec
from msgspec import Meta

from harness.evidence.ledger_records import Direction
from harness.network.impairment import AimedMedium
from harness.network.impairments import (
    Blackhole,
    DelayTrace,
    FourStateLoss,
    Jitter,
    LinkFlap,
    Rebind,
    Reorder,
)

_Ms = Annotated[int, Meta(ge=0, le=600_000)]
_Positive = Annotated[int, Meta(ge=1, le=1 << 31)]


class _Table(msgspec.Struct, frozen=True, kw_only=True, forbid_unknown_fields=True):
    """A table of the file; a key that is not there is None."""


class Drop(_Table, frozen=True, kw_only=True):
    """Exact drops, aimed: `drop = [{ medium = "video", indices = [0, 1] }]`."""

    medium: AimedMedium | None = None
    track: str | None = None
    layer: str | None = None
    codec: str | None = None
    indices: tuple[int, ...] = ()
    sequences: tuple[int, ...] = ()


class Way(_Table, frozen=True, kw_only=True):
    """Impairments of UDP media in one direction."""

    mtu_bytes: int | None = None
    blackhole: Blackhole | None = None
    flap: LinkFlap | None = None
    drop_indices: tuple[int, ...] = ()
    drop: tuple[Drop, ...] = ()
    loss_ratio: float | None = None
    burst_packets: float | None = None
    """Mean length of a burst of losses; without it losses are independent."""
    four_state: FourStateLoss | None = None
    rate_kbps: float | None = None
    rate_trace: str | None = None
    """Name of a Mahimahi file beside the profile."""
    queue_ms: float | None = None
    queue_bytes: int | None = None
    aqm: str | None = None
    reorder: Reorder | None = None
    duplicate_ratio: float | None = None
    corrupt_ratio: float | None = None
    delay_ms: float | None = None
    jitter_ms: float | None = None
    """Uniform and in order; anything else is said by `jitter`."""
    jitter: Jitter | None = None
    delay_trace: DelayTrace | None = None


class Aimed(Way, frozen=True, kw_only=True):
    """`[[phase.aimed]]`: the same for some packets only; a target that is not there is any."""

    direction: Direction | None = None
    medium: AimedMedium | None = None
    track: str | None = None
    layer: str | None = None
    codec: str | None = None


class Udp(_Table, frozen=True, kw_only=True):
    """Both directions."""

    up: Way = Way()
    down: Way = Way()


class TcpWay(_Table, frozen=True, kw_only=True):
    """Faults of a TCP connection in one direction."""

    latency_ms: _Ms | None = None
    rate_kbps: Annotated[float, Meta(ge=8, le=10_000_000)] | None = None
    """toxiproxy counts in whole kB/s: rounded to 8 kbit/s."""
    slow_close_ms: _Ms | None = None
    timeout_ms: Annotated[int, Meta(ge=1, le=600_000)] | None = None
    """Data is thrown away, and the connection closed after this time."""
    reset_peer_ms: _Ms | None = None
    slicer_bytes: _Positive | None = None
    slicer_delay_us: Annotated[int, Meta(ge=0, le=60_000_000)] | None = None
    limit_bytes: _Positive | None = None
    stall: bool = False
    """Nothing passes until the phase is over; then all of it, in order."""


class Tcp(_Table, frozen=True, kw_only=True):
    """One kind of connection."""

    up: TcpWay = TcpWay()
    down: TcpWay = TcpWay()
    cut: bool = False
    """Connections are closed, and new ones refused until the phase is over."""


class TcpKinds(_Table, frozen=True, kw_only=True):
    """Signalling, and media over ICE-TCP."""

    signal: Tcp = Tcp()
    media: Tcp = Tcp()


class PhaseTable(_Table, frozen=True, kw_only=True):
    """`[[phase]]`."""

    at_s: Annotated[float, Meta(ge=0, le=86_400)] | None = None
    cite: str | None = None
    """Where the numbers of this phase come from, when it is not where the others do."""
    udp: Udp = Udp()
    aimed: tuple[Aimed, ...] = ()
    rebind: Rebind | None = None
    tcp: TcpKinds = TcpKinds()


class File(_Table, frozen=True, kw_only=True):
    """All of it."""

    title: str | None = None
    cite: str | None = None
    ice_tcp: bool = False
    """Offer ICE-TCP: for profiles that leave no other way, or have faults of TCP media."""
    phase: tuple[PhaseTable, ...] = ()
