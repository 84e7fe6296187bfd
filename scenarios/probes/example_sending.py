"""The pages' examples of sending: written anew, with the same calls in the same order."""

from __future__ import annotations

import asyncio
from collections.abc import Coroutine
from typing import Any

import numpy as np
from livekit import rtc

SAMPLE_RATE = 48_000
NUM_CHANNELS = 1
AMPLITUDE = 2**8 - 1
SAMPLES_PER_CHANNEL = 480
FREQUENCY = 440
WIDTH, HEIGHT = 640, 480
COLOR = [255, 255, 0, 0]
"""The page says: ARGB red."""

OLDER_SINE_WAVE = """
async def _sinewave():
    audio_frame = rtc.AudioFrame.create(SAMPLE_RATE, NUM_CHANNELS, SAMPLES_PER_CHANNEL)
    audio_data = np.frombuffer(audio_frame.data, dtype=np.int16)
    total_samples = 0
    while True:
        time = (total_samples + np.arange(SAMPLES_PER_CHANNEL)) / SAMPLE_RATE
        sinewave = (AMPLITUDE * np.sin(2 * np.pi * 440 * time)).astype(np.int16)
        np.copyto(audio_data, sinewave)
        await source.capture_frame(frame)
        total_samples += samples_per_channel
"""
"""Its last lines name `frame` and `samples_per_channel`, as those of the older page do."""

_running: set[asyncio.Task[None]] = set()


def _in_background(work: Coroutine[Any, Any, None]) -> None:
    task = asyncio.create_task(work)
    _running.add(task)


async def sine_wave(room: rtc.Room) -> str:
    """Publish the sine wave; it is sent from now on. The sid of the track."""
    source = rtc.AudioSource(SAMPLE_RATE, NUM_CHANNELS)
    track = rtc.LocalAudioTrack.create_audio_track("example-track", source)
    options = rtc.TrackPublishOptions(source=rtc.TrackSource.SOURCE_MICROPHONE)
    publication = await room.local_participant.publish_track(track, options)

    async def sinewave() -> None:
        audio_frame = rtc.AudioFrame.create(SAMPLE_RATE, NUM_CHANNELS, SAMPLES_PER_CHANNEL)
        audio_data = np.frombuffer(audio_frame.data, dtype=np.int16)
        total_samples = 0
        while True:
            time = (total_samples + np.arange(SAMPLES_PER_CHANNEL)) / SAMPLE_RATE
            wave = (AMPLITUDE * np.sin(2 * np.pi * FREQUENCY * time)).astype(np.int16)
            np.copyto(audio_data, wave)
            await source.capture_frame(audio_frame)
            total_samples += SAMPLES_PER_CHANNEL

    _in_background(sinewave())
    return publication.sid


async def older_sine_wave() -> str:
    """What running the loop of the older pages ends with."""
    names = {
        **globals(),
        "source": rtc.AudioSource(SAMPLE_RATE, NUM_CHANNELS),
    }
    exec(OLDER_SINE_WAVE, names)
    try:
        async with asyncio.timeout(1.0):
            await names["_sinewave"]()
    except TimeoutError:
        return "it runs"
    except NameError as error:
        return f"NameError: {error}"
    return "it ended"


async def solid_colour(room: rtc.Room) -> str:
    """Publish the picture of one colour, ten times a second from now on. The sid of the track."""
    source = rtc.VideoSource(WIDTH, HEIGHT)
    track = rtc.LocalVideoTrack.create_video_track("example-track", source)
    options = rtc.TrackPublishOptions(
        source=rtc.TrackSource.SOURCE_CAMERA,
        simulcast=True,
        video_encoding=rtc.VideoEncoding(max_framerate=30, max_bitrate=3_000_000),
        video_codec=rtc.VideoCodec.H264,
    )
    publication = await room.local_participant.publish_track(track, options)

    async def draw_color() -> None:
        argb_frame = bytearray(WIDTH * HEIGHT * 4)
        while True:
            await asyncio.sleep(0.1)
            argb_frame[:] = COLOR * WIDTH * HEIGHT
            frame = rtc.VideoFrame(WIDTH, HEIGHT, rtc.VideoBufferType.RGBA, argb_frame)
            source.capture_frame(frame)

    _in_background(draw_color())
    return publication.sid
