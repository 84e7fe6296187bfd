"""A stage on a real livekit-server."""

from __future__ import annotations

import asyncio
from pathlib import Path

import numpy as np
import psutil
import pytest

from harness.evidence.clock import NS_PER_S
from harness.evidence.ledger_fates import PacketFate
from harness.network.impairment import Target
from harness.network.impairments import Blackhole, Loss
from harness.processes.keeper_client import Keeper
from harness.server.model import Server
from harness.signals.picture import ColourCode
from harness.signals.sound import Tone
from harness.stage.errors import ParticipantDied
from harness.stage.fault import fault
from harness.stage.stage import Stage, StageSetup, open_stage
from harness.verifiers.picture_order import frames_read_ratio
from harness.verifiers.sound_level import loudest_after

pytestmark = [pytest.mark.real, pytest.mark.asyncio]

LIMIT_S = 30.0
TONE, PROOF, CODE = Tone(pilot_hz=400), Tone(pilot_hz=700), ColourCode(track_code=3)


async def test_what_one_publishes_the_other_hears_and_sees_through_the_relay(
    keeper: Keeper, server: Server, tmp_path: Path
) -> None:
    setup = StageSetup(keeper=keeper, server=server, folder=tmp_path, room="heard")
    async with asyncio.timeout(LIMIT_S), open_stage(setup) as stage:
        alice, bob = await stage.join("alice", "bob")
        tone, proof = await alice.publish(TONE), await alice.publish(PROOF)
        face = await alice.publish(CODE)
        received = await bob.record(tone, proof, face)
        since = await received.until_flowing()
        until = await stage.run(seconds=1)
        muted = await tone.mute()
        announced = await bob.told("track_muted", tone, since_ns=muted)
        pids = [alice.handle.pid, bob.handle.pid]

    assert stage.sdk.keys() == {"alice", "bob"} == stage.health.keys() - {"machine"}
    assert announced.at_ns >= muted
    alive = received.witness(proof)
    loud = loudest_after(
        received[tone], TONE, since_ns=since, until_ns=until, alive=alive, flow_ns=(since, until)
    )
    assert loud.value is not None
    assert loud.value > -30
    seen = frames_read_ratio(
        received[face], CODE.track_code, sent=face.sent, since_ns=since, until_ns=until, alive=alive
    )
    assert seen.value is not None
    assert seen.value > 0.8
    packets = stage.ledger.packets(participant="bob", direction="down", track=tone.sid)
    assert len(packets) > 40
    assert not [pid for pid in pids if psutil.pid_exists(pid)]


async def test_a_fault_holds_from_the_moment_that_is_told_until_it_is_over(
    keeper: Keeper, server: Server, tmp_path: Path
) -> None:
    setup = StageSetup(keeper=keeper, server=server, folder=tmp_path, room="fault")
    async with asyncio.timeout(LIMIT_S), open_stage(setup) as stage:
        (alice,) = await stage.join("alice")
        await alice.publish(TONE)
        await stage.impair(Loss(ratio=1.0, target=Target(participant="alice", medium="video")))
        await stage.run(seconds=0.5)
        began = await stage.play(fault(Blackhole(), seconds=0.5), "alice")
        await stage.run(seconds=1)

    sent = stage.ledger.packets(participant="alice", direction="up")
    inside = (sent["t_ns"] >= began) & (sent["t_ns"] < began + NS_PER_S // 2)
    assert np.array_equal(sent["fate"] == PacketFate.DROPPED, inside)
    assert inside.sum() > 10
    assert (~inside).sum() > 20
    assert stage.unmet == ("loss (ratio 1.0, medium video) met no packet of its target",)


async def test_a_participant_that_is_killed_is_named_and_the_stage_closes(
    keeper: Keeper, server: Server, tmp_path: Path
) -> None:
    async def scenario() -> None:
        setup = StageSetup(keeper=keeper, server=server, folder=tmp_path, room="killed")
        async with open_stage(setup) as stage:
            alice, bob = await stage.join("alice", "bob")
            pids.append(alice.handle.pid)
            bob.handle._connection.child.kill()
            await asyncio.to_thread(bob.handle._connection.child.wait, LIMIT_S)
            await bob.publish(TONE)

    pids: list[int] = []
    async with asyncio.timeout(LIMIT_S):
        with pytest.raises(ParticipantDied, match="participant bob died: killed by SIGKILL"):
            await scenario()

    assert not psutil.pid_exists(pids[0])


async def test_a_probe_runs_in_a_process_that_may_die(stage: Stage, tmp_path: Path) -> None:
    file = tmp_path / "probes.py"
    file.write_text(
        "import os\nfrom livekit import rtc\n"
        "def name_of(member): return getattr(rtc, member).__name__\n"
        "def die(): os.abort()\n"
    )
    async with asyncio.timeout(LIMIT_S):
        assert await stage.probe(file, "name_of", member="Room") == "Room"
        with pytest.raises(ParticipantDied, match="SIGABRT"):
            await stage.probe(file, "die")
        assert await stage.probe(file, "name_of", member="AudioFrame") == "AudioFrame"
