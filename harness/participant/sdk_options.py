"""Translation of the protocol's words into the SDK's messages."""

from __future__ import annotations

from typing import Literal

from livekit import rtc

from harness.participant.protocol import Permission, PublishOptions
from harness.signals.picture import ColourCode

_SOURCES = {
    "microphone": rtc.TrackSource.SOURCE_MICROPHONE,
    "camera": rtc.TrackSource.SOURCE_CAMERA,
    "screenshare": rtc.TrackSource.SOURCE_SCREENSHARE,
    "screenshare_audio": rtc.TrackSource.SOURCE_SCREENSHARE_AUDIO,
}
_CODECS = {
    "vp8": rtc.VideoCodec.VP8,
    "vp9": rtc.VideoCodec.VP9,
    "h264": rtc.VideoCodec.H264,
    "av1": rtc.VideoCodec.AV1,
    "h265": rtc.VideoCodec.H265,
}


def sound_options(options: PublishOptions) -> rtc.TrackPublishOptions:
    """Publish options of an audio track. What is None is left unset: the SDK decides."""
    result = rtc.TrackPublishOptions(source=_SOURCES[options.source or "microphone"])
    if options.dtx is not None:
        result.dtx = options.dtx
    if options.red is not None:
        result.red = options.red
    if options.max_bitrate_kbps is not None:
        result.audio_encoding.max_bitrate = options.max_bitrate_kbps * 1000
    if options.stream:
        result.stream = options.stream
    return result


def picture_options(options: PublishOptions, picture: ColourCode) -> rtc.TrackPublishOptions:
    """Publish options of a video track.

    The SDK wants bitrate and frame rate together: a bitrate alone takes the picture's own rate.
    Raises ValueError for a frame rate without a bitrate, and for what was encoded already in
    another codec or in layers.
    """
    if options.encoder == "pre-encoded":
        return _coded_picture_options(options)
    result = rtc.TrackPublishOptions(source=_SOURCES[options.source or "camera"])
    if options.simulcast is not None:
        result.simulcast = options.simulcast
    if options.codec is not None:
        result.video_codec = _CODECS[options.codec]
    if options.max_bitrate_kbps is not None:
        result.video_encoding.max_bitrate = options.max_bitrate_kbps * 1000
        result.video_encoding.max_framerate = options.max_framerate or float(picture.fps)
    elif options.max_framerate is not None:
        raise ValueError("max_framerate needs max_bitrate_kbps: the SDK takes both or none")
    if options.stream:
        result.stream = options.stream
    if options.frame_metadata:
        result.frame_metadata_features.extend(
            [
                rtc.FrameMetadataFeature.FMF_USER_TIMESTAMP,
                rtc.FrameMetadataFeature.FMF_FRAME_ID,
            ]
        )
    return result


def _coded_picture_options(options: PublishOptions) -> rtc.TrackPublishOptions:
    if options.codec not in (None, "vp8") or options.simulcast:
        raise ValueError("pictures that are encoded already are VP8 in one layer")
    result = rtc.TrackPublishOptions(
        source=_SOURCES[options.source or "camera"],
        stream=options.stream,
        video_codec=rtc.VideoCodec.VP8,
        video_encoder=rtc.VideoEncoderBackend.ENCODER_BACKEND_PRE_ENCODED,
        simulcast=False,
    )
    result.frame_metadata_features.extend(
        [
            rtc.FrameMetadataFeature.FMF_USER_TIMESTAMP,
            rtc.FrameMetadataFeature.FMF_FRAME_ID,
            rtc.FrameMetadataFeature.FMF_USER_DATA,
        ]
    )
    return result


def track_permission(permission: Permission) -> rtc.ParticipantTrackPermission:
    """One subscriber's permission."""
    return rtc.ParticipantTrackPermission(
        participant_identity=permission.identity,
        allow_all=permission.allow_all,
        allowed_track_sids=permission.sids,
    )


def quality_value(quality: Literal["low", "medium", "high"]) -> rtc.VideoQuality.ValueType:
    """The SDK's number of a simulcast quality."""
    return rtc.VideoQuality.Value(f"VIDEO_QUALITY_{quality.upper()}")


def kind_name(kind: int) -> Literal["audio", "video", "unknown"]:
    """`audio`, `video` or `unknown`."""
    if kind == rtc.TrackKind.KIND_AUDIO:
        return "audio"
    return "video" if kind == rtc.TrackKind.KIND_VIDEO else "unknown"


def source_name(source: int) -> str:
    """`microphone`, `camera`, …, or `unknown`."""
    return next((name for name, value in _SOURCES.items() if value == source), "unknown")
