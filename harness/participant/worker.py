"""The participant process: Python SDK behind the line protocol.

Forked by a keeper that has imported this module and never called the native library: the library
is loaded at the first use, in the worker, where an abort ends one participant and nothing else.
"""

from __future__ import annotations

import asyncio
import gc
import logging
import os
import signal
import socket
import sys
from collections.abc import Awaitable, Callable
from pathlib import Path
from typing import Any, Final, NoReturn

import msgspec
from livekit import rtc

from harness.evidence.clock import now_ns
from harness.evidence.sdk_event import SdkEvent
from harness.participant import protocol, protocol_lines
from harness.participant.health import HealthMonitor
from harness.participant.probe import run_probe
from harness.participant.redaction import RedactingFormatter, one_line
from harness.participant.session import Session
from harness.participant.supervise import Supervisor
from harness.participant.tracks import Refused
from harness.processes.lines import ChannelClosedError, ChannelFullError, LineChannel

FEATURES: Final = (
    "join", "leave", "publish_tone", "publish_sweep", "publish_picture", "publish_again",
    "hold", "unpublish", "mute", "unmute", "set_permissions", "subscribe", "unsubscribe",
    "record", "statistics", "set_quality", "set_dimensions", "set_enabled",
    "health", "publications", "probe", "frame_metadata", "audio_queue", "dtx", "red", "simulcast",
)  # fmt: skip
_SYNC_S = 1.0
_MAX_REQUESTS = 64


_ACTIONS: Final[dict[type, Callable[[Session, Any], Awaitable[object]]]] = {
    protocol.Join: Session.join,
    protocol.Leave: lambda session, _: session.leave(),
    protocol.PublishTone: Session.publish,
    protocol.PublishSweep: Session.publish,
    protocol.PublishSpoken: Session.publish,
    protocol.PublishPicture: Session.publish,
    protocol.PublishAgain: Session.publish_again,
    protocol.Unpublish: Session.unpublish,
    protocol.Mute: Session.mute,
    protocol.Unmute: Session.unmute,
    protocol.Subscribe: Session.subscribe,
    protocol.Unsubscribe: Session.unsubscribe,
    protocol.SetPermissions: Session.set_permissions,
    protocol.SetQuality: Session.set_quality,
    protocol.SetDimensions: Session.set_dimensions,
    protocol.SetEnabled: Session.set_enabled,
    protocol.Record: Session.record,
    protocol.StopRecording: Session.stop_recording,
    protocol.GetStatistics: lambda session, _: session.statistics(),
    protocol.GetPublications: lambda session, _: session.publications(),
}


def main(sock: socket.socket) -> None:
    """Serve one run over a stream socket until it closes it."""
    _log_to_stderr()
    gc.freeze()  # what the keeper imported would stall media at each full collection
    asyncio.run(Worker().serve(sock))


class Worker:
    """Reads requests, answers each when it is done, passes events on as they come."""

    def __init__(self) -> None:
        self._channel: LineChannel | None = None
        self._supervise = Supervisor(self._fault)
        self._health = HealthMonitor()
        self._session: Session | None = None
        self._requests = 0

    async def serve(self, sock: socket.socket) -> None:
        """Say hello, then work until the other side is gone."""
        self._channel = await LineChannel.open(sock)
        asyncio.get_running_loop().add_signal_handler(signal.SIGTERM, self._terminated)
        self._send(
            protocol.Hello(
                protocol=protocol.PROTOCOL, sdk=f"python {rtc.__version__}", features=FEATURES
            )
        )
        self._supervise(self._health.watch(), "health monitor")
        self._supervise(self._sync_files(), "writing of recordings")
        while (line := await self._channel.read()) is not None:
            self._accept(line)
        self._end(0)

    def _accept(self, line: bytes) -> None:
        try:
            request = protocol_lines.read_request(line)
        except ValueError as error:
            self._fail(None, error)
            return
        try:
            command = protocol_lines.read_command(request)
        except ValueError as error:
            self._fail(request.id, error)
            return
        if self._requests >= _MAX_REQUESTS:
            self._fail(request.id, Refused(f"{_MAX_REQUESTS} requests are not answered yet"))
            return
        self._requests += 1
        self._supervise(self._answer(request.id, command), f"request {request.id}")

    async def _answer(self, number: int, command: protocol.Command) -> None:
        try:
            result = msgspec.json.encode(await self._carry_out(command))
            self._send(_reply(number, result))
        except Exception as error:  # whatever happened is the answer
            logging.getLogger(__name__).info("request %s failed", number, exc_info=error)
            self._fail(number, error)
        finally:
            self._requests -= 1

    async def _carry_out(self, command: protocol.Command) -> object:
        match command:
            case protocol.Tamper():
                return self._tamper(command)
            case protocol.Begin():
                return self._begin(command)
            case protocol.Probe():
                room = self._session.room if self._session else None
                return await run_probe(Path(command.file), command.function, command.args, room)
            case protocol.GetHealth():
                return self._health.report()
        if self._session is None:
            raise Refused("nobody said who this participant is: begin first")
        return await _ACTIONS[type(command)](self._session, command)

    def _tamper(self, command: protocol.Tamper) -> protocol.Done:
        from harness.participant.tampering import Tampering, load_tamper  # of a sabotage alone

        if self._session is not None:
            raise Refused("begun already: what a sabotage does comes first")
        loop = asyncio.get_running_loop()

        def fault(where: str, error: BaseException) -> None:
            loop.call_soon_threadsafe(self._fault, where, error)

        tampering = Tampering(command.identity, fault=fault)
        for path in command.tampers:
            load_tamper(path)(tampering)
        return protocol.Done(at_ns=now_ns())

    def _begin(self, command: protocol.Begin) -> protocol.Done:
        if self._session is not None:
            raise Refused("begun already")
        self._session = Session(
            command.identity,
            Path(command.folder),
            emit=self._emit,
            supervise=self._supervise,
            health=self._health,
        )
        return protocol.Done(at_ns=now_ns())

    def _emit(self, event: SdkEvent) -> None:
        self._send(protocol.Event(event=event))

    def _fail(self, number: int | None, error: BaseException) -> None:
        self._send(protocol.Failed(id=number, error=one_line(error), kind=type(error).__name__))

    def _fault(self, where: str, error: BaseException) -> None:
        logging.getLogger(__name__).error("%s ended by an error", where, exc_info=error)
        self._send(protocol.Fault(where=where, error=one_line(error), at_ns=now_ns()))

    def _send(self, message: protocol.FromParticipant) -> None:
        try:
            self._write(message)
        except ValueError as error:  # what is lost must not look as if it had never been
            lost = f"could not be said: {one_line(error)}"
            self._write(protocol.Fault(where=_called(message), error=lost, at_ns=now_ns()))

    def _write(self, message: protocol.FromParticipant) -> None:
        assert self._channel is not None
        try:
            self._channel.write(message)
        except ChannelClosedError:
            pass  # the end of the channel is being read at this moment, and ends this process
        except ChannelFullError as error:
            sys.stderr.write(f"{error}: this participant ends\n")
            self._end(1)

    async def _sync_files(self) -> None:
        while True:
            await asyncio.sleep(_SYNC_S)
            if self._session is not None:
                self._session.sync()

    def _terminated(self) -> None:
        """SIGTERM, also from the SDK after a panic: end by it, with complete files."""
        self._close_files()
        signal.signal(signal.SIGTERM, signal.SIG_DFL)
        os.kill(os.getpid(), signal.SIGTERM)

    def _end(self, code: int) -> NoReturn:
        """At once: the SDK's own clean-up at exit aborts now and then."""
        self._close_files()
        sys.stderr.flush()
        os._exit(code)

    def _close_files(self) -> None:
        if self._session is not None:
            self._session.close_files()


def _reply(number: int, result: bytes) -> protocol.Reply:
    if len(result) > protocol.RESULT_LIMIT:
        raise Refused(f"the answer has {len(result)} bytes: make it return less")
    return protocol.Reply(id=number, result=msgspec.Raw(result))


def _called(message: protocol.FromParticipant) -> str:
    """What is said of one that cannot be told: nothing of it that may be long."""
    if isinstance(message, protocol.Event):
        return f"event {message.event.name}"
    return f"line of type {type(message).__struct_config__.tag}"


def _log_to_stderr() -> None:
    handler = logging.StreamHandler(sys.stderr)
    handler.setFormatter(RedactingFormatter("%(asctime)s %(levelname)s %(name)s: %(message)s"))
    logging.basicConfig(level=logging.INFO, handlers=[handler], force=True)
