"""Who paces a source: the queue does. What an example's sleep, or a dead network, does to it."""

from __future__ import annotations

import asyncio

from harness.evidence.measurement import Measurement, missing
from harness.network.impairments import Blackhole
from harness.scenario import Judge, Stage, Tone, clause, fault
from harness.verifiers.gap import sound_gap
from harness.verifiers.numbered_sound import silence_ratio
from harness.verifiers.sound_breaks import silence_inserted
from scenarios.audio_source.evidence import (
    LOCAL,
    ROOM,
    figure,
    path_of,
    publish_queue,
    recording_of,
)

TONE = Tone(pilot_hz=400, marker=None)
OTHER = Tone(pilot_hz=600, marker=None)
OUTAGE_S = 2.0
LEAST_GAP_MS = 1000


@clause("AUD-019")
async def test_an_empty_queue_is_silence(stage: Stage, judge: Judge) -> None:
    since, until = await stage.probe(LOCAL, "idle", path=path_of(stage, "idle"))

    heard = recording_of(stage, "idle")
    judge("AUD-019", silence_ratio, heard, since_ns=since, until_ns=until)


@clause("AUD-020", "AUD-021")
async def test_the_loop_of_the_example_at_the_source(stage: Stage, judge: Judge) -> None:
    async def loop(name: str, *, sleep: bool) -> tuple[int, int]:
        path, hz = path_of(stage, name), TONE.pilot_hz
        since, until = await stage.probe(LOCAL, "pages_loop", path=path, pilot_hz=hz, sleep=sleep)
        return since, until

    example, plain = await asyncio.gather(loop("example", sleep=True), loop("plain", sleep=False))

    for clause_id, name, times in (("AUD-020", "example", example), ("AUD-021", "plain", plain)):
        since, until = times
        heard = recording_of(stage, name)
        judge(clause_id, silence_inserted, heard, TONE, since_ns=since, until_ns=until)


@clause("AUD-048", "AUD-049")
async def test_the_loop_of_the_example_at_a_subscriber(stage: Stage, judge: Judge) -> None:
    alice, bob = await stage.join("alice", "bob")
    example = await publish_queue(alice, TONE, name="example")
    plain = await publish_queue(alice, OTHER, name="plain")
    await alice.probe(ROOM, "feed", sid=example.sid, pilot_hz=TONE.pilot_hz, pause_ms=10)
    await alice.probe(ROOM, "feed", sid=plain.sid, pilot_hz=OTHER.pilot_hz)
    heard = await bob.record(example, plain)
    since = await heard.until_steady()
    until = await stage.run(seconds=2)

    judge("AUD-048", silence_inserted, heard[example], TONE, since_ns=since, until_ns=until)
    judge("AUD-049", silence_inserted, heard[plain], OTHER, since_ns=since, until_ns=until)


@clause("AUD-050")
async def test_a_dead_network_and_the_queue(stage: Stage, judge: Judge) -> None:
    alice, bob = await stage.join("alice", "bob")
    talk = await publish_queue(alice, TONE, name="talk")
    await alice.probe(ROOM, "follow", sid=talk.sid, pilot_hz=TONE.pilot_hz, ahead_ms=100)
    heard = await bob.record(talk)
    await heard.until_steady()
    since = await stage.play(fault(Blackhole(), seconds=OUTAGE_S), "alice")
    told = await alice.probe(ROOM, "watch", sid=talk.sid, seconds=OUTAGE_S)
    until = await stage.run(seconds=1)

    def longest_wait() -> Measurement:
        gap = sound_gap(heard[talk], TONE, since_ns=since, until_ns=until)
        if gap.value is None or gap.value < LEAST_GAP_MS:
            return missing("ms", f"the network was not dead: bob missed {gap.value} ms of sound")
        return figure(told["longest_ms"], "ms", f"the longest of {told['captures']} captures")

    judge("AUD-050", longest_wait)
