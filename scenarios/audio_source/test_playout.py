"""What waits in a queue: how much it is, when it has been played, and how to be rid of it."""

from __future__ import annotations

from harness.evidence.clock import NS_PER_MS
from harness.scenario import Judge, Stage, Tone, clause
from harness.verifiers.numbered_sound import Gauge, gauge_error, last_sample_after
from harness.verifiers.sound_edge import first_tone, time_to_silence
from harness.verifiers.sound_level import crosstalk
from scenarios.audio_source.evidence import (
    LOCAL,
    ROOM,
    figure,
    path_of,
    publish_queue,
    recording_of,
)

TALK = Tone(pilot_hz=400, marker=None)
ANSWER = Tone(pilot_hz=600, marker=None)
ANSWER_MS = 800
SETTLED = 200 * NS_PER_MS
"""Time in which the jitter buffer has let go of what was cleared."""


@clause("AUD-014", "AUD-015", "AUD-052", "AUD-053")
async def test_a_cleared_queue_is_empty_at_once(stage: Stage, judge: Judge) -> None:
    for played, went_on, queue_ms, sound_ms in (
        ("AUD-014", "AUD-015", 200, 350),
        ("AUD-052", "AUD-053", 100, 600),
    ):
        path = path_of(stage, played)
        told = await stage.probe(
            LOCAL, "clear", path=path, queue_size_ms=queue_ms, sound_ms=sound_ms
        )
        since, after_ms = told["cleared_ns"], told["released_ms"]

        judge(played, last_sample_after, recording_of(stage, played), since_ns=since)
        judge(went_on, figure, after_ms, "ms", "from the clearing to the end of the capture")


@clause("AUD-017", "AUD-018")
async def test_a_queue_says_how_much_waits(stage: Stage, judge: Judge) -> None:
    for clause_id, refused_ms in (("AUD-017", 0), ("AUD-018", 500)):
        name = f"gauge-{refused_ms}"
        told = await stage.probe(LOCAL, "gauge", path=path_of(stage, name), refused_ms=refused_ms)

        readings = [Gauge(**reading) for reading in told]
        judge(clause_id, gauge_error, recording_of(stage, name), readings)


@clause("AUD-041", "AUD-042", "AUD-043", "AUD-044")
async def test_a_cleared_sound_ends_and_the_next_is_heard(stage: Stage, judge: Judge) -> None:
    alice, bob = await stage.join("alice", "bob")
    proof = await alice.publish(Tone(pilot_hz=700))
    talk = await publish_queue(alice, TALK, name="talk")
    await alice.probe(ROOM, "feed", sid=talk.sid, pilot_hz=TALK.pilot_hz, frame_ms=100)
    heard = await bob.record(talk, proof)
    await heard.until_steady()
    cleared = await alice.probe(ROOM, "clear", sid=talk.sid)
    quiet = await stage.run(seconds=1)
    hz = ANSWER.pilot_hz
    said = await alice.probe(ROOM, "say", sid=talk.sid, pilot_hz=hz, length_ms=ANSWER_MS)
    until = await stage.run(seconds=1)
    alive = heard.witness(proof)
    began, returned = said["captured_ns"], said["returned_ns"]

    judge(
        "AUD-041",
        time_to_silence,
        heard[talk],
        TALK,
        since_ns=cleared,
        until_ns=quiet,
        alive=alive,
    )
    judge("AUD-042", first_tone, heard[talk], ANSWER, since_ns=began, until_ns=until)
    judge(
        "AUD-043",
        crosstalk,
        heard[talk],
        ANSWER,
        other=TALK,
        since_ns=began + SETTLED,
        until_ns=returned,
    )
    judge(
        "AUD-044",
        time_to_silence,
        heard[talk],
        ANSWER,
        since_ns=returned,
        until_ns=until,
        alive=alive,
    )
