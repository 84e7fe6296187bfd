"""What the author of a scenario imports: `@clause`, the stage, the judge, the signals.

For example:

    @clause("MUTE-002")
    async def test_muted_microphone_is_silent(stage: Stage, judge: Judge) -> None:
        alice, bob = await stage.join("alice", "bob")
        tone = await alice.publish(Tone(pilot_hz=400))
        proof = await alice.publish(Tone(pilot_hz=700))
        heard = await bob.record(tone, proof)
        await heard.until_steady()
        muted_ns = await tone.mute()
        until_ns = await stage.run(seconds=3)
        judge(
            "MUTE-002", time_to_silence, heard[tone], tone.signal,
            since_ns=muted_ns, until_ns=until_ns, alive=heard.witness(proof),
        )
"""  # fmt: skip

from __future__ import annotations

import functools
import inspect
from collections.abc import Callable, Collection
from dataclasses import replace
from pathlib import Path
from typing import Any

import pytest

from harness.network.tcp_faults import Toxic
from harness.participant.protocol import PublishOptions
from harness.run.judge import Judge
from harness.run.scenario import PROFILE, STANDARD, Body, Demands
from harness.server.model import ServerConfig
from harness.signals.picture import ColourCode
from harness.signals.sound import Tone
from harness.signals.spoken import Spoken
from harness.signals.sweep import Sweep
from harness.signals.turns import turns_of
from harness.stage.errors import ParticipantDied, ServerRefused, Unsupported
from harness.stage.fault import fault
from harness.stage.guest import Guest
from harness.stage.participant import Participant
from harness.stage.publication import Publication
from harness.stage.received import Received
from harness.stage.stage import Stage
from harness.stage.tokens import Grants
from harness.verifiers.window import Window

__all__ = [
    "ONE_LAYER",
    "ColourCode",
    "Grants",
    "Guest",
    "Judge",
    "Participant",
    "ParticipantDied",
    "Publication",
    "PublishOptions",
    "Received",
    "ServerConfig",
    "ServerRefused",
    "Spoken",
    "Stage",
    "Sweep",
    "Tone",
    "Toxic",
    "Unsupported",
    "Window",
    "clause",
    "fault",
    "turns_of",
]

ONE_LAYER = PublishOptions(simulcast=False)
"""For pictures whose time is measured: joining a simulcast track late upsets it for seconds."""
INJECTED = ("stage", "judge")
CONTEXT = "lk_scenario"
"""The fixture through which a scenario finds its run."""


def clause(
    *ids: str,
    profile: str = "clean",
    profiles: tuple[str, ...] = (),
    server: ServerConfig = STANDARD,
    toxiproxy: bool = False,
    interceptors: tuple[str, ...] = (),
    limit_s: float = 60.0,
) -> Callable[[Body], Body]:
    """Make a coroutine function a scenario that judges these clauses.

    It is given `stage` and `judge`, and pytest's fixtures and parameters by any other name. It
    runs as many attempts as its clauses need, each on a fresh stage, under pytest-asyncio in
    either of its modes.

    Args:
        ids: clauses that it judges, each of them exactly once.
        profile: name of the network profile, or path of a file (from the scenario's own folder, or
            from that in which pytest is started), that is everybody's network: its phases are
            played from a participant's time 0, its first connection that the server does
            not refuse.
        profiles: several in its place: the scenario becomes one for each, with findings of its own,
            and may take the name as its parameter `profile`.
        server: what the server must be started with.
        toxiproxy: whether it sets toxics of TCP itself, with `stage.set_toxics` or `stage.play`.
        interceptors: what acts on signalling, `module:callable` each: see
            `harness.gateway.interceptors`.
        limit_s: time that one attempt may take.
    """
    if not ids or not all(isinstance(name, str) for name in ids):
        raise TypeError('name the clauses that the scenario judges: @clause("MUTE-002")')
    if len(set(ids)) < len(ids):
        raise TypeError(f"a scenario judges a clause once: {', '.join(ids)} names one twice")
    demands = Demands(
        clauses=ids, profile=profile, profiles=profiles, server=server, toxiproxy=toxiproxy,
        interceptors=interceptors, limit_s=limit_s,
    )  # fmt: skip

    def make(body: Body) -> Body:
        if not inspect.iscoroutinefunction(body):
            raise TypeError(f"{body.__qualname__} must be a coroutine function: async def")
        given = inspect.signature(body).parameters
        if missing := [name for name in INJECTED if name not in given]:
            raise TypeError(f"{body.__qualname__} must take the parameter {missing[0]!r}")
        here = replace(demands, folder=_folder_of(body))
        marked: Body = pytest.mark.asyncio(_scenario(body, given, here))
        return pytest.mark.parametrize(PROFILE, profiles)(marked) if profiles else marked

    return make


def _folder_of(body: Body) -> Path:
    return Path(inspect.getfile(inspect.unwrap(body))).parent


async def _played(body: Body, *, stage: Stage, judge: Judge) -> None:
    """What a scenario skips from within is not supported: a skip would end it without a finding."""
    try:
        await body(stage=stage, judge=judge)
    except pytest.skip.Exception as skipped:
        raise Unsupported(str(skipped)) from None


def _scenario(body: Body, given: Collection[str], demands: Demands) -> Body:
    """What pytest calls in place of the body: it asks for the run and the body's own fixtures."""

    @functools.wraps(body)
    async def scenario(**fixtures: Any) -> None:  # noqa: ANN401 - pytest's fixtures
        __tracebackhide__ = True
        context = fixtures.pop(CONTEXT)
        if PROFILE not in given:
            fixtures.pop(PROFILE, None)
        await context.judge(functools.partial(_played, functools.partial(body, **fixtures)))

    own = [name for name in given if name not in INJECTED]
    names = [CONTEXT, *own, *([PROFILE] if demands.profiles and PROFILE not in own else [])]
    keyword = inspect.Parameter.KEYWORD_ONLY
    signature = inspect.Signature([inspect.Parameter(name, keyword) for name in names])
    scenario.__signature__ = signature  # type: ignore[attr-defined]
    scenario.lk_demands = demands  # type: ignore[attr-defined]
    return scenario
