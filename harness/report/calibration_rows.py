"""What this machine could measure during a run, as the rows of two tables: floors and load."""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from dataclasses import dataclass

from harness.evidence.floors import FLOORS, UNIT
from harness.evidence.measurement import Measurement
from harness.evidence.run_event import CalibrationDone
from harness.judging.calibration import BOUNDS
from harness.judging.disturbance import THRESHOLDS
from harness.judging.wording import number, quantity
from harness.report.model import Report
from harness.report.words import NOTHING

Health = Mapping[str, Mapping[str, float | None]]


@dataclass(frozen=True, kw_only=True)
class FloorRow:
    """One floor, before and after."""

    name: str
    meaning: str
    before: str
    after: str
    bounds: str


@dataclass(frozen=True, kw_only=True)
class LoadRow:
    """One figure of load: the worst that anybody reported."""

    name: str
    before: str
    after: str
    attempts: str
    """In any attempt."""
    beyond: int
    """Attempts in which it was beyond the limit."""
    limit: str


def floor_rows(report: Report) -> list[FloorRow]:
    """Every floor that was measured, in the order in which floors are known."""
    before, after = _of(report, "before"), _of(report, "after")
    measured = {**(after.floors if after else {}), **(before.floors if before else {})}
    names = [name for name in FLOORS if name in measured]
    names += [name for name in measured if name not in FLOORS]
    return [
        FloorRow(
            name=name,
            meaning=FLOORS.get(name, ""),
            before=_floor(before, name),
            after=_floor(after, name),
            bounds=_bounds(name),
        )
        for name in names
    ]


def load_rows(report: Report) -> list[LoadRow]:
    """Every figure that anybody reported and that has a limit."""
    before, after = _of(report, "before"), _of(report, "after")
    rows = []
    for name, (limit, _) in THRESHOLDS.items():
        worst = [_worst([attempt.health], name) for attempt in report.attempts]
        told = [value for value in worst if value is not None]
        ends = [_worst([done.health] if done else [], name) for done in (before, after)]
        if not told and ends == [None, None]:
            continue
        rows.append(
            LoadRow(
                name=name,
                before=_figure(ends[0]),
                after=_figure(ends[1]),
                attempts=_figure(max(told, default=None)),
                beyond=sum(not value <= limit for value in told),
                limit=number(limit),
            )
        )
    return rows


def _of(report: Report, when: str) -> CalibrationDone | None:
    """The first before, the last after."""
    found = [done for done in report.calibrations if done.when == when]
    return (found[0] if when == "before" else found[-1]) if found else None


def _floor(done: CalibrationDone | None, name: str) -> str:
    floor = done.floors.get(name) if done else None
    return NOTHING if floor is None else floor_text(floor)


def floor_text(floor: Measurement) -> str:
    """`14.9 ms [14.6 to 15.2] ± 2`, or why there is none."""
    if floor.value is None:
        return floor.missing or floor.unsupported or NOTHING
    text = quantity(round(floor.value, 2), floor.unit)
    if floor.sampling:
        low, high = floor.sampling
        text += f" [{number(round(low, 2))} to {number(round(high, 2))}]"
    return text + (f" ± {number(floor.error)}" if floor.error else "")


def _bounds(name: str) -> str:
    bounds = BOUNDS.get(name)
    if bounds is None:
        return NOTHING
    return f"≤ {quantity(bounds.most_ms, UNIT)}, apart by ≤ {quantity(bounds.apart_ms, UNIT)}"


def _worst(healths: Iterable[Health], name: str) -> float | None:
    values = [figures.get(name) for health in healths for figures in health.values()]
    return max((value for value in values if value is not None), default=None)


def _figure(value: float | None) -> str:
    return NOTHING if value is None else number(round(value, 4))
