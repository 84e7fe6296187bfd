"""The run's end of the line to one participant: requests and answers, events, its death."""

from __future__ import annotations

import asyncio
import contextlib
import itertools
import socket
from collections.abc import Callable
from pathlib import Path
from typing import Any, Protocol, Self, TypeVar

import msgspec

from harness.evidence.clock import now_ns
from harness.evidence.json_value import read_json
from harness.evidence.sdk_event import SdkEvent
from harness.participant import protocol, protocol_lines
from harness.participant.redaction import redact
from harness.processes.child import Exit
from harness.processes.lines import ChannelClosedError, LineChannel

_HELLO_LIMIT_S = 10.0
_CALL_LIMIT_S = 10.0
_EXIT_LIMIT_S = 3.0
_LAST_LINES = 10

T = TypeVar("T")
Wanted = Callable[[SdkEvent], bool]


class ParticipantDied(Exception):
    """The process of a participant ended while it was needed."""

    def __init__(self, identity: str, exited: Exit | None, last_lines: list[str]) -> None:
        self.identity = identity
        self.exited = exited
        self.last_lines = tuple(redact(line) for line in last_lines)
        how = "it closed its line and still runs" if exited is None else str(exited)
        said = " | ".join(line.strip() for line in self.last_lines if line.strip())
        super().__init__(f"participant {identity} died: {how}; last log lines: {said or 'none'}")


class CommandFailed(Exception):
    """The participant answered that it could not do it; `kind` is its exception's type name."""

    def __init__(self, identity: str, command: str, kind: str, error: str) -> None:
        self.identity, self.command, self.kind, self.error = identity, command, kind, error
        super().__init__(f"participant {identity}: {command} failed: {kind}: {error}")


class CommandTimedOut(Exception):
    """The participant lives and did not answer in time; after a join it was killed."""


class Process(Protocol):
    """What is needed of the participant's process; `harness.processes.child.Child` has it."""

    socket: socket.socket | None
    exited: Exit | None

    @property
    def pid(self) -> int: ...  # noqa: D102
    def wait(self, timeout_s: float) -> Exit | None: ...  # noqa: D102
    def kill(self) -> None: ...  # noqa: D102
    def last_lines(self, n: int = 10) -> list[str]: ...  # noqa: D102


class Connection:
    """Reads what the participant says until its line ends; then everything that waits fails."""

    def __init__(
        self, child: Process, channel: LineChannel, *, identity: str, events_file: Path
    ) -> None:
        self.identity, self.child = identity, child
        self.events: list[SdkEvent] = []
        self.faults: list[protocol.Fault] = []
        self._channel = channel
        self._numbers = itertools.count(1)
        self._pending: dict[int, tuple[str, asyncio.Future[msgspec.Raw]]] = {}
        self._watchers: dict[asyncio.Future[SdkEvent], Wanted] = {}
        self._hello: asyncio.Future[protocol.Hello] = asyncio.get_running_loop().create_future()
        self._dead = False
        self._events_file = events_file.open("ab", buffering=0)
        self._reader = asyncio.create_task(self._read(), name=f"reader of {identity}")

    @classmethod
    async def open(cls, child: Process, *, identity: str, folder: Path) -> Self:
        """Take over the socket of a participant that was just started; wait for its hello.

        Raises ParticipantDied, CommandTimedOut when it says nothing, CommandFailed when it speaks
        another version of the protocol.
        """
        assert child.socket is not None, "a participant is forked, which gives it a socket"
        channel = await LineChannel.open(child.socket)
        try:
            connection = cls(
                child, channel, identity=identity, events_file=folder / "events.ndjson"
            )
        except OSError:
            await channel.close()
            raise
        try:
            await connection._greet()
        except BaseException:
            await connection.close()
            raise
        return connection

    @property
    def hello(self) -> protocol.Hello:
        """What the participant said first."""
        return self._hello.result()

    async def call(
        self, command: protocol.Command, result: type[T], *, timeout_s: float = _CALL_LIMIT_S
    ) -> T:
        """Send a command, wait for its answer, decode it as `result`.

        Raises ParticipantDied, CommandFailed, CommandTimedOut.
        """
        self._raise_if_dead()
        name = str(type(command).__struct_config__.tag)
        number = next(self._numbers)
        answer: asyncio.Future[msgspec.Raw] = asyncio.get_running_loop().create_future()
        self._pending[number] = (name, answer)
        try:
            with contextlib.suppress(ChannelClosedError):  # its end is read in a moment
                self._channel.write(protocol_lines.request(number, command))
            raw = await self._within(answer, timeout_s, f"answer to {name}")
        finally:
            del self._pending[number]
        try:
            return read_json(raw, msgspec.json.Decoder(result))
        except ValueError as error:
            raise CommandFailed(self.identity, name, "Protocol", f"no answer: {error}") from None

    async def wait_for_event(self, wanted: Wanted, name: str, *, timeout_s: float) -> SdkEvent:
        """The first event that is wanted, also one that came before."""
        for event in self.events:
            if wanted(event):
                return event
        self._raise_if_dead()
        found: asyncio.Future[SdkEvent] = asyncio.get_running_loop().create_future()
        self._watchers[found] = wanted
        try:
            return await self._within(found, timeout_s, f"event {name}")
        finally:
            del self._watchers[found]

    async def close(self) -> None:
        """Close the line, which ends the process; kill it if that does not."""
        await self._channel.close()
        if await asyncio.to_thread(self.child.wait, _EXIT_LIMIT_S) is None:
            self.child.kill()
            await asyncio.to_thread(self.child.wait, _EXIT_LIMIT_S)
        await asyncio.wait([self._reader], timeout=2 * _EXIT_LIMIT_S)
        self._events_file.close()

    async def _greet(self) -> None:
        hello = await self._within(self._hello, _HELLO_LIMIT_S, "hello")
        if hello.protocol != protocol.PROTOCOL:
            raise CommandFailed(
                self.identity,
                "hello",
                "ProtocolVersion",
                f"it speaks version {hello.protocol}, this is {protocol.PROTOCOL}: "
                "install the version of the participant that belongs to this harness",
            )

    async def _within(self, future: asyncio.Future[T], timeout_s: float, what: str) -> T:
        try:
            async with asyncio.timeout(timeout_s):
                return await future
        except TimeoutError:
            raise CommandTimedOut(
                f"participant {self.identity}: no {what} within {timeout_s:g} s"
            ) from None

    def _raise_if_dead(self) -> None:
        if self._dead:
            raise self._death()

    def _death(self) -> ParticipantDied:
        return ParticipantDied(self.identity, self.child.exited, self.child.last_lines(_LAST_LINES))

    async def _read(self) -> None:
        try:
            while (line := await self._channel.read()) is not None:
                self._take(protocol_lines.read_message(line))
        except ValueError as error:  # too long, or not of the protocol
            self._add_fault(f"said what is not of the protocol and was ended: {error}")
            self.child.kill()
        await asyncio.to_thread(self.child.wait, _EXIT_LIMIT_S)
        self._dead = True
        waiting: list[asyncio.Future[Any]] = [self._hello, *self._watchers]
        waiting.extend(answer for _, answer in self._pending.values())
        for future in waiting:
            if not future.done():
                future.set_exception(self._death())
        if self._hello.done():
            self._hello.exception()  # nobody may be left to look at it

    def _take(self, message: protocol.FromParticipant) -> None:
        match message:
            case protocol.Hello():
                if not self._hello.done():
                    self._hello.set_result(message)
            case protocol.Reply():
                self._settle(message)
            case protocol.Failed():
                self._settle(message)
            case protocol.Event():
                self._take_event(message.event)
            case protocol.Fault():
                self.faults.append(message)

    def _settle(self, message: protocol.Reply | protocol.Failed) -> None:
        if message.id is None:
            self._add_fault(f"could not read a request: {message.error}")
            return
        name, answer = self._pending.get(message.id, ("", None))
        if answer is None or answer.done():
            return  # it was given up on before
        if isinstance(message, protocol.Reply):
            answer.set_result(message.result)
        else:
            answer.set_exception(CommandFailed(self.identity, name, message.kind, message.error))

    def _take_event(self, event: SdkEvent) -> None:
        self.events.append(event)
        self._write_down(event)
        for found, wanted in self._watchers.items():
            if not found.done() and wanted(event):
                found.set_result(event)

    def _write_down(self, event: SdkEvent) -> None:
        try:
            self._events_file.write(msgspec.json.encode(event) + b"\n")
        except OSError as error:
            self._add_fault(f"event {event.name} was not written: {error}", where="events.ndjson")

    def _add_fault(self, error: str, *, where: str = "its line") -> None:
        self.faults.append(protocol.Fault(where=where, error=error, at_ns=now_ns()))
