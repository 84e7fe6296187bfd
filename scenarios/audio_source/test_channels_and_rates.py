"""Sources and streams of many rates, of one channel and two: what is played is what is heard."""

from __future__ import annotations

from pathlib import Path

from harness.evidence.measurement import Measurement
from harness.evidence.sdk_call import SdkCall
from harness.scenario import Judge, Publication, Stage, Tone, clause
from harness.verifiers.combine import at_worst, smallest
from harness.verifiers.sdk_calls import calls_without
from harness.verifiers.sound_level import frequency_error
from harness.verifiers.stereo import channel_separation
from scenarios.audio_source.evidence import LOCAL, ROOM, path_of, publish_queue, recording_of

RATES = (8000, 16_000, 24_000, 32_000, 44_100, 48_000, 96_000, 192_000)
ODD_RATES = (11_025, 22_050)
"""That are no multiples of 100 Hz: 10 ms are no whole number of samples."""
PITCH = Tone(pilot_hz=900, marker=None)
STEREO = Tone(pilot_hz=400, right_pilot_hz=700)
TRACKS = 4
"""One track in some 16 was stereo all the same, as long as there was one in a run."""
LEFT, RIGHT = [1, 2, 3, 4], [-1, -2, -3, -32768]


@clause("AUD-022", "AUD-023", "AUD-024")
async def test_a_track_has_rate_and_channels_of_its_source(stage: Stage, judge: Judge) -> None:
    hz, rates = PITCH.pilot_hz, [*RATES, *ODD_RATES]
    folder = str(Path(path_of(stage, "rates")).parent)
    since, until = await stage.probe(LOCAL, "rates", folder=folder, sample_rates=rates, pilot_hz=hz)
    began, ended = await stage.probe(
        LOCAL, "stereo", path=path_of(stage, "stereo"), left_hz=400, right_hz=700
    )
    for clause_id, chosen in (("AUD-022", RATES), ("AUD-023", ODD_RATES)):
        heard_at = [recording_of(stage, str(rate)) for rate in chosen]
        judge(
            clause_id,
            at_worst,
            frequency_error,
            "recording",
            heard_at,
            tone=PITCH,
            since_ns=since,
            until_ns=until,
        )
    heard = recording_of(stage, "stereo")
    judge("AUD-024", channel_separation, heard, STEREO, since_ns=began, until_ns=ended)


@clause("AUD-025", "AUD-026", "AUD-027")
async def test_a_stream_gives_the_format_that_is_asked_for(stage: Stage, judge: Judge) -> None:
    wanted = {f"{rate} Hz, {n}": format_of(rate, n) for rate in RATES for n in (1, 2)}
    more = {f"48000 Hz, {n}": format_of(48_000, n) for n in (3, 6)}
    given = await formats(stage, wanted)
    of_more = await formats(stage, more)
    told = await stage.probe(LOCAL, "built", left=LEFT, right=RIGHT)
    frame = format_of(48_000, 2, len(LEFT)) | {"left": LEFT, "right": RIGHT}

    judge("AUD-025", calls_without, given, wanted)
    judge("AUD-026", calls_without, of_more, more)
    built = SdkCall(name="stereo", end="returned", value=told)
    judge("AUD-027", calls_without, [built], {"stereo": frame})


async def formats(stage: Stage, wanted: dict[str, dict[str, object]]) -> list[SdkCall]:
    """What the frames of streams say of themselves."""
    calls = {
        name: {"sample_rate": of["sample_rate"], "num_channels": of["channels"]}
        for name, of in wanted.items()
    }
    return await stage.probe_calls(LOCAL, "formats", calls=calls)


def format_of(rate: int, channels: int, samples: int | None = None) -> dict[str, object]:
    """What a frame, of 10 ms unless said otherwise, says of itself."""
    samples = samples or rate // 100
    data = ["memoryview", "h", samples * channels]
    return {"sample_rate": rate, "channels": channels, "samples": samples, "data": data}


@clause("AUD-045", "AUD-046")
async def test_a_source_of_another_rate_keeps_its_pitch(stage: Stage, judge: Judge) -> None:
    alice, bob = await stage.join("alice", "bob")
    tracks: list[Publication[Tone]] = []
    for rate in (44_100, *ODD_RATES):
        track = await publish_queue(alice, PITCH, name=str(rate), sample_rate=rate)
        await alice.probe(ROOM, "feed", sid=track.sid, pilot_hz=PITCH.pilot_hz, frame_ms=100)
        tracks.append(track)
    heard = await bob.record(*tracks)
    since = await heard.until_steady()
    until = await stage.run(seconds=2)

    for clause_id, chosen in (("AUD-045", tracks[:1]), ("AUD-046", tracks[1:])):
        judge(
            clause_id,
            at_worst,
            frequency_error,
            "recording",
            [heard[track] for track in chosen],
            tone=PITCH,
            since_ns=since,
            until_ns=until,
        )


@clause("AUD-047")
async def test_left_and_right_are_heard_apart(stage: Stage, judge: Judge) -> None:
    alice, bob = await stage.join("alice", "bob")
    sounds = [await alice.publish(STEREO) for _ in range(TRACKS)]
    heard = await bob.record(*sounds, channels=2)
    since = await heard.until_steady()
    until = await stage.run(seconds=2)

    def poorest() -> Measurement:
        return smallest(
            *(
                channel_separation(heard[sound], STEREO, since_ns=since, until_ns=until)
                for sound in sounds
            )
        )

    judge("AUD-047", poorest)
