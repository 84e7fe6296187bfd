from __future__ import annotations

from pathlib import Path

import msgspec
import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from harness.evidence.bindings import FILE_NAME, MsidRow
from harness.evidence.clock import NS_PER_MS, NS_PER_S
from harness.evidence.ledger import Ledger
from harness.evidence.ledger_records import ALTERED, COPY, LedgerError, PacketKind
from harness.evidence.ledger_summary import (
    Delay,
    LedgerSummary,
    MediaTraffic,
    SideSummary,
    burst_lengths,
    summarise,
)
from tests.evidence.ledger_recorder import (
    BOB_DOWN,
    CLOCK,
    DROPPED,
    HIGH,
    LOW,
    MICROPHONE,
    REPAIR,
    STRANGE,
    VIDEO,
    Recorder,
    call,
    rtp,
)

DUPLICATE, CORRUPT = 17, 18
BYTES = len(rtp(0, 1, 96))


def side(summary: LedgerSummary, participant: str, direction: str) -> SideSummary:
    (found,) = (
        one for one in summary.sides if (one.participant, one.direction) == (participant, direction)
    )
    return found


def only(recorder: Recorder) -> MediaTraffic:
    (media,) = side(summarise(recorder.ledger()), "bob", "down").media
    return media


@settings(max_examples=100)
@given(st.lists(st.booleans(), max_size=60))
def test_bursts_are_runs_of_lost_packets(lost: list[bool]) -> None:
    text = "".join("x" if one else " " for one in lost)
    runs = [len(run) for run in text.split()]
    bursts = burst_lengths(np.array(lost, np.bool_))
    assert bursts == {length: runs.count(length) for length in set(runs)}
    assert sum(length * times for length, times in bursts.items()) == sum(lost)


def test_tracks_layers_and_repairs_are_counted_apart(tmp_path: Path) -> None:
    recorder = call(tmp_path)
    up = [(MICROPHONE, 111)] * 2 + [(LOW, 96)] * 3 + [(HIGH, 96)] * 4
    for number, (ssrc, pt) in enumerate(up):
        recorder.packet(10 + number, rtp(number, ssrc, pt))
    down = [(VIDEO, 96), (REPAIR, 97), (STRANGE, 100), (VIDEO, 96), (STRANGE + 1, 100)]
    for number, (ssrc, pt) in enumerate(down):
        recorder.packet(30 + number, rtp(number, ssrc, pt), stream=BOB_DOWN)
    summary = summarise(recorder.ledger())

    def sorts(participant: str, direction: str) -> list[tuple[object, ...]]:
        return [
            (
                one.track,
                one.medium,
                one.codec,
                one.layer,
                one.repair,
                one.ssrcs,
                one.traffic.packets,
            )
            for one in side(summary, participant, direction).media
        ]

    assert sorts("alice", "up") == [
        ("TR_a", "audio", "opus", None, False, (MICROPHONE,), 2),
        ("TR_v", "video", "vp8", "q", False, (LOW,), 3),
        ("TR_v", "video", "vp8", "f", False, (HIGH,), 4),
    ]
    assert sorts("bob", "down") == [
        ("TR_v", "video", "vp8", None, False, (VIDEO,), 2),
        ("TR_v", "video", "rtx", None, True, (REPAIR,), 1),
        (None, None, None, None, False, (STRANGE,), 1),
        (None, None, None, None, False, (STRANGE + 1,), 1),
    ]
    assert sorts("bob", "up") == sorts("alice", "down") == []
    assert (summary.since_ns, summary.until_ns, summary.packets) == (10, 34, 14)
    assert summary.since_wall_ns == CLOCK.wall_ns - CLOCK.at_ns + 10


def test_every_lost_packet_has_its_reason_and_its_burst(tmp_path: Path) -> None:
    recorder = call(tmp_path)
    causes = [0, DROPPED, DROPPED, 0, ALTERED | CORRUPT, 0, 2, None, 0]
    for number, cause in enumerate(causes):
        recorder.packet(number, rtp(65_533 + number, VIDEO, 96), stream=BOB_DOWN, cause=cause)
    recorder.departure(50, 0, stream=BOB_DOWN, cause=COPY | DUPLICATE)
    media = only(recorder)
    traffic = media.traffic
    assert (traffic.packets, traffic.bytes, traffic.lost) == (9, 9 * BYTES, 4)
    assert traffic.under_way == 1
    assert (traffic.altered, traffic.copies) == (1, 1)
    assert traffic.loss_ratio == pytest.approx(4 / 9)
    assert [(one.packets, one.reason) for one in traffic.lost_by] == [
        (2, "dropped by loss (ratio 0.1)"),
        (1, "the socket was full"),
        (1, "altered by corrupt (ratio 1)"),
    ]
    assert media.bursts == {1: 2, 2: 1}


def test_bursts_of_one_track_are_those_of_each_of_its_ssrcs(tmp_path: Path) -> None:
    recorder = call(tmp_path)
    recorder.bind(MsidRow(at_ns=5, participant="bob", ssrc=VIDEO + 100, track="TR_v"))
    for number in range(4):
        for ssrc, lost in ((VIDEO, 1), (VIDEO + 100, 2)):
            cause = DROPPED * (number == lost)
            recorder.packet(number, rtp(number, ssrc, 96), stream=BOB_DOWN, cause=cause)
    media = only(recorder)
    assert media.ssrcs == (VIDEO, VIDEO + 100)
    assert media.bursts == {1: 2}


def test_a_number_that_was_sent_again_counts_each_time_it_was_lost(tmp_path: Path) -> None:
    recorder = call(tmp_path)
    arrived = [(1, 0), (2, DROPPED), (3, DROPPED), (2, DROPPED), (4, 0), (3, 0), (5, DROPPED)]
    for number, (seq, cause) in enumerate(arrived):
        recorder.packet(number, rtp(seq, VIDEO, 96), stream=BOB_DOWN, cause=cause)
    media = only(recorder)
    assert (media.traffic.lost, media.bursts) == (4, {1: 1, 3: 1})


def test_rate_is_that_of_what_left_when_it_left(tmp_path: Path) -> None:
    recorder = call(tmp_path)
    for number in range(35):  # ten a second for 3.5 seconds, those of the second one are dropped
        t_ns = number * NS_PER_S // 10
        cause = DROPPED if 10 <= number < 20 else 0
        recorder.packet(t_ns, rtp(number, VIDEO, 96), stream=BOB_DOWN, cause=cause)
    rate = only(recorder).traffic.rate
    assert rate is not None
    kbps = 10 * BYTES * 8 / 1000
    assert rate.since_ns == 0
    assert rate.per_second_kbps == pytest.approx((kbps, 0, kbps))
    assert (rate.min_kbps, rate.max_kbps) == pytest.approx((0, kbps))
    assert rate.mean_kbps == pytest.approx(2 * kbps / 3)


def test_what_came_after_the_last_whole_second_is_in_no_figure_of_the_rate(tmp_path: Path) -> None:
    recorder = call(tmp_path)
    for number in range(30):  # five in each of two seconds, then twenty in a tenth of one
        t_ns = (number * 20 if number < 10 else 190 + number) * NS_PER_S // 100
        recorder.packet(t_ns, rtp(number, VIDEO, 96), stream=BOB_DOWN)
    rate = only(recorder).traffic.rate
    assert rate is not None
    kbps = 5 * BYTES * 8 / 1000
    assert rate.per_second_kbps == pytest.approx((kbps, kbps))
    assert (rate.min_kbps, rate.mean_kbps, rate.max_kbps) == pytest.approx((kbps,) * 3)


def test_without_a_whole_second_the_rate_is_that_of_what_there_is(tmp_path: Path) -> None:
    recorder = call(tmp_path)
    for number in range(2):
        t_ns = number * NS_PER_S // 2
        recorder.packet(t_ns, rtp(number, VIDEO, 96), stream=BOB_DOWN)
    rate = only(recorder).traffic.rate
    assert rate is not None
    assert rate.per_second_kbps == ()
    kbps = 4 * BYTES * 8 / 1000
    assert (rate.min_kbps, rate.mean_kbps, rate.max_kbps) == pytest.approx((kbps,) * 3)


def test_delay_is_departure_minus_arrival_of_what_was_passed_on(tmp_path: Path) -> None:
    recorder = call(tmp_path)
    for number in range(101):
        recorder.packet(number, rtp(number, VIDEO, 96), stream=BOB_DOWN, cause=None)
        recorder.departure(number + number * NS_PER_MS, number, stream=BOB_DOWN, cause=0)
    recorder.packet(200, rtp(300, VIDEO, 96), stream=BOB_DOWN, cause=None)
    recorder.departure(NS_PER_S, 101, stream=BOB_DOWN, cause=DROPPED)
    assert only(recorder).traffic.delay == Delay(p50_ms=50, p95_ms=95, max_ms=100)


def test_nothing_that_left_has_no_rate_and_no_delay(tmp_path: Path) -> None:
    recorder = call(tmp_path)
    recorder.packet(1, rtp(1, VIDEO, 96), stream=BOB_DOWN, cause=DROPPED)
    traffic = only(recorder).traffic
    assert (traffic.rate, traffic.delay, traffic.loss_ratio) == (None, None, 1.0)


def test_control_packets_are_counted_by_kind(tmp_path: Path) -> None:
    recorder = call(tmp_path)
    for number, kind in enumerate([PacketKind.STUN, PacketKind.STUN, PacketKind.RTCP]):
        recorder.packet(number, b"\0" * 20, kind=kind, cause=DROPPED if number == 1 else 0)
    control = side(summarise(recorder.ledger()), "alice", "up").control
    assert [(one.kind, one.traffic.packets, one.traffic.lost) for one in control] == [
        ("stun", 2, 1),
        ("rtcp", 1, 0),
    ]


def test_an_empty_ledger_and_one_that_explains_nothing(tmp_path: Path) -> None:
    recorder = call(tmp_path)
    empty = summarise(recorder.ledger())
    assert (empty.packets, empty.since_ns, empty.until_ns, len(empty.sides)) == (0, 0, 0, 4)
    recorder.packet(5, rtp(1, 7, 111))
    (tmp_path / FILE_NAME).unlink()
    unexplained = summarise(recorder.ledger())
    assert (unexplained.unexplained, unexplained.sides) == (1, ())
    assert unexplained.since_wall_ns is None


def test_a_folder_without_a_ledger_is_an_error(tmp_path: Path) -> None:
    with pytest.raises(LedgerError, match="holds no ledger"):
        summarise(Ledger(tmp_path))


def test_a_summary_is_one_json_object(tmp_path: Path) -> None:
    recorder = call(tmp_path)
    for number in range(5):
        recorder.packet(
            number, rtp(number, VIDEO, 96), stream=BOB_DOWN, cause=DROPPED * (number % 2)
        )
    summary = summarise(recorder.ledger())
    assert msgspec.json.decode(msgspec.json.encode(summary), type=LedgerSummary) == summary
