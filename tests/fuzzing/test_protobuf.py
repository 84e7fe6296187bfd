from __future__ import annotations

from random import Random

from hypothesis import given
from hypothesis import strategies as st
from livekit.protocol import models, rtc

from tests.fuzzing.protobuf import repeated

ROOM = 100_000
TRACKS = [models.TrackInfo(sid="TR_a", name="face")]
UPDATE = rtc.SignalResponse(
    update=rtc.ParticipantUpdate(
        participants=[models.ParticipantInfo(identity="bob", tracks=TRACKS)]
    )
)


def test_a_part_at_any_depth_comes_many_times() -> None:
    made = [
        rtc.SignalResponse.FromString(repeated(UPDATE.SerializeToString(), Random(seed), ROOM))
        for seed in range(200)
    ]

    assert max(len(one.update.participants) for one in made) > 1000
    assert max(len(who.tracks) for one in made for who in one.update.participants) > 1000


@given(st.binary(max_size=60), st.integers(0, 1000))
def test_any_bytes_grow_by_no_more_than_they_may(data: bytes, seed: int) -> None:
    made = repeated(data, Random(seed), 1000)

    assert made == repeated(data, Random(seed), 1000)
    assert len(data) <= len(made) <= len(data) + 1000 + 4 * len(data), "lengths grow, too"


def test_what_is_no_message_stays() -> None:
    for data in (b"", b"{}", b"\xff" * 20, b"\x0a\x05ab"):
        assert repeated(data, Random(1), ROOM) == data
