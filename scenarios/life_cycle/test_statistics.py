"""`get_stats` of a track: what it tells, and whether that is what was on the wire."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from typing import Any

import pytest

from harness.evidence.ledger_records import Direction
from harness.evidence.measurement import Measurement
from harness.scenario import ONE_LAYER, ColourCode, Judge, Stage, Tone, clause
from harness.verifiers.combine import fact
from harness.verifiers.sdk_traffic import sdk_bytes_against_ledger, sdk_packets_against_ledger
from scenarios.probes import PROBES

TRACKS = PROBES / "life_tracks.py"
NAMED: Mapping[Direction, set[str]] = {
    "up": {"bytes_sent", "packets_sent", "packets_lost", "jitter", "mime_type"},
    "down": {"bytes_received", "packets_received", "packets_lost", "jitter", "mime_type"},
}
"""What the page names, without the bitrate, by the names of webrtc-stats."""
OF_TRACKS = ("outbound_rtp", "remote_inbound_rtp", "inbound_rtp", "remote_outbound_rtp", "codec")
"""Entries that are of a track and not of its transport."""


@pytest.mark.smoke
@clause("LIFE-003", "LIFE-004", "LIFE-005", "LIFE-006", "LIFE-007", "LIFE-008")
async def test_statistics_tell_what_was_on_the_wire(stage: Stage, judge: Judge) -> None:
    alice, bob = await stage.join("alice", "bob")
    sound = await alice.publish(Tone(pilot_hz=400))
    picture = await alice.publish(ColourCode(track_code=3), options=ONE_LAYER)
    await (await bob.record(sound, picture)).until_flowing()
    await stage.run(seconds=2)
    told = {
        direction: [
            entry
            for sid in (sound.sid, picture.sid)
            for entry in await participant.probe(TRACKS, "statistics", sid=sid)
        ]
        for direction, participant in (("up", alice), ("down", bob))
    }
    sides: tuple[tuple[str, Direction, str, str], ...] = (
        ("alice", "up", "LIFE-005", "LIFE-006"),
        ("bob", "down", "LIFE-007", "LIFE-008"),
    )

    judge("LIFE-003", fields_there, told)
    judge("LIFE-004", bitrate_there, told)
    for identity, direction, packets, size in sides:
        for clause_id, verifier in (
            (packets, sdk_packets_against_ledger),
            (size, sdk_bytes_against_ledger),
        ):
            judge(
                clause_id,
                verifier,
                told[direction],
                stage.ledger,
                participant=identity,
                direction=direction,
            )


@clause("LIFE-009")
async def test_statistics_of_a_track_that_is_not_published(stage: Stage, judge: Judge) -> None:
    [call] = await stage.probe_calls(TRACKS, "statistics_unpublished")

    judge(
        "LIFE-009",
        fact,
        (call.end, call.kind) == ("raised", "RuntimeError"),
        f"get_stats {call.end} {call.kind}: {call.says}",
    )


Told = Mapping[str, Sequence[Mapping[str, Any]]]
"""Direction to the flat entries of `get_stats`."""


def fields_there(told: Told) -> Measurement:
    """Whether both sides have all fields that the page names, apart from the bitrate."""
    absent = {side: sorted(fields - fields_of(told[side])) for side, fields in NAMED.items()}
    return fact(not any(absent.values()), f"not there: {absent}")


def bitrate_there(told: Told) -> Measurement:
    """Whether any entry of a track has a bitrate that was measured."""
    like = sorted(name for side in told for name in fields_of(told[side]) if "bitrate" in name)
    return fact("bitrate" in like, f"fields with a bitrate in their name: {', '.join(like)}")


def fields_of(entries: Sequence[Mapping[str, Any]]) -> set[str]:
    """Names of all fields of the entries of a track."""
    return {name for entry in entries if entry["type"] in OF_TRACKS for name in entry}
