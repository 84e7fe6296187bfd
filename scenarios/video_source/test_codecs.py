"""Pictures are sent in the codec and at the rates that the publisher asks for."""

from __future__ import annotations

from collections.abc import Callable

from harness.evidence.measurement import Measurement
from harness.participant.protocol import VideoCodec
from harness.scenario import ColourCode, Judge, PublishOptions, Stage, clause
from harness.verifiers.codecs import tracks_in_another_codec
from harness.verifiers.combine import fact, smallest
from harness.verifiers.picture_order import frames_read_ratio
from harness.verifiers.picture_pace import frame_rate
from harness.verifiers.picture_quality import median_psnr, median_ssim, worst_psnr, worst_ssim
from harness.verifiers.wire_rate import track_rate

CODECS: dict[VideoCodec, str] = {
    "vp8": "VID-047",
    "h264": "VID-048",
    "vp9": "VID-049",
    "av1": "VID-050",
}
SMALLEST = {"width": 320, "height": 180}
"""Of 640×360 a busy machine sends less, measured, and never less than this: libwebrtc's
`kDefaultMinPixelsPerFrame`."""
RAMP_S = 6.0
"""From steady pictures until the publisher's bandwidth estimate, which begins low, allows for four
good ones: before that their worst had 35 to 48 dB, then 48 dB in six of six runs."""
WATCHED_S = 3.0
QUALITY = {
    "PIC-014": median_psnr,
    "PIC-015": worst_psnr,
    "PIC-016": median_ssim,
    "PIC-017": worst_ssim,
}


@clause("VID-047", "VID-048", "VID-049", "VID-050", "VID-051", "VID-052",
        "PIC-014", "PIC-015", "PIC-016", "PIC-017")  # fmt: skip
async def test_pictures_arrive_in_every_codec(stage: Stage, judge: Judge) -> None:
    (alice,) = await stage.join("alice", auto_subscribe=False)
    (bob,) = await stage.join("bob")
    pictures = {
        codec: await alice.publish(
            ColourCode(track_code=number, **SMALLEST),
            options=PublishOptions(codec=codec, simulcast=False),
        )
        for number, codec in enumerate(CODECS)
    }
    seen = await bob.record(*pictures.values(), keep_every=4)
    since = await seen.until_steady()
    until = await stage.run(seconds=WATCHED_S)
    grown = await stage.run(seconds=RAMP_S - WATCHED_S)
    end = await stage.run(seconds=WATCHED_S)
    asked = {picture.sid: str(codec) for codec, picture in pictures.items()}
    said = {p.sid: p.mime_type.lower().removeprefix("video/") for p in await bob.publications()}

    for codec, picture in pictures.items():
        judge(
            CODECS[codec],
            frames_read_ratio,
            seen[picture],
            picture.signal.track_code,
            sent=picture.sent,
            since_ns=since,
            until_ns=until,
            alive=seen.witness(pictures["vp8"]),
        )
    judge(
        "VID-051",
        tracks_in_another_codec,
        stage.ledger,
        asked,
        [("alice", "up"), ("bob", "down")],
        since_ns=since,
        until_ns=until,
    )
    judge("VID-052", fact, said == asked, f"asked for {asked}, said {said}")

    def poorest(verifier: Callable[..., Measurement]) -> Measurement:
        """Of the four codecs."""
        return smallest(
            *(verifier(seen[p], p.signal, since_ns=grown, until_ns=end) for p in pictures.values())
        )

    for name, verifier in QUALITY.items():
        judge(name, poorest, verifier)


@clause("VID-053", "VID-054")
async def test_rates_are_kept(stage: Stage, judge: Judge) -> None:
    (alice,) = await stage.join("alice", auto_subscribe=False)
    (bob,) = await stage.join("bob")
    cheap = await alice.publish(
        ColourCode(track_code=3, fps=30),
        options=PublishOptions(simulcast=False, max_bitrate_kbps=100),
    )
    slow = await alice.publish(
        ColourCode(track_code=4, fps=30),
        options=PublishOptions(simulcast=False, max_bitrate_kbps=300, max_framerate=10.0),
    )
    seen = await bob.record(cheap, slow)
    since = await seen.until_steady()
    until = await stage.run(seconds=4)

    judge(
        "VID-053",
        track_rate,
        stage.ledger,
        participant="alice",
        direction="up",
        track=cheap.sid,
        since_ns=since,
        until_ns=until,
    )
    judge("VID-054", frame_rate, seen[slow], slow.signal.track_code, since_ns=since, until_ns=until)
