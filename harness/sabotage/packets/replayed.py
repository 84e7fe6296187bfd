"""Packets that come again when they are long past, as an attacker would replay them."""

from __future__ import annotations

from harness.network.impairments import Duplicate
from harness.sabotage.sabotage import Sabotage

SABOTAGE = Sabotage(
    name="replayed",
    breaks="a twentieth of all packets is delivered again half a second later",
    impairments=(Duplicate(ratio=0.05, later_ms=500),),
    harmless="SRTP and SRTCP refuse a packet that was received before or is older than their "
    "replay list (RFC 3711, 3.3.2), STUN and DTLS answer or ignore it",
)
