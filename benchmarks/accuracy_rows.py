"""What calls of known truth say of the instrument: each row with what is allowed and the worst."""

from __future__ import annotations

from collections.abc import Callable, Iterable, Sequence
from itertools import groupby

import msgspec
import numpy as np

from benchmarks.accuracy_calls import Delayed, Located

ONE_FRAME_MS = 1000 / 30


class Row(msgspec.Struct, frozen=True, kw_only=True):
    """One promise."""

    what: str
    unit: str
    allowed: float | None
    """None: told for comparison, nothing is promised."""
    worst: float
    """Largest deviation seen, without sign."""
    n: int
    """Deviations looked at: runs, medians of three runs, pictures or gaps."""
    met: bool


def rows(calls: Sequence[Delayed], located: Located) -> list[Row]:
    """All rows of the table."""
    return [
        *_delays(calls),
        *_agreement(calls),
        _row("freezes, between which pictures", 0, [located.freezes_elsewhere], unit="events"),
        _row("freezes, length", ONE_FRAME_MS, [located.freeze_length_error_ms]),
        _row("sound gaps, length", 10, list(located.gap_errors_ms)),
        _row("packets lost, SDK against gateway", 0, [located.loss_apart], unit="packets"),
    ]


def _delays(calls: Sequence[Delayed]) -> list[Row]:
    """What is inserted comes back: raw, and without source, encoder and jitter buffer (split).

    Raw sound differs by 8 ms from one run to the next, by the level that its jitter buffer settles
    at, and so does raw skew: three runs are too few for a median within 5 ms.
    """
    return [
        _row("picture, raw, median of one run", 1, _single(calls, _picture, _picture_delay)),
        _row("picture, raw, p95 of one run", 2, _single(calls, _p95, _picture_delay)),
        _row("picture, split, median of one run", 1,
             _single(calls, _picture_network, _picture_delay)),
        _row("picture, split, p95 of one run", 2,
             _single(calls, _picture_network_p95, _picture_delay)),
        _row("sound, raw, median of one run", 10, _single(calls, _sound, _sound_delay)),
        _row("sound, split, median of one run", None, _single(calls, _sound_network, _sound_delay)),
        _row("sound, split, median of three runs", 5, _triple(calls, _sound_network, _sound_delay)),
        _row("skew, raw, one run", 10, _single(calls, _skew, _skew_delay)),
        _row("skew, raw, median of three runs", None, _triple(calls, _skew, _skew_delay)),
        _row("skew, split, median of three runs", 5, _triple(calls, _skew_network, _skew_delay)),
    ]  # fmt: skip


def _agreement(calls: Sequence[Delayed]) -> list[Row]:
    """What is known twice agrees."""
    return [
        _row("picture, remainder of the budget, from its median", 5,
             _spread(call.picture_remainder_ms for call in calls)),
        _row("sound, remainder of the budget, from its median", 10,
             _spread(call.sound_remainder_ms for call in calls)),
        _row("picture, latency by metadata", 0.01, [call.metadata_ms for call in calls]),
        _row("picture, id", 0, [call.wrong_ids for call in calls], unit="frames"),
        _row("pictures lost on a whole network", 0,
             [call.pictures_lost for call in calls], unit="frames"),
    ]  # fmt: skip


def _row(what: str, allowed: float | None, deviations: Sequence[float], *, unit: str = "ms") -> Row:
    worst = float(np.max(np.abs(deviations)))
    met = allowed is None or worst <= allowed
    return Row(what=what, unit=unit, allowed=allowed, worst=worst, n=len(deviations), met=met)


Figure = Callable[[Delayed], float]


def _single(calls: Sequence[Delayed], figure: Figure, inserted: Figure) -> list[float]:
    """Of each run with a delay: how far it is from the runs without, and the delay."""
    floor = _floor(calls, figure)
    return [figure(call) - floor - inserted(call) for call in calls if call.delay_ms]


def _triple(calls: Sequence[Delayed], figure: Figure, inserted: Figure) -> list[float]:
    """The same of the medians of the runs that are alike."""
    floor = _floor(calls, figure)
    alike = groupby(sorted(calls, key=_kind), key=_kind)
    return [
        float(np.median([figure(call) for call in runs])) - floor - inserted(runs[0])
        for _, group in alike
        if (runs := list(group))[0].delay_ms
    ]


def _floor(calls: Sequence[Delayed], figure: Figure) -> float:
    return float(np.median([figure(call) for call in calls if not call.delay_ms]))


def _spread(values: Iterable[float]) -> list[float]:
    series = np.array(list(values))
    return [float(value) for value in series - np.median(series)]


def _kind(call: Delayed) -> tuple[str, float]:
    return call.aim, call.delay_ms


def _picture_delay(call: Delayed) -> float:
    return 0.0 if call.aim == "sound" else call.delay_ms


def _sound_delay(call: Delayed) -> float:
    return 0.0 if call.aim == "picture" else call.delay_ms


def _skew_delay(call: Delayed) -> float:
    return _picture_delay(call) - _sound_delay(call)


def _picture(call: Delayed) -> float:
    return call.picture_ms


def _p95(call: Delayed) -> float:
    return call.picture_p95_ms


def _picture_network(call: Delayed) -> float:
    return call.picture_network_ms


def _picture_network_p95(call: Delayed) -> float:
    return call.picture_network_p95_ms


def _sound(call: Delayed) -> float:
    return call.sound_ms


def _sound_network(call: Delayed) -> float:
    return call.sound_network_ms


def _skew(call: Delayed) -> float:
    return call.skew_ms


def _skew_network(call: Delayed) -> float:
    return call.picture_network_ms - call.sound_network_ms
