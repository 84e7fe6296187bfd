from __future__ import annotations

from hypothesis import given
from hypothesis import strategies as st

from harness.evidence.clock import NS_PER_MS, NS_PER_S
from harness.participant.schedule import (
    MAX_BACKLOG_NS,
    MIN_PICTURE_GAP_NS,
    PictureSchedule,
    SoundSchedule,
)

START = 5 * NS_PER_S


def test_sound_is_due_every_ten_milliseconds() -> None:
    schedule = SoundSchedule(start_ns=START)

    assert [schedule.due_ns(k) - START for k in (0, 1, 100)] == [0, 10 * NS_PER_MS, NS_PER_S]


def test_prefill_hands_over_ahead_of_the_schedule() -> None:
    schedule = SoundSchedule(start_ns=START, prefill_ms=50)

    assert [schedule.due_ns(k) - START for k in (0, 5, 6)] == [0, 0, 10 * NS_PER_MS]


def test_late_sound_is_sent_in_a_burst_and_very_late_sound_is_skipped() -> None:
    schedule = SoundSchedule(start_ns=START)

    assert schedule.skip(7, schedule.due_ns(7) + MAX_BACKLOG_NS) == 0
    assert schedule.skip(7, schedule.due_ns(7) + 300 * NS_PER_MS) == 30


def test_sound_after_a_skip_is_where_it_belongs() -> None:
    schedule = SoundSchedule(start_ns=START)
    now = schedule.due_ns(7) + 305 * NS_PER_MS

    resumed = 7 + schedule.skip(7, now)

    assert 0 <= now - schedule.due_ns(resumed) < 10 * NS_PER_MS


def test_pictures_follow_the_absolute_schedule() -> None:
    schedule = PictureSchedule(start_ns=START, fps=30)

    assert schedule.due_ns(3000) == START + 100 * NS_PER_S
    assert schedule.after(1, schedule.due_ns(1) + NS_PER_MS) == 2


def test_a_picture_that_is_late_by_whole_slots_skips_them() -> None:
    schedule = PictureSchedule(start_ns=START, fps=10)

    assert schedule.after(1, schedule.due_ns(4) + 10 * NS_PER_MS) == 5


@given(
    fps=st.integers(1, 60),
    frame=st.integers(0, 10_000),
    late_ns=st.integers(0, 3 * NS_PER_S),
)
def test_the_next_picture_is_later_and_never_in_the_same_millisecond(
    fps: int, frame: int, late_ns: int
) -> None:
    schedule = PictureSchedule(start_ns=START, fps=fps)
    captured = schedule.due_ns(frame) + late_ns

    following = schedule.after(frame, captured)

    assert following > frame
    assert schedule.due_ns(following) - captured >= MIN_PICTURE_GAP_NS
    first_possible = following == frame + 1
    assert first_possible or schedule.due_ns(following - 1) - captured < MIN_PICTURE_GAP_NS
