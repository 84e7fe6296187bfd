"""Packets that come twice."""

from __future__ import annotations

from harness.network.impairments import Duplicate
from harness.sabotage.sabotage import Sabotage

SABOTAGE = Sabotage(
    name="doubled",
    breaks="a tenth of all packets is delivered twice",
    impairments=(Duplicate(ratio=0.1),),
    harmless="SRTP and SRTCP refuse a packet that was received before (RFC 3711, 3.3.2), STUN and "
    "DTLS answer or ignore it",
)
