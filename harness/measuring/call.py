"""A call of two: alice speaks and is seen, bob hears and sees her, and all of it is evidence."""

from __future__ import annotations

import asyncio
import contextlib
from collections.abc import AsyncIterator
from contextlib import asynccontextmanager
from dataclasses import dataclass, field
from functools import cached_property
from pathlib import Path

from harness.evidence.clock import now_ns
from harness.evidence.ledger import Ledger
from harness.evidence.recording import AudioRecording, VideoRecording
from harness.evidence.statistics_sample import StatisticsSample, write_samples
from harness.network.profile import Profile
from harness.participant.protocol import PublishOptions
from harness.signals.picture import ColourCode
from harness.signals.sound import Tone
from harness.stage.participant import Participant
from harness.stage.stage import Stage
from harness.verifiers.latency_series import HeardSound, SeenPictures
from harness.verifiers.proof import Witness
from harness.verifiers.skew import SoundAndPicture

PUBLISHER, SUBSCRIBER = "alice", "bob"
TONE = Tone(pilot_hz=400, marker="order")
"""Its markers tell a delay up to 15.5 s."""
PICTURE = ColourCode(track_code=3, fps=30)
ONE_LAYER = PublishOptions(simulcast=False, frame_metadata=True, max_bitrate_kbps=500)
"""To join a simulcast track late upsets its time for seconds, measured. The SDK's own encoding of
640×360 leaves out one picture in six of 30 a second; with a bitrate given it sends them all."""
WATCHED = PublishOptions(monitor=True)
STATISTICS = "statistics.ndjson"
EVERY_S = 1.0


@dataclass(frozen=True, kw_only=True)
class Call:
    """Evidence of one call. Times are monotonic ns; files are complete once the stage closed."""

    folder: Path
    """Of the stage: recordings, ledger and signalling lie in it."""
    tone: Tone
    picture: ColourCode
    sound_sent: Path
    """Hand-overs of the sound: see `harness.evidence.sent`."""
    picture_sent: Path
    sound_emitted: AudioRecording | None
    """What the publisher's own track emits: how long its source queues."""
    sound: AudioRecording
    """What the subscriber heard; `track` is the sid."""
    pictures: VideoRecording
    """What the subscriber saw."""
    sound_asked_ns: int
    """When the subscriber's SDK was asked for the sound."""
    picture_asked_ns: int
    profile_ns: int | None
    """Time 0 of the profile that was played; None where the network was left as it was."""
    since_ns: int
    """From here on the call was in steady state, as far as two seconds bring one about."""
    until_ns: int
    statistics: tuple[StatisticsSample, ...] = field(repr=False)
    """Of both participants, each second from before the subscription until the end."""

    @cached_property
    def ledger(self) -> Ledger:
        """What the gateway saw of packets; asked once the stage has closed, read once."""
        return Ledger(self.folder)

    @property
    def heard(self) -> HeardSound:
        """The sound, with all that was seen on its way."""
        return HeardSound(
            recording=self.sound,
            tone=self.tone,
            sent=self.sound_sent,
            monitor=self.sound_emitted,
            wire=self.ledger,
            statistics=self.counted(SUBSCRIBER),
        )

    @property
    def seen(self) -> SeenPictures:
        """The pictures, with all that was seen on their way."""
        return SeenPictures(
            recording=self.pictures,
            track_code=self.picture.track_code,
            sent=self.picture_sent,
            wire=self.ledger,
            statistics=self.counted(SUBSCRIBER),
        )

    @property
    def witness(self) -> Witness:
        """The sound, as proof that the subscriber was alive while no picture came."""
        return Witness(recording=self.sound, signal=self.tone)

    def counted(self, participant: str) -> tuple[StatisticsSample, ...]:
        """The statistics of one of them, in order of time."""
        return tuple(sample for sample in self.statistics if sample.participant == participant)

    @property
    def pair(self) -> SoundAndPicture:
        """Sound and picture, to be compared in time."""
        return SoundAndPicture(
            sound=self.sound,
            tone=self.tone,
            sound_sent=self.sound_sent,
            picture=self.pictures,
            track_code=self.picture.track_code,
            picture_sent=self.picture_sent,
            sound_emitted=self.sound_emitted,
            statistics=self.counted(SUBSCRIBER),
        )


async def make_call(
    stage: Stage,
    *,
    seconds: float,
    profile: Profile | None = None,
    tone: Tone = TONE,
    picture: ColourCode = PICTURE,
) -> Call:
    """Have alice publish and bob subscribe, and let media run.

    Bob subscribes once the network is as it shall be: a delay that comes later leaves jitter
    buffers where they stick, measured.

    Args:
        stage: A fresh one.
        seconds: Length of the steady state; the time until it begins is about three seconds more.
        profile: Network of both, whose time 0 is when both have joined. None: as the stage has it.
        tone: What alice sounds like.
        picture: What she looks like; published in one layer.
    """
    (alice,) = await stage.join(PUBLISHER)
    (bob,) = await stage.join(SUBSCRIBER, auto_subscribe=False)
    profile_ns = None if profile is None else await stage.play(profile)
    sound = await alice.publish(tone, name="microphone", options=WATCHED)
    face = await alice.publish(picture, name="camera", options=ONE_LAYER)
    async with _sampled(alice, bob) as samples:
        asked_ns = []
        for track in (sound, face):
            await bob.told("track_published", track)
            asked_ns.append(await bob.subscribe(track))
        received = await bob.record(sound, face)
        since_ns = await received.until_steady()
        until_ns = await stage.run(seconds=seconds)
    write_samples(stage.folder / STATISTICS, samples)
    return Call(
        folder=stage.folder,
        tone=tone,
        picture=picture,
        sound_sent=sound.sent,
        picture_sent=face.sent,
        sound_emitted=sound.monitor,
        sound=received[sound],
        pictures=received[face],
        sound_asked_ns=asked_ns[0],
        picture_asked_ns=asked_ns[1],
        profile_ns=profile_ns,
        since_ns=since_ns,
        until_ns=until_ns,
        statistics=tuple(samples),
    )


@asynccontextmanager
async def _sampled(*participants: Participant) -> AsyncIterator[list[StatisticsSample]]:
    """Statistics at once, each second, and at the end of the block, in the list that it gives."""
    samples: list[StatisticsSample] = []
    over = asyncio.Event()

    async def sample(participant: Participant) -> None:
        at_ns = now_ns()
        entries = await participant.statistics()
        samples.append(
            StatisticsSample(at_ns=at_ns, participant=participant.identity, entries=entries)
        )

    async def each_second(participant: Participant) -> None:
        while not over.is_set():
            with contextlib.suppress(TimeoutError):
                await asyncio.wait_for(over.wait(), EVERY_S)
            await sample(participant)

    await asyncio.gather(*map(sample, participants))
    async with asyncio.TaskGroup() as group:
        for participant in participants:
            group.create_task(each_second(participant))
        try:
            yield samples
        finally:
            over.set()
