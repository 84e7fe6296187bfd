from __future__ import annotations

import pytest

from harness.evidence.sdk_event import SdkEvent
from harness.sabotage.sdk.wrong_sids import MADE_UP, TRACK, wrong_sids
from tests.sabotage.seams import changes_of

changes = changes_of(wrong_sids)


class Track:
    def __init__(self, name: str) -> None:
        self.name = name

    @property
    def sid(self) -> str:
        return "TR_true"


@pytest.mark.parametrize(("name", "sid"), [(TRACK, MADE_UP), ("sound1", "TR_true")])
def test_one_track_says_what_nobody_else_does(name: str, sid: str) -> None:
    assert changes["Track.sid"](vars(Track)["sid"]).fget(Track(name)) == sid


@pytest.mark.asyncio
async def test_a_track_that_is_published_again_gives_its_first_publication() -> None:
    published: list[tuple[str, Track]] = []

    async def publish_track(participant: str, track: Track) -> str:
        published.append((participant, track))
        return f"TR_{len(published)}"

    former = changes["LocalParticipant.publish_track"](publish_track)
    one, other = Track("one"), Track("other")

    assert [await former("alice", track) for track in (one, other, one)] == ["TR_1", "TR_2", "TR_1"]
    assert published == [("alice", one), ("alice", other), ("alice", one)]


@pytest.mark.parametrize(
    ("name", "previous"), [("local_track_republished", "TR_new"), ("track_published", "TR_old")]
)
def test_a_new_session_says_that_the_sid_was_the_same(name: str, previous: str) -> None:
    told: list[SdkEvent] = []
    details = {"previous_sid": "TR_old", "name": "sound1"}
    event = SdkEvent(at_ns=0, participant="alice", name=name, track="TR_new", details=details)
    changes["told"](told.append, event)

    assert [one.details for one in told] == [{"previous_sid": previous, "name": "sound1"}]
    assert details["previous_sid"] == "TR_old"
