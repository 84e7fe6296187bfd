from __future__ import annotations

import asyncio
import sys
from pathlib import Path
from typing import TYPE_CHECKING, cast

import psutil
import pytest

from harness.evidence.clock import NS_PER_MS
from harness.gateway.client import State
from harness.network.impairment import Target
from harness.network.impairments import Loss
from harness.processes.child import Exit
from harness.processes.keeper_client import Keeper, KeeperError
from harness.server.model import Server
from harness.stage.errors import GuestDied, StageError
from harness.stage.guest import Surroundings
from harness.stage.guests import Guests
from harness.stage.stage import StageSetup, open_stage
from harness.verifiers.guest_media import longest_silence, longest_standstill
from harness.verifiers.presence import time_away
from harness.verifiers.window import Window
from tests.stage.conftest import snapshot
from tests.stage.guest_fakes import FakeKeeper
from tests.stage.test_guest import ASKED, JOINED, Surrounding
from tests.stage.test_stage import SERVER

if TYPE_CHECKING:
    from tests.stage.conftest import FakeTroupe

LIMIT_S = 30.0
COMMAND = ["python", "agent.py"]


@pytest.fixture
def fake_keeper() -> FakeKeeper:
    return FakeKeeper()


@pytest.fixture
def setup(tmp_path: Path, fake_keeper: FakeKeeper) -> StageSetup:
    Surrounding(tmp_path).signalling(ASKED, JOINED)
    return StageSetup(keeper=cast("Keeper", fake_keeper), server=SERVER, folder=tmp_path, room="r1")


@pytest.mark.asyncio
async def test_its_command_is_told_where_to_join_and_ends_with_the_stage(
    troupe: FakeTroupe, setup: StageSetup, fake_keeper: FakeKeeper
) -> None:
    troupe.gateway.counts = snapshot("agent")
    async with open_stage(setup) as stage:
        guest = await stage.guest("agent", command=COMMAND)
        assert fake_keeper.process.calls == []
    [(argv, log, env)] = fake_keeper.spawned

    assert argv == COMMAND
    assert log == setup.folder / "agent" / "guest.log"
    assert (env["LIVEKIT_URL"], env["LIVEKIT_TOKEN"]) == (troupe.gateway.url, guest.token)
    assert (env["LIVEKIT_ROOM"], env["LIVEKIT_API_KEY"]) == ("r1", SERVER.api_key)
    assert env["LIVEKIT_API_SECRET"] == SERVER.api_secret
    assert "PATH" in env
    assert fake_keeper.process.calls == ["terminate"]
    assert stage.sdk == {"agent": "js 2.9.1"}


@pytest.mark.asyncio
async def test_without_a_command_nothing_is_started_or_waited_for(
    troupe: FakeTroupe, setup: StageSetup, fake_keeper: FakeKeeper
) -> None:
    async with open_stage(setup) as stage:
        guest = await stage.guest("agent")
        assert guest.url == troupe.gateway.url
        troupe.gateway.counts = snapshot("agent")
        assert await guest.joined() == 5
    assert fake_keeper.spawned == []


@pytest.mark.asyncio
async def test_what_cannot_be_started_is_one_line(
    troupe: FakeTroupe, setup: StageSetup, fake_keeper: FakeKeeper
) -> None:
    fake_keeper.problem = KeeperError("cannot start nope: No such file or directory")
    with pytest.raises(StageError, match="guest agent: cannot start nope: No such file"):
        async with open_stage(setup) as stage:
            await stage.guest("agent", command=["nope"])
    with pytest.raises(TypeError, match="write its command as a list"):
        async with open_stage(setup) as stage:
            await stage.guest("agent", command="python agent.py")


@pytest.mark.asyncio
@pytest.mark.parametrize("when", ["while media runs", "at the end"])
async def test_one_that_ends_by_itself_ends_the_scenario(
    troupe: FakeTroupe, setup: StageSetup, fake_keeper: FakeKeeper, when: str
) -> None:
    async def scenario() -> None:
        async with open_stage(setup) as stage:
            await stage.guest("agent", command=COMMAND)
            fake_keeper.process.exited = Exit(code=0, signal=None)
            if when == "while media runs":
                await stage.run(seconds=0)
                reached.append("beyond")

    troupe.gateway.counts = snapshot("agent")
    reached: list[str] = []
    with pytest.raises(GuestDied, match="guest agent ended by itself: exit code 0"):
        await scenario()
    assert reached == []


@pytest.mark.asyncio
async def test_one_that_never_joined_is_an_error(troupe: FakeTroupe, setup: StageSetup) -> None:
    with pytest.raises(StageError, match="guest agent never joined: await its `joined"):
        async with open_stage(setup) as stage:
            await stage.guest("agent")


@pytest.mark.asyncio
async def test_faults_may_be_aimed_at_a_guest(troupe: FakeTroupe, setup: StageSetup) -> None:
    troupe.gateway.counts = snapshot("agent")
    async with open_stage(setup) as stage:
        await stage.guest("agent")
        await stage.impair(Loss(ratio=1.0, target=Target(participant="agent")))


@pytest.mark.asyncio
async def test_nobody_has_the_name_of_a_guest(troupe: FakeTroupe, setup: StageSetup) -> None:
    troupe.gateway.counts = snapshot("agent", "alice")
    async with open_stage(setup) as stage:
        await stage.guest("agent")
        await stage.join("alice")
        with pytest.raises(ValueError, match="'agent' has joined already"):
            await stage.join("agent")
        for taken in ("alice", "agent"):
            with pytest.raises(ValueError, match=f"'{taken}' has joined already"):
                await stage.guest(taken)


@pytest.mark.asyncio
async def test_all_are_watched(setup: StageSetup, fake_keeper: FakeKeeper) -> None:
    async def nobody() -> State:
        return State(participants={}, interceptors=(), interceptor_errors=0, errors=())

    async def empty() -> list[str]:
        return []

    around = Surroundings(folder=setup.folder, gateway=nobody, room=empty)
    guests = Guests(setup.keeper, SERVER, "r1", around)
    await guests.invite("a", {"url": "u", "token": "t"}, None)
    await guests.invite("b", {"url": "u", "token": "t"}, None)
    guests.check_alive()
    assert guests.identities == ["a", "b"]
    assert guests.sdk() == {}


PROGRAM = """
import asyncio, os, sys
from livekit import rtc

async def main():
    {before}
    room = rtc.Room()
    await room.connect(os.environ["LIVEKIT_URL"], os.environ["LIVEKIT_TOKEN"])
    print("in", os.environ["LIVEKIT_ROOM"], flush=True)
    source = rtc.AudioSource(48000, 1)
    track = rtc.LocalAudioTrack.create_audio_track("hum", source)
    await room.local_participant.publish_track(track)
    camera = rtc.VideoSource(320, 240)
    track = rtc.LocalVideoTrack.create_video_track("face", camera)
    await room.local_participant.publish_track(track)
    grey = rtc.VideoFrame(320, 240, rtc.VideoBufferType.I420, bytes([128] * (320 * 240 * 3 // 2)))
    frame = rtc.AudioFrame((b"\\x00\\x10" * 24 + b"\\x00\\xf0" * 24) * 10, 48000, 1, 480)
    for number in range({frames}):
        if number % 10 == 0:
            camera.capture_frame(grey)
        await source.capture_frame(frame)
    # Python's own end can abort: a thread of the SDK that is still at work then panics.
    print("tired of it", file=sys.stderr, flush=True)
    os._exit(1)

asyncio.run(main())
"""
LEAVES_FIRST = """
    room = rtc.Room()
    await room.connect(os.environ["LIVEKIT_URL"], os.environ["LIVEKIT_TOKEN"])
    track = rtc.LocalAudioTrack.create_audio_track("first", rtc.AudioSource(48000, 1))
    await room.local_participant.publish_track(track)
    await asyncio.sleep(1)
    await room.disconnect()
    await asyncio.sleep(1)
"""


@pytest.mark.real
@pytest.mark.asyncio
async def test_a_real_program_joins_is_heard_and_seen_and_is_ended(
    keeper: Keeper, server: Server, tmp_path: Path
) -> None:
    (tmp_path / "guest.py").write_text(PROGRAM.format(before="", frames=100_000))
    setup = StageSetup(keeper=keeper, server=server, folder=tmp_path, room="invited")
    async with asyncio.timeout(LIMIT_S), open_stage(setup) as stage:
        (bob,) = await stage.join("bob")
        program = [sys.executable, str(tmp_path / "guest.py")]
        hummer = await stage.guest("hummer", command=program)
        [pid] = [p.pid for p in psutil.Process(keeper.pid).children() if program == p.cmdline()]
        hum, face = await hummer.sound(), await hummer.picture()
        received = await bob.record(hum, face)
        since = await stage.run(seconds=1.5)
        until = await stage.run(seconds=1.5)

    assert not psutil.pid_exists(pid)
    assert (tmp_path / "hummer" / "guest.log").read_text() == "in invited\n"
    span = Window(since_ns=since, until_ns=until)
    silence = longest_silence(received[hum], **span)
    standstill = longest_standstill(received[face], **span)
    assert silence.value is not None, silence.missing
    assert standstill.value is not None, standstill.missing
    assert not silence.at_least
    assert not standstill.at_least
    assert stage.sdk["hummer"].startswith("python ")
    assert len(stage.ledger.packets(participant="hummer", direction="up", track=hum.sid)) > 20


@pytest.mark.real
@pytest.mark.asyncio
async def test_a_real_program_that_comes_back_is_heard_anew(
    keeper: Keeper, server: Server, tmp_path: Path
) -> None:
    (tmp_path / "guest.py").write_text(PROGRAM.format(before=LEAVES_FIRST, frames=100_000))
    setup = StageSetup(keeper=keeper, server=server, folder=tmp_path, room="twice")
    async with asyncio.timeout(LIMIT_S), open_stage(setup) as stage:
        (bob,) = await stage.join("bob")
        program = [sys.executable, str(tmp_path / "guest.py")]
        hummer = await stage.guest("hummer", command=program)
        left = await bob.told("participant_disconnected")
        back = await bob.told("participant_connected", since_ns=left.at_ns)
        hum = await hummer.sound()
        heard = await bob.record(hum)
        await heard.until_flowing()
        until = await stage.run(seconds=0)

    away = time_away(bob.events, observer="bob", subject="hummer", since_ns=0, until_ns=until)
    assert away.value == (back.at_ns - left.at_ns) / NS_PER_MS
    assert away.value > 500
    assert not away.at_least
    assert abs(heard[hum].samples.astype(int)).max() > 1000


@pytest.mark.real
@pytest.mark.asyncio
async def test_a_real_program_that_ends_is_named_with_its_last_words(
    keeper: Keeper, server: Server, tmp_path: Path
) -> None:
    (tmp_path / "guest.py").write_text(PROGRAM.format(before="", frames=1))
    tired = StageSetup(keeper=keeper, server=server, folder=tmp_path, room="tired")

    async def scenario() -> None:
        async with open_stage(tired) as stage:
            await stage.guest("hummer", command=[sys.executable, str(tmp_path / "guest.py")])
            while True:
                await stage.run(seconds=0.1)

    async with asyncio.timeout(LIMIT_S):
        with pytest.raises(GuestDied, match=r"ended by itself: exit code 1; .*tired of it"):
            await scenario()


@pytest.mark.real
@pytest.mark.asyncio
async def test_a_real_program_that_goes_around_the_gateway_is_found_out(
    keeper: Keeper, server: Server, tmp_path: Path
) -> None:
    text = PROGRAM.format(before="", frames=100_000).replace(
        'os.environ["LIVEKIT_URL"]', repr(server.url)
    )
    (tmp_path / "guest.py").write_text(text)
    around = StageSetup(keeper=keeper, server=server, folder=tmp_path, room="around")

    async def scenario() -> None:
        async with open_stage(around) as stage:
            guest = await stage.guest("hummer")
            told = {"LIVEKIT_TOKEN": guest.token, "LIVEKIT_URL": "", "LIVEKIT_ROOM": ""}
            program = [sys.executable, str(tmp_path / "guest.py")]
            child = keeper.spawn(program, name="around", log=tmp_path / "log", env=told)
            try:
                await guest.joined(within_s=5)
            finally:
                child.kill()  # nobody else ends it before the last test

    async with asyncio.timeout(LIMIT_S):
        with pytest.raises(StageError, match="did not come through the gateway"):
            await scenario()
