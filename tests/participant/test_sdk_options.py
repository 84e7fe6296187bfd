from __future__ import annotations

import pytest
from livekit import rtc

from harness.participant.protocol import Permission, PublishOptions
from harness.participant.sdk_options import (
    kind_name,
    picture_options,
    quality_value,
    sound_options,
    source_name,
    track_permission,
)
from harness.signals.picture import ColourCode

PICTURE = ColourCode(track_code=1, fps=24)


def test_what_is_not_asked_for_is_left_to_the_sdk() -> None:
    sound, picture = sound_options(PublishOptions()), picture_options(PublishOptions(), PICTURE)

    assert [field.name for field, _ in sound.ListFields()] == ["source"]
    assert sound.source == rtc.TrackSource.SOURCE_MICROPHONE
    assert [field.name for field, _ in picture.ListFields()] == ["source"]
    assert picture.source == rtc.TrackSource.SOURCE_CAMERA


def test_sound_options() -> None:
    options = sound_options(
        PublishOptions(
            source="screenshare_audio", dtx=False, red=False, max_bitrate_kbps=64, stream="av"
        )
    )

    assert (options.dtx, options.red, options.stream) == (False, False, "av")
    assert options.audio_encoding.max_bitrate == 64_000
    assert source_name(options.source) == "screenshare_audio"


def test_picture_options() -> None:
    options = picture_options(
        PublishOptions(codec="vp9", simulcast=False, max_bitrate_kbps=300, frame_metadata=True),
        PICTURE,
    )

    assert (options.video_codec, options.simulcast) == (rtc.VideoCodec.VP9, False)
    assert options.video_encoding.max_bitrate == 300_000
    assert options.video_encoding.max_framerate == 24
    assert len(options.frame_metadata_features) == 2


def test_a_frame_rate_alone_is_refused() -> None:
    with pytest.raises(ValueError, match="needs max_bitrate_kbps"):
        picture_options(PublishOptions(max_framerate=10.0), PICTURE)


def test_permissions() -> None:
    permission = track_permission(Permission(identity="bob", sids=("TR_a", "TR_b")))

    assert permission.participant_identity == "bob"
    assert not permission.allow_all
    assert list(permission.allowed_track_sids) == ["TR_a", "TR_b"]


def test_names_of_kinds_and_sources() -> None:
    assert kind_name(rtc.TrackKind.KIND_VIDEO) == "video"
    assert kind_name(rtc.TrackKind.KIND_UNKNOWN) == "unknown"
    assert source_name(rtc.TrackSource.SOURCE_UNKNOWN) == "unknown"


def test_qualities_have_the_sdks_numbers() -> None:
    assert quality_value("low") == rtc.VideoQuality.VIDEO_QUALITY_LOW
    assert quality_value("high") == rtc.VideoQuality.VIDEO_QUALITY_HIGH


def test_pictures_that_are_encoded_already_are_one_layer_of_vp8_with_metadata() -> None:
    options = picture_options(
        PublishOptions(encoder="pre-encoded", max_bitrate_kbps=500), ColourCode(track_code=1)
    )

    assert options.video_encoder == rtc.VideoEncoderBackend.ENCODER_BACKEND_PRE_ENCODED
    assert (options.video_codec, options.simulcast) == (rtc.VideoCodec.VP8, False)
    assert len(options.frame_metadata_features) == 3


@pytest.mark.parametrize(
    "options",
    [
        PublishOptions(encoder="pre-encoded", codec="h264"),
        PublishOptions(encoder="pre-encoded", simulcast=True),
    ],
)
def test_pictures_that_are_encoded_already_are_nothing_else(options: PublishOptions) -> None:
    with pytest.raises(ValueError, match="VP8 in one layer"):
        picture_options(options, ColourCode(track_code=1))
