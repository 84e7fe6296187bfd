"""A room full of participants who publish a sound and a picture and record what others publish."""

from __future__ import annotations

from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass, replace
from typing import Any, Literal

import msgspec
import numpy as np
import psutil
from numpy.typing import NDArray

from harness.participant.protocol import PublishOptions
from harness.processes.keeper_client import Keeper
from harness.server.binary import SERVER_NAME
from harness.signals.picture import ColourCode
from harness.signals.sound import PILOTS_HZ, Tone
from harness.stage.participant import Participant
from harness.stage.publication import Publication
from harness.stage.received import Received
from harness.stage.stage import Stage
from harness.verifiers.latency_series import HeardSound, SeenPictures, latencies

Shape = Literal["one to many", "mesh"]


class Room(msgspec.Struct, frozen=True, kw_only=True):
    """Who is in it."""

    shape: Shape
    number: int
    """Subscribers of one publisher, or participants who each publish and subscribe to all."""

    @property
    def publishers(self) -> int:
        """How many publish."""
        return 1 if self.shape == "one to many" else self.number

    @property
    def subscribers(self) -> int:
        """How many record."""
        return self.number

    @property
    def recorded_tracks(self) -> int:
        """Sound and picture of each publisher, by each subscriber who is somebody else."""
        others = self.publishers - (self.shape == "mesh")
        return 2 * others * self.subscribers


@dataclass(frozen=True, kw_only=True)
class Cast:
    """Who is on the stage, and what they do."""

    publishers: Sequence[Participant]
    subscribers: Sequence[Participant]
    sounds: Sequence[Publication[Tone]]
    pictures: Sequence[Publication[ColourCode]]
    received: Mapping[str, Received]
    """By subscriber."""

    @property
    def everybody(self) -> list[Participant]:
        """Each participant once."""
        return list({p.identity: p for p in (*self.publishers, *self.subscribers)}.values())


async def fill(stage: Stage, room: Room, picture: ColourCode, options: PublishOptions) -> Cast:
    """Have everybody join, publish and record."""
    publishers = await stage.join(*(f"p{i}" for i in range(room.publishers)))
    subscribers = publishers
    if room.shape == "one to many":
        subscribers = await stage.join(*(f"s{i}" for i in range(room.number)))
    sounds = [
        await participant.publish(Tone(pilot_hz=PILOTS_HZ[place % len(PILOTS_HZ)]))
        for place, participant in enumerate(publishers)
    ]
    pictures = [
        await participant.publish(replace(picture, track_code=place + 1), options=options)
        for place, participant in enumerate(publishers)
    ]
    received = {}
    for participant in subscribers:
        published: tuple[Publication[Any], ...] = (*sounds, *pictures)
        others = [one for one in published if one.publisher != participant.identity]
        received[participant.identity] = await participant.record(*others)
    return Cast(
        publishers=publishers,
        subscribers=subscribers,
        sounds=sounds,
        pictures=pictures,
        received=received,
    )


def picture_lags_ms(cast: Cast, span: tuple[int, int]) -> Iterator[NDArray[np.float64]]:
    """Ages of the pictures that arrived in a span of ns, for each recording."""
    for picture, recording in recordings(cast, cast.pictures):
        seen = SeenPictures(
            recording=recording, track_code=picture.signal.track_code, sent=picture.sent
        )
        yield latencies(seen, since_ns=span[0], until_ns=span[1]).latency_ms


def sound_lags_ms(cast: Cast, span: tuple[int, int]) -> Iterator[NDArray[np.float64]]:
    """Ages of the markers that were heard in a span of ns, for each recording."""
    for sound, recording in recordings(cast, cast.sounds):
        heard = HeardSound(recording=recording, tone=sound.signal, sent=sound.sent)
        yield latencies(heard, since_ns=span[0], until_ns=span[1]).latency_ms


def recordings(cast: Cast, publications: Sequence[Publication[Any]]) -> Iterator[tuple[Any, Any]]:
    """Each publication with each recording of it."""
    for publication in publications:
        for identity, received in cast.received.items():
            if identity != publication.publisher:
                yield publication, received[publication]


def programs_of(keeper: Keeper, cast: Cast) -> dict[str, int]:
    """Server, gateway and relay: what the keeper started besides the participants."""
    known = {participant.handle.pid for participant in cast.everybody}
    found = {}
    for child in psutil.Process(keeper.pid).children():
        if child.pid in known:
            continue
        if child.name() == SERVER_NAME:
            found["server"] = child.pid
        elif relays := child.children():
            found |= {"gateway": child.pid, "relay": relays[0].pid}
    return found
