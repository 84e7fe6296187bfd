"""A source that is wrong about its queue: how much waits in it, and when all of it was played."""

from __future__ import annotations

from asyncio import sleep
from collections.abc import Callable, Coroutine
from typing import TYPE_CHECKING, Any

from harness.sabotage.sabotage import Sabotage
from harness.sabotage.sdk.messages import in_probe

if TYPE_CHECKING:
    from harness.participant.tampering import Tampering

LATE_S = 0.2


def wrong_gauges(tampering: Tampering) -> None:
    """See `harness.participant.tampering`."""
    if in_probe(tampering):
        tampering.replace("AudioSource.wait_for_playout", _late)
        tampering.replace("AudioSource.queued_duration", _half)
    else:
        tampering.replace("AudioSource.wait_for_playout", _early)


def _late(there: Callable[[Any], Coroutine[Any, Any, None]]) -> Callable[[Any], Any]:
    async def wait_for_playout(source: object) -> None:
        await there(source)
        await sleep(LATE_S)

    return wait_for_playout


def _early(_: object) -> Callable[[Any], Any]:
    async def wait_for_playout(source: Any) -> None:  # noqa: ANN401 - a source of the SDK
        await sleep(source.queued_duration / 2)

    return wait_for_playout


def _half(there: property) -> property:
    assert there.fget is not None
    read = there.fget
    return property(lambda source: read(source) / 2)


SABOTAGE = Sabotage(
    name="wrong-gauges",
    breaks="`queued_duration` is half of what waits, `wait_for_playout` returns 200 ms late, "
    "or in a room when half of it was played",
    kills=frozenset({"AUD-016", "AUD-017", "AUD-044"}),
    tampers=(f"{__name__}:{wrong_gauges.__name__}",),
)
