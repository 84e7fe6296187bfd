"""The gateway's side of its relay process."""

from __future__ import annotations

import asyncio
import itertools
import os
from collections.abc import Callable, Iterable, Mapping
from typing import Self, TypeVar

import msgspec

from harness.evidence.bindings import FlowRow, ImpairmentsRow, SsrcRow
from harness.evidence.ledger_records import Direction, Medium
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
    Extensions,
    Failed,
    Learned,
    NameTrack,
    OpenPort,
    PortOpened,
    PutInForce,
    Ready,
    SetImpairments,
    SetProfile,
    Snapshot,
    SnapshotTaken,
    TakeSnapshot,
)
from harness.gateway.relay_process import MAX_REPLY, RelayProcess
from harness.network.impairments import Impairment
from harness.network.phase import Phase
from harness.processes.lines import ChannelClosedError, ChannelFullError, LineChannel

RelayRow = FlowRow | SsrcRow | ImpairmentsRow
ReplyT = TypeVar("ReplyT", PortOpened, Done, PutInForce, SnapshotTaken)

_REPLY = msgspec.json.Decoder(AnyReply)
_CALL_S = 5.0
_END_S = 2.0
_CLOSED = "the relay was closed"


class RelayError(Exception):
    """The relay cannot start, or refused a request; the text says why."""


class RelayDied(RelayError):
    """The relay process ended though nobody asked it to; packets no longer flow."""


class RelayClient:
    """Calls of the relay, and what it tells of its own accord.

    Every call raises RelayDied when the relay has ended, and RelayError when it refuses or does
    not answer within 5 s. `died` is set, to the RelayDied, when the relay ends unasked; it is
    cancelled by `close`.
    """

    def __init__(
        self, process: RelayProcess, channel: LineChannel, on_row: Callable[[RelayRow], None]
    ) -> None:
        self.died: asyncio.Future[RelayDied] = asyncio.get_running_loop().create_future()
        self._process = process
        self._channel = channel
        self._on_row = on_row
        self._closed = False
        self._ids = itertools.count(1)
        self._pending: dict[int, asyncio.Future[AnyReply]] = {}
        self._reading = asyncio.create_task(self._read(), name="relay")

    @classmethod
    async def open(cls, process: RelayProcess, on_row: Callable[[RelayRow], None]) -> Self:
        """Take over a relay that `start_relay` forked.

        Args:
            process: The relay.
            on_row: Called, in the loop, with each row for `bindings.ndjson` that the relay has
                learned: a flow, an SSRC's first packet, the impairments in force. It must not
                raise.

        Raises:
            RelayError: The relay cannot work, for example because its folder cannot be written.
        """
        channel = await LineChannel.open(process.control, longest=MAX_REPLY)
        try:
            async with asyncio.timeout(_CALL_S):
                line = await channel.read()
        except TimeoutError:
            line = None
        first = None if line is None else _REPLY.decode(line)
        if not isinstance(first, Ready):
            await channel.close()
            ended = await _ended(process.pid)
            raise RelayError(first.error if isinstance(first, CannotStart) else ended)
        return cls(process, channel, on_row)

    @property
    def pid(self) -> int:
        """Of the relay process."""
        return self._process.pid

    async def open_port(
        self, participant: str, upstream_host: str, upstream_port: int
    ) -> tuple[str, int]:
        """Host and port that stand in for a candidate of the server towards a participant.

        The same again for the same three.
        """
        reply = await self._call(
            OpenPort(
                id=next(self._ids),
                participant=participant,
                upstream_host=upstream_host,
                upstream_port=upstream_port,
            ),
            PortOpened,
        )
        return reply.host, reply.port

    async def begin(self, participant: str, at_ns: int) -> None:
        """Time 0 of a participant's profile was then; a second time does nothing."""
        await self._call(Begin(id=next(self._ids), participant=participant, at_ns=at_ns), Done)

    async def set_profile(self, phases: Iterable[Phase], participant: str | None = None) -> int:
        """Begin a timeline in place of the former one; returns its time 0, monotonic ns.

        For those who have not begun, time 0 is when they do.

        Args:
            phases: In order of time, the first at 0; the last holds for good.
            participant: Whose; None is everybody, also who had one of their own.
        """
        request = SetProfile(id=next(self._ids), phases=tuple(phases), participant=participant)
        return (await self._call(request, PutInForce)).at_ns

    async def set_impairments(self, impairments: Iterable[Impairment]) -> int:
        """Put these in force, on top of the profiles, in place of those set before.

        Returns:
            Since when they are in force, monotonic ns.
        """
        request = SetImpairments(id=next(self._ids), impairments=tuple(impairments))
        return (await self._call(request, PutInForce)).at_ns

    async def expect_ufrag(self, participant: str, server_ufrag: str) -> None:
        """Let a participant begin flows with STUN requests that name this user fragment.

        To be called before the participant can know it: a flow of anybody else is refused.
        """
        await self._call(
            ExpectUfrag(id=next(self._ids), participant=participant, ufrag=server_ufrag), Done
        )

    async def name_track(self, track: str, name: str) -> None:
        """Say what a track is called, so that impairments can be aimed at it by that name."""
        await self._call(NameTrack(id=next(self._ids), track=track, name=name), Done)

    async def bind_payloads(
        self,
        participant: str,
        media: Mapping[int, Medium],
        codecs: Mapping[int, str],
        *,
        extensions: Extensions | None = None,
    ) -> None:
        """Say what each payload type of a participant is; adds to what was said before.

        An SSRC is of the medium of its first packet, unless `bind_mid` or `bind_ssrc` says another.

        Args:
            participant: Identity.
            media: Payload type to medium, of both directions.
            codecs: Payload type to codec in lower case; `rtx` for repairs.
            extensions: Ids of RTP header extensions; None leaves them as they are.
        """
        await self._call(
            BindPayloads(
                id=next(self._ids),
                participant=participant,
                media=dict(media),
                codecs=dict(codecs),
                extensions=extensions,
            ),
            Done,
        )

    async def bind_mid(self, participant: str, mid: str, *, track: str, medium: Medium) -> None:
        """Say which track a participant sends in a media section, from its first packet on."""
        await self._call(
            BindMid(
                id=next(self._ids), participant=participant, mid=mid, track=track, medium=medium
            ),
            Done,
        )

    async def bind_ssrc(
        self, participant: str, direction: Direction, ssrc: int, *, track: str, medium: Medium
    ) -> None:
        """Say which track an SSRC carries or repairs, so that impairments can be aimed at it."""
        await self._call(
            BindSsrc(
                id=next(self._ids),
                participant=participant,
                direction=direction,
                ssrc=ssrc,
                track=track,
                medium=medium,
            ),
            Done,
        )

    async def snapshot(self) -> Snapshot:
        """Counts, after all records until then are in the ledger's files.

        Raises: RelayError also when the ledger could not be written.
        """
        return (await self._call(TakeSnapshot(id=next(self._ids)), SnapshotTaken)).snapshot

    async def close(self) -> None:
        """End the relay and wait until its ledger is written; a second time does nothing."""
        if self._closed:
            return
        self._closed = True
        self.died.cancel()
        self._reading.cancel()
        await asyncio.wait([self._reading])
        self._fail_pending(RelayDied(_CLOSED))
        await self._channel.close()
        if self._reading.cancelled():
            await _ended(self._process.pid)

    async def _call(self, request: AnyRequest, expected: type[ReplyT]) -> ReplyT:
        if self.died.done():
            raise self._death()
        future: asyncio.Future[AnyReply] = asyncio.get_running_loop().create_future()
        self._pending[request.id] = future
        try:
            self._channel.write(request)
            async with asyncio.timeout(_CALL_S):
                reply = await future
        except TimeoutError as error:
            raise RelayError(f"the relay did not answer within {_CALL_S:g} s") from error
        except ChannelClosedError:
            await asyncio.wait([self.died], timeout=2 * _END_S)
            raise self._death() from None
        except ValueError as error:
            raise RelayError(f"the relay cannot be told: {error}") from error
        except ChannelFullError as error:
            raise RelayError(f"the relay does not read: {error}") from error
        finally:
            del self._pending[request.id]
        if isinstance(reply, Failed):
            raise RelayError(reply.error)
        assert isinstance(reply, expected)
        return reply

    def _death(self) -> RelayDied:
        return RelayDied(_CLOSED) if self._closed else self.died.result()

    async def _read(self) -> None:
        try:
            while (line := await self._channel.read()) is not None:
                self._take(_REPLY.decode(line))
        except Exception as error:
            await self._channel.close()
            await _ended(self._process.pid)
            death = RelayDied(f"the gateway could not use what the relay said: {error}")
        else:
            death = RelayDied(await _ended(self._process.pid))
        self.died.set_result(death)
        self._fail_pending(death)

    def _take(self, message: AnyReply) -> None:
        match message:
            case Learned():
                self._on_row(message.row)
            case PortOpened() | Done() | PutInForce() | SnapshotTaken() | Failed():
                future = self._pending.get(message.id)
                if future is not None and not future.done():
                    future.set_result(message)

    def _fail_pending(self, death: RelayDied) -> None:
        for future in self._pending.values():
            if not future.done():
                future.set_exception(death)


async def _ended(pid: int) -> str:
    """Reap the relay, by force when it does not end; how it ended, in one line."""
    process = os.pidfd_open(pid)
    loop = asyncio.get_running_loop()
    gone = asyncio.Event()
    loop.add_reader(process, gone.set)
    try:
        async with asyncio.timeout(_END_S):
            await gone.wait()
    except TimeoutError:
        os.kill(pid, 9)
    finally:
        loop.remove_reader(process)
        os.close(process)
    code = os.waitstatus_to_exitcode(os.waitpid(pid, 0)[1])  # noqa: ASYNC222 - it has ended
    how = f"was killed by signal {-code}" if code < 0 else f"ended with status {code}"
    return f"the relay process {pid} {how}; its last words are in the gateway's log"
