from __future__ import annotations

from collections.abc import Callable
from typing import TYPE_CHECKING

import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from harness.evidence.clock import NS_PER_MS
from harness.evidence.recording import AudioRecording
from harness.signals.sound import Tone
from harness.signals.sweep import Sweep, SweepGenerator
from harness.verifiers.answer import NoEvidenceError
from harness.verifiers.defect_finder import Defect, Kind, _beside, _made, find_defects
from tests.verifiers.coded_sweep import (
    SPOILINGS,
    SWEEP,
    Samples,
    Spoiling,
    coded,
    int16,
    made_up,
    silenced,
    skipped,
)

if TYPE_CHECKING:
    from tests.verifiers.conftest import Studio, Window

Clock = Callable[[float], int]
SECONDS = 4.0
PERIOD_MS = 500.0


@pytest.fixture
def window(clock: Clock) -> Window:
    return {"since_ns": clock(0), "until_ns": clock(SECONDS)}


def recorded(studio: Studio, x: Samples) -> AudioRecording:
    x = np.concatenate([x, coded(1)])[: int(SECONDS * 48_000)]
    return studio.write_sound(int16(x)[:, None], 48_000)


def readable(period: int, share: float) -> float:
    """A place, in ms, early enough in a period of the sweep that it holds any defect whole."""
    return PERIOD_MS * (period + 0.1 + 0.25 * share)


def at_ms(defect: Defect, clock: Clock) -> float:
    return (defect.start_ns - clock(0)) / NS_PER_MS


def test_a_sound_as_opus_makes_it_has_no_defect(studio: Studio, window: Window) -> None:
    sound, defects = find_defects(recorded(studio, coded(SECONDS)), SWEEP, **window)

    assert defects == []
    assert sound.file == "bob/tone.wav"


@pytest.mark.parametrize(
    ("kind", "spoil", "least", "most"), SPOILINGS, ids=lambda v: getattr(v, "__name__", str(v))
)
def test_each_defect_is_found_within_ten_milliseconds_and_nothing_else(
    studio: Studio,
    window: Window,
    clock: Clock,
    kind: Kind,
    spoil: Spoiling,
    least: float,
    most: float,
) -> None:
    rng = np.random.default_rng(11)
    for _ in range(12):
        ms = rng.uniform(least, most)
        place = readable(int(rng.integers(1, 5)), rng.uniform())
        _, defects = find_defects(recorded(studio, spoil(coded(5), place, ms)), SWEEP, **window)

        assert [defect.kind for defect in defects] == [kind], (place, ms)
        assert at_ms(defects[0], clock) == pytest.approx(place, abs=10)
        assert defects[0].duration_ms == pytest.approx(ms, abs=10)


@settings(max_examples=25, deadline=None)
@given(
    chosen=st.lists(st.sampled_from(SPOILINGS), min_size=1, max_size=5),
    shares=st.lists(st.floats(0, 1), min_size=10, max_size=10),
)
def test_any_that_stand_apart_are_all_found_in_order(
    tmp_path_factory: pytest.TempPathFactory,
    chosen: list[tuple[Kind, Spoiling, float, float]],
    shares: list[float],
) -> None:
    """From the last to the first, so that none moves the place of one that is there already."""
    from tests.verifiers.conftest import START_NS, Studio

    studio = Studio(tmp_path_factory.mktemp("studio"))
    x = coded(6)
    expected: list[Kind] = []
    for n in reversed(range(len(chosen))):
        kind, spoil, least, most = chosen[n]
        ms = least + shares[2 * n] * (most - least)
        x = spoil(x, readable(n + 1, shares[2 * n + 1]), ms)
        expected.insert(0, kind)
    until_ns = START_NS + round(SECONDS * 1e9)

    _, defects = find_defects(recorded(studio, x), SWEEP, since_ns=START_NS, until_ns=until_ns)

    assert [defect.kind for defect in defects] == expected


def test_made_up_sound_that_fades_away_is_both(
    studio: Studio, window: Window, clock: Clock
) -> None:
    x = silenced(made_up(coded(5), 1100, 100), 1140, 60)

    _, defects = find_defects(recorded(studio, x), SWEEP, **window)

    assert [defect.kind for defect in defects] == ["concealment", "gap"]
    assert defects[0].end_ns == pytest.approx(clock(1.14), abs=10 * NS_PER_MS)


@pytest.mark.parametrize("edge", ["since_ns", "until_ns"])
def test_what_is_made_up_over_an_edge_of_the_time_is_not_another_defect(
    studio: Studio, clock: Clock, edge: str
) -> None:
    began_ms, lasts_ms = 1060.0, 60.0
    recording = recorded(studio, made_up(coded(5), began_ms, lasts_ms))
    for cut_ms in range(int(began_ms) - 15, int(began_ms + lasts_ms) + 15, 5):
        times = {"since_ns": clock(0.1), "until_ns": clock(3)} | {edge: clock(cut_ms / 1000)}
        _, defects = find_defects(recording, SWEEP, **times)

        inside_ms = began_ms + lasts_ms - cut_ms if edge == "since_ns" else cut_ms - began_ms
        assert {defect.kind for defect in defects} <= {"concealment"}, cut_ms
        if inside_ms >= 20:
            assert len(defects) == 1, cut_ms
        for defect in defects:
            assert defect.start_ns >= times["since_ns"], cut_ms
            assert defect.end_ns <= times["until_ns"] + NS_PER_MS, cut_ms
        if inside_ms < -10:
            assert defects == [], cut_ms


def test_what_is_left_out_takes_no_time(studio: Studio, window: Window) -> None:
    _, (defect,) = find_defects(recorded(studio, skipped(coded(5), 1200, 80)), SWEEP, **window)

    assert defect.duration_ms == pytest.approx(80, abs=1)
    assert defect.moved_ms == pytest.approx(-80, abs=1)
    assert defect.end_ns == defect.start_ns
    assert defect.evidence.endswith("-80.0 ms in all")


def silence(studio: Studio) -> AudioRecording:
    return recorded(studio, np.zeros(200_000))


def half_silent(studio: Studio) -> AudioRecording:
    return recorded(studio, silenced(coded(5), 500, 2500))


def of_another(studio: Studio) -> AudioRecording:
    samples = SweepGenerator(Sweep(direction="down")).samples(0, 240_000)
    return studio.write_sound(samples, 48_000)


def pilot(studio: Studio) -> AudioRecording:
    return studio.sound(Tone())


def cut_short(studio: Studio) -> AudioRecording:
    return studio.write_sound(int16(coded(3))[:, None], 48_000)


def empty(studio: Studio) -> AudioRecording:
    return studio.write_sound(np.zeros((0, 1), np.int16), 48_000)


def of_another_rate(studio: Studio) -> AudioRecording:
    return studio.write_sound(int16(coded(5))[::3, None], 16_000)


def with_a_hole(studio: Studio) -> AudioRecording:
    return _arrivals(studio, 1_500)


def backwards(studio: Studio) -> AudioRecording:
    return _arrivals(studio, -1_500)


def _arrivals(studio: Studio, later_ms: int) -> AudioRecording:
    recording = studio.write_sound(int16(coded(6))[:, None], 48_000)
    arrivals = np.fromfile(recording.path.with_suffix(".arrivals"), dtype="<i8")
    arrivals[200:] += later_ms * NS_PER_MS
    arrivals.tofile(recording.path.with_suffix(".arrivals"))
    return recording


@pytest.mark.parametrize(
    ("made", "says"),
    [
        (silence, "the sweep was heard in 0 of"),
        (half_silent, "the sweep was heard in 1"),
        (of_another, "the sweep was heard in 0 of"),
        (pilot, "the sweep was heard in 0 of"),
        (cut_short, "ends 1000 ms before"),
        (empty, "holds no sound"),
        (of_another_rate, "has 16000 samples/s: record 48000"),
        (with_a_hole, "has a hole of 1[45]"),
        (backwards, "backwards"),
        (lambda studio: studio.absent_sound(), "no recording"),
    ],
)
def test_bad_evidence_has_no_defects_and_no_answer(
    studio: Studio, window: Window, made: Callable[[Studio], AudioRecording], says: str
) -> None:
    with pytest.raises(NoEvidenceError, match=says):
        find_defects(made(studio), SWEEP, **window)


def test_a_recording_that_begins_too_late_does_not_answer(studio: Studio, clock: Clock) -> None:
    with pytest.raises(NoEvidenceError, match="begins 500 ms after"):
        find_defects(recorded(studio, coded(4)), SWEEP, since_ns=clock(-0.5), until_ns=clock(3))


def test_a_recording_may_begin_as_late_as_a_frame_comes(studio: Studio, clock: Clock) -> None:
    sound = recorded(studio, coded(4))
    _, defects = find_defects(sound, SWEEP, since_ns=clock(-0.02), until_ns=clock(3))
    assert defects == []


@pytest.mark.parametrize(("apart_ms", "beside"), [(19.5, True), (20.5, False)])
def test_what_is_within_twenty_milliseconds_of_a_defect_is_part_of_it(
    apart_ms: float, beside: bool
) -> None:
    one, other = _made("click", 100, 101, ""), _made("gap", 101 + apart_ms, 140, "")

    assert _beside(one, other) is beside
    assert _beside(other, one) is beside


def test_where_nothing_can_be_read_nothing_was_heard(studio: Studio, clock: Clock) -> None:
    sound = recorded(studio, coded(SECONDS))
    with pytest.raises(NoEvidenceError, match="0 of 8 ms"):
        find_defects(sound, SWEEP, since_ns=clock(1), until_ns=clock(1.01))
    with pytest.raises(NoEvidenceError, match="0 of 0 ms"):
        find_defects(sound, SWEEP, since_ns=clock(1), until_ns=clock(1.001))
