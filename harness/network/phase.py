"""What is done to a network from one time to the next."""

from __future__ import annotations

import msgspec

from harness.network.impairments import Impairment
from harness.network.tcp_faults import TcpFaults


class Phase(msgspec.Struct, frozen=True, kw_only=True):
    """What holds from a time on, until the next phase."""

    at_ns: int
    """After the start of the profile."""
    impairments: tuple[Impairment, ...] = ()
    """Of UDP media."""
    signal: TcpFaults = TcpFaults()
    """Of the signalling connection."""
    media: TcpFaults = TcpFaults()
    """Of media over TCP (ICE-TCP)."""
