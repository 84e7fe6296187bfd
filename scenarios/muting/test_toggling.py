"""Many mutes and unmutes in a moment: all of them are told, and the last one holds."""

from __future__ import annotations

from collections.abc import Sequence

from harness.scenario import Judge, Participant, Publication, Stage, Tone, clause
from harness.verifiers.combine import at_worst, fact
from harness.verifiers.event_turns import events_out_of_turn
from harness.verifiers.sound_edge import first_tone, time_to_silence
from scenarios.probes import PROBES

CALLS = PROBES / "mute_calls.py"
TIMES = 10
BURSTS = 100
"""One in 5 to 40 ends wrongly."""


@clause("MUTE-047", "MUTE-048", "MUTE-049")
async def test_mutes_with_a_pause_end_as_the_last_one(stage: Stage, judge: Judge) -> None:
    alice, bob = await stage.join("alice", "bob")
    (carol,) = await stage.join("carol", auto_subscribe=False)
    sound = await alice.publish(Tone(pilot_hz=400))
    heard = await bob.record(sound)
    await heard.until_flowing()
    states = [True, False] * TIMES
    calls = await alice.probe(CALLS, "toggle", sid=sound.sid, states=states, gap_ms=20)
    until = await stage.run(seconds=1)
    said = {who.identity: await who.publications() for who in (alice, bob, carol)}
    muted = [p.muted for publications in said.values() for p in publications]

    judge(
        "MUTE-047",
        at_worst,
        events_out_of_turn,
        "participant",
        said,
        events=stage.events,
        names=["track_muted", "track_unmuted"] * TIMES,
        track=sound.sid,
        since_ns=calls[0],
        until_ns=until,
    )
    judge(
        "MUTE-048",
        first_tone,
        heard[sound],
        sound.signal,
        since_ns=calls[-1],
        until_ns=until,
        returning=True,
    )
    judge("MUTE-049", fact, muted == [False] * 3, f"muted says {muted} at {', '.join(said)}")


@clause("MUTE-050")
async def test_mutes_in_one_go_end_in_silence(stage: Stage, judge: Judge) -> None:
    alice, bob = await stage.join("alice", "bob")
    sound, proof = await alice.publish(Tone(pilot_hz=400)), await alice.publish(Tone(pilot_hz=700))
    heard = await bob.record(sound, proof)
    await heard.until_flowing()
    await stage.run(seconds=0.5)
    states = [True, False] * TIMES + [True]
    calls = await alice.probe(CALLS, "toggle", sid=sound.sid, states=states, gap_ms=0)
    until = await stage.run(seconds=1.5)

    judge(
        "MUTE-050",
        time_to_silence,
        heard[sound],
        sound.signal,
        since_ns=calls[-1],
        until_ns=until,
        alive=heard.witness(proof),
    )


@clause("MUTE-051")
async def test_mutes_in_one_go_are_told_as_the_last_one(stage: Stage, judge: Judge) -> None:
    alice, bob = await stage.join("alice", "bob")
    (carol,) = await stage.join("carol", auto_subscribe=False)
    sound = await alice.publish(Tone(pilot_hz=400))
    heard = await bob.record(sound)
    await heard.until_flowing()
    await sound.mute()
    bursts, told = await until_wrong(stage, alice, (bob, carol), sound)

    judge("MUTE-051", fact, all(told.values()), f"muted says {told} after burst {bursts}")


async def until_wrong(
    stage: Stage, publisher: Participant, others: Sequence[Participant], sound: Publication[Tone]
) -> tuple[int, dict[str, bool]]:
    """How many bursts that end with a mute, and what everybody's publication says after the last.

    The last is the first of which somebody is told otherwise for longer than a second.
    """
    bursts = 0
    said: dict[str, bool] = {}
    while bursts < BURSTS and all(said.values()):
        bursts += 1
        states = [False, True] * TIMES
        await publisher.probe(CALLS, "toggle", sid=sound.sid, states=states, gap_ms=0)
        await stage.run(seconds=0.1)
        said = await muted_as_told(others, sound)
        if not all(said.values()):
            await stage.run(seconds=1)
            said = await muted_as_told(others, sound)
    return bursts, said


async def muted_as_told(
    participants: Sequence[Participant], sound: Publication[Tone]
) -> dict[str, bool]:
    """What each one's publication says of muted. Raises ValueError where one has none."""
    said = {}
    for who in participants:
        (said[who.identity],) = [p.muted for p in await who.publications() if p.sid == sound.sid]
    return said
