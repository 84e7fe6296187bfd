"""What `convert()` can do, what it says when it cannot, and whether the colours are right."""

from __future__ import annotations

from collections.abc import Collection, Mapping, Sequence
from dataclasses import replace

from harness.evidence.sdk_call import SdkCall, that_ended
from harness.scenario import Judge, Stage, clause
from harness.signals.pixel_layout import ENCODINGS, PACKED
from harness.verifiers.colour import ALPHA, Picture, colour_error, flip_error
from harness.verifiers.sdk_calls import calls_not_refused_with, calls_that_ended, calls_without
from scenarios.video_source.conversion import Conversion, convert

ALL = [Conversion(source=source, target=target) for source in ENCODINGS for target in ENCODINGS]
YUV = set(ENCODINGS) - set(PACKED)
HAS = {
    "RGBA": ("BGRA", "I420"),
    "ARGB": ("I420",),
    "BGRA": ("RGBA", "I420"),
    "RGB24": ("I420",),
    "I420": ("RGBA", "ABGR", "ARGB", "BGRA", "RGB24", "I420"),
    "I420A": ("I420", "I420A"),
    "I422": ("RGBA", "ABGR", "ARGB", "I420", "I422"),
    "I444": ("RGBA", "BGRA", "I420", "I444"),
    "NV12": ("RGBA", "BGRA", "I420"),
}
"""The conversions of Python SDK 1.2.0: an encoding and what it becomes."""
SOURCES = {
    "VID-016": {"RGBA", "ARGB", "BGRA", "RGB24"},
    "VID-017": {"ABGR"},
    "VID-018": {"I420", "I420A", "I422", "I444"},
    "VID-019": {"I010"},
    "VID-020": {"NV12"},
}
"""Clause to the encodings from which no conversion may end the process."""
COLOURS = {
    "VID-023": (PACKED, PACKED),
    "VID-024": (YUV, YUV),
    "VID-025": (PACKED, YUV),
    "VID-026": (YUV, PACKED),
}
"""Clause to the conversions, from and to, whose colours it is about."""


@clause(
    "VID-013",
    "VID-014",
    "VID-015",
    "VID-016",
    "VID-017",
    "VID-018",
    "VID-019",
    "VID-020",
    "VID-021",
    "VID-022",
    "VID-023",
    "VID-024",
    "VID-025",
    "VID-026",
    "VID-027",
    "VID-028",
)
async def test_every_encoding_becomes_every_other(stage: Stage, judge: Judge) -> None:
    made = await convert(stage, ALL)
    possible = [c for c, call in made.items() if call.end == "returned"]
    odd = [replace(c, width=33, height=17) for c in possible]
    flipped = [replace(c, flip_y=True) for c in possible]
    more = await convert(stage, (*odd, *flipped))

    judge_what_is_possible(judge, made)
    judge_colours(judge, [c.picture(stage) for c in (*possible, *odd)])
    came_out = {c: made[c] for c in possible} | more
    wanted = {c.name: c.wanted for c in came_out}
    judge("VID-022", calls_without, list(came_out.values()), wanted)
    turned = [(c.picture(stage), f.picture(stage)) for c, f in zip(possible, flipped, strict=True)]
    judge("VID-028", flip_error, turned)


def judge_what_is_possible(judge: Judge, made: Mapping[Conversion, SdkCall]) -> None:
    to_others = [call for c, call in made.items() if c.source != c.target]
    refused = that_ended(made.values(), "raised")
    names = {c.name: (c.source, c.target) for c in made}

    judge("VID-013", calls_that_ended, to_others, "raised", "died")
    had = [call for c, call in made.items() if c.target in HAS.get(c.source, ())]
    judge("VID-014", calls_that_ended, had, "raised", "died")
    judge("VID-015", calls_that_ended, between(made, {"I420"}, PACKED), "raised", "died")
    for clause_id, sources in SOURCES.items():
        judge(clause_id, calls_that_ended, between(made, sources, ENCODINGS), "died")
    judge("VID-021", calls_not_refused_with, refused, names)


def judge_colours(judge: Judge, pictures: Sequence[Picture]) -> None:
    for clause_id, (sources, targets) in COLOURS.items():
        chosen = [p for p in pictures if p.source in sources and p.target in targets]
        judge(clause_id, colour_error, chosen)
    judge("VID-027", colour_error, pictures, ALPHA)


def between(
    made: Mapping[Conversion, SdkCall], sources: Collection[str], targets: Collection[str]
) -> list[SdkCall]:
    """What became of the conversions from some encodings to some."""
    return [call for c, call in made.items() if c.source in sources and c.target in targets]
