"""A quality is kept in whatever codec a picture with layers is sent."""

from __future__ import annotations

from harness.evidence.clock import NS_PER_S
from harness.participant.protocol import VideoCodec
from harness.scenario import ColourCode, Judge, PublishOptions, Stage, clause
from harness.verifiers.layer_switch import capped_ratio

CODECS: dict[VideoCodec, str] = {"h264": "LAY-022", "vp9": "LAY-023", "av1": "LAY-024"}


@clause("LAY-022", "LAY-023", "LAY-024")
async def test_a_quality_is_kept_in_every_codec(stage: Stage, judge: Judge) -> None:
    publishers = await stage.join(*CODECS, auto_subscribe=False)
    (bob,) = await stage.join("bob")
    pictures = {
        codec: await publisher.publish(
            ColourCode(track_code=number, width=960, height=540, fps=10),
            options=PublishOptions(codec=codec),
        )
        for number, (codec, publisher) in enumerate(zip(CODECS, publishers, strict=True))
    }
    seen = await bob.record(*pictures.values())
    await seen.until_steady()
    asked = [await bob.set_quality(picture, "low") for picture in pictures.values()]
    until = await stage.run(seconds=4)

    for codec, picture in pictures.items():
        judge(
            CODECS[codec],
            capped_ratio,
            seen[picture],
            picture.signal.track_code,
            at_most_px=180,
            asked_ns=asked[0],
            since_ns=asked[-1] + 2 * NS_PER_S,
            until_ns=until,
        )
