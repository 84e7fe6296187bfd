"""A sabotage's changes at the seams of a participant, with stand-ins and in a real process."""

from __future__ import annotations

import asyncio
from collections.abc import Callable
from dataclasses import dataclass, field
from functools import partial
from pathlib import Path
from typing import Any, cast

import numpy as np
import pytest
from livekit import rtc
from livekit.rtc._ffi_client import FfiClient, FfiQueue
from livekit.rtc._proto.ffi_pb2 import FfiEvent, FfiRequest, FfiResponse

from harness.evidence.sdk_event import SdkEvent
from harness.participant import publishing
from harness.participant.connection import CommandFailed
from harness.participant.handle import ParticipantHandle
from harness.participant.protocol import Command, Done, Leave, Mute
from harness.participant.tampering import (
    CarryOut,
    Put,
    Samples,
    Send,
    TamperError,
    Tampering,
    Tell,
    load_tamper,
)
from harness.participant.worker import Worker
from harness.processes.keeper_client import Keeper
from harness.sabotage.sdk.short_queue import SABOTAGE as SHORT_QUEUE
from harness.signals.generator import SoundSignal
from harness.signals.picture import ColourCode, PictureWriter
from harness.signals.sound import Tone, ToneGenerator


@dataclass
class Bench:
    """A tampering whose patches end with the test, and the faults that it was told."""

    monkeypatch: pytest.MonkeyPatch
    faults: list[str] = field(default_factory=list)

    def __post_init__(self) -> None:
        self.tampering = Tampering(
            "alice",
            fault=lambda where, error: self.faults.append(f"{where}: {error}"),
            patch=partial(self.monkeypatch.setattr, raising=False),
        )


@pytest.fixture
def bench(monkeypatch: pytest.MonkeyPatch) -> Bench:
    return Bench(monkeypatch)


def test_a_change_stands_around_the_samples_of_a_sound(bench: Bench) -> None:
    def stale(samples: Samples, sound: SoundSignal, start: int, stop: int) -> Any:  # noqa: ANN401
        return samples(0, stop - start) // sound.channels

    bench.tampering.sounds(stale)
    changed = vars(publishing)["generator_of"](Tone())

    np.testing.assert_array_equal(changed.samples(480, 960), ToneGenerator(Tone()).samples(0, 480))


def test_a_change_stands_around_the_drawing_of_a_picture(bench: Bench) -> None:
    code = ColourCode(track_code=3, width=64, height=36)
    bench.tampering.pictures(lambda draw, spec, n: draw(n - n % 2))
    changed = vars(publishing)["PictureWriter"](code)

    np.testing.assert_array_equal(changed.frame(7), PictureWriter(code).frame(6))


def test_changes_of_one_seam_stand_around_each_other(bench: Bench) -> None:
    bench.tampering.sounds(lambda samples, sound, start, stop: samples(start, stop) * 0 + 1)
    bench.tampering.sounds(lambda samples, sound, start, stop: samples(start, stop) + 1)

    assert vars(publishing)["generator_of"](Tone()).samples(0, 2).tolist() == [[2], [2]]


@pytest.mark.asyncio
async def test_a_change_stands_around_what_the_run_asks(
    bench: Bench, monkeypatch: pytest.MonkeyPatch
) -> None:
    carried_out: list[Command] = []

    async def carry_out(worker: Worker, command: Command) -> object:
        carried_out.append(command)
        return "done"

    async def refuses_mutes(carry: CarryOut, command: Command) -> object:
        return "no" if isinstance(command, Mute) else await carry()

    monkeypatch.setattr(Worker, "_carry_out", carry_out)
    bench.tampering.commands(refuses_mutes)
    worker = Worker()

    assert await worker._carry_out(Mute(sid="TR_x")) == "no"
    assert await worker._carry_out(Leave()) == "done"
    assert carried_out == [Leave()]


def test_a_change_stands_around_what_the_run_is_told(
    bench: Bench, monkeypatch: pytest.MonkeyPatch
) -> None:
    told: list[SdkEvent] = []
    monkeypatch.setattr(Worker, "_emit", lambda worker, event: told.append(event))

    def twice(tell: Tell, event: SdkEvent) -> None:
        tell(event)
        tell(event)

    bench.tampering.told(twice)
    event = SdkEvent(at_ns=1, participant="alice", name="connected", subject=None, track=None)
    Worker()._emit(event)

    assert told == [event, event]


def test_a_change_stands_around_requests_to_the_native_library(
    bench: Bench, monkeypatch: pytest.MonkeyPatch
) -> None:
    sent: list[int] = []

    def request(client: FfiClient, req: FfiRequest) -> FfiResponse:
        sent.append(req.new_audio_source.queue_size_ms)
        return FfiResponse()

    def drop_long(send: Send, req: FfiRequest) -> FfiResponse:
        req.new_audio_source.queue_size_ms += 1
        return send(req) if req.new_audio_source.queue_size_ms < 100 else FfiResponse()

    monkeypatch.setattr(FfiClient, "request", request)
    bench.tampering.requests(drop_long)
    for queue_ms in (1, 200, 3):
        made = FfiRequest()
        made.new_audio_source.queue_size_ms = queue_ms
        FfiClient.request(cast("FfiClient", None), made)

    assert sent == [2, 4]


def arrived(change: Callable[[Put, FfiEvent], None], bench: Bench) -> list[int]:
    """What a queue of the SDK was given, of three events."""
    queue: FfiQueue[FfiEvent] = FfiQueue()
    given: list[int] = []

    def note(event: FfiEvent) -> bool:
        given.append(event.capture_audio_frame.async_id)
        return False

    bench.tampering.events(change)
    loop = asyncio.new_event_loop()
    queue.subscribe(loop, filter_fn=note)
    for number in (1, 2, 3):
        event = FfiEvent()
        event.capture_audio_frame.async_id = number
        queue.put(event)
    loop.close()
    return given


def test_a_change_stands_around_events_of_the_native_library(bench: Bench) -> None:
    def doubled_or_dropped(put: Put, event: FfiEvent) -> None:
        for _ in range(event.capture_audio_frame.async_id - 1):
            put(event)

    assert arrived(doubled_or_dropped, bench) == [2, 3, 3]
    assert not bench.faults


def test_a_change_of_events_that_breaks_is_told(bench: Bench) -> None:
    def breaks(put: Put, event: FfiEvent) -> None:
        put(event)
        raise RuntimeError("no idea")

    assert arrived(breaks, bench) == [1, 2, 3]
    assert bench.faults == ["a sabotage's change of events: no idea"] * 3


def test_what_the_sdk_offers_is_replaced_and_removed(
    bench: Bench, monkeypatch: pytest.MonkeyPatch
) -> None:
    class Base:
        def name(self) -> str:
            return "base"

        @property
        def muted(self) -> bool:
            return True

    class Derived(Base):
        pass

    monkeypatch.setattr(rtc, "Derived", Derived, raising=False)
    bench.tampering.replace("Derived.name", lambda there: lambda self: there(self).upper())
    bench.tampering.replace("Derived.muted", lambda there: property(lambda s: not there.fget(s)))

    assert (Derived().name(), Derived().muted) == ("BASE", False)
    bench.tampering.remove("Derived.muted")
    assert not hasattr(Derived(), "muted")


def test_the_sdk_is_given_what_it_lacks(bench: Bench) -> None:
    bench.tampering.add("Orchestra", {"play": None})
    bench.tampering.add("AudioSource.sing", None)

    assert vars(rtc)["Orchestra"] == {"play": None}
    assert vars(rtc.AudioSource)["sing"] is None


@pytest.mark.parametrize(
    ("path", "said"),
    [
        ("AudioSource", "the SDK has AudioSource already"),
        ("Track.muted", "the SDK has Track.muted already"),
        ("Orchestra.play", "the SDK has no Orchestra.play to tamper with"),
    ],
)
def test_the_sdk_is_given_nothing_that_it_has(bench: Bench, path: str, said: str) -> None:
    with pytest.raises(TamperError, match=said):
        bench.tampering.add(path, None)


@pytest.mark.parametrize("path", ["AudioSource.sing", "Orchestra", "Orchestra.play"])
def test_what_the_sdk_does_not_offer_is_said(bench: Bench, path: str) -> None:
    with pytest.raises(TamperError, match=f"the SDK has no {path} to tamper with"):
        bench.tampering.remove(path)


@pytest.mark.parametrize(
    ("path", "said"),
    [
        ("nothing", "not written as module:callable"),
        ("harness.no_module:f", "cannot be loaded: ModuleNotFoundError"),
        ("harness.sabotage.sdk.short_queue:gone", "cannot be loaded: AttributeError"),
        ("harness.sabotage.sdk.short_queue:TICK_MS", "nothing that can be called"),
    ],
)
def test_a_tamper_that_cannot_be_had_is_one_line(path: str, said: str) -> None:
    with pytest.raises(TamperError, match=said):
        load_tamper(path)


PROBES = """
import sys
from livekit import rtc

async def taken_without_waiting():
    source = rtc.AudioSource(48000, 1, queue_size_ms=200)
    taken = 0
    import time
    for _ in range(20):
        began = time.monotonic()
        await source.capture_frame(rtc.AudioFrame.create(48000, 1, 480))
        taken += time.monotonic() - began < 0.005
    await source.aclose()
    return taken

def tampered():
    return "harness.participant.tampering" in sys.modules
"""


@pytest.mark.asyncio
@pytest.mark.parametrize("tampers", [(), SHORT_QUEUE.tampers], ids=["none", "short queue"])
async def test_it_is_in_force_in_a_participant_and_nothing_is_there_without(
    keeper: Keeper, tmp_path: Path, tampers: tuple[str, ...]
) -> None:
    probes = tmp_path / "probes.py"
    probes.write_text(PROBES)
    alice = await ParticipantHandle.start(
        keeper, identity="alice", folder=tmp_path / "alice", tampers=tampers
    )
    try:
        taken = await alice.probe(probes, "taken_without_waiting", {})
        tampered = await alice.probe(probes, "tampered", {})
    finally:
        await alice.close()

    assert tampered == bool(tampers)
    assert taken <= 13 if tampers else taken >= 17
    assert not alice.faults


@pytest.mark.asyncio
async def test_a_tamper_that_is_not_there_is_the_answer(keeper: Keeper, tmp_path: Path) -> None:
    with pytest.raises(CommandFailed, match="tamper failed: TamperError: tamper 'no:where'"):
        await ParticipantHandle.start(
            keeper, identity="alice", folder=tmp_path / "alice", tampers=("no:where",)
        )


@pytest.mark.asyncio
async def test_it_comes_first_or_not_at_all(keeper: Keeper, tmp_path: Path) -> None:
    from harness.participant.protocol import Tamper

    alice = await ParticipantHandle.start(keeper, identity="alice", folder=tmp_path / "alice")
    try:
        with pytest.raises(CommandFailed, match="what a sabotage does comes first"):
            await alice._connection.call(Tamper(identity="alice", tampers=()), Done)
    finally:
        await alice.close()
