"""How long a run still takes: an estimate that rests on something, or none."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass

LEAST_KNOWN = 3
"""Cells whose times are known, before their mean stands for those that nobody knows."""
STEADY_S = 60.0
"""Time that went as expected is taken for granted: the first cells alone say little of the pace."""
PACE = (0.5, 2.0)
"""Bounds of the pace: a run that waited for another one does not wait so long each time."""
GUESSED_RATIO = 0.1
"""Share of guesses above which an estimate is rough."""


@dataclass(frozen=True, kw_only=True)
class CellTime:
    """How long the attempts at a cell took together, without waiting for the machine."""

    first_s: float
    again_s: float = 0.0
    """Of all attempts but the first: those run alone, whatever the first did."""

    @property
    def whole_s(self) -> float:
        """Of all attempts."""
        return self.first_s + self.again_s

    def after(self, spent_s: float) -> CellTime:
        """What is left of it."""
        return CellTime(
            first_s=max(0.0, self.first_s - spent_s),
            again_s=max(0.0, self.again_s - max(0.0, spent_s - self.first_s)),
        )


@dataclass(frozen=True, kw_only=True)
class Part:
    """A cell of the run, as far as its time is known."""

    beside: bool = False
    """Whether its first attempt may run beside others."""
    usual: CellTime | None = None
    """What it took in a stored run."""
    took: CellTime | None = None
    """What it took in this run, where it is over."""
    spent_s: float = 0.0
    """What its attempts have taken so far, where it runs."""

    @property
    def known(self) -> CellTime | None:
        """Its time, as far as anybody knows."""
        return self.usual or self.took


@dataclass(frozen=True, kw_only=True)
class Estimate:
    """How long a run still takes."""

    seconds: float
    guessed_ratio: float
    """Share of it that rests on nothing but how long other scenarios took."""

    @property
    def words(self) -> str:
        """`about 12 min to go`; `roughly` where much is guessed. No more exact than it is."""
        if self.seconds < 60:
            return "less than a minute to go"
        about = "roughly" if self.guessed_ratio > GUESSED_RATIO else "about"
        minutes = round(self.seconds / 60)
        if minutes < 90:
            return f"{about} {minutes} min to go"
        hours, rest = divmod(round(minutes, -1), 60)
        return f"{about} {hours} h {rest} min to go" if rest else f"{about} {hours} h to go"


def estimate(parts: Sequence[Part], *, elapsed_s: float, processes: int) -> Estimate | None:
    """Time until all parts are over, or None while too little is known.

    What runs beside others is shared by the processes, what must be alone is not. The pace of this
    run so far, against what was to be expected, is that of the rest.

    Args:
        parts: All cells of the run.
        elapsed_s: Since its start, without what was no cell.
        processes: That play them.
    """
    typical = {beside: _typical(parts, beside=beside) for beside in (True, False)}
    behind: list[tuple[Part, CellTime]] = []
    ahead: list[tuple[Part, CellTime]] = []
    for part in parts:
        time = part.known or typical[part.beside]
        if time is None:
            return None
        left = CellTime(first_s=0.0) if part.took is not None else time.after(part.spent_s)
        ahead.append((part, left))
        done = CellTime(first_s=time.first_s - left.first_s, again_s=time.again_s - left.again_s)
        behind.append((part, done))
    rest_s = max([_work_s(ahead, processes), *(time.whole_s for _, time in ahead)])
    pace = (elapsed_s + STEADY_S) / (_work_s(behind, processes) + STEADY_S)
    guessed_s = _work_s([one for one in ahead if one[0].known is None], processes)
    return Estimate(
        seconds=rest_s * min(max(pace, PACE[0]), PACE[1]),
        guessed_ratio=guessed_s / rest_s if rest_s else 0.0,
    )


def _typical(parts: Sequence[Part], *, beside: bool) -> CellTime | None:
    """The mean of what is known: of those that run the same way, where enough is known of them."""
    known = [(part.beside, part.known) for part in parts if part.known is not None]
    alike = [time for one, time in known if one is beside]
    chosen = alike if len(alike) >= LEAST_KNOWN else [time for _, time in known]
    return _mean(chosen) if len(chosen) >= LEAST_KNOWN else None


def _mean(times: Sequence[CellTime]) -> CellTime:
    return CellTime(
        first_s=sum(time.first_s for time in times) / len(times),
        again_s=sum(time.again_s for time in times) / len(times),
    )


def _work_s(parts: Sequence[tuple[Part, CellTime]], processes: int) -> float:
    shared = sum(time.first_s for part, time in parts if part.beside)
    alone = sum(time.again_s + (0.0 if part.beside else time.first_s) for part, time in parts)
    return alone + shared / max(1, processes)
