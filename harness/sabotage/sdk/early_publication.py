"""A track that is published as soon as it was created."""

from __future__ import annotations

from collections.abc import Callable
from typing import TYPE_CHECKING, Any

from harness.participant.protocol import PublishTone
from harness.sabotage.sabotage import Sabotage

if TYPE_CHECKING:
    from harness.participant.tampering import CarryOut, Command, Tampering


def early_publication(tampering: Tampering) -> None:
    """See `harness.participant.tampering`."""
    early = _Early()
    tampering.replace("Room.connect", early.connecting)
    tampering.replace("LocalAudioTrack.create_audio_track", early.creating)
    tampering.commands(early.carry_out)


class _Early:
    """Remembers the room and the last track of sound, and publishes what is to be held back."""

    def __init__(self) -> None:
        self._room: Any = None
        self._track: Any = None

    def connecting(self, there: Callable[..., Any]) -> Callable[..., Any]:
        async def connect(room: object, *args: object, **options: object) -> None:
            await there(room, *args, **options)
            self._room = room

        return connect

    def creating(self, there: staticmethod[..., Any]) -> staticmethod[..., Any]:
        def create_audio_track(*args: object) -> Any:  # noqa: ANN401 - a track of the SDK
            self._track = there.__func__(*args)
            return self._track

        return staticmethod(create_audio_track)

    async def carry_out(self, carry_out: CarryOut, command: Command) -> object:
        answer = await carry_out()
        if isinstance(command, PublishTone) and command.hold:
            await self._room.local_participant.publish_track(self._track)
        return answer


SABOTAGE = Sabotage(
    name="early-publication",
    breaks="a track that was created is published although nobody asked for it",
    kills=frozenset({"PUB-006"}),
    tampers=(f"{__name__}:{early_publication.__name__}",),
)
