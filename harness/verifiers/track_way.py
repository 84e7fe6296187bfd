"""A picture track on its way through the server to one subscriber, as the ledger saw it.

Feedback is encrypted, its length is not: a request for a key frame (picture loss indication, RFC
4585 section 6.3.1) is the one RTCP packet of 12 bytes, and the server sends it alone. SRTCP makes
26 bytes of them (RFC 3711: an index of 4 and a tag of 10), or 32 (RFC 7714: a tag of 16).
"""

from __future__ import annotations

from dataclasses import dataclass
from typing import Any

import numpy as np
from numpy.typing import NDArray

from harness.evidence.clock import NS_PER_S
from harness.evidence.ledger_fates import PacketFate
from harness.verifiers.wire import PacketRecord

KEY_FRAME_REQUEST_BYTES = (26, 32)
LONGEST_HELD_NS = 10 * NS_PER_S
"""How long before it left a packet may have come: impairments delay less."""


@dataclass(frozen=True, kw_only=True)
class TrackWay:
    """Whose track, to whom. Times are monotonic ns."""

    ledger: PacketRecord
    publisher: str
    """Identity; it should publish no other pictures, whose key frames could be meant."""
    subscriber: str
    track: str
    """Sid."""

    def requests_ns(self, since_ns: int, until_ns: int) -> NDArray[np.int64]:
        """When the server asked the publisher for a key frame in [since, until), ascending.

        Raises:
            NoEvidenceError: the publisher had no packets.
        """
        feedback = self.ledger.control_packets(
            "rtcp", participant=self.publisher, direction="down",
            since_ns=since_ns, until_ns=until_ns,
        )  # fmt: skip
        requests = feedback[np.isin(feedback["size"], KEY_FRAME_REQUEST_BYTES)]
        times: NDArray[np.int64] = requests["t_ns"]
        return times

    def arrived(self, since_ns: int, until_ns: int) -> NDArray[Any]:
        """Packets of pictures that the server sent the subscriber in [since, until), RTX too.

        In order of arrival at the relay, PACKET_DTYPE, without those that only probe the path.

        Raises:
            NoEvidenceError: the subscriber had no packets.
        """
        packets = self.ledger.packets(
            participant=self.subscriber, direction="down", track=self.track,
            since_ns=since_ns, until_ns=until_ns, repair=None,
        )  # fmt: skip
        arrived: NDArray[Any] = packets[~packets["padding"]]
        return arrived

    def left(self, since_ns: int, until_ns: int) -> NDArray[Any]:
        """Those of `arrived` that left the relay intact in [since, until), in order of leaving."""
        packets = self.arrived(since_ns - LONGEST_HELD_NS, until_ns)
        left_ns = packets["departure_ns"]
        passed = packets["fate"] == PacketFate.FORWARDED
        left = packets[passed & (left_ns >= since_ns) & (left_ns < until_ns)]
        ordered: NDArray[Any] = left[np.argsort(left["departure_ns"], kind="stable")]
        return ordered
