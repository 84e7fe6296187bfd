from __future__ import annotations

from harness.evidence.bindings import MidRow, MsidRow, SsrcRow
from harness.gateway.client import ParticipantState, PublishedTrack, State
from harness.gateway.relay_messages import Counts, SideCounts, Snapshot
from harness.standalone.track_names import TrackNames
from harness.standalone.view import UNNAMED, TrackView, build_view

NOTHING = Counts(packets=0, bytes=0, forwarded=0, dropped=0)


def counts(packets: int, *, size: int = 1000, dropped: int = 0) -> Counts:
    return Counts(
        packets=packets, bytes=packets * size, forwarded=packets - dropped, dropped=dropped
    )


def person(connections: int = 1, **tracks: PublishedTrack) -> ParticipantState:
    return ParticipantState(
        room="demo", sid="PA_x", connections=connections, refusals=0, profile="3g", phase=1,
        toxics=(), routes=(), tracks=tracks,
    )  # fmt: skip


STATE = State(
    participants={
        "alice": person(TR_a=PublishedTrack(name="face", medium="video", muted=False)),
        "bob": person(connections=0),
    },
    interceptors=(),
    interceptor_errors=0,
    errors=(),
)


def snapshot(at_s: float, up: dict[int, Counts], down: dict[int, Counts]) -> Snapshot:
    return Snapshot(
        at_ns=int(at_s * 1e9),
        sides=(
            SideCounts(participant="alice", direction="up", total=NOTHING, ssrcs=up),
            SideCounts(participant="bob", direction="down", total=NOTHING, ssrcs=down),
        ),
        ports=(),
        kernel_dropped=0,
    )


def names() -> TrackNames:
    known = TrackNames()
    known.learn(
        [
            SsrcRow(at_ns=0, participant="alice", direction="up", flow=0, ssrc=1, pt=96, mid="0"),
            SsrcRow(at_ns=0, participant="alice", direction="up", flow=0, ssrc=2, pt=97, mid="0"),
            MidRow(at_ns=0, participant="alice", mid="0", track="TR_a", medium="video"),
            MsidRow(at_ns=0, participant="bob", ssrc=9, track="TR_a"),
            MsidRow(at_ns=0, participant="bob", ssrc=10, track="TR_foreign"),
        ]
    )
    return known


def test_all_that_carries_a_track_is_one_line_with_its_rate_since_the_last_look() -> None:
    before = snapshot(10, {1: counts(100)}, {})
    now = snapshot(12, {1: counts(200, dropped=20), 2: counts(50)}, {9: counts(3)})
    alice, bob = build_view(STATE, now, before, names())

    assert alice.tracks == (
        TrackView(
            direction="up", name="face", medium="video", packets=250,
            lost_ratio=20 / 250, rate_kbps=150 * 8 / 2,
        ),
    )  # fmt: skip
    assert bob.tracks[0].rate_kbps == 3 * 8 / 2
    assert (alice.connected, alice.profile, alice.phase) == (True, "3g", 1)
    assert not bob.connected


def test_what_has_no_name_yet_is_counted_all_the_same() -> None:
    now = snapshot(1, {7: counts(5)}, {10: counts(1), 11: NOTHING})
    alice, bob = build_view(STATE, now, None, names())

    assert [(one.name, one.packets, one.rate_kbps) for one in alice.tracks] == [(UNNAMED, 5, None)]
    assert [(one.name, one.medium) for one in bob.tracks] == [("TR_foreign", ""), (UNNAMED, "")]
    assert [one.lost_ratio for one in bob.tracks] == [0.0, 0.0]


def test_a_track_that_gets_its_name_late_has_no_rate_below_zero() -> None:
    before = snapshot(1, {7: counts(5)}, {})
    [alice, _] = build_view(STATE, snapshot(2, {1: counts(7)}, {}), before, names())

    assert alice.tracks[0].rate_kbps == 7 * 8
