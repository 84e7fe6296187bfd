from __future__ import annotations

from typing import Any

import msgspec
import pytest
from google.protobuf.message import DecodeError
from hypothesis import given
from hypothesis import strategies as st
from livekit.protocol import models, rtc

from harness.gateway.describe import describe
from harness.gateway.interceptors import Protobuf

SDP = rtc.SessionDescription(
    type="offer", sdp="v=0\r\nm=audio 9 X 111\r\na=ice-pwd:hushhush\r\nm=video 9 X 96\r\n"
)
ALICE = models.ParticipantInfo(
    sid="PA_a",
    identity="alice",
    state=models.ParticipantInfo.State.ACTIVE,
    metadata="private",
    tracks=[
        models.TrackInfo(
            sid="TR_x",
            name="tone",
            type=models.TrackType.AUDIO,
            source=models.TrackSource.MICROPHONE,
            muted=True,
        )
    ],
)
TRACK = {
    "sid": "TR_x", "name": "tone", "type": "audio", "source": "microphone", "muted": True,
}  # fmt: skip
ALICE_TOLD = {"sid": "PA_a", "identity": "alice", "state": "active", "tracks": [TRACK]}


@pytest.mark.parametrize(
    ("message", "details"),
    [
        (
            rtc.SignalRequest(mute=rtc.MuteTrackRequest(sid="TR_x", muted=True)),
            {"sid": "TR_x", "muted": True},
        ),
        (
            rtc.SignalRequest(
                subscription=rtc.UpdateSubscription(
                    track_sids=["TR_x"],
                    subscribe=True,
                    participant_tracks=[
                        models.ParticipantTracks(participant_sid="PA_a", track_sids=["TR_y"])
                    ],
                )
            ),
            {"sids": ["TR_x", "TR_y"], "subscribe": True},
        ),
        (
            rtc.SignalRequest(
                subscription_permission=rtc.SubscriptionPermission(
                    track_permissions=[
                        rtc.TrackPermission(participant_identity="bob", track_sids=["TR_x"])
                    ]
                )
            ),
            {
                "all_participants": False,
                "tracks": [
                    {
                        "identity": "bob",
                        "participant_sid": "",
                        "all_tracks": False,
                        "sids": ["TR_x"],
                    }
                ],
            },
        ),
        (
            rtc.SignalResponse(update=rtc.ParticipantUpdate(participants=[ALICE])),
            {"participants": [ALICE_TOLD]},
        ),
        (
            rtc.SignalResponse(
                join=rtc.JoinResponse(
                    participant=ALICE, server_info=models.ServerInfo(version="1.13.5")
                )
            ),
            {"server_version": "1.13.5", "participant": ALICE_TOLD, "others": []},
        ),
        (rtc.SignalRequest(offer=SDP), {"m_lines": 2, "tracks": {}}),
        (
            rtc.SignalResponse(trickle=rtc.TrickleRequest(target=rtc.SUBSCRIBER, final=True)),
            {"target": "subscriber", "final": True},
        ),
        (
            rtc.SignalRequest(
                track_setting=rtc.UpdateTrackSettings(
                    track_sids=["TR_x"], quality=models.VideoQuality.HIGH
                )
            ),
            {
                "sids": ["TR_x"],
                "disabled": False,
                "quality": "high",
                "width": 0,
                "height": 0,
                "fps": 0,
            },
        ),
        (
            rtc.SignalResponse(
                stream_state_update=rtc.StreamStateUpdate(
                    stream_states=[rtc.StreamStateInfo(track_sid="TR_x", state=rtc.PAUSED)]
                )
            ),
            {"streams": [{"participant_sid": "", "track_sid": "TR_x", "state": "paused"}]},
        ),
        (
            rtc.SignalResponse(
                subscribed_quality_update=rtc.SubscribedQualityUpdate(
                    track_sid="TR_x",
                    subscribed_qualities=[
                        rtc.SubscribedQuality(quality=models.VideoQuality.LOW, enabled=True)
                    ],
                )
            ),
            {"sid": "TR_x", "qualities": {"low": True}, "codecs": {}},
        ),
        (rtc.SignalResponse(refresh_token="secret"), {}),
        (rtc.SignalResponse(pong=5), {}),
        (rtc.SignalResponse(), {}),
        (
            rtc.JoinRequest(
                client_info=models.ClientInfo(sdk=models.ClientInfo.SDK.PYTHON, version="1.2.0"),
                publisher_offer=SDP,
            ),
            {
                "sdk": "python",
                "version": "1.2.0",
                "protocol": 0,
                "m_lines": 2,
                "tracks": [],
                "reconnect": False,
            },
        ),
    ],
)
def test_details_of_a_message(message: Protobuf, details: dict[str, Any]) -> None:
    assert describe(message) == details


@pytest.mark.parametrize(
    ("message", "key", "count"),
    [
        (rtc.JoinRequest(add_track_requests=[rtc.AddTrackRequest()] * 250), "tracks", 250),
        (
            rtc.SignalResponse(update=rtc.ParticipantUpdate(participants=[ALICE] * 101)),
            "participants",
            101,
        ),
        (
            rtc.SignalResponse(join=rtc.JoinResponse(other_participants=[ALICE] * 102)),
            "others",
            102,
        ),
        (
            rtc.SignalRequest(
                subscription=rtc.UpdateSubscription(
                    track_sids=["TR_x"] * 60,
                    participant_tracks=[models.ParticipantTracks(track_sids=["TR_y"] * 60)],
                )
            ),
            "sids",
            120,
        ),
        (
            rtc.SignalRequest(
                offer=rtc.SessionDescription(mid_to_track_id={str(n): "" for n in range(150)})
            ),
            "tracks",
            150,
        ),
        (
            rtc.SignalResponse(
                speakers_changed=rtc.SpeakersChanged(speakers=[models.SpeakerInfo()] * 101)
            ),
            "speakers",
            101,
        ),
    ],
)
def test_of_a_long_list_the_first_are_told_and_how_many_more_there_are(
    message: Protobuf, key: str, count: int
) -> None:
    details = describe(message)

    assert len(details[key]) == 100
    assert details[f"{key}_left_out"] == count - 100


def test_codecs_and_qualities_have_an_end_too() -> None:
    quality = rtc.SubscribedQuality(enabled=True)
    codecs = [rtc.SubscribedCodec(codec=str(n), qualities=[quality] * 500) for n in range(150)]
    update = rtc.SubscribedQualityUpdate(
        subscribed_qualities=[quality] * 500, subscribed_codecs=codecs
    )
    details = describe(rtc.SignalResponse(subscribed_quality_update=update))

    assert (details["qualities"], len(details["codecs"])) == ({"low": True}, 100)


def test_a_value_of_a_later_version_is_told_by_its_number() -> None:
    leave = rtc.LeaveRequest.FromString(b"\x10\x63")  # reason = 99

    assert describe(rtc.SignalRequest(leave=leave))["reason"] == 99


@pytest.mark.parametrize("direction", [rtc.SignalRequest, rtc.SignalResponse])
def test_every_kind_can_be_described_and_written(
    direction: type[rtc.SignalRequest | rtc.SignalResponse],
) -> None:
    for field in direction.DESCRIPTOR.fields:
        message = direction()
        if field.message_type is not None:
            getattr(message, field.name).SetInParent()
        else:
            setattr(message, field.name, "x" if field.type == field.TYPE_STRING else 1)
        assert message.WhichOneof("message") == field.name
        assert msgspec.json.encode(describe(message))


@given(st.binary(max_size=200))
def test_whatever_decodes_can_be_described(data: bytes) -> None:
    for kind in (rtc.SignalRequest, rtc.SignalResponse, rtc.JoinRequest):
        try:
            message = kind.FromString(data)
        except DecodeError:
            continue
        assert msgspec.json.encode(describe(message))
