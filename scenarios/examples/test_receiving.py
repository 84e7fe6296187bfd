"""Whether a reader who copies the pages' examples of receiving gets what the pages say."""

from __future__ import annotations

from harness.scenario import Judge, Stage, Tone, clause
from harness.verifiers.combine import fact
from scenarios.probes import PROBES

RECEIVING = PROBES / "example_receiving.py"


@clause("EX-008")
async def test_the_reception_of_the_older_pages_runs(stage: Stage, judge: Judge) -> None:
    came_of_it = await stage.probe(RECEIVING, "older_reception")

    judge("EX-008", fact, came_of_it == "it can be run", came_of_it)


@clause("EX-009")
async def test_a_handler_may_be_asynchronous(stage: Stage, judge: Judge) -> None:
    came_of_it = await stage.probe(RECEIVING, "asynchronous_handler")

    judge("EX-009", fact, came_of_it == "it is taken", came_of_it)


@clause("EX-010")
async def test_a_track_is_there_once_it_is_subscribed_to(stage: Stage, judge: Judge) -> None:
    (alice,) = await stage.join("alice")
    sound = await alice.publish(Tone())
    (bob,) = await stage.join("bob", auto_subscribe=False)
    there = await bob.probe(RECEIVING, "track_after_subscribing")
    arrived = await bob.told("track_subscribed", sound)

    came = there[sound.sid]
    why = f"is there after set_subscribed{'' if came else f' only once {arrived.name} has come'}"
    judge("EX-010", fact, came, f"`publication.track` {why}")
