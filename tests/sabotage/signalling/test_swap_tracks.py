from __future__ import annotations

import re
from typing import Literal

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st
from livekit.protocol import rtc

from harness.gateway.interceptors import Signal
from harness.sabotage.signalling.swap_tracks import SwapTracks

Kind = Literal["offer", "answer"]

ALICE, BOB = ("PA_alice", "TR_tone"), ("PA_bobby", "TR_beep")
PICTURE = """m=video 9 UDP/TLS/RTP/SAVPF 96
a=mid:9
a=ssrc:90 msid:PA_alice|camera TR_face
"""


def sound(publisher: str, track: str, mid: int) -> str:
    stream = f"{publisher}|{track}"
    return f"""m=audio 9 UDP/TLS/RTP/SAVPF 111
a=mid:{mid}
a=msid:{stream} {track}
a=ssrc:{70 + mid} cname:{stream}
a=ssrc:{70 + mid} msid:{stream} {track}
"""


def description(
    *sections: str, kind: Kind = "offer", mids: dict[str, str] | None = None
) -> rtc.SignalResponse:
    sdp = "v=0\n" + "".join(sections)
    made = rtc.SessionDescription(type=kind, sdp=sdp, mid_to_track_id=mids)
    if kind == "offer":
        return rtc.SignalResponse(offer=made)
    return rtc.SignalResponse(answer=made)


def swapped(
    message: rtc.SignalResponse, swap: SwapTracks | None = None, *, participant: str = "carol"
) -> rtc.SessionDescription:
    """The description after the sabotage, which must hand on the one message."""
    signal = Signal(participant=participant, room="r", direction="server", protobuf=message)
    assert (swap or SwapTracks()).intercept(signal) == [signal]
    made: rtc.SessionDescription = getattr(message, message.WhichOneof("message") or "")
    return made


@pytest.mark.parametrize("kind", ["offer", "answer"])
def test_names_are_exchanged_in_sdp_and_map_alike(kind: Kind) -> None:
    message = description(
        sound(*ALICE, 1), sound(*BOB, 2), PICTURE,
        kind=kind, mids={"1": "TR_tone", "2": "TR_beep", "9": "TR_face"},
    )  # fmt: skip
    made = swapped(message)

    assert made.sdp == "v=0\n" + sound(*BOB, 1) + sound(*ALICE, 2) + PICTURE
    assert dict(made.mid_to_track_id) == {"1": "TR_beep", "2": "TR_tone", "9": "TR_face"}
    assert made.type == kind


def picture(publisher: str, track: str, mid: int) -> str:
    return sound(publisher, track, mid).replace("m=audio", "m=video")


def test_sounds_and_pictures_are_exchanged_each_among_themselves() -> None:
    made = swapped(
        description(
            picture("PA_alice", "TR_face", 0), sound(*BOB, 1),
            sound(*ALICE, 2), picture("PA_bobby", "TR_desk", 3),
            mids={"0": "TR_face", "1": "TR_beep", "2": "TR_tone", "3": "TR_desk"},
        )
    )  # fmt: skip

    assert made.sdp == "v=0\n" + "".join(
        [
            picture("PA_bobby", "TR_desk", 0),
            sound(*ALICE, 1),
            sound(*BOB, 2),
            picture("PA_alice", "TR_face", 3),
        ]
    )
    assert dict(made.mid_to_track_id) == {
        "0": "TR_desk", "1": "TR_tone", "2": "TR_beep", "3": "TR_face",
    }  # fmt: skip


@settings(max_examples=50, deadline=None)
@given(
    owners=st.lists(st.sampled_from("abc"), min_size=2, max_size=6),
    pictures=st.sets(st.integers(0, 5)),
)
def test_it_is_a_swap_whatever_else_is_published(owners: list[str], pictures: set[int]) -> None:
    sections = [
        PICTURE if n in pictures else sound(f"PA_{owner}", f"TR_{n}{owner}", n)
        for n, owner in enumerate(owners)
    ]
    mids = {f"{n}": f"TR_{n}{owner}" for n, owner in enumerate(owners)}
    sounds = {owner for n, owner in enumerate(owners) if n not in pictures}
    before = description(*sections, mids=mids).offer
    swap = SwapTracks()
    once = swapped(description(*sections, mids=mids), swap)
    changed = sum(a != b for a, b in zip(before.sdp.split("m="), once.sdp.split("m="), strict=True))

    assert changed == (2 if len(sounds) > 1 else 0)
    assert sorted(re.findall(r"msid:.*", once.sdp)) == sorted(re.findall(r"msid:.*", before.sdp))
    assert sorted(once.mid_to_track_id.values()) == sorted(before.mid_to_track_id.values())
    assert swapped(rtc.SignalResponse(offer=once), swap) == before


def test_a_later_description_is_swapped_the_same_way() -> None:
    swap = SwapTracks()
    swapped(description(sound(*ALICE, 1), sound(*BOB, 2)), swap)
    later = description(sound("PA_dave", "TR_dave", 0), sound(*BOB, 2), mids={"2": "TR_beep"})
    made = swapped(later, swap)

    assert made.sdp == "v=0\n" + sound("PA_dave", "TR_dave", 0) + sound(*ALICE, 2)
    assert dict(made.mid_to_track_id) == {"2": "TR_tone"}


def test_each_subscriber_has_a_swap_of_its_own() -> None:
    swap = SwapTracks()
    swapped(description(sound(*ALICE, 1), sound(*BOB, 2)), swap)
    alone = description(sound(*ALICE, 1))

    assert swapped(alone, swap, participant="dave").sdp == "v=0\n" + sound(*ALICE, 1)


@pytest.mark.parametrize(
    "sections",
    [
        [],
        [sound(*ALICE, 1)],
        [sound(*ALICE, 1), sound("PA_alice", "TR_second", 2)],
        [sound(*ALICE, 1), PICTURE],
        [sound(*ALICE, 1), "m=audio 9 X 111\na=mid:5\na=recvonly\n"],
    ],
)
def test_without_two_publishers_of_sound_nothing_is_swapped(sections: list[str]) -> None:
    made = swapped(description(*sections, mids={"1": "TR_tone"}))

    assert made.sdp == "v=0\n" + "".join(sections)
    assert dict(made.mid_to_track_id) == {"1": "TR_tone"}


def test_what_clients_say_passes() -> None:
    sdp = "v=0\n" + sound(*ALICE, 1) + sound(*BOB, 2)
    request = rtc.SignalRequest(offer=rtc.SessionDescription(type="offer", sdp=sdp))
    signal = Signal(participant="carol", room="r", direction="client", protobuf=request)

    assert SwapTracks().intercept(signal) == [signal]
    assert request.offer.sdp == sdp
