from __future__ import annotations

from pathlib import Path
from typing import TYPE_CHECKING, cast

import pytest

from harness.participant.handle import ParticipantHandle
from harness.signals.sound import Tone
from harness.stage.publication import Publication

if TYPE_CHECKING:
    from tests.stage.conftest import FakeHandle


@pytest.mark.asyncio
async def test_calls_are_about_its_track_and_give_the_time_of_the_sdk_call(
    handle: FakeHandle,
) -> None:
    publication = Publication(
        publisher="alice",
        sid="TR_x",
        name="tone",
        signal=Tone(),
        published_ns=7,
        start_ns=5,
        sent=Path("tone.sent"),
        handle=cast("ParticipantHandle", handle),
    )
    times = [
        await publication.mute(),
        await publication.unmute(),
        await publication.unpublish(),
    ]

    assert handle.calls == [("mute", "TR_x"), ("unmute", "TR_x"), ("unpublish", "TR_x")]
    assert times == [1, 2, 3]
