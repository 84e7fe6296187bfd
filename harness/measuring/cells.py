"""Metrics as words, the same in every table for people."""

from __future__ import annotations

from collections.abc import Iterable

from harness.judging.wording import number
from harness.measuring.latency_report import SPECS, LatencyReport
from harness.measuring.measured import Floors
from harness.measuring.metric import Metric

NO_GATE = (
    "The E-model informs only: it is no gate, and blind to latency below 200 ms. "
    "It rates speech with the Ie and Bpl of G.711 with concealment, for Opus has none in G.113."
)
SIGN = (
    "Sound early by: positive where the sound is ahead of the picture, as in BT.1359 and R37. "
    "Nearest to its limit: at the picture farthest beyond, or least within, what BT.1359 calls "
    "detectable (45 ms early, 125 ms late): early sound is minded sooner, so that it may be "
    "nearer 0 than the median."
)
MISSING = "missing"
NO_FLOOR = "none"
"""Of a metric that this machine has no floor of; one that it should have is MISSING."""
INTERVALS = (
    "In brackets where the value lies: by what was sampled (98.3 %), and by the instrument's "
    "error; without them: counted exactly in this call, or the same for all that was sampled."
)
TOLD_MS = 0.05
"""Parts below are not worth a word."""
_COUNTED = {"events"}
_PER_CENT = {"ratio"}
FLOORED = {spec.name for spec in SPECS if spec.floor}
"""Metrics that a floor stands beside."""


def value_words(value: float, unit: str) -> str:
    """A number as precise as its unit deserves, without the unit: `321`, `20.4`, `1.30 %`."""
    if unit in _PER_CENT:
        return f"{value * 100:.2f} %"
    if unit in _COUNTED:
        return number(value)
    if unit == "MOS":
        return f"{value:.2f}"
    return f"{value:.0f}" if abs(value) >= 100 else f"{value:.1f}"


def interval_words(interval: tuple[float, float] | None, unit: str) -> str:
    """`[314, 344]`, or nothing where there is none."""
    if interval is None:
        return ""
    low, high = (value_words(end, unit).removesuffix(" %") for end in interval)
    return f"[{low}, {high}]"


def metric_words(metric: Metric) -> str:
    """Value, interval and what they rest on: `321 [314, 344] n 600`, or that it is missing.

    A median of what came, where something never came: `63.1 n 114 of 268, of what came`.
    """
    if metric.value is None:
        return MISSING
    least = "≥ " if metric.at_least else ""
    parts = [
        f"{least}{value_words(metric.value, metric.unit)}",
        interval_words(metric.interval, metric.unit),
    ]
    never = metric.never_came
    rests_on = f"n {metric.n} of {metric.n + never}, of what came" if never else f"n {metric.n}"
    return " ".join([*filter(None, parts), rests_on])


def floor_words(metric: Metric) -> str:
    """This machine's floor with its interval, or that there is none, or none was measured."""
    if metric.floor is None:
        return MISSING if metric.name in FLOORED else NO_FLOOR
    words = (
        value_words(metric.floor, metric.unit),
        interval_words(metric.floor_interval, metric.unit),
    )
    return " ".join(filter(None, words))


def unit_words(unit: str) -> str:
    """The unit as a column of a table shows it: shares are told in per cent."""
    return "%" if unit in _PER_CENT else "count" if unit in _COUNTED else unit


def parts_words(parts: tuple[Metric, ...]) -> str:
    """`picture: 20.5 ms = encoder 2.0 + server 0.3 + … + remainder 1.7`, or why there are none."""
    medium = parts[0].title.partition(":")[0]
    values = [part.value for part in parts if part.value is not None]
    if not values:
        return f"{medium}: no parts: {parts[0].missing}"
    named = [
        " ".join(
            filter(
                None,
                (f"{part_name(part)} {part.value:.1f}", interval_words(part.interval, part.unit)),
            )
        )
        for part in parts
        if part.value is not None and abs(part.value) >= TOLD_MS
    ]
    notes = "; ".join(note for part in parts for note in part.notes)
    mean = f"{medium}: mean {sum(values):.1f} ms = {' + '.join(named)}"
    return f"{mean} ({notes})" if notes else mean


def part_name(part: Metric) -> str:
    """Of `picture: jitter buffer, mean` the middle."""
    return part.title.partition(": ")[2].removesuffix(", mean")


def column_name(report: LatencyReport) -> str:
    """The profile, and whether its numbers are to be believed."""
    return f"{report.profile} (disturbed)" if report.disturbance else report.profile


def doubts(report: LatencyReport) -> list[str]:
    """What makes the numbers of a call doubtful."""
    disturbed = (
        [f"disturbed, do not believe it: {report.disturbance}"] if report.disturbance else []
    )
    return [*disturbed, *report.unclosed]


def evidence_words(report: LatencyReport) -> list[str]:
    """Where the evidence of the call lies, and which calls before it do not count, and why."""
    values = "" if report.problem else ", every value of its series in series.ndjson"
    return [
        f"evidence in {report.folder}/{values}",
        *(f"not counted: {one.folder}/: {one.reason}" for one in report.discarded),
    ]


def floors_words(floors: Floors) -> list[str]:
    """A line for each floor, and why they are doubtful."""
    lines = [
        f"{metric.title}: "
        + (f"missing, {metric.missing}" if metric.missing else f"{metric_words(metric)}, ms")
        for metric in floors.metrics
    ]
    return [*lines, *([f"doubtful: {floors.doubt}"] if floors.doubt else [])]


def missing_words(report: LatencyReport) -> list[str]:
    """Why values are missing: each reason once, behind the names of what it kept from us."""
    if report.problem is not None:
        return [f"everything: {report.problem}"]
    return _told_once((one.missing, one.title) for one in report.metrics if one.missing is not None)


def onset_words(report: LatencyReport) -> list[str]:
    """Why an onset may have been earlier than its error says, as `missing_words`."""
    return _told_once(
        ("; ".join(metric.notes), metric.title)
        for metric in report.metrics
        if metric.name.startswith("onset_") and metric.notes and _open_below(metric)
    )


def _open_below(metric: Metric) -> bool:
    if metric.value is None or metric.interval is None:
        return False
    return metric.interval[0] < max(0.0, metric.value - metric.error)


def _told_once(reasons: Iterable[tuple[str, str]]) -> list[str]:
    """Each reason once, behind the names of what it is told of."""
    names: dict[str, list[str]] = {}
    for why, name in reasons:
        names.setdefault(why, []).append(name)
    return [f"{' and '.join(dict.fromkeys(told))}: {why}" for why, told in names.items()]
