"""`series.ndjson`: every picture, marker, skew and freeze of a call, one a line, for machines."""

from __future__ import annotations

from collections.abc import Iterator
from pathlib import Path

import msgspec
import numpy as np
from numpy.typing import NDArray

from harness.evidence.clock import NS_PER_MS
from harness.measuring.call import Call
from harness.measuring.timed import Timed
from harness.signals.sound import MARKER_PERIOD_MS
from harness.verifiers.answer import NoEvidenceError
from harness.verifiers.freeze import freezes
from harness.verifiers.latency_series import HeardSound, LatencySeries, Track, latencies
from harness.verifiers.picture_order import sent_pictures

FILE = "series.ndjson"
PERIOD_NS = MARKER_PERIOD_MS * NS_PER_MS


class CallRow(msgspec.Struct, frozen=True, kw_only=True, tag_field="series", tag="call"):
    """The first line: what lies in [since, until) is counted in the table. Monotonic ns."""

    asked_ns: int
    since_ns: int
    until_ns: int


class Arrival(msgspec.Struct, frozen=True, kw_only=True):
    """What was sent from the first that came on, in the order of its numbers."""

    number: int
    captured_ns: int
    """Of a marker that was not heard: as its neighbours tell it."""
    arrived_ns: int | None
    """None: it had not come when the call ended."""
    age_ms: float | None
    lost: bool
    """It never came, though later ones did; of a marker also: it was not heard whole."""


class PictureRow(Arrival, frozen=True, kw_only=True, tag_field="series", tag="picture"):
    """A picture, by its number."""


class MarkerRow(Arrival, frozen=True, kw_only=True, tag_field="series", tag="marker"):
    """A marker of the sound, two a second."""


class SkewRow(msgspec.Struct, frozen=True, kw_only=True, tag_field="series", tag="skew"):
    """How early the sound was when a picture was seen."""

    at_ns: int
    skew_ms: float


class FreezeRow(msgspec.Struct, frozen=True, kw_only=True, tag_field="series", tag="freeze"):
    """A freeze that touches the steady state."""

    since_ns: int
    until_ns: int
    ms: float
    lasting: bool
    """It was not over when the call was."""


class MissingRow(msgspec.Struct, frozen=True, kw_only=True, tag_field="series", tag="missing"):
    """Why there is none of a kind of lines."""

    of: str
    reason: str


Row = CallRow | PictureRow | MarkerRow | SkewRow | FreezeRow | MissingRow


def write_series(call: Call, skews: Timed) -> None:
    """Write the file beside the evidence of a call whose stage has closed. Raises OSError.

    As long as the call: some 0.3 MB a minute.

    Args:
        call: The call.
        skews: Of it, see `skew_over_time`.
    """
    encode = msgspec.json.Encoder().encode
    with (call.folder / FILE).open("wb") as out:
        out.writelines(encode(row) + b"\n" for row in rows(call, skews))


def rows(call: Call, skews: Timed) -> Iterator[Row]:
    """The lines in order: the call, pictures, markers, skew, freezes."""
    yield CallRow(asked_ns=call.sound_asked_ns, since_ns=call.since_ns, until_ns=call.until_ns)
    yield from _arrivals(call, call.seen, PictureRow, "picture")
    yield from _arrivals(call, call.heard, MarkerRow, "marker")
    if skews.missing is not None:
        yield MissingRow(of="skew", reason=skews.missing)
    for at_ns, skew_ms in zip(skews.at_ns.tolist(), skews.value_ms.tolist(), strict=True):
        yield SkewRow(at_ns=at_ns, skew_ms=round(skew_ms, 3))
    yield from _freezes(call)


def _arrivals(
    call: Call, track: Track, kind: type[PictureRow | MarkerRow], name: str
) -> Iterator[Row]:
    try:
        series = latencies(track, since_ns=call.sound_asked_ns, until_ns=call.until_ns)
    except NoEvidenceError as gap:
        yield MissingRow(of=name, reason=str(gap))
        return
    came = dict(zip(series.numbers.tolist(), series.arrived_ns.tolist(), strict=True))
    last = max(came)
    sent = _marked(series, call) if isinstance(track, HeardSound) else _pictured(track.sent, series)
    for number, captured_ns in zip(*(column.tolist() for column in sent), strict=True):
        arrived_ns = came.get(number)
        if arrived_ns is None and captured_ns >= call.until_ns:
            return
        age_ms = None if arrived_ns is None else round((arrived_ns - captured_ns) / NS_PER_MS, 3)
        lost = arrived_ns is None and number < last
        yield kind(
            number=number, captured_ns=captured_ns, arrived_ns=arrived_ns, age_ms=age_ms, lost=lost
        )


def _pictured(sent: Path, series: LatencySeries) -> tuple[NDArray[np.int64], NDArray[np.int64]]:
    """Numbers and times of the pictures sent from the first on that came."""
    log = sent_pictures(sent)
    log = log[np.argsort(log["number"], kind="stable")]
    log = log[log["number"] >= series.numbers.min()]
    return log["number"].astype(np.int64), log["at_ns"].astype(np.int64)


def _marked(series: LatencySeries, call: Call) -> tuple[NDArray[np.int64], NDArray[np.int64]]:
    """Numbers and times of the markers from the first on that came up to the end of the call."""
    order = np.argsort(series.numbers, kind="stable")
    numbers, captured_ns = series.numbers[order], series.captured_ns[order]
    after = max(0, (call.until_ns - int(captured_ns[-1])) // PERIOD_NS)
    every = np.arange(numbers[0], numbers[-1] + after + 1, dtype=np.int64)
    begin_ns = captured_ns - numbers * PERIOD_NS
    since_ns = int(begin_ns[0])  # small numbers: a float holds no time of ours to the ns
    moved_ns = np.rint(np.interp(every, numbers, begin_ns - since_ns)).astype(np.int64)
    return every, since_ns + every * PERIOD_NS + moved_ns


def _freezes(call: Call) -> Iterator[Row]:
    try:
        seen = freezes(
            call.pictures, call.picture.track_code, since_ns=call.since_ns,
            until_ns=call.until_ns, statistics=call.statistics,
        )  # fmt: skip
    except NoEvidenceError as gap:
        yield MissingRow(of="freeze", reason=str(gap))
        return
    for one in seen.found:
        yield FreezeRow(
            since_ns=one.start_ns,
            until_ns=one.end_ns,
            ms=one.duration_ns / NS_PER_MS,
            lasting=one.lasting,
        )
