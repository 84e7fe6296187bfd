"""`get_stats` of a track: what it tells, and whether that is what was on the wire."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from typing import Any

from harness.evidence.measurement import Measurement
from harness.scenario import ONE_LAYER, ColourCode, Judge, Stage, Tone, clause
from harness.verifiers.combine import fact
from harness.verifiers.sdk_traffic import sdk_bytes_against_ledger, sdk_packets_against_ledger
from scenarios.probes import PROBES

TRACKS = PROBES / "life_tracks.py"
FIELDS_SENT = {"bytes_sent", "packets_sent", "packets_lost", "jitter", "mime_type"}
FIELDS_RECEIVED = {"bytes_received", "packets_received", "packets_lost", "jitter", "mime_type"}
"""What the page names, without the bitrate, by the names of webrtc-stats."""
OF_TRACKS = ("outbound_rtp", "remote_inbound_rtp", "inbound_rtp", "remote_outbound_rtp", "codec")
"""Entries that are of a track and not of its transport."""
Entries = Sequence[Mapping[str, Any]]
"""What `get_stats` gave, flat."""


@clause("LIFE-003", "LIFE-004", "LIFE-005", "LIFE-006", "LIFE-007", "LIFE-008")
async def test_statistics_tell_what_was_on_the_wire(stage: Stage, judge: Judge) -> None:
    alice, bob = await stage.join("alice", "bob")
    sound = await alice.publish(Tone(pilot_hz=400))
    picture = await alice.publish(ColourCode(track_code=3), options=ONE_LAYER)
    await (await bob.record(sound, picture)).until_flowing()
    await stage.run(seconds=2)
    sids = (sound.sid, picture.sid)
    sent = [await alice.probe(TRACKS, "statistics", sid=sid) for sid in sids]
    got = [await bob.probe(TRACKS, "statistics", sid=sid) for sid in sids]

    judge("LIFE-003", fields_there, sent, got)
    judge("LIFE-004", bitrate_there, [*sent, *got])
    for clause_id, verifier in (
        ("LIFE-005", sdk_packets_against_ledger),
        ("LIFE-006", sdk_bytes_against_ledger),
    ):
        entries = [entry for of_track in sent for entry in of_track]
        judge(clause_id, verifier, entries, stage.ledger, participant="alice", direction="up")
    for clause_id, verifier in (
        ("LIFE-007", sdk_packets_against_ledger),
        ("LIFE-008", sdk_bytes_against_ledger),
    ):
        entries = [entry for of_track in got for entry in of_track]
        judge(clause_id, verifier, entries, stage.ledger, participant="bob", direction="down")


@clause("LIFE-009")
async def test_statistics_of_a_track_that_is_not_published(stage: Stage, judge: Judge) -> None:
    [call] = await stage.probe_calls(TRACKS, "statistics_unpublished")

    judge(
        "LIFE-009",
        fact,
        (call.end, call.kind) == ("raised", "RuntimeError"),
        f"get_stats {call.end} {call.kind}: {call.says}",
    )


def fields_there(sent: Sequence[Entries], got: Sequence[Entries]) -> Measurement:
    """Whether each track, at either end, has all fields that the page names but the bitrate."""
    absent = [sorted(FIELDS_SENT - fields_of(entries)) for entries in sent]
    absent += [sorted(FIELDS_RECEIVED - fields_of(entries)) for entries in got]
    return fact(not any(absent), f"not there, of each track sent and received: {absent}")


def bitrate_there(tracks: Sequence[Entries]) -> Measurement:
    """Whether any entry of a track has a bitrate."""
    like = sorted({name for of in tracks for name in fields_of(of) if "bitrate" in name})
    return fact("bitrate" in like, f"fields with a bitrate in their name: {', '.join(like)}")


def fields_of(entries: Entries) -> set[str]:
    """Names of all fields of the entries of a track."""
    return {name for entry in entries if entry["type"] in OF_TRACKS for name in entry}
