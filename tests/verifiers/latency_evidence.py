"""A sound and a picture with a whole way: hand-overs, packets, statistics, of known parts."""

from __future__ import annotations

from dataclasses import dataclass, field
from typing import TYPE_CHECKING, Any, Literal

import numpy as np
from numpy.typing import NDArray

from harness.evidence.clock import NS_PER_MS
from harness.evidence.ledger_fates import PacketFate
from harness.evidence.ledger_records import Direction, LedgerError, Medium
from harness.evidence.ledger_table import PACKET_DTYPE
from harness.evidence.sent import read_sent
from harness.evidence.statistics_sample import StatisticsSample
from harness.signals.picture import ColourCode
from harness.signals.sound import Tone
from harness.verifiers.latency_series import HeardSound, SeenPictures
from tests.verifiers.conftest import PICTURE_LATENCY_MS, SOUND_LATENCY_MS, at

if TYPE_CHECKING:
    from pathlib import Path

    from tests.verifiers.conftest import Studio

TONE = Tone(marker="order")
CODE = ColourCode(track_code=3, fps=30)
SSRC = 77
ENCODER_MS, UPLINK_MS, SERVER_MS, DOWNLINK_MS = 1.5, 2.0, 0.25, 3.0
BEGINS = 2**32 - 90_000
"""RTP timestamps wrap soon after the beginning."""
REWRITTEN = 4_711


@dataclass
class Record:
    """A gateway's record in memory: packets by direction and whether they are repairs."""

    rows: dict[tuple[str, bool], NDArray[Any]] = field(default_factory=dict)

    def packets(
        self,
        *,
        participant: str,
        direction: Direction,
        track: str | None = None,
        medium: Medium | None = None,
        ssrc: int | None = None,
        since_ns: int | None = None,
        until_ns: int | None = None,
        fate: Literal["forwarded", "dropped"] | None = None,
        repair: bool | None = False,
    ) -> NDArray[Any]:
        assert (medium, ssrc, since_ns, until_ns, fate) == (None,) * 5
        assert track is not None
        if participant != {"up": "alice", "down": "bob"}[direction]:
            raise LedgerError(f"no flow of {participant!r}")
        return self.rows.get((direction, bool(repair)), np.zeros(0, PACKET_DTYPE))

    def control_packets(
        self,
        kind: Literal["rtcp", "stun", "dtls", "other"],
        *,
        participant: str,
        direction: Direction,
        since_ns: int | None = None,
        until_ns: int | None = None,
    ) -> NDArray[Any]:
        raise NotImplementedError


def packets(t_ns: NDArray[np.int64], held_ms: float, ticks: NDArray[np.int64]) -> NDArray[Any]:
    rows = np.zeros(len(t_ns), PACKET_DTYPE)
    rows["t_ns"], rows["departure_ns"] = t_ns, t_ns + int(held_ms * NS_PER_MS)
    rows["rtp_timestamp"] = ticks % 2**32
    rows["seq"], rows["ssrc"] = np.arange(len(t_ns)), SSRC
    rows["fate"] = PacketFate.FORWARDED
    return rows


def way(sent_ns: NDArray[np.int64], ticks: NDArray[np.int64]) -> Record:
    """Both directions of units that were complete at these times."""
    up_ns = sent_ns + int(ENCODER_MS * NS_PER_MS)
    down_ns = up_ns + int((UPLINK_MS + SERVER_MS) * NS_PER_MS)
    up = packets(up_ns, UPLINK_MS, ticks + BEGINS)
    down = packets(down_ns, DOWNLINK_MS, ticks + BEGINS + REWRITTEN)
    return Record({("up", False): up, ("down", False): down})


def statistics(buffer_ms: float, counts_a_second: int) -> list[StatisticsSample]:
    """Each second from 0 to 7."""
    return [
        StatisticsSample(
            at_ns=at(second),
            participant="bob",
            entries=[
                {
                    "type": "inbound_rtp", "ssrc": SSRC, "at_ns": at(second),
                    "jitter_buffer_delay": buffer_ms / 1000 * counts_a_second * (second + 1),
                    "jitter_buffer_emitted_count": counts_a_second * (second + 1),
                }
            ],
        )
        for second in range(8)
    ]  # fmt: skip


def picture_record(sent: Path) -> Record:
    log = read_sent(sent)
    return way(log["at_ns"], log["at_ns"] // NS_PER_MS * 90)


def seen_pictures(studio: Studio, *, buffer_ms: float = 7.0) -> SeenPictures:
    """Pictures whose remainder is 15 − 1.5 − 2 − 0.25 − 3 − 7 = 1.25 ms."""
    sent = studio.sent_pictures(CODE)
    return SeenPictures(
        recording=studio.pictures(CODE),
        track_code=3,
        sent=sent,
        wire=picture_record(sent),
        statistics=statistics(buffer_ms, 30),
    )


def heard_sound(studio: Studio, *, buffer_ms: float = 35.0) -> HeardSound:
    """Sound whose remainder is 60 − (10 + 1.5) − 2 − 0.25 − 3 − (35 − 6.75) = 15 ms."""
    sent = studio.sent_sound(TONE)
    complete = read_sent(sent)["at_ns"][1::2]
    ticks = np.arange(len(complete), dtype=np.int64) * 960
    return HeardSound(
        recording=studio.sound(TONE),
        tone=TONE,
        sent=sent,
        wire=way(complete, ticks),
        statistics=statistics(buffer_ms, 48_000),
    )


PICTURE_REMAINDER_MS = PICTURE_LATENCY_MS - ENCODER_MS - UPLINK_MS - SERVER_MS - DOWNLINK_MS - 7
SOUND_WAY_MS = 10 + ENCODER_MS + UPLINK_MS + SERVER_MS + DOWNLINK_MS
SINCE_TICK_MS = SOUND_WAY_MS % 10
"""A packet came this long after the tick before: ticks are at whole tens of the studio's clock."""
SOUND_REMAINDER_MS = SOUND_LATENCY_MS - SOUND_WAY_MS - (35 - SINCE_TICK_MS)
