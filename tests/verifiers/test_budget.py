from __future__ import annotations

from collections.abc import Callable
from dataclasses import replace
from typing import TYPE_CHECKING, Any

import numpy as np
import pytest

from harness.evidence.clock import NS_PER_MS
from harness.evidence.ledger_fates import PacketFate
from harness.verifiers.answer import NoEvidenceError
from harness.verifiers.budget import PARTS, Budget, budget
from harness.verifiers.latency_series import Track, latencies
from tests.verifiers.conftest import at
from tests.verifiers.latency_evidence import (
    DOWNLINK_MS,
    ENCODER_MS,
    PICTURE_REMAINDER_MS,
    SERVER_MS,
    SINCE_TICK_MS,
    SOUND_REMAINDER_MS,
    UPLINK_MS,
    Record,
    heard_sound,
    seen_pictures,
    statistics,
)

if TYPE_CHECKING:
    from tests.verifiers.conftest import Studio


def split(track: Track) -> Budget:
    return budget(track, latencies(track, since_ns=at(1), until_ns=at(5.9)))


def record_of(track: Track) -> Any:  # noqa: ANN401 - the fake record, whose rows are edited
    assert isinstance(track.wire, Record)
    return track.wire.rows


def test_the_parts_of_a_picture_close(studio: Studio) -> None:
    parts = split(seen_pictures(studio))
    told = {name: float(np.median(parts.parts_ms[name])) for name in PARTS}
    assert told == pytest.approx(
        {
            "source queue": 0, "encoder": ENCODER_MS, "uplink repair": 0, "uplink": UPLINK_MS,
            "server": SERVER_MS, "downlink repair": 0, "downlink": DOWNLINK_MS, "jitter buffer": 7,
        },
        abs=0.01,
    )  # fmt: skip
    assert parts.remainder_ms == pytest.approx(PICTURE_REMAINDER_MS, abs=0.05)
    assert parts.left_out == {}
    assert len(parts.numbers) == 147
    assert "arrivals.bin" in parts.files


def test_the_parts_of_a_sound_close(studio: Studio) -> None:
    parts = split(heard_sound(studio))
    assert parts.parts_ms["encoder"] == pytest.approx(10 + ENCODER_MS, abs=0.1)
    assert parts.remainder_ms == pytest.approx(SOUND_REMAINDER_MS, abs=0.1)
    assert len(parts.remainder_ms) == 5


def test_where_in_its_packet_a_marker_lies_does_not_matter(studio: Studio) -> None:
    track = heard_sound(studio)
    for rows in record_of(track).values():
        rows["rtp_timestamp"] -= 480
        rows["t_ns"] -= 10 * NS_PER_MS
        rows["departure_ns"] -= 10 * NS_PER_MS
    parts = split(track)
    assert parts.parts_ms["encoder"] == pytest.approx(10 + ENCODER_MS, abs=0.1)
    assert parts.remainder_ms == pytest.approx(SOUND_REMAINDER_MS, abs=0.1)


@pytest.mark.parametrize("later_ms", [1, 3])
def test_when_between_two_ticks_a_packet_comes_does_not_matter(
    studio: Studio, later_ms: int
) -> None:
    """The receiver counts the same whole ticks."""
    track = heard_sound(studio)
    rows = record_of(track)["down", False]
    rows["t_ns"] += later_ms * NS_PER_MS
    rows["departure_ns"] += later_ms * NS_PER_MS
    parts = split(track)
    assert parts.parts_ms["server"] == pytest.approx(SERVER_MS + later_ms, abs=0.01)
    assert parts.parts_ms["jitter buffer"] == pytest.approx(35 - SINCE_TICK_MS - later_ms, abs=0.1)
    assert parts.remainder_ms == pytest.approx(SOUND_REMAINDER_MS, abs=0.1)


def test_a_repair_is_a_part_of_its_own(studio: Studio) -> None:
    track = seen_pictures(studio)
    rows = record_of(track)
    repairs = rows["down", False].copy()
    rows["down", False]["fate"] = PacketFate.DROPPED
    repairs["t_ns"] += 4 * NS_PER_MS
    repairs["departure_ns"] += 4 * NS_PER_MS
    rows["down", True] = repairs
    parts = split(track)
    assert parts.parts_ms["downlink repair"] == pytest.approx(4, abs=0.01)
    assert parts.parts_ms["downlink"] == pytest.approx(DOWNLINK_MS, abs=0.01)


@pytest.mark.parametrize(("direction", "why"), [("up", "way up"), ("down", "way down")])
def test_what_was_lost_is_left_out_with_its_reason(
    studio: Studio, direction: str, why: str
) -> None:
    track = seen_pictures(studio)
    rows = record_of(track)[direction, False]
    rows["fate"][::5] = PacketFate.DROPPED
    parts = split(track)
    assert list(parts.left_out) == [f"lost on the {why}"]
    assert parts.left_out[f"lost on the {why}"] in (29, 30)


def test_sound_whose_packet_was_lost_came_with_the_next(studio: Studio) -> None:
    track = heard_sound(studio)
    rows = record_of(track)["down", False]
    rows["fate"][1::2] = PacketFate.DROPPED
    rows["fate"][0::50] = PacketFate.FORWARDED
    assert split(track).left_out == {}


def test_probing_is_no_media(studio: Studio) -> None:
    track = seen_pictures(studio)
    rows = record_of(track)
    probing = rows["down", False][::2].copy()
    probing["padding"] = True
    probing["t_ns"] -= NS_PER_MS
    rows["down", True] = probing
    assert split(track).parts_ms["server"] == pytest.approx(SERVER_MS, abs=0.01)


def test_a_remainder_is_of_the_time_without_a_hole(studio: Studio) -> None:
    """What a jitter buffer does after a hole is another mean than that of the pictures before."""
    track = seen_pictures(studio)
    series = latencies(track, since_ns=at(1), until_ns=at(5.9))
    for place in (2, 3):
        track.statistics[place].entries[0]["jitter_buffer_delay"] += 3
    assert np.ptp(budget(track, series).remainder_ms) > 50
    holed = replace(series, holes=((at(1.5), at(3.5)),))
    assert budget(track, holed).remainder_ms == pytest.approx([PICTURE_REMAINDER_MS], abs=0.05)


@pytest.mark.parametrize("make", [seen_pictures, heard_sound])
def test_a_record_that_was_cut_splits_nothing(
    studio: Studio, make: Callable[[Studio], Track]
) -> None:
    """Arrivals, departures, statistics that end in the middle."""
    arrivals, departures = make(studio), make(studio)
    for rows in record_of(departures).values():
        rows["fate"][len(rows) // 2 :] = PacketFate.UNDER_WAY
    record = record_of(arrivals)
    for key, rows in list(record.items()):
        record[key] = rows[: len(rows) // 2]
    counted = replace(make(studio), statistics=make(studio).statistics[:4])
    for cut, why in (
        (arrivals, "not seen at the gateway"),
        (departures, "what became of"),
        (counted, "end 2"),
    ):
        with pytest.raises(NoEvidenceError, match=why):
            split(cut)


def test_without_evidence_nothing_is_split(studio: Studio) -> None:
    track = seen_pictures(studio)
    empty = Record()
    another = replace(track.recording, subscriber="carol")
    shuffled = seen_pictures(studio)
    ticks = record_of(shuffled)["up", False]["rtp_timestamp"]
    ticks[:] = np.random.default_rng(3).integers(0, 2**32, len(ticks))
    for lacking in (
        replace(track, wire=None),
        replace(track, wire=empty),
        replace(track, recording=another),
        replace(track, statistics=()),
        replace(track, statistics=statistics(7, 30)[:1]),
        replace(track, statistics=statistics(7, 0)),
        shuffled,
    ):
        with pytest.raises(NoEvidenceError):
            split(lacking)
