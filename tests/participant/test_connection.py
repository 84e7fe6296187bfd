from __future__ import annotations

import asyncio
import json
import socket
from collections.abc import AsyncIterator
from pathlib import Path

import msgspec
import pytest
import pytest_asyncio

from harness.evidence.sdk_event import SdkEvent
from harness.participant import protocol, protocol_lines
from harness.participant.connection import (
    CommandFailed,
    CommandTimedOut,
    Connection,
    ParticipantDied,
)
from harness.processes.child import Exit
from harness.processes.lines import LineChannel

HELLO = protocol.Hello(protocol=protocol.PROTOCOL, sdk="other 3", features=("mute",))
MOVED = SdkEvent(at_ns=70, participant="bob", name="moved")


class FakeProcess:
    """A participant's process whose end of the line the test holds."""

    def __init__(self) -> None:
        self.ours, self.theirs = socket.socketpair()
        self.socket: socket.socket | None = self.ours
        self.exited: Exit | None = None
        self.killed = False
        self.pid = 1

    def wait(self, timeout_s: float) -> Exit | None:
        return self.exited

    def kill(self) -> None:
        self.killed = True

    def last_lines(self, n: int = 10) -> list[str]:
        return ["panicked at audio_source.rs", "token=eyJabcdef.abc.def aborting"][:n]


class Participant:
    """The other side: what a participant says, said by the test."""

    def __init__(self, process: FakeProcess, channel: LineChannel) -> None:
        self.process, self.channel = process, channel

    async def request(self) -> tuple[int, protocol.Command]:
        async with asyncio.timeout(20):
            line = await self.channel.read()
        assert line is not None
        request = protocol_lines.read_request(line)
        return request.id, protocol_lines.read_command(request)

    async def answer(self, result: object) -> protocol.Command:
        number, command = await self.request()
        raw = msgspec.Raw(msgspec.json.encode(result))
        self.channel.write(protocol.Reply(id=number, result=raw))
        return command

    async def die(self, exited: Exit) -> None:
        self.process.exited = exited
        await self.channel.close()


@pytest_asyncio.fixture
async def participant() -> AsyncIterator[Participant]:
    process = FakeProcess()
    channel = await LineChannel.open(process.theirs)
    yield Participant(process, channel)
    await channel.close()


@pytest_asyncio.fixture
async def connection(participant: Participant, tmp_path: Path) -> AsyncIterator[Connection]:
    participant.channel.write(HELLO)
    opened = await Connection.open(participant.process, identity="bob", folder=tmp_path)
    yield opened
    participant.process.exited = participant.process.exited or Exit(code=0, signal=None)
    await opened.close()


@pytest.mark.asyncio
async def test_the_hello_says_what_it_can_do(connection: Connection) -> None:
    assert connection.hello == HELLO


@pytest.mark.asyncio
async def test_an_answer_of_another_kind_is_a_failure(
    connection: Connection, participant: Participant
) -> None:
    call = asyncio.create_task(connection.call(protocol.GetHealth(), protocol.Health))
    await participant.answer("well")

    with pytest.raises(CommandFailed, match="health failed: Protocol: no answer: Expected"):
        await asyncio.wait_for(call, 5)


@pytest.mark.asyncio
async def test_a_call_gets_its_own_answer(connection: Connection, participant: Participant) -> None:
    first = asyncio.create_task(connection.call(protocol.Mute(sid="a"), protocol.Done))
    second = asyncio.create_task(connection.call(protocol.Mute(sid="b"), protocol.Done))
    (one, _), (two, command) = await participant.request(), await participant.request()
    assert command == protocol.Mute(sid="b")
    for number, at_ns in ((two, 2), (one, 1)):
        raw = msgspec.Raw(b'{"at_ns":%d}' % at_ns)
        participant.channel.write(protocol.Reply(id=number, result=raw))

    assert (await first).at_ns == 1
    assert (await second).at_ns == 2


@pytest.mark.asyncio
async def test_a_refusal_is_an_error_with_its_kind(
    connection: Connection, participant: Participant
) -> None:
    call = asyncio.create_task(connection.call(protocol.Mute(sid="a"), protocol.Done))
    number, _ = await participant.request()
    participant.channel.write(protocol.Failed(id=number, error="no track a", kind="Refused"))

    with pytest.raises(CommandFailed, match="bob: mute failed: Refused: no track a"):
        await call


@pytest.mark.asyncio
async def test_no_answer_in_time_is_an_error_and_a_late_one_is_ignored(
    connection: Connection, participant: Participant
) -> None:
    with pytest.raises(CommandTimedOut, match=r"no answer to mute within 0.01 s"):
        await connection.call(protocol.Mute(sid="a"), protocol.Done, timeout_s=0.01)
    await participant.answer(protocol.Done(at_ns=1))
    call = asyncio.create_task(connection.call(protocol.Mute(sid="b"), protocol.Done))
    await participant.answer(protocol.Done(at_ns=2))

    assert (await call).at_ns == 2


@pytest.mark.asyncio
async def test_a_death_fails_everything_that_waits_at_once(
    connection: Connection, participant: Participant
) -> None:
    call = asyncio.create_task(connection.call(protocol.GetHealth(), protocol.Health))
    event = asyncio.create_task(connection.wait_for_event(lambda _: True, "any", timeout_s=60))
    await participant.request()
    await participant.die(Exit(code=None, signal=6))

    for waiting in (call, event):
        with pytest.raises(ParticipantDied, match=r"bob died: killed by SIGABRT.*panicked at"):
            await asyncio.wait_for(waiting, 5)
    with pytest.raises(ParticipantDied) as later:
        await connection.call(protocol.GetHealth(), protocol.Health)
    assert later.value.exited == Exit(code=None, signal=6)
    assert "eyJ" not in str(later.value)


@pytest.mark.asyncio
async def test_events_are_kept_written_and_waited_for(
    connection: Connection, participant: Participant, tmp_path: Path
) -> None:
    waiting = asyncio.create_task(
        connection.wait_for_event(lambda event: event.at_ns >= 70, "moved", timeout_s=5)
    )
    early = protocol.Event(event=SdkEvent(at_ns=60, participant="bob", name="moved"))
    participant.channel.write(early)
    participant.channel.write(protocol.Event(event=MOVED))

    assert await waiting == MOVED
    assert await connection.wait_for_event(lambda _: True, "moved", timeout_s=0) == early.event
    lines = (tmp_path / "events.ndjson").read_text().splitlines()
    assert [json.loads(line)["at_ns"] for line in lines] == [60, 70]


@pytest.mark.asyncio
async def test_an_event_that_does_not_come(connection: Connection) -> None:
    with pytest.raises(CommandTimedOut, match=r"no event moved within 0.01 s"):
        await connection.wait_for_event(lambda _: True, "moved", timeout_s=0.01)


@pytest.mark.asyncio
async def test_another_protocol_version_is_refused(
    participant: Participant, tmp_path: Path
) -> None:
    participant.channel.write(msgspec.structs.replace(HELLO, protocol=9))
    participant.process.exited = Exit(code=0, signal=None)

    with pytest.raises(CommandFailed, match="it speaks version 9, this is 1"):
        await Connection.open(participant.process, identity="bob", folder=tmp_path)


@pytest.mark.asyncio
async def test_a_program_that_ends_before_its_hello(
    participant: Participant, tmp_path: Path
) -> None:
    await participant.die(Exit(code=1, signal=None))

    with pytest.raises(ParticipantDied, match="exit code 1"):
        await Connection.open(participant.process, identity="bob", folder=tmp_path)


@pytest.mark.asyncio
@pytest.mark.parametrize(
    "line", [b"nonsense", b'{"type":"nonsense"}', b'{"type":"fault","where":"\xff"}', b"[" * 99_999]
)
async def test_a_line_that_is_no_message_ends_the_participant(
    connection: Connection, participant: Participant, line: bytes
) -> None:
    call = asyncio.create_task(connection.call(protocol.GetHealth(), protocol.Health))
    await participant.request()
    participant.process.theirs.sendall(line + b"\n")

    with pytest.raises(ParticipantDied):
        await asyncio.wait_for(call, 5)
    assert participant.process.killed
    assert "not of the protocol" in connection.faults[0].error


@pytest.mark.asyncio
async def test_a_full_disk_is_a_fault_and_events_go_on(participant: Participant) -> None:
    connection = Connection(
        participant.process,
        await LineChannel.open(participant.process.ours),
        identity="bob",
        events_file=Path("/dev/full"),
    )
    participant.channel.write(protocol.Event(event=MOVED))

    assert await connection.wait_for_event(lambda _: True, "moved", timeout_s=5) == MOVED
    assert "event moved was not written" in connection.faults[0].error
    participant.process.exited = Exit(code=0, signal=None)
    await connection.close()


@pytest.mark.asyncio
async def test_faults_are_kept(connection: Connection, participant: Participant) -> None:
    fault = protocol.Fault(where="source of tone", error="disk full", at_ns=5)
    participant.channel.write(fault)
    participant.channel.write(protocol.Failed(id=None, error="not JSON", kind="DecodeError"))
    call = asyncio.create_task(connection.call(protocol.GetHealth(), object))
    await participant.answer(None)
    await call

    assert connection.faults[0] == fault
    assert connection.faults[1].error == "could not read a request: not JSON"
