from __future__ import annotations

from typing import Any

import pytest
from livekit import rtc
from livekit.rtc._proto.stats_pb2 import RtcStats

from harness.sabotage.sdk.wrong_statistics import VIDEO, continued_statistics, wrong_statistics
from tests.sabotage.seams import changes_of


class Track:
    def __init__(self, kind: int, *entries: RtcStats) -> None:
        self.kind, self.entries = kind, entries


async def there(track: Track) -> list[RtcStats]:
    return list(track.entries)


def sent(ssrc: int, packets: int, size: int = 0) -> RtcStats:
    entry = RtcStats()
    entry.outbound_rtp.stream.ssrc = ssrc
    entry.outbound_rtp.sent.packets_sent = packets
    entry.outbound_rtp.sent.bytes_sent = size
    return entry


def received(packets: int, size: int) -> RtcStats:
    entry = RtcStats()
    entry.inbound_rtp.received.packets_received = packets
    entry.inbound_rtp.inbound.bytes_received = size
    return entry


def codec() -> RtcStats:
    entry = RtcStats()
    entry.codec.codec.mime_type = "video/VP8"
    return entry


def ssrc_and_packets(entries: list[RtcStats]) -> list[tuple[int, int]]:
    return [(e.outbound_rtp.stream.ssrc, e.outbound_rtp.sent.packets_sent) for e in entries]


def test_what_pictures_are_to_the_sdk() -> None:
    assert rtc.TrackKind.KIND_VIDEO == VIDEO


@pytest.mark.asyncio
async def test_of_pictures_all_is_counted_twice_and_the_codec_missing() -> None:
    [wrong] = changes_of(wrong_statistics).values()
    track = Track(VIDEO, sent(1, 5, 700), received(6, 800), codec())

    assert await wrong(there)(track) == [sent(1, 10, 1400), received(12, 1600)]


@pytest.mark.asyncio
async def test_those_of_sounds_are_true() -> None:
    [wrong] = changes_of(wrong_statistics).values()

    assert await wrong(there)(Track(1, sent(1, 5, 700), codec())) == [sent(1, 5, 700), codec()]


@pytest.mark.asyncio
async def test_a_sound_goes_on_from_where_it_was_asked_first() -> None:
    [make] = changes_of(continued_statistics).values()
    continued, track, other = make(there), Track(1), Track(1)
    told: list[Any] = []
    for one, entry in (
        (track, sent(7, 50)),
        (track, sent(7, 60)),
        (other, sent(8, 5)),
        (track, sent(9, 30)),
    ):
        one.entries = (entry, codec())
        told += ssrc_and_packets([(await continued(one))[0]])

    assert told == [(7, 50), (7, 60), (8, 5), (7, 80)]


@pytest.mark.asyncio
async def test_layers_of_pictures_keep_their_own() -> None:
    [make] = changes_of(continued_statistics).values()
    entries = await make(there)(Track(VIDEO, sent(1, 5), sent(2, 6)))

    assert ssrc_and_packets(entries) == [(1, 5), (2, 6)]
