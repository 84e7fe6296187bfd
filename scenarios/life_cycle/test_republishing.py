"""A track that is published again, by hand or after a new session, is another one to the others."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from typing import Any

from harness.evidence.clock import now_ns
from harness.evidence.measurement import Measurement
from harness.scenario import Judge, Stage, Tone, clause
from harness.verifiers.combine import fact
from harness.verifiers.events import event_count, event_order
from harness.verifiers.sdk_traffic import sdk_packets_against_ledger
from harness.verifiers.sound_edge import first_tone
from scenarios.probes import PROBES

TRACKS = PROBES / "life_tracks.py"


@clause("LIFE-010", "LIFE-011", "LIFE-012", "LIFE-013", "LIFE-014")
async def test_a_track_is_published_again(stage: Stage, judge: Judge) -> None:
    alice, bob = await stage.join("alice", "bob")
    sound = await alice.publish(Tone(pilot_hz=400))
    await (await bob.record(sound)).until_flowing()
    await stage.run(seconds=1)
    before = await alice.probe(TRACKS, "statistics", sid=sound.sid)
    began = now_ns()
    again = await alice.probe(TRACKS, "republish", sid=sound.sid)
    told = await bob.told("track_published", since_ns=began)
    track = alice.published(
        sound.signal, name="again", sid=str(told.track), start_ns=sound.start_ns, sent=sound.sent
    )
    heard = await bob.record(track)
    until = await stage.run(seconds=1.5)
    after = await alice.probe(TRACKS, "statistics", sid=track.sid)
    order = ["track_unpublished", "track_published", "track_subscribed"]

    judge("LIFE-010", fact, again["sid"] != sound.sid, f"{sound.sid}, then {again['sid']}")
    judge(
        "LIFE-011",
        first_tone,
        heard[track],
        track.signal,
        since_ns=again["at_ns"],
        until_ns=until,
    )
    judge("LIFE-012", event_order, bob.events, order, since_ns=began, until_ns=until)
    judge("LIFE-013", begun_anew, before, after)
    judge(
        "LIFE-014",
        sdk_packets_against_ledger,
        after,
        stage.ledger,
        participant="alice",
        direction="up",
    )


@clause("LIFE-015", "LIFE-016", "LIFE-017", "LIFE-018", "LIFE-019")
async def test_a_new_session_publishes_everything_again(stage: Stage, judge: Judge) -> None:
    alice, bob = await stage.join("alice", "bob")
    sound = await alice.publish(Tone(pilot_hz=400))
    await (await bob.record(sound)).until_flowing()
    await stage.run(seconds=1)
    before = await alice.probe(TRACKS, "statistics", sid=sound.sid)
    since = await alice.probe(TRACKS, "reconnect")
    told = await alice.told("local_track_republished", since_ns=since)
    track = alice.published(
        sound.signal, name="back", sid=str(told.track), start_ns=sound.start_ns, sent=sound.sent
    )
    heard = await bob.record(track)
    until = await stage.run(seconds=1.5)
    after = await alice.probe(TRACKS, "statistics", sid=track.sid)
    names = ["participant_disconnected", "participant_connected"]

    judge(
        "LIFE-015",
        fact,
        track.sid != sound.sid == told.details["previous_sid"],
        f"{sound.sid}, then {track.sid}; the event names {told.details['previous_sid']}",
    )
    judge(
        "LIFE-016",
        event_count,
        alice.events,
        "local_track_republished",
        since_ns=since,
        until_ns=until,
    )
    judge("LIFE-017", first_tone, heard[track], track.signal, since_ns=since, until_ns=until)
    judge("LIFE-018", event_order, bob.events, names, since_ns=since, until_ns=until)
    judge("LIFE-019", begun_anew, before, after)


def begun_anew(
    before: Sequence[Mapping[str, Any]], after: Sequence[Mapping[str, Any]]
) -> Measurement:
    """Whether what is sent now has SSRCs of its own, and was counted from 0 on."""
    old, new = sent(before), sent(after)
    return fact(
        bool(new) and not set(old) & set(new),
        f"SSRC to packets sent: before {old}, after {new}",
    )


def sent(entries: Sequence[Mapping[str, Any]]) -> dict[int, int]:
    """SSRC to packets sent."""
    return {
        entry["ssrc"]: entry["packets_sent"] for entry in entries if entry["type"] == "outbound_rtp"
    }
