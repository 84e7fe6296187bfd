from __future__ import annotations

import pytest

from harness.participant.protocol import Command, Done, PublishTone, Unmute
from harness.sabotage.sdk.early_publication import early_publication
from harness.signals.sound import Tone
from tests.sabotage.seams import changes_of


class Room:
    """Its own local participant."""

    def __init__(self) -> None:
        self.local_participant = self
        self.published: list[str] = []

    async def connect(self, url: str) -> None:
        del url

    async def publish_track(self, track: str) -> None:
        self.published.append(track)


@pytest.mark.parametrize(
    ("command", "published"),
    [
        (PublishTone(name="held", tone=Tone(), hold=True), ["last"]),
        (PublishTone(name="sound1", tone=Tone()), []),
        (Unmute(sid="TR_x"), []),
    ],
)
@pytest.mark.asyncio
async def test_what_is_held_back_is_published(command: Command, published: list[str]) -> None:
    changes, room = changes_of(early_publication), Room()
    await changes["Room.connect"](Room.connect)(room, "ws://x")
    create = changes["LocalAudioTrack.create_audio_track"](staticmethod(lambda name: name))

    async def carry_out() -> Done:
        create.__func__("first")
        create.__func__("last")
        return Done(at_ns=7)

    assert await changes["commands"](carry_out, command) == Done(at_ns=7)
    assert room.published == published
