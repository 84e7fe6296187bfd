"""The relay as a process of its own, forked before the gateway's event loop starts.

It ends when its control socket ends, so it never outlives the gateway; the ledger is written out
then.
"""

from __future__ import annotations

import gc
import os
import resource
import signal
import socket
import sys
import traceback
from collections.abc import Callable
from contextlib import suppress
from dataclasses import dataclass
from pathlib import Path
from typing import NoReturn

import msgspec

from harness.gateway.relay import Relay, Row
from harness.gateway.relay_messages import (
    AnyReply,
    AnyRequest,
    Begin,
    BindMid,
    BindPayloads,
    BindSsrc,
    CannotStart,
    Done,
    ExpectUfrag,
    Failed,
    Learned,
    NameTrack,
    OpenPort,
    PortOpened,
    PutInForce,
    Ready,
    SetImpairments,
    SetProfile,
    SnapshotTaken,
    TakeSnapshot,
)
from harness.gateway.relay_ports import Refused
from harness.gateway.relay_wakeups import go_before_others

MAX_REPLY = 96 << 20
"""Bytes of a line that the relay writes. The longest is a snapshot of 1000 participants: two sides
each, 256 SSRCs a side, four counts of 20 digits for each of these, and names of 256 characters for
which JSON has six bytes: 75 MB."""
_MAX_LINE = 1 << 20
_MAX_REQUEST = 400_000
"""Bytes of what is put in force at once: it comes back in a row, beside what was there already."""
_MAX_WAITING = MAX_REPLY + (32 << 20)
_UNSENT_S = 0.001
"""How soon the kernel is asked again to take the rest of a long line."""
_REQUEST = msgspec.json.Decoder(AnyRequest)
Make = Callable[[Callable[[Row], None]], Relay]
"""Makes the relay; given what is to be called with each row for `bindings.ndjson`."""


@dataclass(frozen=True, kw_only=True)
class RelayProcess:
    """A relay that was forked: what RelayClient takes over."""

    pid: int
    control: socket.socket


def start_relay(
    folder: Path, seed: int, host: str = "127.0.0.1", *, kind: type[Relay] = Relay
) -> RelayProcess:
    """Fork the relay. To be called while this process has one thread and no event loop.

    Args:
        folder: Where the ledger is written; it must be there.
        seed: Decides all random fates.
        host: IPv4 address on which its ports listen.
        kind: What it is; a sabotage has one of its own.

    The relay says on its control socket whether it can work: `RelayClient.open` reads that.
    """
    ours, theirs = socket.socketpair()
    sys.stdout.flush()
    sys.stderr.flush()
    pid = os.fork()
    if pid == 0:
        _run_child(theirs, lambda tell: kind(folder=folder, seed=seed, host=host, tell=tell))
    theirs.close()
    return RelayProcess(pid=pid, control=ours)


def _run_child(control: socket.socket, make: Make) -> NoReturn:
    """The whole life of the relay: nothing of the parent's stack is ever returned to."""
    code = 1
    try:
        signal.signal(signal.SIGINT, signal.SIG_IGN)
        _close_all_but(control.fileno())
        _allow_many_sockets()
        gc.disable()  # there are no cycles of objects to find, and looking for them stalls packets
        go_before_others()
        _Program(control, make).run()
        code = 0
    except BaseException:  # nothing may reach the parent's handlers
        traceback.print_exc()
    finally:
        with suppress(Exception):
            sys.stderr.flush()
        os._exit(code)


def _termination() -> socket.socket:
    """Readable once SIGTERM has come; a handler alone could run just before the loop sleeps."""
    readable, writable = socket.socketpair()
    writable.setblocking(False)
    signal.signal(signal.SIGTERM, lambda *_: None)
    signal.set_wakeup_fd(writable.detach())
    return readable


def _close_all_but(number: int) -> None:
    """Close what the gateway had open: its sockets must end when it ends."""
    most = resource.getrlimit(resource.RLIMIT_NOFILE)[0]
    os.closerange(3, number)
    os.closerange(number + 1, most)


def _allow_many_sockets() -> None:
    """As many as the user may have: every flow has one."""
    most = resource.getrlimit(resource.RLIMIT_NOFILE)[1]
    resource.setrlimit(resource.RLIMIT_NOFILE, (most, most))


class _Program:
    """Reads requests from the control socket between packets and answers them."""

    def __init__(self, control: socket.socket, make: Make) -> None:
        control.setblocking(False)
        self._control = control
        self._make = make
        self._read = b""
        self._unsent = bytearray()
        self._open = True

    def run(self) -> None:
        """Carry packets until the control socket ends."""
        termination = _termination()
        try:
            relay = self._make(lambda row: self._say(Learned(row=row)))
        except OSError as error:
            self._say(CannotStart(error=f"cannot write the ledger: {error}"))
            return
        try:
            relay.loop.watch(self._control, lambda: self._hear(relay))
            relay.loop.watch(termination, self._stop)
            self._say(Ready())
            while self._open:
                relay.turn(_UNSENT_S if self._unsent else None)
                self._send()
        finally:
            relay.close()

    def _stop(self) -> None:
        self._open = False

    def _say(self, message: AnyReply) -> None:
        self._unsent += msgspec.json.encode(message) + b"\n"
        self._send()

    def _send(self) -> None:
        """Give the kernel what it takes. A gateway that reads nothing at all has failed."""
        if not self._unsent:
            return
        try:
            sent = self._control.send(self._unsent)
        except BlockingIOError:
            sent = 0
        except OSError:
            self._open = False
            return
        del self._unsent[:sent]
        if len(self._unsent) > _MAX_WAITING:
            raise RuntimeError(f"the gateway left {len(self._unsent)} bytes unread")

    def _hear(self, relay: Relay) -> None:
        try:
            data = self._control.recv(1 << 16)
        except BlockingIOError:
            return
        except OSError:
            data = b""
        if not data or len(self._read) > _MAX_LINE:
            self._open = False
            return
        *lines, self._read = (self._read + data).split(b"\n")
        for line in lines:
            self._say(self._answer(relay, line))

    def _answer(self, relay: Relay, line: bytes) -> AnyReply:
        request = _REQUEST.decode(line)
        if len(line) > _MAX_REQUEST:
            return Failed(
                id=request.id,
                error=f"{len(line)} bytes of impairments are too many: {_MAX_REQUEST} is the most, "
                "so use a shorter list or trace",
            )
        try:
            return self._do(relay, request)
        except Refused as refused:
            return Failed(id=request.id, error=str(refused))

    def _do(self, relay: Relay, request: AnyRequest) -> AnyReply:
        match request:
            case OpenPort():
                host, port = relay.open_port(
                    request.participant, (request.upstream_host, request.upstream_port)
                )
                return PortOpened(id=request.id, host=host, port=port)
            case Begin():
                relay.participant(request.participant, request.at_ns)
            case SetProfile():
                at_ns = relay.set_profile(request.phases, request.participant)
                return PutInForce(id=request.id, at_ns=at_ns)
            case SetImpairments():
                return PutInForce(id=request.id, at_ns=relay.set_impairments(request.impairments))
            case ExpectUfrag():
                relay.participant(request.participant).expect(request.ufrag)
            case BindPayloads():
                relay.participant(request.participant).learn_payloads(
                    request.media, request.codecs, request.extensions
                )
            case BindMid():
                relay.participant(request.participant).side("up").bind_mid(
                    request.mid, request.track, request.medium
                )
            case BindSsrc():
                relay.participant(request.participant).side(request.direction).bind_ssrc(
                    request.ssrc, request.track, request.medium
                )
            case NameTrack():
                relay.name_track(request.track, request.name)
            case TakeSnapshot():
                return SnapshotTaken(id=request.id, snapshot=relay.snapshot())
        return Done(id=request.id)
