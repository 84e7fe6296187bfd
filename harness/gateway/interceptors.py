"""Functions that see every signalling message and may change, drop or add: how sabotages act.

A configuration names them as `module:callable`. The callable is called once for a gateway,
without arguments, and gives an object with

    def intercept(self, signal: Signal) -> list[Signal]

`[signal]` passes it on, `[]` drops it, more than one adds messages. A message that is added may
go the other way: each is delivered by its own direction, to the other end of the connection of
the same participant. Interceptors act in the order in which they are named, each on what the one
before it returned. The join request in the URL of `/rtc/v1` can be changed, not dropped.
"""

from __future__ import annotations

import importlib
import logging
from collections.abc import Sequence
from dataclasses import dataclass, field
from typing import Protocol

from livekit.protocol import rtc

from harness.evidence.signalling import Direction
from harness.gateway.errors import GatewayError

log = logging.getLogger(__name__)

MAX_MESSAGES = 100
"""That one message may become; more is an error of the interceptor."""

Protobuf = rtc.SignalRequest | rtc.SignalResponse | rtc.JoinRequest


@dataclass(frozen=True, kw_only=True)
class Signal:
    """One decoded message on its way between a participant and the server."""

    participant: str
    """Identity of the client at this end of the connection."""
    room: str
    direction: Direction
    """Who sends it: `client` or `server`."""
    protobuf: Protobuf
    """From a client a SignalRequest (or the JoinRequest of its URL), from a server a
    SignalResponse. An interceptor may change it in place."""

    @property
    def kind(self) -> str:
        """Name of the oneof that is set, `join_request`, or `unknown`."""
        if isinstance(self.protobuf, rtc.JoinRequest):
            return "join_request"
        return self.protobuf.WhichOneof("message") or "unknown"


class Interceptor(Protocol):
    """What a `module:callable` gives."""

    def intercept(self, signal: Signal) -> list[Signal]:
        """The messages that take the place of this one."""


def load_interceptor(path: str) -> Interceptor:
    """Import `module:callable` and call it.

    Raises:
        GatewayError: one line that says which part of it failed.
    """
    module_name, _, name = path.partition(":")
    if not module_name or not name:
        raise GatewayError(f"interceptor {path!r} is not written as module:callable")
    try:
        made = getattr(importlib.import_module(module_name), name)()
    except Exception as error:
        raise GatewayError(
            f"interceptor {path!r} cannot be loaded: {type(error).__name__}: {error}"
        ) from None
    if not callable(getattr(made, "intercept", None)):
        raise GatewayError(f"interceptor {path!r} gives an object without intercept(signal)")
    interceptor: Interceptor = made
    return interceptor


@dataclass(kw_only=True)
class Interceptors:
    """All interceptors of a gateway, in order. One that raises lets the message pass."""

    chain: Sequence[Interceptor]
    errors: int = field(default=0, init=False)
    """How often one raised or returned what it may not; a run with any is not to be believed."""

    def apply(self, signal: Signal) -> list[Signal]:
        """What is to be delivered in place of a message."""
        signals = [signal]
        for interceptor in self.chain:
            signals = [out for one in signals for out in self._call(interceptor, one)]
        return signals

    def _call(self, interceptor: Interceptor, signal: Signal) -> list[Signal]:
        try:
            out = interceptor.intercept(signal)
            _check(signal, out)
        except Exception as error:
            self.errors += 1
            log.error(  # noqa: TRY400 - its text could hold what a message holds
                "interceptor %s failed on %s of %r: %s; the message passed on",
                type(interceptor).__name__,
                signal.kind,
                signal.participant,
                type(error).__name__,
            )
            return [signal]
        return out


def _check(signal: Signal, out: object) -> None:
    if not isinstance(out, list) or len(out) > MAX_MESSAGES:
        raise TypeError("not a list of at most 100 messages")
    for one in out:
        if not isinstance(one, Signal) or one.participant != signal.participant:
            raise TypeError("not a message of the same participant")
        if isinstance(one.protobuf, rtc.SignalResponse) != (one.direction == "server"):
            raise TypeError("a message whose direction is not that of its protobuf")
    if isinstance(signal.protobuf, rtc.JoinRequest) and (
        len(out) != 1 or not isinstance(out[0].protobuf, rtc.JoinRequest)
    ):
        raise TypeError("a join request can be neither dropped nor replaced")
