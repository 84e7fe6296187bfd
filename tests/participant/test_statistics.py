from __future__ import annotations

from typing import Any

from livekit.rtc._proto import stats_pb2

from harness.participant.statistics import message_object, statistics_entry


def entry(stats: stats_pb2.RtcStats) -> dict[str, Any]:
    return statistics_entry(stats, side="publisher", at_ns=5)


def test_an_entry_is_flat_and_integers_are_integers() -> None:
    stats = stats_pb2.RtcStats()
    stats.inbound_rtp.rtc.id = "I1"
    stats.inbound_rtp.stream.kind = "audio"
    stats.inbound_rtp.stream.ssrc = 4_000_000_000
    stats.inbound_rtp.received.packets_lost = -2
    stats.inbound_rtp.inbound.concealed_samples = 0

    assert entry(stats) == {
        "side": "publisher", "type": "inbound_rtp", "at_ns": 5, "id": "I1", "kind": "audio",
        "ssrc": 4_000_000_000, "packets_lost": -2, "concealed_samples": 0,
    }  # fmt: skip


def test_enums_maps_and_lists_are_json() -> None:
    stats = stats_pb2.RtcStats()
    stats.outbound_rtp.outbound.quality_limitation_reason = stats_pb2.LIMITATION_CPU
    stats.outbound_rtp.outbound.quality_limitation_durations["cpu"] = 1.5
    stats.outbound_rtp.outbound.rid = "f"

    read = entry(stats)

    assert read["quality_limitation_reason"] == "LIMITATION_CPU"
    assert read["quality_limitation_durations"] == {"cpu": 1.5}


def test_an_unknown_variant_stays_an_entry() -> None:
    assert entry(stats_pb2.RtcStats()) == {"side": "publisher", "type": None, "at_ns": 5}


def test_unset_members_are_left_out() -> None:
    assert message_object(stats_pb2.InboundRtpStreamStats()) == {}


def test_no_member_of_what_is_measured_hides_another() -> None:
    for variant in stats_pb2.RtcStats.DESCRIPTOR.fields:
        if variant.name == "stream":
            continue  # its two ids are the same
        assert variant.message_type is not None
        parts = [part.message_type for part in variant.message_type.fields]
        names = [field.name for part in parts if part is not None for field in part.fields]
        assert len(names) == len(set(names)), variant.name
        assert not {"side", "type", "at_ns"} & set(names)
