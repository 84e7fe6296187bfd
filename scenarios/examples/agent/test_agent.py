"""Whether our agent takes turns as people do, on a good network and on a bad one."""

from __future__ import annotations

import sys
from pathlib import Path

from harness.evidence.clock import NS_PER_S
from harness.network.impairments import Blackhole
from harness.scenario import Judge, Stage, Tone, clause, fault, turns_of
from harness.verifiers.presence import time_away
from harness.verifiers.turn_taking import (
    barge_in_time,
    longest_pause,
    response_time,
    unasked_sound,
)

AGENT = [sys.executable, str(Path(__file__).parent / "agent.py")]
NETWORKS = ("clean", "wifi-loss5")
ASKS = Tone(pilot_hz=400, sound_ms=1000, pause_ms=3500)
"""Speaks for a second and leaves time for an answer."""
INTERRUPTS = Tone(pilot_hz=400, sound_ms=1000, pause_ms=1500)
"""Speaks again while the answer is still to be heard."""
OUTAGE_S = 3


@clause("AGENT-001", "AGENT-003", "AGENT-004", profiles=NETWORKS)
async def test_it_answers(stage: Stage, judge: Judge) -> None:
    (alice,) = await stage.join("alice")
    agent = await stage.guest("agent", command=AGENT)
    voice = await agent.sound()
    heard = await alice.record(voice)
    quiet = await stage.run(seconds=0.5)
    asked = await stage.run(seconds=1)
    asking = await alice.publish(ASKS)
    until = await stage.run(seconds=10)

    turns = turns_of(ASKS, start_ns=asking.start_ns, since_ns=asked, until_ns=until)
    judge("AGENT-001", response_time, heard[voice], turns)
    judge("AGENT-003", unasked_sound, heard[voice], since_ns=quiet, until_ns=asked)
    judge("AGENT-004", longest_pause, heard[voice], turns)


@clause("AGENT-002", profiles=NETWORKS)
async def test_it_can_be_interrupted(stage: Stage, judge: Judge) -> None:
    alice, bob = await stage.join("alice", "bob")
    agent = await stage.guest("agent", command=AGENT)
    asking = await alice.publish(INTERRUPTS)
    voice = await agent.sound()
    heard = await bob.record(asking, voice)
    since = await stage.run(seconds=1)
    until = await stage.run(seconds=8)

    turns = turns_of(INTERRUPTS, start_ns=asking.start_ns, since_ns=since, until_ns=until)
    judge("AGENT-002", barge_in_time, heard[voice], turns, alive=heard.witness(asking))


@clause("AGENT-005", "AGENT-006")
async def test_it_comes_back_after_an_outage(stage: Stage, judge: Judge) -> None:
    (alice,) = await stage.join("alice")
    agent = await stage.guest("agent", command=AGENT)
    voice = await agent.sound()
    heard = await alice.record(voice)
    asking = await alice.publish(ASKS)
    await stage.run(seconds=4)
    gone = await stage.play(fault(Blackhole(), seconds=OUTAGE_S), "agent")
    healed = gone + OUTAGE_S * NS_PER_S
    until = await stage.run(seconds=OUTAGE_S + 10)

    turns = turns_of(ASKS, start_ns=asking.start_ns, since_ns=healed, until_ns=until)
    judge("AGENT-005", response_time, heard[voice], turns)
    judge(
        "AGENT-006",
        time_away,
        stage.events,
        observer="alice",
        subject="agent",
        since_ns=gone,
        until_ns=until,
    )
