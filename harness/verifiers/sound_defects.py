"""How many defects a sound has, for how long, and how much time was stretched.

Each is located by `harness.verifiers.defect_finder`, from a sweep; the notes tell the first few.
"""

from __future__ import annotations

from collections.abc import Collection

from harness.evidence.clock import NS_PER_MS, NS_PER_S
from harness.evidence.measurement import Measurement
from harness.evidence.recording import AudioRecording
from harness.signals.sweep import Sweep
from harness.verifiers.answer import in_unit
from harness.verifiers.defect_finder import Defect, Kind, find_defects

NOT_AS_SENT: tuple[Kind, ...] = ("gap", "concealment", "repeat", "skip", "click", "clipping")
"""What a listener can hear. Stretched time is not among them: it is how others are avoided."""
MADE_UP: tuple[Kind, ...] = ("gap", "concealment")
"""What is put in where sound is missing."""
STRETCHED: tuple[Kind, ...] = ("time-stretch",)
DURATION_ERROR_MS = 10.0
TOLD = 5


@in_unit("defects")
def defect_count(
    recording: AudioRecording,
    sweep: Sweep,
    *,
    kinds: Collection[Kind] = NOT_AS_SENT,
    since_ns: int,
    until_ns: int,
) -> Measurement:
    """Defects of these kinds that begin in [since, until) or reach 10 ms into it.

    Rests on a recording of all of that time, in half of which at least the sweep was heard.
    """
    file, found = _of(recording, sweep, kinds, since_ns, until_ns)
    return Measurement(
        value=float(len(found)),
        unit="defects",
        rests_on=_milliseconds(since_ns, until_ns),
        notes=_told(found, since_ns),
        evidence=(file,),
    )


@in_unit("ms")
def defect_time(
    recording: AudioRecording,
    sweep: Sweep,
    *,
    kinds: Collection[Kind] = NOT_AS_SENT,
    since_ns: int,
    until_ns: int,
) -> Measurement:
    """Length of all defects of these kinds together, in [since, until); else as `defect_count`."""
    file, found = _of(recording, sweep, kinds, since_ns, until_ns)
    return Measurement(
        value=sum(defect.duration_ms for defect in found),
        unit="ms",
        error=DURATION_ERROR_MS * len(found),
        rests_on=_milliseconds(since_ns, until_ns),
        notes=_told(found, since_ns),
        evidence=(file,),
    )


@in_unit("ms")
def longest_defect(
    recording: AudioRecording,
    sweep: Sweep,
    *,
    kinds: Collection[Kind] = NOT_AS_SENT,
    since_ns: int,
    until_ns: int,
) -> Measurement:
    """Length of the longest defect of these kinds in [since, until); else as `defect_count`."""
    file, found = _of(recording, sweep, kinds, since_ns, until_ns)
    return Measurement(
        value=max((defect.duration_ms for defect in found), default=0.0),
        unit="ms",
        error=DURATION_ERROR_MS if found else 0.0,
        rests_on=_milliseconds(since_ns, until_ns),
        notes=_told(found, since_ns),
        evidence=(file,),
    )


@in_unit("ms/s")
def time_stretched(
    recording: AudioRecording, sweep: Sweep, *, since_ns: int, until_ns: int
) -> Measurement:
    """Media time inserted or taken out by stretching, both added up, in a second of the window.

    10 ms/s is a rate that is 1 % off. Else as `defect_count`.
    """
    file, found = _of(recording, sweep, STRETCHED, since_ns, until_ns)
    moved_ms = sum(abs(defect.moved_ms) for defect in found)
    return Measurement(
        value=moved_ms * NS_PER_S / (until_ns - since_ns),
        unit="ms/s",
        error=len(found) * NS_PER_S / (until_ns - since_ns),
        rests_on=_milliseconds(since_ns, until_ns),
        notes=_told(found, since_ns),
        evidence=(file,),
    )


def _of(
    recording: AudioRecording, sweep: Sweep, kinds: Collection[Kind], since_ns: int, until_ns: int
) -> tuple[str, list[Defect]]:
    sound, found = find_defects(recording, sweep, since_ns=since_ns, until_ns=until_ns)
    return sound.file, [defect for defect in found if defect.kind in kinds]


def _milliseconds(since_ns: int, until_ns: int) -> int:
    return (until_ns - since_ns) // NS_PER_MS


def _told(found: list[Defect], since_ns: int) -> tuple[str, ...]:
    """The first few, with their time from `since_ns`, and how many more there are."""
    told = [
        f"{defect.kind} at {(defect.start_ns - since_ns) / NS_PER_MS:.0f} ms, "
        f"{defect.duration_ms:.0f} ms: {defect.evidence}"
        for defect in found[:TOLD]
    ]
    more = len(found) - len(told)
    return (*told, *((f"and {more} more",) if more else ()))
