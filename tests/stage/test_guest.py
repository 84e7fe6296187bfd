from __future__ import annotations

import asyncio
from collections.abc import Callable
from pathlib import Path
from typing import TYPE_CHECKING

import msgspec
import pytest

from harness.gateway.client import PublishedTrack, State
from harness.processes.child import Exit
from harness.stage import guest as module
from harness.stage.errors import GuestDied, ServerRefused, StageError
from harness.stage.guest import Guest, Surroundings
from tests.stage.conftest import NOBODY
from tests.stage.guest_fakes import FakeProcess

if TYPE_CHECKING:
    from harness.gateway.client import ParticipantState

JOINED = {"at_ns": 5, "participant": "agent", "direction": "server", "kind": "join", "bytes": 9}
ASKED = {
    **JOINED, "at_ns": 4, "kind": "join_request", "details": {"sdk": "js", "version": "2.9.1"},
}  # fmt: skip
LIMIT_S = 10.0
TICKET = {"url": "ws://127.0.0.1:4", "token": "a-token"}


class Surrounding:
    """A gateway and a room that say what the test wrote; each question is one step of time."""

    def __init__(self, folder: Path) -> None:
        self.folder = folder
        self.states: list[dict[str, ParticipantState]] = [{}]
        """What the gateway knows, one answer after the other; the last one stays."""
        self.room: list[str] | ServerRefused = []

    async def gateway(self) -> State:
        known = self.states.pop(0) if len(self.states) > 1 else self.states[0]
        return State(participants=known, interceptors=(), interceptor_errors=0, errors=())

    async def there(self) -> list[str]:
        if isinstance(self.room, ServerRefused):
            raise self.room
        return self.room

    def signalling(self, *messages: dict[str, object]) -> None:
        lines = [msgspec.json.encode(message) + b"\n" for message in messages]
        (self.folder / "signalling.ndjson").write_bytes(b"".join(lines))


@pytest.fixture
def around(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Surrounding:
    monkeypatch.setattr(module, "_POLL_S", 0)
    return Surrounding(tmp_path)


@pytest.fixture
def guest(around: Surrounding) -> Callable[..., Guest]:
    def make(process: FakeProcess | None = None) -> Guest:
        seen = Surroundings(folder=around.folder, gateway=around.gateway, room=around.there)
        return Guest("agent", TICKET, seen, process)

    return make


def publishing(**tracks: str) -> dict[str, ParticipantState]:
    """The guest publishes these, medium by sid; names are those of the media."""
    known = {
        sid: PublishedTrack(name=f"my {m}", medium=m, muted=False) for sid, m in tracks.items()
    }
    return {"agent": msgspec.structs.replace(NOBODY, tracks=known)}


@pytest.mark.asyncio
async def test_it_is_waited_for_until_the_server_has_let_it_in(
    around: Surrounding, guest: Callable[..., Guest]
) -> None:
    others = {**JOINED, "participant": "bob", "at_ns": 9}
    around.signalling(others)
    invited = guest()
    assert (invited.url, invited.token) == ("ws://127.0.0.1:4", "a-token")
    assert invited.sdk() is None
    async with asyncio.timeout(LIMIT_S):
        waiting = asyncio.create_task(invited.joined())
        await asyncio.sleep(0)
        assert not waiting.done()
        around.signalling(others, ASKED)
        await asyncio.sleep(0)
        around.signalling(others, ASKED, JOINED, others)
        assert await waiting == 5

    assert invited.sdk() == "js 2.9.1"
    around.signalling(ASKED, JOINED, {**JOINED, "at_ns": 8})
    assert await invited.joined() == 8


@pytest.mark.asyncio
@pytest.mark.parametrize(
    ("room", "says"),
    [
        (
            ["alice"],
            "did not join within 0 s: have it connect to LIVEKIT_URL, here ws://127.0.0.1:4",
        ),
        (ServerRefused("not_found", "no such room"), "did not join within 0 s"),
        (["agent"], "is in the room, and did not come through the gateway: nothing of it counts"),
    ],
    ids=["absent", "no room", "around the gateway"],
)
async def test_one_that_does_not_come_is_told_what_to_do(
    around: Surrounding, guest: Callable[..., Guest], room: list[str] | ServerRefused, says: str
) -> None:
    around.room = room
    with pytest.raises(StageError, match=says):
        await guest().joined(within_s=0)


@pytest.mark.asyncio
async def test_its_newest_track_of_a_kind_is_what_is_recorded(
    around: Surrounding, guest: Callable[..., Guest]
) -> None:
    around.states = [
        {},
        publishing(TR_1="video"),
        publishing(TR_1="video", TR_2="audio", TR_3="audio"),
    ]
    sound = await guest().sound()
    picture = await guest().picture()

    assert (sound.publisher, sound.sid, sound.name) == ("agent", "TR_3", "my audio-TR_3")
    assert picture.sid == "TR_1"
    assert (await guest().sound(name="my audio")).sid == "TR_3"


@pytest.mark.asyncio
async def test_a_track_that_never_comes_is_an_error_that_names_those_that_did(
    around: Surrounding, guest: Callable[..., Guest]
) -> None:
    with pytest.raises(StageError, match="published no video within 0 s; it publishes nothing"):
        await guest().picture(within_s=0)
    around.states = [publishing(TR_1="video")]
    with pytest.raises(StageError, match="no audio 'x' within 0 s; it publishes video 'my video'"):
        await guest().sound(name="x", within_s=0)


@pytest.mark.asyncio
@pytest.mark.parametrize(
    ("exited", "says"),
    [
        (Exit(code=0, signal=None), "exit code 0"),
        (Exit(code=3, signal=None), "exit code 3"),
        (Exit(code=None, signal=11), "killed by SIGSEGV"),
    ],
)
async def test_its_death_ends_whatever_waits_for_it(
    guest: Callable[..., Guest], exited: Exit, says: str
) -> None:
    process = FakeProcess(last=["starting", "", "token=abc", "out of memory"])
    invited = guest(process)
    invited.check_alive()
    process.exited = exited

    for wait in (invited.check_alive, invited.joined, invited.sound):
        with pytest.raises(GuestDied, match=f"guest agent ended by itself: {says}") as raised:
            await wait()  # type: ignore[misc]
        assert str(raised.value).endswith("last log lines: starting | token=… | out of memory")


@pytest.mark.asyncio
@pytest.mark.parametrize(
    ("heeds", "calls"), [(True, ["terminate"]), (False, ["terminate", "kill"])]
)
async def test_it_is_asked_to_end_and_killed_if_it_does_not(
    guest: Callable[..., Guest], heeds: bool, calls: list[str]
) -> None:
    process = FakeProcess(heeds=heeds)
    await guest(process).close()
    await guest().close()
    assert process.calls == calls
