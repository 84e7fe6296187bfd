"""Probes: frames captured by a source and read from its own track, without a server.

The SDK accepts a stream on a local track. Before the first capture a source makes black pictures
of its own, so each call first captures grey ones until one is there: what follows is captured.
"""

from __future__ import annotations

import asyncio
import contextlib
from collections.abc import AsyncIterator, Callable
from pathlib import Path
from typing import Any

from livekit import rtc

from harness.evidence.clock import NS_PER_MS, now_ns
from harness.participant.call_journal import CallJournal
from harness.signals.colour_chart import colour_chart
from harness.signals.pixel_layout import plane_sizes, unpack

GREY = 90
TURNED = rtc.VideoRotation.VIDEO_ROTATION_90
FLOW_S = 5.0
"""Time in which a source must show that it is alive."""
ARRIVAL_S = 1.0
"""Time that a captured frame has to come out; it takes a few ms."""
EVERY_S = 0.02
UNREPEATED_S = 1.0
BURST_FRAMES = 50


class Viewer:
    """Reads a stream for as long as it is open."""

    def __init__(self, stream: rtc.VideoStream) -> None:
        self.events: list[rtc.VideoFrameEvent] = []
        self._more = asyncio.Condition()
        self._stream = stream
        self._reader = asyncio.create_task(self._read())

    async def until(
        self, wanted: Callable[[rtc.VideoFrameEvent], bool], limit_s: float, since: int = 0
    ) -> bool:
        """Whether an event that is wanted, number `since` or later, is there within the time."""
        with contextlib.suppress(TimeoutError):
            async with asyncio.timeout(limit_s), self._more:
                await self._more.wait_for(lambda: any(map(wanted, self.events[since:])))
                return True
        return False

    async def close(self) -> None:
        self._reader.cancel()
        await asyncio.wait([self._reader], timeout=FLOW_S)
        await self._stream.aclose()

    async def _read(self) -> None:
        async for event in self._stream:
            async with self._more:
                self.events.append(event)
                self._more.notify_all()


class Bench:
    """A source, its track, and a viewer that has seen it flow."""

    def __init__(self, width: int, height: int) -> None:
        self.width, self.height = width, height
        self.source = rtc.VideoSource(width, height)
        self.track = rtc.LocalVideoTrack.create_video_track("probe", self.source)

    @contextlib.asynccontextmanager
    async def view(self, target: str | None = None) -> AsyncIterator[Viewer]:
        """A viewer of the track, in an encoding that is asked for."""
        wanted = None if target is None else rtc.VideoBufferType.Value(target)
        viewer = Viewer(rtc.VideoStream(self.track, format=wanted))
        try:
            yield viewer
        finally:
            await viewer.close()

    async def passed_on(self, viewer: Viewer, frame: rtc.VideoFrame) -> rtc.VideoFrame | None:
        """Capture a frame; it, as the viewer sees it, or None when it does not come in time."""
        before = len(viewer.events)
        # nothing else is turned, which tells it from what is still on its way
        self.source.capture_frame(frame, rotation=TURNED)
        await viewer.until(_is_turned, ARRIVAL_S, since=before)
        return next((e.frame for e in viewer.events[before:] if _is_turned(e)), None)

    async def flow(self, viewer: Viewer, limit_s: float = FLOW_S) -> None:
        """Capture grey until some is seen. Raises TimeoutError when none is."""
        async with asyncio.timeout(limit_s):
            while not await viewer.until(_is_not_black, EVERY_S):
                self.source.capture_frame(grey(self.width, self.height))


def grey(width: int, height: int) -> rtc.VideoFrame:
    luma, *colour = plane_sizes("I420", width, height)
    data = bytearray([GREY]) * luma + bytearray([128]) * sum(colour)
    return rtc.VideoFrame(width, height, rtc.VideoBufferType.I420, data)


def _is_turned(event: rtc.VideoFrameEvent) -> bool:
    rotation: object = event.rotation  # the SDK says it is the enumeration, and it is its number
    return rotation == TURNED


def chart(encoding: str, width: int, height: int) -> rtc.VideoFrame:
    data = bytearray(colour_chart(encoding, width, height))
    return rtc.VideoFrame(width, height, rtc.VideoBufferType.Value(encoding), data)


def _kept(frame: rtc.VideoFrame, path: str) -> dict[str, Any]:
    """What a frame says of itself; its bytes are written down."""
    Path(path).write_bytes(frame.data)
    encoding = rtc.VideoBufferType.Name(frame.type)
    return {"encoding": encoding, "width": frame.width, "height": frame.height}


def _is_not_black(event: rtc.VideoFrameEvent) -> bool:
    """Whether the second byte, which is no alpha in any encoding, is bright."""
    return event.frame.data[1] > GREY // 3


async def capture(journal: str, calls: dict[str, dict[str, Any]]) -> None:
    """Capture charts, each with a source of its own; `path` gets the bytes that came out."""
    notes = CallJournal(journal)
    for name, call in calls.items():
        await notes.attempt(name, _capture, **call)


async def change(journal: str, calls: dict[str, dict[str, Any]]) -> None:
    """Capture charts of different size and encoding with one source, read by one stream."""
    notes = CallJournal(journal)
    bench = Bench(64, 48)
    async with bench.view() as viewer:
        await bench.flow(viewer)
        for name, call in calls.items():
            await notes.attempt(name, _pass_on, bench, viewer, **call)


async def receive(journal: str, calls: dict[str, dict[str, Any]]) -> None:
    """Capture charts in I420, and read them in an encoding that the stream is asked for."""
    notes = CallJournal(journal)
    for name, call in calls.items():
        await notes.attempt(name, _receive, **call)


async def late(journal: str) -> None:
    """Open a stream when a picture was captured before; how many frames it gets of it."""
    await CallJournal(journal).attempt("a stream opened late", _late)


async def burst(journal: str) -> None:
    """How long captures take that nothing separates, in ms."""
    await CallJournal(journal).attempt("captures in one go", _burst)


async def red(journal: str) -> None:
    """The colour of the pages' example, handed over as the example does; RGB that comes out."""
    await CallJournal(journal).attempt("the colour of the example", _red)


async def tiny_sources(journal: str) -> None:
    """Sources of sizes that no camera has, while a stream is open."""
    notes = CallJournal(journal)
    for width, height in ((0, 0), (1, 1), (2, 2), (3, 3), (16, 2), (2**31, 48), (4, 4)):
        await notes.attempt(f"{width}×{height}", _size, width, height)


async def _capture(source: str, width: int, height: int, path: str) -> dict[str, Any]:
    bench = Bench(width, height)
    async with bench.view() as viewer:
        await bench.flow(viewer)
        return await _pass_on(bench, viewer, source, width, height, path)


async def _pass_on(
    bench: Bench, viewer: Viewer, source: str, width: int, height: int, path: str
) -> dict[str, Any]:
    """Capture a chart and wait for it. Raises LookupError when it does not come."""
    seen = await bench.passed_on(viewer, chart(source, width, height))
    if seen is None:
        again = await bench.passed_on(viewer, grey(width, height))
        then = "nor did a grey one after it" if again is None else "a grey one after it did"
        raise LookupError(f"it did not come out within {ARRIVAL_S} s, {then}")
    return _kept(seen, path)


async def _receive(target: str, width: int, height: int, path: str) -> dict[str, Any]:
    bench = Bench(width, height)
    async with bench.view() as witness, bench.view(target) as viewer:
        await bench.flow(witness)
        seen = await bench.passed_on(viewer, chart("I420", width, height))
        if seen is None:
            number = len(witness.events)
            raise LookupError(f"no frame within {ARRIVAL_S} s; a plain stream got {number}")
    return _kept(seen, path)


async def _late() -> int:
    bench = Bench(64, 48)
    async with bench.view() as early:
        await bench.flow(early)
        async with bench.view() as viewer:
            await asyncio.sleep(UNREPEATED_S)
            number = len(viewer.events)
            if await bench.passed_on(viewer, grey(64, 48)) is None:
                raise LookupError("the late stream does not get what is captured then, either")
    return number


async def _burst() -> float:
    bench = Bench(64, 48)
    frames = [grey(64, 48)] * BURST_FRAMES
    async with bench.view() as viewer:
        await bench.flow(viewer)
        began_ns = now_ns()
        for frame in frames:
            if bench.source.capture_frame(frame) is not None:  # type: ignore[func-returns-value]
                raise TypeError("it is to be awaited")
        return (now_ns() - began_ns) / NS_PER_MS


async def _red() -> list[float]:
    bench = Bench(640, 480)
    example = bytearray([255, 255, 0, 0] * bench.width * bench.height)
    frame = rtc.VideoFrame(bench.width, bench.height, rtc.VideoBufferType.RGBA, example)
    async with bench.view("RGBA") as viewer:
        await bench.flow(viewer)
        seen = await bench.passed_on(viewer, frame)
        if seen is None:
            raise LookupError("it did not come out")
        pixels = unpack(bytes(seen.data), "RGBA", bench.width, bench.height)
    return [float(pixels[name].mean()) for name in "RGB"]


async def _size(width: int, height: int) -> list[tuple[int, int]]:
    async with Bench(width, height).view() as viewer:
        await viewer.until(lambda _: True, ARRIVAL_S)
        return sorted({(event.frame.width, event.frame.height) for event in viewer.events})
