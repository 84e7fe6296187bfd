"""Own tracks that are held back: no server is needed to make them."""

from __future__ import annotations

import asyncio
from pathlib import Path
from typing import TYPE_CHECKING

import msgspec
import pytest

from harness.evidence.recording import AudioRecording, FrameStatus, VideoRecording
from harness.evidence.sent import read_sent
from harness.evidence.sent_signal import signal_file
from harness.participant.connection import CommandFailed
from harness.participant.protocol import PublishOptions, PublishTone
from harness.signals.picture import ColourCode
from harness.signals.sound import Tone
from harness.signals.sweep import Sweep, SweepGenerator

if TYPE_CHECKING:
    from tests.participant.conftest import Start


@pytest.mark.asyncio
async def test_a_track_that_is_held_back_is_fed_and_has_no_sid(start: Start) -> None:
    alice = await start("alice")

    held = await alice.publish(name="tone", signal=Tone(), hold=True)
    async with asyncio.timeout(20):
        while (await alice.health()).handovers == 0:
            pass
    await alice.leave()

    assert (held.kind, held.sid) == ("audio", None)
    sent = read_sent(Path(held.sent))
    assert sent["number"][0] == 0
    assert abs(int(sent["at_ns"][0]) - held.start_ns) < 1_000_000_000


@pytest.mark.asyncio
async def test_what_was_asked_for_lies_beside_what_was_sent(start: Start) -> None:
    alice = await start("alice")
    tone = Tone(pilot_hz=700, marker="order")
    held = await alice.publish(name="a.tone", signal=tone, hold=True)
    await alice.leave()

    written = signal_file(Path(held.sent)).read_bytes()
    command = msgspec.json.decode(written, type=PublishTone)
    assert (command.name, command.tone, command.hold) == ("a.tone", tone, True)


@pytest.mark.asyncio
async def test_a_monitor_records_what_the_own_track_emits(start: Start) -> None:
    alice = await start("alice")
    options = PublishOptions(monitor=True)

    held = await alice.publish(name="tone", signal=Tone(), options=options, hold=True)
    face = ColourCode(track_code=1, width=64, height=36)
    seen = await alice.publish(name="face", signal=face, options=options, hold=True)
    async with asyncio.timeout(20):
        handovers = 0
        while handovers < 20:
            handovers += (await alice.health()).handovers
    await alice.leave()

    assert seen.monitor is not None
    pictures = VideoRecording(path=Path(seen.monitor)).frames
    assert Path(seen.monitor).name == "face.local.frames"
    assert set(pictures["track_code"][pictures["status"] == FrameStatus.READ]) == {1}
    assert held.monitor is not None
    assert held.monitor.endswith("tone.local.wav")
    arrivals = AudioRecording(path=Path(held.monitor)).arrivals_ns
    sent = read_sent(Path(held.sent))
    assert len(arrivals) >= 5
    assert arrivals[0] >= sent["at_ns"][0]


@pytest.mark.asyncio
async def test_a_sweep_is_fed_as_a_tone_is(start: Start) -> None:
    alice = await start("alice")
    options = PublishOptions(monitor=True)

    held = await alice.publish(
        name="sweep", signal=Sweep(direction="down"), options=options, hold=True
    )
    async with asyncio.timeout(20):
        handovers = 0
        while handovers < 20:
            handovers += (await alice.health()).handovers
    await alice.leave()

    assert held.monitor is not None
    samples = AudioRecording(path=Path(held.monitor)).samples[:, 0]
    truth = SweepGenerator(Sweep(direction="down")).samples(0, 24_000)[:, 0]
    begin = next(n for n in range(0, 9600, 480) if (truth[n : n + 480] == samples[:480]).all())
    assert (truth[begin : begin + len(samples)] == samples[: 24_000 - begin]).all()


@pytest.mark.asyncio
async def test_names_are_any_text_and_are_used_once(start: Start) -> None:
    alice = await start("alice")
    picture = ColourCode(track_code=1, width=64, height=36)
    await alice.publish(name="face", signal=picture, hold=True)

    with pytest.raises(CommandFailed, match="a track called face exists: choose another name"):
        await alice.publish(name="face", signal=Tone(), hold=True)
    odd = await alice.publish(name='../<b>"face"', signal=Tone(), hold=True)
    assert odd.name == '../<b>"face"'
    assert Path(odd.sent) == alice.folder / "%2E.%2F%3Cb%3E%22face%22.sent"
    await alice.leave()
    with pytest.raises(CommandFailed, match=r"face.sent was written before"):
        await alice.publish(name="face", signal=Tone(), hold=True)


@pytest.mark.asyncio
async def test_what_needs_a_room_or_a_track_says_so(start: Start) -> None:
    alice = await start("alice")

    with pytest.raises(CommandFailed, match="publish needs a room: join first"):
        await alice.publish(name="tone", signal=Tone())
    with pytest.raises(CommandFailed, match="this needs a room: join first"):
        await alice.publish_again(name="twin", source_of="tone")
    options = PublishOptions(queue_size_ms=55)
    with pytest.raises(CommandFailed, match="queue_size_ms is 55: the SDK aborts"):
        await alice.publish(name="tone", signal=Tone(), options=options, hold=True)
    with pytest.raises(CommandFailed, match="publishes no track TR_x"):
        await alice.mute("TR_x")
