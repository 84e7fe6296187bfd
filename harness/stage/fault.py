"""A timeline that a scenario begins at a moment of its own: a fault, and its end."""

from __future__ import annotations

from harness.evidence.clock import NS_PER_S
from harness.network.impairments import Impairment
from harness.network.phase import Phase
from harness.network.profile import Profile
from harness.network.tcp_faults import TcpFaults

CLEAN = TcpFaults()


def fault(
    *impairments: Impairment,
    seconds: float,
    signal: TcpFaults = CLEAN,
    media: TcpFaults = CLEAN,
) -> Profile:
    """A profile that is a fault for some seconds, and then clean: for `stage.play`.

    Args:
        impairments: Of UDP media.
        seconds: How long the fault lasts.
        signal: Of the signalling connection.
        media: Of media over TCP.
    """
    broken = Phase(at_ns=0, impairments=impairments, signal=signal, media=media)
    return Profile(
        name="fault",
        title=f"A fault of {seconds:g} s",
        cite="the scenario that plays it",
        phases=(broken, Phase(at_ns=round(seconds * NS_PER_S))),
    )
