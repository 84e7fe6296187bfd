"""What is done to a network from one time to the next."""

from __future__ import annotations

from typing import Annotated

import msgspec

from harness.evidence.clock import NS_PER_S
from harness.network.impairments import Impairment
from harness.network.tcp_faults import TcpFaults

LONGEST_NS = 86_400 * NS_PER_S
"""After which a phase can begin: a day, as in files of profiles."""


class Phase(msgspec.Struct, frozen=True, kw_only=True):
    """What holds from a time on, until the next phase."""

    at_ns: Annotated[int, msgspec.Meta(ge=0, le=LONGEST_NS)]
    """After the start of the profile, at most a day."""
    impairments: tuple[Impairment, ...] = ()
    """Of UDP media."""
    signal: TcpFaults = TcpFaults()
    """Of the signalling connection."""
    media: TcpFaults = TcpFaults()
    """Of media over TCP (ICE-TCP)."""
