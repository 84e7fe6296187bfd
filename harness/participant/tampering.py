"""Seams at which a sabotage can put itself between a participant and the SDK, from outside.

A sabotage names `module:callable`. The callable is called once in each participant's process, with
its `Tampering`, before the SDK is used; it says what is to happen at which seam:

    sounds, pictures     what our feeds draw: another tone, another colour, a frame twice, none
    commands, told       what our worker is asked and what it says: late, otherwise, never
    requests, events     what passes between the Python SDK and its native library
    replace, remove, add what `livekit.rtc` offers an application: a method, a property, a class

A change stands around what was there before: it is given that as its first argument, and calls it
as often as it likes. Without a sabotage nothing here is imported and nothing is replaced.
"""

from __future__ import annotations

import importlib
import inspect
from collections.abc import Awaitable, Callable
from dataclasses import dataclass
from typing import TYPE_CHECKING, Any

import numpy as np
from numpy.typing import NDArray

if TYPE_CHECKING:  # the run imports sabotages to list them, and never the SDK
    from livekit.rtc._ffi_client import FfiClient, FfiQueue
    from livekit.rtc._proto.ffi_pb2 import FfiEvent as FfiEvent
    from livekit.rtc._proto.ffi_pb2 import FfiRequest as FfiRequest
    from livekit.rtc._proto.ffi_pb2 import FfiResponse as FfiResponse

    from harness.evidence.sdk_event import SdkEvent as SdkEvent
    from harness.participant.protocol import Command as Command
    from harness.participant.worker import Worker
    from harness.signals.generator import SoundGenerator
    from harness.signals.generator import SoundSignal as SoundSignal
    from harness.signals.picture import ColourCode as ColourCode
    from harness.signals.picture import PictureWriter

SDK = "livekit.rtc"
Fault = Callable[[str, BaseException], None]
"""Told where, and what happened; may be called from any thread."""
Patch = Callable[[Any, str, object], None]
"""`setattr`."""

Samples = Callable[[int, int], NDArray[np.int16]]
"""Samples `start` up to `stop`, shape (n, channels); never a negative start."""
SoundChange = Callable[[Samples, "SoundSignal", int, int], NDArray[np.int16]]
"""(samples, sound, start, stop) → what is handed over, of the same shape."""
Draw = Callable[[int], NDArray[np.uint8]]
"""Picture number n as I420, shape (width·height·3/2,)."""
PictureChange = Callable[[Draw, "ColourCode", int], NDArray[np.uint8]]
"""(draw, colour code, n) → what is handed over, of the same shape."""
CarryOut = Callable[[], Awaitable[object]]
CommandChange = Callable[[CarryOut, "Command"], Awaitable[object]]
"""(carry out, command) → the answer; what it raises is the answer too."""
Tell = Callable[["SdkEvent"], None]
ToldChange = Callable[[Tell, "SdkEvent"], None]
"""(tell, event)."""
Send = Callable[["FfiRequest"], "FfiResponse"]
RequestChange = Callable[[Send, "FfiRequest"], "FfiResponse"]
"""(send, request) → response; what it raises, the SDK's call raises."""
Put = Callable[["FfiEvent"], None]
EventChange = Callable[[Put, "FfiEvent"], None]
"""(put, event); on a thread of the native library. `put` may be called later, from any thread."""


class TamperError(Exception):
    """A tamper of a sabotage cannot be had; the text says which part of it failed."""


class Tampering:
    """What a tamper is given: who it is in, and the seams.

    Args:
        identity: Of the participant; `probe1` and so on for one that only runs a probe.
        fault: Told when a change of `events` breaks; the attempt is an ERROR then. What other
            changes raise ends where it is raised: a source, an answer, a call of the SDK.
        patch: Puts something in another's place.
    """

    def __init__(self, identity: str, *, fault: Fault, patch: Patch = setattr) -> None:
        self.identity = identity
        self._fault = fault
        self._patch = patch

    def sounds(self, change: SoundChange) -> None:
        """Stand around the samples of every sound that is published."""
        from harness.participant import publishing

        before: Callable[[SoundSignal], SoundGenerator] = vars(publishing)["generator_of"]

        def generator_of(signal: SoundSignal) -> SoundGenerator:
            return _ChangedSound(signal, before(signal).samples, change)

        self._patch(publishing, "generator_of", generator_of)

    def pictures(self, change: PictureChange) -> None:
        """Stand around the drawing of every picture that the SDK encodes."""
        from harness.participant import publishing

        before: Callable[[ColourCode], PictureWriter] = vars(publishing)["PictureWriter"]

        def writer(spec: ColourCode) -> _ChangedPictures:
            return _ChangedPictures(spec, before(spec).frame, change)

        self._patch(publishing, "PictureWriter", writer)

    def commands(self, change: CommandChange) -> None:
        """Stand around whatever the run asks of the participant."""
        from harness.participant.worker import Worker

        before = Worker._carry_out  # noqa: SLF001 - the seam

        async def carry_out(worker: Worker, command: Command) -> object:
            return await change(lambda: before(worker, command), command)

        self._patch(Worker, "_carry_out", carry_out)

    def told(self, change: ToldChange) -> None:
        """Stand around whatever the participant tells the run of what the SDK told it."""
        from harness.participant.worker import Worker

        before = Worker._emit  # noqa: SLF001 - the seam

        def emit(worker: Worker, event: SdkEvent) -> None:
            change(lambda one: before(worker, one), event)

        self._patch(Worker, "_emit", emit)

    def requests(self, change: RequestChange) -> None:
        """Stand around every request of the Python SDK to its native library."""
        from livekit.rtc._ffi_client import FfiClient

        before = FfiClient.request

        def request(client: FfiClient, sent: FfiRequest) -> FfiResponse:
            return change(lambda one: before(client, one), sent)

        self._patch(FfiClient, "request", request)

    def events(self, change: EventChange) -> None:
        """Stand around every event that the native library gives to the Python SDK."""
        from livekit.rtc._ffi_client import FfiQueue

        before = FfiQueue.put
        fault = self._fault

        def put(queue: FfiQueue[FfiEvent], event: FfiEvent) -> None:
            try:
                change(lambda one: before(queue, one), event)
            except Exception as error:  # the native library would print it and go on
                fault("a sabotage's change of events", error)

        self._patch(FfiQueue, "put", put)

    def replace(self, path: str, make: Callable[[Any], Any]) -> None:
        """Put `make(what is there)` in place of `Class.name` or `name` of the SDK.

        What is there is as the class holds it: a function with `self`, a property, a class.

        Raises:
            TamperError: there is no such thing.
        """
        owner, name = _place(path)
        self._patch(owner, name, make(inspect.getattr_static(owner, name)))

    def remove(self, path: str) -> None:
        """Take `Class.name` or `name` away from the SDK.

        Raises:
            TamperError: there is no such thing.
        """
        owner, name = _place(path)
        delattr(owner, name)

    def add(self, path: str, thing: object) -> None:
        """Give the SDK a `Class.name` or `name` that it lacks.

        Raises:
            TamperError: it does not lack it, or there is no such class.
        """
        owner, name = _above(path)
        if hasattr(owner, name):
            raise TamperError(f"the SDK has {path} already: replace it")
        self._patch(owner, name, thing)


Tamper = Callable[[Tampering], None]


def not_sent() -> FfiResponse:
    """What a request is answered with that is never sent."""
    from livekit.rtc._proto import ffi_pb2

    return ffi_pb2.FfiResponse()


def load_tamper(path: str) -> Tamper:
    """Import what `module:callable` names.

    Raises:
        TamperError: one line that says which part of it failed.
    """
    module_name, _, name = path.partition(":")
    if not module_name or not name:
        raise TamperError(f"tamper {path!r} is not written as module:callable")
    try:
        made = getattr(importlib.import_module(module_name), name)
    except Exception as error:
        raise TamperError(
            f"tamper {path!r} cannot be loaded: {type(error).__name__}: {error}"
        ) from None
    if not callable(made):
        raise TamperError(f"tamper {path!r} is nothing that can be called")
    tamper: Tamper = made
    return tamper


@dataclass(frozen=True)
class _ChangedSound:
    """Stands in for the generator of a sound."""

    signal: SoundSignal
    before: Samples
    change: SoundChange

    def samples(self, start: int, stop: int) -> NDArray[np.int16]:
        """See `harness.signals.generator`."""
        return self.change(self.before, self.signal, start, stop)


@dataclass(frozen=True)
class _ChangedPictures:
    """Stands in for the writer of a colour code."""

    spec: ColourCode
    before: Draw
    change: PictureChange

    def frame(self, counter: int) -> NDArray[np.uint8]:
        """See `harness.signals.picture.PictureWriter`."""
        return self.change(self.before, self.spec, counter)


def _place(path: str) -> tuple[Any, str]:
    """Who holds what a path means, where it is defined, and its name there."""
    owner, name = _above(path)
    try:
        inspect.getattr_static(owner, name)
    except AttributeError:
        raise _lacking(path) from None
    if isinstance(owner, type):
        owner = next(one for one in owner.__mro__ if name in vars(one))
    return owner, name


def _above(path: str) -> tuple[Any, str]:
    """Of whom a path says that he has something, and its name."""
    *above, name = path.split(".")
    owner: Any = importlib.import_module(SDK)
    try:
        for step in above:
            owner = getattr(owner, step)
    except AttributeError:
        raise _lacking(path) from None
    return owner, name


def _lacking(path: str) -> TamperError:
    return TamperError(f"the SDK has no {path} to tamper with")
