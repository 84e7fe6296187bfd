from __future__ import annotations

from dataclasses import replace
from pathlib import Path

import pytest

from harness.evidence.ledger_fates import PacketFate
from harness.measuring.parts import parts_of, specs, unclosed
from harness.verifiers.latency import latency
from harness.verifiers.window import Window
from tests.verifiers.conftest import Studio, at
from tests.verifiers.latency_evidence import (
    DOWNLINK_MS,
    ENCODER_MS,
    PICTURE_REMAINDER_MS,
    SERVER_MS,
    UPLINK_MS,
    Record,
    heard_sound,
    seen_pictures,
    statistics,
)

STEADY = Window(since_ns=at(1), until_ns=at(5.9))


@pytest.fixture
def studio(tmp_path: Path) -> Studio:
    return Studio(tmp_path)


def test_parts_of_pictures_are_those_that_are_known(studio: Studio) -> None:
    told = {part.name: part.value for part in parts_of("picture", seen_pictures(studio), **STEADY)}

    assert told == pytest.approx(
        {
            "picture_part_source_queue": 0,
            "picture_part_encoder": ENCODER_MS,
            "picture_part_uplink_repair": 0,
            "picture_part_uplink": UPLINK_MS,
            "picture_part_server": SERVER_MS,
            "picture_part_downlink_repair": 0,
            "picture_part_downlink": DOWNLINK_MS,
            "picture_part_jitter_buffer": 7,
            "picture_part_remainder": PICTURE_REMAINDER_MS,
        },
        abs=0.05,
    )


@pytest.mark.parametrize("medium", ["picture", "sound"])
def test_parts_add_up_to_the_mean_latency(studio: Studio, medium: str) -> None:
    track = seen_pictures(studio) if medium == "picture" else heard_sound(studio)
    parts = parts_of(medium, track, **STEADY)
    whole = latency(replace(track, wire=None), **STEADY)

    assert whole.value is not None
    assert sum(part.value or 0 for part in parts) == pytest.approx(whole.value, abs=1)
    assert {part.n for part in parts} == {whole.rests_on}
    assert parts[-1].notes
    assert unclosed(medium, track, **STEADY) is None


def test_a_part_lies_where_its_series_does_and_what_is_left_has_the_arrivals_error(
    studio: Studio,
) -> None:
    samples = list(statistics(7, 30))
    for number, sample in enumerate(samples):  # a buffer that grows by 1 ms a picture each second
        for entry in sample.entries:
            if "jitter_buffer_delay" in entry:
                entry["jitter_buffer_delay"] += 0.001 * 30 * number * (number - 1) / 2
    parts = parts_of("picture", replace(seen_pictures(studio), statistics=samples), **STEADY)
    told = {part.name.removeprefix("picture_part_"): part for part in parts}
    buffer, left, network = told["jitter_buffer"], told["remainder"], told["uplink"]

    assert buffer.value is not None
    assert buffer.interval is not None
    assert buffer.value - 5 < buffer.interval[0] < buffer.value - 0.5
    assert buffer.value + 0.5 < buffer.interval[1] < buffer.value + 5
    assert left.error == 2.0
    assert network.interval is None  # all the same


def test_without_a_record_every_part_is_missing_with_the_reason(studio: Studio) -> None:
    parts = parts_of("picture", replace(seen_pictures(studio), wire=None), **STEADY)

    assert [part.name for part in parts] == [spec.name for spec in specs("picture")]
    assert {part.value for part in parts} == {None}
    assert {part.missing for part in parts} == {"no record of packets was given"}


def test_what_could_not_be_split_is_counted(studio: Studio) -> None:
    track = seen_pictures(studio)
    assert isinstance(track.wire, Record)
    track.wire.rows["down", False]["fate"][::5] = PacketFate.DROPPED
    parts = parts_of("picture", track, **STEADY)

    assert list(parts[0].rejects) == ["lost on the way down"]


def test_a_remainder_that_moves_is_a_doubt(studio: Studio) -> None:
    samples = list(statistics(7, 30))
    track = replace(seen_pictures(studio), statistics=samples)
    late = samples[3].entries
    for entry in late:
        entry["jitter_buffer_delay"] = entry.get("jitter_buffer_delay", 0) + 3
    doubt = unclosed("picture", track, **STEADY)

    assert doubt is not None
    assert doubt.startswith("picture: what no part of the latency explains jumps by")


@pytest.mark.parametrize("medium", ["picture", "sound"])
def test_a_clock_that_is_off_is_a_doubt(studio: Studio, medium: str) -> None:
    track = (
        seen_pictures(studio, buffer_ms=-13)
        if medium == "picture"
        else heard_sound(studio, buffer_ms=15)
    )
    doubt = unclosed(medium, track, **STEADY)

    assert doubt is not None
    assert doubt.startswith(f"{medium}: what no part of the latency explains is ")


def test_what_cannot_be_split_is_no_doubt(studio: Studio) -> None:
    assert unclosed("picture", replace(seen_pictures(studio), wire=None), **STEADY) is None
