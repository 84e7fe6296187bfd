from __future__ import annotations

from collections.abc import Callable
from dataclasses import replace

import pytest

from harness.evidence.finding import Finding, Verdict
from harness.evidence.measurement import Seen, Series
from harness.report.pictures.attempt_folder import AttemptFolder
from harness.report.pictures.limits import Limits, SeenLimits
from harness.report.plots import Band, Mark
from tests.report.pictures.evidence import LASTED_S, MUTED_S, at

SOUND = "bob/alice-sound1.wav"
Found = Callable[..., Finding]


@pytest.fixture
def found(finding: Finding) -> Found:
    """A finding that is seen in the level of a sound, from the mute on where it is timed."""

    def make(clause: str, *, timed: bool = True, **changes: object) -> Finding:
        since_ns = at(MUTED_S) if timed else None
        seen = Seen(series=Series.LEVEL, file=SOUND, since_ns=since_ns)
        return replace(finding, clause=clause, seen=seen, **changes)  # type: ignore[arg-type]

    return make


def limit(at_place: float, clause: str, *, since: float | None = MUTED_S) -> Mark:
    return Mark(at=at_place, label=f"limit of {clause}", tone="limit", since=since)


def on_the_sound(*findings: Finding) -> Limits:
    return SeenLimits(findings).on(Series.LEVEL, SOUND)


def test_the_limit_of_a_time_stands_that_long_after_it_began(
    folder: AttemptFolder, found: Found
) -> None:
    both = {"min": 100.0, "max": 300.0}
    limits = on_the_sound(found("MUTE-002", limit=both, floor=15.0), found("MUTE-008"))

    assert limits.moments(folder) == (
        limit(2.1, "MUTE-002"), limit(2.3, "MUTE-002"), limit(2.3, "MUTE-008"),
    )  # fmt: skip
    assert limits.floors(folder) == (
        Band(low=2.0, high=2.015, label="floor of this machine", tone="phase"),
    )
    assert (limits.levels(folder), limits.floor) == ((), None)
    assert limits.words == ", and the limits of MUTE-002, MUTE-008"


def test_a_limit_that_was_kept_is_another_line(folder: AttemptFolder, found: Found) -> None:
    [mark] = on_the_sound(found("MUTE-002", verdict=Verdict.PASS)).moments(folder)
    assert (mark.label, mark.tone) == ("limit of MUTE-002, kept", "kept")


def test_a_limit_of_which_nothing_is_known_is_a_third(folder: AttemptFolder, found: Found) -> None:
    [mark] = on_the_sound(found("MUTE-002", verdict=Verdict.INCONCLUSIVE)).moments(folder)
    assert (mark.label, mark.tone) == ("limit of MUTE-002, INCONCLUSIVE", "open")


def test_the_limit_of_a_value_stands_at_that_value(folder: AttemptFolder, found: Found) -> None:
    loud = found("MUTE-003", timed=False, unit="dBFS", limit={"max": -60.0}, floor=-90.0)
    limits = on_the_sound(loud)

    assert limits.levels(folder) == (limit(-60.0, "MUTE-003", since=None),)
    assert limits.floor == -90.0
    assert (limits.moments(folder), limits.floors(folder)) == ((), ())
    assert limits.words == ", and the limit of MUTE-003"


def test_the_limit_of_a_value_is_as_long_as_the_time_that_was_judged(
    folder: AttemptFolder, found: Found
) -> None:
    loud = found("MUTE-003", timed=False, unit="dBFS", limit={"max": -60.0})
    [level] = on_the_sound(replace(loud, window=(at(2.5), at(3.5)))).levels(folder)
    [longer] = on_the_sound(replace(loud, window=(at(2.5), at(99)))).levels(folder)

    assert (level.span, longer.span) == ((2.5, 3.5), (2.5, float(LASTED_S)))


def test_a_limit_after_the_end_of_the_attempt_is_not_drawn_at_its_end(
    folder: AttemptFolder, found: Found
) -> None:
    room_ms = 1000 * (LASTED_S - MUTED_S)
    inside, beyond = ({"max": room_ms + more_ms} for more_ms in (0.0, 1.0))

    assert on_the_sound(found("A-001", limit=inside)).moments(folder) == (limit(4.0, "A-001"),)
    assert on_the_sound(found("A-001", limit=beyond)).moments(folder) == ()


@pytest.mark.parametrize(
    ("timed", "unit"), [(False, "ms"), (False, "dB"), (True, "dBFS"), (True, "packets")]
)
def test_a_limit_in_another_unit_than_the_axis_is_drawn_nowhere(
    found: Found, timed: bool, unit: str
) -> None:
    assert on_the_sound(found("A-001", timed=timed, unit=unit)) == Limits()


def test_what_is_seen_elsewhere_or_nowhere_has_no_limit_here(found: Found) -> None:
    one = found("A-001")
    assert one.seen is not None
    for seen in (None, replace(one.seen, file="bob/x.wav"), replace(one.seen, series=Series.AGE)):
        assert on_the_sound(replace(one, seen=seen)).words == ""


def test_what_several_scenarios_judge_is_drawn_once(folder: AttemptFolder, found: Found) -> None:
    limits = on_the_sound(found("A-001"), found("A-001"))

    assert limits.moments(folder) == (limit(2.3, "A-001"),)
    assert limits.words == ", and the limit of A-001"
