from __future__ import annotations

from typing import Any

import pytest

from harness.evidence.ledger import SsrcTotals
from harness.evidence.ledger_records import Direction
from harness.verifiers.negotiated import has_parameter

STATISTICS: list[dict[str, Any]] = [
    {"type": "codec", "id": "C1", "mime_type": "audio/opus", "sdp_fmtp_line": "a=1;usedtx=1;b=2"},
    {"type": "codec", "id": "C2", "mime_type": "audio/opus", "sdp_fmtp_line": "useinbandfec=1"},
    {"type": "outbound_rtp", "ssrc": 1, "codec_id": "C1"},
    {"type": "outbound_rtp", "ssrc": 2, "codec_id": "C2"},
    {"type": "outbound_rtp", "ssrc": 3, "codec_id": "C3"},
]


class Totals:
    """A ledger in which SSRC n is that of the track TR_n."""

    def ssrc_totals(
        self,
        *,
        participant: str,
        direction: Direction,
        since_ns: int | None = None,
        until_ns: int | None = None,
        repair: bool | None = False,
    ) -> list[SsrcTotals]:
        assert (participant, direction) == ("alice", "up")
        return [
            SsrcTotals(
                ssrc=n, track=f"TR_{n}", medium="audio", codec="opus", rid=None, repair=False,
                packets=1, bytes=1, forwarded=1, dropped=0, altered=0, copied=0, repeated=0,
                first_seq=0, last_seq=0,
            )
            for n in (1, 2, 3)
        ]  # fmt: skip


@pytest.mark.parametrize(("track", "there"), [("TR_1", 1), ("TR_2", 0)])
def test_parameter_of_the_codec_of_a_track(track: str, there: float) -> None:
    measured = has_parameter(STATISTICS, Totals(), "usedtx=1", participant="alice", track=track)
    assert measured.value == there


def test_the_line_is_in_the_notes() -> None:
    measured = has_parameter(STATISTICS, Totals(), "usedtx", participant="alice", track="TR_1")
    assert (measured.value, measured.notes) == (0, ("audio/opus: a=1;usedtx=1;b=2",))


@pytest.mark.parametrize("track", ["TR_3", "TR_4"])
def test_track_without_a_known_codec_is_missing(track: str) -> None:
    measured = has_parameter(STATISTICS, Totals(), "usedtx=1", participant="alice", track=track)
    assert measured.missing == f"the statistics name no codec of {track}"
