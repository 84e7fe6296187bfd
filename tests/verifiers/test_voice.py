from __future__ import annotations

from collections.abc import Callable
from typing import Any

from harness.signals.sound import Tone
from harness.verifiers.voice import level_error, voice_changes

Clock = Callable[[float], int]
TONE = Tone(pilot_dbfs=-26)


def heard(clock: Clock, *levels: float) -> list[dict[str, Any]]:
    return [
        {"at_ns": clock(k / 100), "level": level, "voice": level > 0.02}
        for k, level in enumerate(levels)
    ]


def test_level_of_the_tone_is_that_of_its_sine(clock: Clock) -> None:
    frames = heard(clock, 0.9, *[0.03544] * 20, 0.0)
    measured = level_error(frames, TONE, since_ns=clock(0.01), until_ns=clock(0.21))
    assert measured.value is not None
    assert measured.value < 0.01
    assert (measured.rests_on, measured.notes) == (20, ("level 0.0354, sent at 0.0354",))


def test_a_level_that_is_off_is_told_in_decibels(clock: Clock) -> None:
    for level, off in ((0.01772, 6.0), (0.0709, 6.0), (0.0, 111.0)):
        measured = level_error(heard(clock, *[level] * 20), TONE, since_ns=0, until_ns=clock(9))
        assert measured.value is not None
        assert abs(measured.value - off) < 0.05


def test_too_few_frames_are_missing(clock: Clock) -> None:
    measured = level_error(
        heard(clock, *[0.03] * 20), TONE, since_ns=clock(0.15), until_ns=clock(1)
    )
    assert measured.missing == "5 frames came in the time asked for"


def test_ten_frames_are_enough(clock: Clock) -> None:
    def missing(count: int) -> str | None:
        frames = heard(clock, *[0.03] * count)
        return level_error(frames, TONE, since_ns=clock(0), until_ns=clock(1)).missing

    assert missing(9) == "9 frames came in the time asked for"
    assert missing(10) is None


def test_each_change_of_the_verdict_is_an_event(clock: Clock) -> None:
    events = voice_changes(heard(clock, 0, 0, 0.1, 0.1, 0, 0.1), "bob")
    assert [(e.name, e.at_ns - clock(0)) for e in events] == [
        ("silence", 0),
        ("voice", 20_000_000),
        ("silence", 40_000_000),
        ("voice", 50_000_000),
    ]
    assert {e.participant for e in events} == {"bob"}
    assert voice_changes([], "bob") == []
