from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass

from harness.evidence.ledger import SsrcTotals
from harness.evidence.ledger_records import Direction, LedgerError
from harness.verifiers.codecs import tracks_in_another_codec

SPAN = {"since_ns": 0, "until_ns": 9}
SIDES: list[tuple[str, Direction]] = [("alice", "up"), ("bob", "down")]


def totals(track: str, codec: str | None, packets: int = 10) -> SsrcTotals:
    return SsrcTotals(
        ssrc=1, track=track, medium="video", codec=codec, rid=None, repair=False,
        packets=packets, bytes=1, forwarded=packets, dropped=0, altered=0, copied=0, repeated=0,
        first_seq=1, last_seq=packets,
    )  # fmt: skip


@dataclass(frozen=True, kw_only=True)
class Totals:
    """A ledger of what alice sends and bob receives."""

    up: tuple[SsrcTotals, ...]
    down: tuple[SsrcTotals, ...]

    def ssrc_totals(
        self,
        *,
        participant: str,
        direction: Direction,
        since_ns: int | None = None,
        until_ns: int | None = None,
        repair: bool | None = False,
    ) -> Sequence[SsrcTotals]:
        assert (since_ns, until_ns, repair) == (0, 9, False)
        if participant not in ("alice", "bob"):
            raise LedgerError(f"no flow of {participant!r}")
        return self.up if direction == "up" else self.down


def test_tracks_in_the_codec_asked_for() -> None:
    both = (totals("TR_a", "vp8"), totals("TR_b", "av1"), totals("TR_x", "h264"))
    ledger = Totals(up=both, down=both)

    measured = tracks_in_another_codec(ledger, {"TR_a": "vp8", "TR_b": "av1"}, SIDES, **SPAN)

    assert (measured.value, measured.unit, measured.rests_on) == (0.0, "tracks", 40)
    assert measured.notes == ()


def test_a_track_that_changes_its_codec_on_the_way() -> None:
    ledger = Totals(
        up=(totals("TR_a", "vp8"), totals("TR_b", "vp8")),
        down=(totals("TR_a", "vp8"), totals("TR_a", "h264"), totals("TR_b", "av1")),
    )

    measured = tracks_in_another_codec(ledger, {"TR_a": "vp8", "TR_b": "av1"}, SIDES, **SPAN)

    assert measured.value == 2.0
    assert measured.notes == (
        "av1 was asked for, vp8 travels",
        "vp8 was asked for, h264 travels",
    )


def test_a_codec_that_nobody_knows_is_no_answer() -> None:
    known = totals("TR_a", "vp8")
    unknown = tracks_in_another_codec(
        Totals(up=(known,), down=(totals("TR_a", None),)), {"TR_a": "vp8"}, SIDES, **SPAN
    )
    absent = tracks_in_another_codec(Totals(up=(known,), down=()), {"TR_a": "vp8"}, SIDES, **SPAN)
    nobody = tracks_in_another_codec(
        Totals(up=(known,), down=()), {"TR_a": "vp8"}, [("carol", "up")], **SPAN
    )

    assert "no codec of TR_a is known on the way down" in str(unknown.missing)
    assert "no codec of TR_a is known on the way down" in str(absent.missing)
    assert "no flow of 'carol'" in str(nobody.missing)
