"""Whether our agent takes turns as people do."""

from __future__ import annotations

import sys
from pathlib import Path

from harness.scenario import Judge, Stage, Tone, clause
from harness.signals.turns import turns_of
from harness.verifiers.turn_taking import barge_in_time, response_time, unasked_sound

AGENT = [sys.executable, str(Path(__file__).parent / "agent.py")]
ASKS = Tone(pilot_hz=400, sound_ms=1000, pause_ms=3500)
"""Speaks for a second and leaves time for an answer."""
INTERRUPTS = Tone(pilot_hz=400, sound_ms=1000, pause_ms=1500)
"""Speaks again while the answer is still to be heard."""


@clause("AGENT-001", "AGENT-003")
async def test_it_answers(stage: Stage, judge: Judge) -> None:
    (alice,) = await stage.join("alice")
    agent = await stage.guest("agent", command=AGENT)
    voice = await agent.sound()
    heard = await alice.record(voice)
    quiet = await stage.run(seconds=0.5)
    asked = await stage.run(seconds=1)
    asking = await alice.publish(ASKS)
    until = await stage.run(seconds=14)

    turns = turns_of(asking.signal, start_ns=asking.start_ns, since_ns=asked, until_ns=until)
    judge("AGENT-001", response_time, heard[voice], turns)
    judge("AGENT-003", unasked_sound, heard[voice], since_ns=quiet, until_ns=asked)


@clause("AGENT-002")
async def test_it_can_be_interrupted(stage: Stage, judge: Judge) -> None:
    alice, bob = await stage.join("alice", "bob")
    agent = await stage.guest("agent", command=AGENT)
    asking = await alice.publish(INTERRUPTS)
    voice = await agent.sound()
    heard = await bob.record(asking, voice)
    since = await stage.run(seconds=1)
    until = await stage.run(seconds=10)

    turns = turns_of(asking.signal, start_ns=asking.start_ns, since_ns=since, until_ns=until)
    judge("AGENT-002", barge_in_time, heard[voice], turns, alive=heard.witness(asking))
