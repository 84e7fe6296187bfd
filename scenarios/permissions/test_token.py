"""What a token does not allow does not happen, and who tries is told so."""

from __future__ import annotations

import asyncio

from harness.scenario import Judge, Stage, Tone, clause
from harness.stage.tokens import Grants
from harness.verifiers.combine import fact, time_taken
from harness.verifiers.events import event_count
from harness.verifiers.wire import packets_between
from scenarios.probes import PROBES

CALLS = PROBES / "permission_calls.py"


@clause("PERM-017", "PERM-018", "PERM-019", "PERM-020")
async def test_a_token_says_what_tracks_are_for_whom(stage: Stage, judge: Judge) -> None:
    (alice,) = await stage.join("alice")
    (bob,) = await stage.join("bob", grants=Grants(can_subscribe=False))
    (carol,) = await stage.join("carol", grants=Grants(can_publish=False))
    (dave,) = await stage.join("dave", grants=Grants(can_publish_sources=("microphone",)))
    sound = await alice.publish(Tone(pilot_hz=400))
    await bob.told("track_published", sound)
    tried, spoken, shown = await asyncio.gather(
        carol.probe(CALLS, "publish", source="microphone"),
        dave.probe(CALLS, "publish", source="microphone"),
        dave.probe(CALLS, "publish", source="camera"),
    )
    until = await stage.run(seconds=0.5)

    judge(
        "PERM-017",
        packets_between,
        stage.ledger,
        participant="bob",
        direction="down",
        since_ns=sound.published_ns,
        until_ns=until,
        sent_by=[("alice", sound.sid)],
    )
    judge(
        "PERM-018",
        event_count,
        alice.events,
        "track_published",
        subject="carol",
        since_ns=sound.published_ns,
        until_ns=until,
    )
    judge("PERM-019", time_taken, tried["took_ms"], tried["said"], ended=tried["raised"])
    words = f"microphone {spoken['sid'] or spoken['said']}, camera {shown['sid'] or shown['said']}"
    judge("PERM-020", fact, bool(spoken["sid"] and not shown["sid"]), words)


@clause("PERM-021", "PERM-022")
async def test_a_token_says_who_may_send_data(stage: Stage, judge: Judge) -> None:
    alice, bob = await stage.join("alice", "bob")
    (carol,) = await stage.join("carol", grants=Grants(can_publish_data=False))
    said = await carol.probe(CALLS, "send", topic="of carol, who may not")
    await alice.probe(CALLS, "send", topic="of alice, who may")
    await bob.told("data_received")
    await stage.run(seconds=0.5)
    came = [event.details["topic"] for event in bob.events if event.name == "data_received"]

    judge("PERM-021", fact, came == ["of alice, who may"], f"bob received data {came}")
    judge("PERM-022", fact, bool(said), said or "publish_data returned as if all were well")
