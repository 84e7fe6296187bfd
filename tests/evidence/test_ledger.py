from __future__ import annotations

from pathlib import Path

import numpy as np
import pytest

from harness.evidence.bindings import (
    FILE_NAME,
    BindingsWriter,
    CodecRow,
    FlowRow,
    ImpairmentsRow,
    MidRow,
    MsidRow,
    NumberedImpairment,
    SsrcRow,
)
from harness.evidence.ledger import Ledger, MediaGap, Moved
from harness.evidence.ledger_records import ALTERED, COPY, Cause, LedgerError, PacketKind
from tests.evidence.ledger_recorder import DROPPED, Recorder, rtp


@pytest.fixture
def recorder(tmp_path: Path) -> Recorder:
    writer = BindingsWriter(tmp_path)
    for flow, who in enumerate(("alice", "bob")):
        writer.write(FlowRow(at_ns=flow, flow=flow, participant=who, client="c:1", upstream="s:1"))
        writer.write(CodecRow(at_ns=2, participant=who, pt=111, codec="opus", medium="audio"))
        writer.write(CodecRow(at_ns=2, participant=who, pt=97, codec="rtx", medium="video"))
        writer.write(CodecRow(at_ns=2, participant=who, pt=96, codec="vp8", medium="video"))
    writer.write(
        SsrcRow(at_ns=10, participant="alice", direction="up", flow=0, ssrc=7, pt=111, mid="0")
    )
    writer.write(MidRow(at_ns=20, participant="alice", mid="0", track="TR_a", medium="audio"))
    writer.write(MidRow(at_ns=500, participant="alice", mid="0", track="TR_b", medium="audio"))
    writer.write(MsidRow(at_ns=30, participant="bob", ssrc=8, track="TR_v"))
    writer.write(MsidRow(at_ns=30, participant="bob", ssrc=9, track="TR_v", repair_of=8))
    writer.write(
        ImpairmentsRow(
            at_ns=1,
            participant="alice",
            impairments=(NumberedImpairment(cause=DROPPED, impairment={"impairment": "loss"}),),
        )
    )
    writer.close()
    return Recorder(tmp_path)


def test_track_of_an_uplink_packet_is_that_of_its_time(recorder: Recorder) -> None:
    for t_ns in (10, 499, 500, 600):
        recorder.packet(t_ns, rtp(t_ns, 7, 111, level=13))
    ledger = recorder.ledger()
    before = ledger.packets(participant="alice", direction="up", track="TR_a")
    after = ledger.packets(participant="alice", direction="up", track="TR_b")
    assert before["t_ns"].tolist() == [10, 499]
    assert after["t_ns"].tolist() == [500, 600]
    assert before["audio_level"].tolist() == [13, 13]
    assert before["seq"].tolist() == [10, 499]
    assert before["departure_ns"].tolist() == [15, 504]


def test_unknown_track_has_no_packets_but_unknown_participant_is_an_error(
    recorder: Recorder,
) -> None:
    recorder.packet(1, rtp(1, 7, 111))
    ledger = recorder.ledger()
    assert not len(ledger.packets(participant="alice", direction="up", track="TR_none"))
    with pytest.raises(LedgerError, match="no flow of 'carol'; the relay saw alice, bob"):
        ledger.packets(participant="carol", direction="up")


def test_repairs_are_told_from_the_media_that_they_repair(recorder: Recorder) -> None:
    recorder.packet(40, rtp(1, 8, 96), stream=3)
    recorder.packet(41, rtp(1, 9, 97), stream=3)
    ledger = recorder.ledger()

    def sizes(*, repair: bool | None) -> int:
        return len(ledger.packets(participant="bob", direction="down", track="TR_v", repair=repair))

    assert [sizes(repair=wanted) for wanted in (False, True, None)] == [1, 1, 2]
    assert [one.codec for one in ledger.ssrc_totals(participant="bob", direction="down")] == ["vp8"]


def test_fates_and_what_never_left(recorder: Recorder) -> None:
    fates = [0, DROPPED, 0, Cause.SOCKET_FULL, DROPPED, None]
    for number, cause in enumerate(fates):
        recorder.packet(40 + number, rtp(65_534 + number, 8, 96), stream=3, cause=cause)
    recorder.packet(50, rtp(65_535, 8, 96), stream=3)  # sent again and passed
    ledger = recorder.ledger()
    packets = ledger.packets(participant="bob", direction="down")
    assert packets["fate"].tolist() == [0, 1, 0, 2, 1, 4, 0]
    assert packets["departure_ns"][-2] == -1
    assert packets["repeated"].tolist() == [False] * 6 + [True]
    dropped = ledger.packets(participant="bob", direction="down", fate="dropped")
    assert dropped["seq"].tolist() == [65_535, 2]
    (totals,) = ledger.ssrc_totals(participant="bob", direction="down")
    assert (totals.packets, totals.forwarded, totals.dropped, totals.repeated) == (7, 3, 2, 1)
    assert (totals.first_seq, totals.last_seq) == (65_534, 65_539)
    assert (totals.track, totals.medium, totals.repair) == ("TR_v", "video", False)


def test_packets_of_one_ssrc_and_of_one_medium(recorder: Recorder) -> None:
    for number, (ssrc, pt) in enumerate([(8, 96), (5, 111), (6, 100), (8, 96)]):
        recorder.packet(40 + number, rtp(number, ssrc, pt), stream=3)
    ledger = recorder.ledger()
    own = ledger.packets(participant="bob", direction="down", ssrc=8)
    audio = ledger.packets(participant="bob", direction="down", medium="audio")
    assert own["seq"].tolist() == [0, 3]
    assert audio["seq"].tolist() == [1]
    totals = ledger.ssrc_totals(participant="bob", direction="down")
    assert [(one.ssrc, one.medium) for one in totals] == [(8, "video"), (5, "audio"), (6, None)]
    assert ledger.ssrc_totals(participant="bob", direction="down", repair=True) == []


def test_totals_between_two_times_count_only_these(recorder: Recorder) -> None:
    for number in range(10):
        recorder.packet(100 + number, rtp(number, 8, 96), stream=3)
    (totals,) = recorder.ledger().ssrc_totals(
        participant="bob", direction="down", since_ns=103, until_ns=107
    )
    assert (totals.packets, totals.first_seq, totals.last_seq) == (4, 3, 6)
    assert totals.bytes == 4 * len(rtp(0, 8, 96))


def test_control_packets_and_what_moved(recorder: Recorder) -> None:
    recorder.packet(1, b"\0" * 20, kind=PacketKind.STUN)
    recorder.packet(2, b"\x80\xc8" + b"\0" * 30, stream=1, kind=PacketKind.RTCP, cause=DROPPED)
    recorder.packet(3, rtp(1, 7, 111))
    ledger = recorder.ledger()
    stun = ledger.control_packets("stun", participant="alice", direction="up")
    rtcp = ledger.control_packets("rtcp", participant="alice", direction="down")
    assert stun[["t_ns", "size", "fate"]].tolist() == [(1, 20, 0)]
    assert rtcp[["t_ns", "size", "fate"]].tolist() == [(2, 32, 1)]
    assert ledger.moved("alice") == Moved(
        up_packets=2, up_bytes=20 + len(rtp(1, 7, 111)), down_packets=0, down_bytes=0
    )
    assert ledger.impairments == {DROPPED: {"impairment": "loss"}}


def test_cut_last_records_are_left_out(recorder: Recorder) -> None:
    for number in range(3):
        recorder.packet(number, rtp(number, 7, 111))
    packets = recorder.ledger(cut=1).packets(participant="alice", direction="up")
    assert packets["seq"].tolist() == [0, 1]
    assert packets["fate"].tolist() == [0, 0]


def test_an_empty_ledger_answers(recorder: Recorder) -> None:
    ledger = recorder.ledger()
    assert not len(ledger.packets(participant="alice", direction="up"))
    assert ledger.ssrc_totals(participant="alice", direction="up") == []
    assert ledger.moved("bob").down_packets == 0


def test_media_of_other_participants_never_mix(recorder: Recorder) -> None:
    for number in range(8):
        recorder.packet(number, rtp(number, 7, 111), stream=number % 4)
    ledger = recorder.ledger()
    for stream, (who, direction) in enumerate(
        (who, direction) for who in ("alice", "bob") for direction in ("up", "down")
    ):
        packets = ledger.packets(participant=who, direction=direction)  # type: ignore[arg-type]
        assert np.array_equal(packets["seq"], [stream, stream + 4])


def test_missing_ledger_is_named(tmp_path: Path) -> None:
    with pytest.raises(LedgerError, match="holds no ledger"):
        Ledger(tmp_path).moved("alice")


def test_a_ledger_without_bindings_knows_nobody(recorder: Recorder) -> None:
    recorder.packet(1, rtp(1, 7, 111))
    (recorder.folder / FILE_NAME).unlink()
    with pytest.raises(LedgerError, match="no flow of 'alice'; the relay saw nobody"):
        recorder.ledger().packets(participant="alice", direction="up")


def test_copies_and_altered_packets_are_told_apart(recorder: Recorder) -> None:
    duplicate, corrupt = 17, 18
    for number, causes in enumerate(
        [[0], [0, COPY | duplicate], [ALTERED | corrupt], [ALTERED | corrupt, COPY | duplicate]]
    ):
        recorder.packet(40 + number, rtp(number, 8, 96), stream=3, cause=causes[0])
        for cause in causes[1:]:
            recorder.departure(60 + number, number, stream=3, cause=cause)
    ledger = recorder.ledger()
    packets = ledger.packets(participant="bob", direction="down")
    assert packets["fate"].tolist() == [0, 0, 3, 0]
    assert packets["copies"].tolist() == [0, 1, 0, 1]
    assert packets["departure_ns"].tolist() == [45, 46, 47, 63]
    altered = ledger.packets(participant="bob", direction="down", fate="altered")
    assert altered["seq"].tolist() == [2]
    (totals,) = ledger.ssrc_totals(participant="bob", direction="down")
    assert (totals.forwarded, totals.altered, totals.copied) == (3, 1, 2)
    assert ledger.moved("bob").down_packets == 4


def test_phases_are_those_of_one_participant(recorder: Recorder) -> None:
    writer = BindingsWriter(recorder.folder)
    later = [
        ImpairmentsRow(at_ns=at_ns, participant=who, phase=phase, impairments=())
        for at_ns, who, phase in [(90, "alice", 1), (91, "carol", 1), (300, "alice", 2)]
    ]
    for row in later:
        writer.write(row)
    writer.close()
    ledger = recorder.ledger()
    assert [(row.at_ns, row.phase) for row in ledger.phases("alice")] == [(1, 0), (90, 1), (300, 2)]
    assert ledger.phases("carol") == [later[1]]  # has no flow, but has a profile
    assert ledger.phases("bob") == []
    with pytest.raises(LedgerError, match="no flow of 'dave'"):
        ledger.phases("dave")


def test_codec_and_layer_are_those_of_the_packets(recorder: Recorder) -> None:
    writer = BindingsWriter(recorder.folder)
    for ssrc, rid in ((70, "q"), (71, "h")):
        writer.write(
            SsrcRow(at_ns=1, participant="alice", direction="up", flow=0, ssrc=ssrc, pt=96, rid=rid)
        )
    writer.close()
    for number, (ssrc, pt) in enumerate([(70, 111), (71, 96), (70, 96)]):
        recorder.packet(40 + number, rtp(number, ssrc, pt))
    totals = recorder.ledger().ssrc_totals(participant="alice", direction="up")
    assert [(one.ssrc, one.codec, one.rid) for one in totals] == [
        (70, "vp8", "q"),
        (71, "vp8", "h"),
    ]


def test_media_gap_is_the_longest_time_without_media_that_left(recorder: Recorder) -> None:
    for number, t_ns in enumerate([100, 200, 300, 400, 500, 600, 700]):
        dropped = 300 <= t_ns <= 500
        if t_ns == 400:
            recorder.packet(350, rtp(1, 9, 97), stream=3)  # a repair
            recorder.packet(360, rtp(8, 8, 96, padded=True), stream=3)  # probing
        recorder.packet(
            t_ns, rtp(number, 8, 96), stream=3, cause=None if t_ns == 400 else DROPPED * dropped
        )
    ledger = recorder.ledger()

    def gap(since_ns: int, until_ns: int, track: str = "TR_v") -> MediaGap:
        return ledger.media_gap(
            participant="bob",
            direction="down",
            track=track,
            since_ns=since_ns,
            until_ns=until_ns,
        )

    assert gap(100, 800) == MediaGap(since_ns=205, until_ns=605, lasting=False)
    assert gap(100, 800).duration_ns == 400
    assert gap(250, 590) == MediaGap(since_ns=250, until_ns=590, lasting=True)
    assert gap(100, 400) == MediaGap(since_ns=205, until_ns=400, lasting=True)
    assert gap(100, 2_000) == MediaGap(since_ns=705, until_ns=2_000, lasting=True)
    assert gap(0, 900, "TR_none") == MediaGap(since_ns=0, until_ns=900, lasting=True)


def test_a_delayed_packet_ends_a_gap_when_it_leaves(recorder: Recorder) -> None:
    recorder.packet(100, rtp(1, 8, 96), stream=3)
    recorder.packet(110, rtp(2, 8, 96), stream=3, cause=None)
    recorder.departure(900, 1, stream=3, cause=0)
    gap = recorder.ledger().media_gap(
        participant="bob", direction="down", since_ns=500, until_ns=1_000
    )
    assert gap == MediaGap(since_ns=500, until_ns=900, lasting=False)


def test_drops_between_two_times_by_ssrc_and_track(recorder: Recorder) -> None:
    for number in range(20):
        recorder.packet(
            100 + number, rtp(number, 8, 96), stream=3, cause=DROPPED if number % 3 == 0 else 0
        )
        recorder.packet(100 + number, rtp(number, 5, 111), stream=3)
    totals = recorder.ledger().ssrc_totals(
        participant="bob", direction="down", since_ns=103, until_ns=113
    )
    assert [(one.track, one.ssrc, one.dropped) for one in totals] == [("TR_v", 8, 4), (None, 5, 0)]
