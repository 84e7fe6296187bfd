"""A ledger in memory of one picture track from alice to bob, with requests for key frames."""

from __future__ import annotations

from collections.abc import Callable, Sequence
from typing import Any

import numpy as np
from numpy.typing import NDArray

from harness.evidence.clock import NS_PER_MS
from harness.evidence.ledger import CONTROL_DTYPE
from harness.evidence.ledger_fates import PacketFate
from harness.evidence.ledger_records import LedgerError
from harness.evidence.ledger_table import PACKET_DTYPE
from harness.verifiers.track_way import TrackWay

Clock = Callable[[float], int]


class TrackLedger:
    """Holds what a test put there; times are seconds of the test's clock."""

    def __init__(self, clock: Clock) -> None:
        self._clock = clock
        self._packets = np.zeros(0, PACKET_DTYPE)
        self._feedback = np.zeros(0, CONTROL_DTYPE)

    @property
    def way(self) -> TrackWay:
        """Of the track."""
        return TrackWay(ledger=self, publisher="alice", subscriber="bob", track="TR_face")

    def picture(
        self,
        times_s: Sequence[float],
        *,
        timestamp: int = 1,
        delay_ms: float = 0.0,
        fate: PacketFate = PacketFate.FORWARDED,
        padding: bool = False,
    ) -> None:
        """Packets of one picture that arrive for bob."""
        packets = np.zeros(len(times_s), PACKET_DTYPE)
        packets["t_ns"] = [self._clock(t) for t in times_s]
        packets["departure_ns"] = packets["t_ns"] + round(delay_ms * NS_PER_MS)
        packets["rtp_timestamp"], packets["padding"] = timestamp, padding
        packets["fate"] = fate
        self._packets = np.concatenate([self._packets, packets])

    def feedback(self, time_s: float, *, size: int = 26) -> None:
        """An RTCP packet from the server to alice; one of 26 bytes asks for a key frame."""
        packet = np.zeros(1, CONTROL_DTYPE)
        packet["t_ns"], packet["size"] = self._clock(time_s), size
        self._feedback = np.concatenate([self._feedback, packet])

    def packets(
        self,
        *,
        participant: str,
        track: str | None = None,
        since_ns: int | None = None,
        until_ns: int | None = None,
        repair: bool | None = False,
        **_: object,
    ) -> NDArray[Any]:
        """As the ledger's."""
        assert (track, repair) == ("TR_face", None)
        return self._asked(self._packets, participant, "bob", since_ns, until_ns)

    def control_packets(
        self,
        kind: str,
        *,
        participant: str,
        since_ns: int | None = None,
        until_ns: int | None = None,
        **_: object,
    ) -> NDArray[Any]:
        """As the ledger's."""
        assert kind == "rtcp"
        return self._asked(self._feedback, participant, "alice", since_ns, until_ns)

    def _asked(
        self,
        rows: NDArray[Any],
        who: str,
        known: str,
        since_ns: int | None,
        until_ns: int | None,
    ) -> NDArray[Any]:
        if who != known or not len(rows):
            raise LedgerError(f"no flow of {who!r}")
        assert since_ns is not None
        assert until_ns is not None
        ordered = rows[np.argsort(rows["t_ns"], kind="stable")]
        inside = (ordered["t_ns"] >= since_ns) & (ordered["t_ns"] < until_ns)
        chosen: NDArray[Any] = ordered[inside]
        return chosen
