"""Limits where they can be seen: on the picture of the very thing that was measured, nowhere else.

What a value is seen in, the verifier says that measured it (`Seen`); that a limit is one of that
picture's axis, its unit does.
"""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from dataclasses import dataclass, replace

from harness.evidence.finding import Finding, Verdict
from harness.evidence.measurement import Series
from harness.report.pictures.attempt_folder import AttemptFolder
from harness.report.plots import Band, Mark

TIME_UNIT = "ms"
UNITS: Mapping[Series, str | None] = {
    Series.LEVEL: "dBFS",
    Series.AGE: "ms",
    Series.SKEW: "ms",
    Series.PACKETS_UP: "packets/s",
    Series.PACKETS_DOWN: "packets/s",
    Series.PICTURES: None,
    Series.HEIGHT: None,
    Series.EVENTS: None,
}
"""Of the value that a picture of it shows; None: no clause is about that."""


@dataclass(frozen=True, kw_only=True)
class Limits:
    """What a picture shows of the findings that can be seen in it."""

    findings: tuple[Finding, ...] = ()

    @property
    def words(self) -> str:
        """Behind the title of the picture: `, and the limits of MUTE-002, MUTE-003`."""
        names = sorted({finding.clause for finding in self.findings})
        return f", and the limit{'s' if len(names) > 1 else ''} of {', '.join(names)}" * bool(names)

    def are_of(self, clause: str) -> bool:
        """Whether that of a clause is among them."""
        return any(finding.clause == clause for finding in self.findings)

    def levels(self, folder: AttemptFolder) -> tuple[Mark, ...]:
        """Limits of values that the series has, over the time that was judged."""
        return _once(
            replace(_mark(end, finding), span=_span(finding, folder))
            for finding in self.findings
            if _since_ns(finding) is None
            for end in (finding.limit or {}).values()
        )

    @property
    def floor(self) -> float | None:
        """What this machine alone makes of a value of the series; the largest that is known."""
        found = [
            finding.floor
            for finding in self.findings
            if finding.floor is not None and _since_ns(finding) is None
        ]
        return max(found, default=None)

    def moments(self, folder: AttemptFolder) -> tuple[Mark, ...]:
        """When the limits of times end, in the time of the attempt: what is beyond is not shown."""
        ends = [
            _mark(folder.second(since_ns) + end / 1000, finding, since=folder.second(since_ns))
            for finding in self.findings
            if (since_ns := _since_ns(finding)) is not None
            for end in (finding.limit or {}).values()
        ]
        return _once(mark for mark in ends if 0 <= mark.at <= folder.lasted_s)

    def floors(self, folder: AttemptFolder) -> tuple[Band, ...]:
        """What this machine alone takes of the times, from where they begin."""
        bands = []
        for finding in self.findings:
            since_ns, floor_ms = _since_ns(finding), finding.floor or 0.0
            if since_ns is not None and floor_ms > 0:
                low = folder.second(since_ns)
                high = low + floor_ms / 1000
                bands.append(Band(low=low, high=high, label="floor of this machine", tone="phase"))
        return tuple(dict.fromkeys(bands))


NO_LIMITS = Limits()


class SeenLimits:
    """The limits of all findings of an attempt, by the picture in which they can be seen.

    Args:
        findings: With files relative to the folder of the attempt.
    """

    def __init__(self, findings: Iterable[Finding] = ()) -> None:
        self._on: dict[tuple[str, Series], list[Finding]] = {}
        for finding in findings:
            if finding.seen is not None and _is_of_its_axis(finding):
                self._on.setdefault((finding.seen.file, finding.seen.series), []).append(finding)

    def on(self, series: Series, file: str | None = None) -> Limits:
        """Those on the picture of a series that is drawn of a file, or of all that there are."""
        found = [
            finding
            for (its_file, its_series), findings in self._on.items()
            if series is its_series and file in {None, its_file}
            for finding in findings
        ]
        return Limits(findings=tuple(found))


def _is_of_its_axis(finding: Finding) -> bool:
    seen = finding.seen
    assert seen is not None
    return finding.unit == (TIME_UNIT if seen.since_ns is not None else UNITS[seen.series])


def _since_ns(finding: Finding) -> int | None:
    return finding.seen.since_ns if finding.seen else None


def _span(finding: Finding, folder: AttemptFolder) -> tuple[float, float] | None:
    if finding.window is None:
        return None
    low, high = map(folder.second, finding.window)
    return low, min(high, folder.lasted_s)


def _mark(at: float, finding: Finding, *, since: float | None = None) -> Mark:
    label = f"limit of {finding.clause}"
    if finding.verdict is Verdict.PASS:
        return Mark(at=at, label=f"{label}, kept", tone="kept", since=since)
    if finding.verdict is Verdict.FAIL:
        return Mark(at=at, label=label, tone="limit", since=since)
    return Mark(at=at, label=f"{label}, {finding.verdict}", tone="open", since=since)


def _once(marks: Iterable[Mark]) -> tuple[Mark, ...]:
    return tuple(dict.fromkeys(marks))
