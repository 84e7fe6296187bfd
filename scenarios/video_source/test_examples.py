"""What the pages' examples of publishing video do: their colour, their options."""

from __future__ import annotations

from harness.scenario import Judge, Stage, clause
from harness.verifiers.combine import fact
from harness.verifiers.sdk_calls import calls_not_refused_with, calls_that_ended, distance_of
from scenarios.probes import PROBES

OPTIONS = PROBES / "video_options.py"
RED = (255, 0, 0)


@clause("VID-040")
async def test_the_red_of_the_example_is_red(stage: Stage, judge: Judge) -> None:
    seen = await stage.probe_calls(PROBES / "video_streams.py", "red")

    judge("VID-040", distance_of, seen, RED, "steps")


@clause("VID-041", "VID-042", "VID-043")
async def test_encoding_options_need_both_figures(stage: Stage, judge: Judge) -> None:
    given = {
        "both": {"max_framerate": 30, "max_bitrate": 3_000_000},
        "a frame rate": {"max_framerate": 10},
        "a bit rate": {"max_bitrate": 3_000_000},
    }
    both, *one = await stage.probe_calls(OPTIONS, "encode", calls=given)
    missing = {"a frame rate": ["max_bitrate"], "a bit rate": ["max_framerate"]}

    judge("VID-041", calls_that_ended, [both], "raised", "died")
    judge("VID-042", calls_not_refused_with, one, missing)
    judge("VID-043", calls_that_ended, one[:1], "raised", "died")


@clause("VID-038", "VID-044")
async def test_the_api_has_what_the_pages_name(stage: Stage, judge: Judge) -> None:
    told = await stage.probe(OPTIONS, "arguments_of_a_source")
    offered = await stage.probe(OPTIONS, "names")
    wanted = any("rate" in name or "fps" in name for name in told) and "type" in told
    near = [name for name in offered if "Encoding" in name]

    judge("VID-038", fact, wanted, f"VideoSource is told {', '.join(told)}")
    judge("VID-044", fact, "AudioEncoding" in near, f"livekit.rtc offers {', '.join(near)}")
