"""What only the native part of the SDK offers, on a real server."""

from __future__ import annotations

from typing import TYPE_CHECKING

import pytest

from harness.participant.connection import CommandFailed
from harness.participant.protocol import PublishOptions
from harness.signals.picture import ColourCode
from tests.participant.conftest import grown

if TYPE_CHECKING:
    from tests.participant.conftest import Pair

FACE = ColourCode(track_code=5, width=1280, height=720, fps=15)
FRAMES = 5 * 40
"""Bytes; a few pictures."""

pytestmark = [pytest.mark.real, pytest.mark.asyncio]


async def test_a_picture_gets_smaller_and_stops_and_comes_back(pair: Pair) -> None:
    published = await pair.alice.publish(
        name="face", signal=FACE, options=PublishOptions(simulcast=True)
    )
    assert published.sid is not None
    seen = await pair.bob.record(published.sid, name="face")
    await grown(seen.path, FRAMES)
    await pair.bob.set_dimensions(published.sid, 320, 180)
    await pair.bob.set_enabled(published.sid, enabled=False)
    await pair.bob.set_enabled(published.sid, enabled=True)
    await pair.bob.set_quality(published.sid, "low")
    await grown(seen.path, seen.path.stat().st_size + FRAMES)

    with pytest.raises(CommandFailed, match="nobody publishes TR_x"):
        await pair.bob.set_enabled("TR_x", enabled=True)
