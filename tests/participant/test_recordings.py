"""Which tracks can be recorded, and when: with a room that has nothing to record yet."""

from __future__ import annotations

from dataclasses import dataclass, field
from pathlib import Path
from typing import Any, cast

import pytest
from livekit import rtc

from harness.participant.protocol import Record
from harness.participant.recordings import Recordings
from harness.participant.supervise import Supervisor
from harness.participant.tracks import Refused


@dataclass
class FakePublication:
    track: rtc.Track | None = None


@dataclass
class FakeParticipant:
    identity: str
    track_publications: dict[str, FakePublication]


@dataclass
class FakeRoom:
    remote_participants: dict[str, FakeParticipant] = field(default_factory=dict)


def recordings(folder: Path) -> Recordings:
    return Recordings(folder, Supervisor(lambda where, error: None))


@pytest.mark.asyncio
async def test_a_track_that_is_never_subscribed_is_not_waited_for_long(tmp_path: Path) -> None:
    alice = FakeParticipant("alice", {"TR_a": FakePublication()})
    room = cast(Any, FakeRoom({"alice": alice}))

    with pytest.raises(Refused, match=r"TR_a was not subscribed within 0.01 s"):
        await recordings(tmp_path).record(Record(sid="TR_a", name="a", timeout_s=0.01), room)
    assert not (tmp_path / "a.wav").exists()


@pytest.mark.asyncio
async def test_only_what_is_recorded_can_be_stopped(tmp_path: Path) -> None:
    with pytest.raises(Refused, match="TR_a is not being recorded"):
        await recordings(tmp_path).stop("TR_a")
