"""From a call to its report: every number that is shown of it, and the series that are drawn."""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Mapping
from dataclasses import dataclass, field, replace

from harness.evidence.clock import NS_PER_S
from harness.evidence.measurement import Measurement, missing
from harness.measuring.call import Call
from harness.measuring.metric import Metric, Spec
from harness.measuring.parts import parts_of, unclosed
from harness.measuring.rating import rated
from harness.measuring.spans import Span, faults, phases
from harness.measuring.timed import Ages, Timed, ages, latency_over_time, skew_over_time
from harness.measuring.traffic import concealed_share, lost_share
from harness.network.profile import Profile
from harness.verifiers.answer import NoEvidenceError
from harness.verifiers.e_model import fullband, narrowband
from harness.verifiers.freeze import freeze_count, frozen_time, longest_freeze
from harness.verifiers.gap import sound_gap
from harness.verifiers.latency import latency
from harness.verifiers.latency_series import Track, latencies
from harness.verifiers.onset import first_clean_sound, first_full_picture
from harness.verifiers.picture_edge import first_frame
from harness.verifiers.skew import median_skew, skew_drift
from harness.verifiers.skew_bands import (
    ACCEPTABILITY,
    BROADCAST,
    DETECTABILITY,
    outside_ratio,
    worst_skew,
)
from harness.verifiers.sound_edge import first_tone
from harness.verifiers.window import Window

DRIFT_S = 100
"""Of a steady state that a drift is told of. A jitter buffer of pictures that settled moved the
skew by 20 ms over half a minute: the same over two is 10 ms a minute at most."""

SPECS = (
    Spec(name="picture_latency_p50", title="picture latency, median", unit="ms",
         floor="picture_latency_ms"),
    Spec(name="picture_latency_p95", title="picture latency, p95", unit="ms"),
    Spec(name="picture_latency_p99", title="picture latency, p99", unit="ms"),
    Spec(name="sound_latency_p50", title="sound latency, median", unit="ms",
         floor="sound_latency_ms"),
    Spec(name="sound_latency_p95", title="sound latency, p95", unit="ms"),
    Spec(name="sound_latency_p99", title="sound latency, p99", unit="ms"),
    Spec(name="skew_median", title="sound early by, median", unit="ms", better="nearer 0",
         floor="skew_ms"),
    Spec(name="skew_worst", title="sound early by, nearest to its limit", unit="ms",
         better="nearer 0"),
    Spec(name="skew_beyond_detectability", title="time beyond BT.1359 detectability",
         unit="ratio"),
    Spec(name="skew_beyond_acceptability", title="time beyond BT.1359 acceptability", unit="ratio"),
    Spec(name="skew_beyond_broadcast", title="time beyond EBU R37", unit="ratio"),
    Spec(name="skew_drift", title="sound early by, drift", unit="ms/min", better="nearer 0"),
    Spec(name="onset_picture", title="subscribe to first picture", unit="ms",
         floor="subscribe_picture_ms"),
    Spec(name="onset_full_picture", title="subscribe to full picture", unit="ms"),
    Spec(name="onset_sound", title="subscribe to first sound", unit="ms",
         floor="subscribe_sound_ms"),
    Spec(name="onset_clean_sound", title="subscribe to clean sound", unit="ms"),
    Spec(name="freezes", title="freezes of the picture", unit="events"),
    Spec(name="frozen_time", title="time frozen", unit="ms"),
    Spec(name="freeze_longest", title="longest freeze", unit="ms"),
    Spec(name="sound_gap_longest", title="longest gap in the sound", unit="ms"),
    Spec(name="sound_concealed", title="sound made up", unit="ratio"),
    Spec(name="sound_loss_up", title="sound lost on the way up", unit="ratio"),
    Spec(name="sound_loss_down", title="sound lost on the way down", unit="ratio"),
    Spec(name="picture_loss_up", title="picture lost on the way up", unit="ratio"),
    Spec(name="picture_loss_down", title="picture lost on the way down", unit="ratio"),
    Spec(name="e_model_r", title="E-model, narrowband", unit="R", better="higher"),
    Spec(name="e_model_mos", title="E-model, narrowband", unit="MOS", better="higher"),
    Spec(name="e_model_fullband_r", title="E-model, fullband", unit="R", better="higher"),
    Spec(name="e_model_fullband_mos", title="E-model, fullband", unit="MOS", better="higher"),
)  # fmt: skip
"""Every metric of a report, in the order in which they are shown."""
BANDS = {
    "detectability": DETECTABILITY,
    "acceptability": ACCEPTABILITY,
    "broadcast": BROADCAST,
}
"""Of skew, by how metrics name them."""


@dataclass(frozen=True, kw_only=True)
class Discarded:
    """A call that was made and does not count."""

    folder: str
    """Of its evidence, in that of the run."""
    reason: str


@dataclass(frozen=True, kw_only=True)
class LatencyReport:
    """What one call under one profile came to."""

    profile: str
    title: str
    """Of the profile, in words."""
    seconds: float
    """Of steady state, on which the metrics rest."""
    metrics: tuple[Metric, ...]
    """One for each of SPECS."""
    began_ns: int = 0
    """When the subscriber asked for media: where the series are drawn from."""
    since_ns: int = 0
    """When the steady state began."""
    until_ns: int = 0
    pictures: Timed = field(default_factory=Timed)
    sounds: Timed = field(default_factory=Timed)
    skews: Timed = field(default_factory=Timed)
    picture_ages: Ages = field(default_factory=Ages)
    """Those that the percentiles of the pictures' latency rest on."""
    sound_ages: Ages = field(default_factory=Ages)
    spans: tuple[Span, ...] = ()
    """Phases of the profile, and times in which nothing came through."""
    parts: tuple[tuple[Metric, ...], ...] = ()
    """What the mean latency of pictures, and of the sound, is made of, see `parts_of`."""
    disturbance: str | None = None
    """Why the machine was too busy for the numbers to be believed; None: it was not."""
    unclosed: tuple[str, ...] = ()
    """Latencies whose parts do not explain them."""
    problem: str | None = None
    """Why there was no call; all metrics are then missing for it."""
    folder: str = ""
    """Of the evidence of this very call, in that of the run: `calls/3g-2`."""
    discarded: tuple[Discarded, ...] = ()
    """Calls under the profile that were made before this one."""


def report_of(call: Call, profile: Profile, *, disturbance: str | None) -> LatencyReport:
    """The report of a call whose stage has closed. Pure; takes some four seconds a minute."""
    steady = Window(since_ns=call.since_ns, until_ns=call.until_ns)
    tracks: tuple[tuple[str, Track], ...] = (("picture", call.seen), ("sound", call.heard))
    doubts = [unclosed(medium, track, **steady) for medium, track in tracks]
    picture_ages, sound_ages = (ages(track, **steady) for _, track in tracks)
    never_came = {"picture": picture_ages.never_came, "sound": sound_ages.never_came}
    return LatencyReport(
        profile=profile.name,
        title=profile.title,
        seconds=(call.until_ns - call.since_ns) / NS_PER_S,
        metrics=_metrics(
            {
                **dict(_latencies(tracks, steady, never_came)),
                **_together(call, steady),
                **_onsets(call),
                **_breaks(call, steady),
                **_traffic(call),
            },
            {f"{medium}_latency_p50": _rejects(track, steady) for medium, track in tracks},
            {f"{medium}_latency_p50": number for medium, number in never_came.items()},
        ),
        began_ns=call.sound_asked_ns,
        since_ns=call.since_ns,
        until_ns=call.until_ns,
        pictures=latency_over_time(call, call.seen),
        sounds=latency_over_time(call, call.heard),
        skews=skew_over_time(call),
        picture_ages=picture_ages,
        sound_ages=sound_ages,
        spans=(*phases(profile, call), *faults(call)),
        parts=tuple(parts_of(medium, track, **steady) for medium, track in tracks),
        disturbance=disturbance,
        unclosed=tuple(doubt for doubt in doubts if doubt is not None),
    )


def without_call(profile: Profile, problem: str) -> LatencyReport:
    """The report of a call that could not be made."""
    nothing = {spec.name: missing(spec.unit, problem) for spec in SPECS}
    return LatencyReport(
        profile=profile.name,
        title=profile.title,
        seconds=0.0,
        metrics=tuple(spec.of(nothing[spec.name]) for spec in SPECS),
        problem=problem,
    )


def _metrics(
    measured: dict[str, Measurement],
    rejects: Mapping[str, dict[str, int]],
    never_came: Mapping[str, int],
) -> tuple[Metric, ...]:
    delay, loss = measured["sound_latency_p50"], measured["sound_concealed"]
    for name, model in (("e_model", narrowband), ("e_model_fullband", fullband)):
        measured[f"{name}_r"] = rated(model, lambda it: it.r, "R", delay=delay, loss=loss)
        measured[f"{name}_mos"] = rated(model, lambda it: it.mos, "MOS", delay=delay, loss=loss)
    return tuple(
        spec.of(measured[spec.name], rejects.get(spec.name), never_came.get(spec.name, 0))
        for spec in SPECS
    )


def _latencies(
    tracks: Iterable[tuple[str, Track]], steady: Window, never_came: Mapping[str, int]
) -> Iterator[tuple[str, Measurement]]:
    """As it was, whether or not its parts explain it: that is told beside."""
    for medium, track in tracks:
        for q in (0.5, 0.95, 0.99):
            measured = latency(replace(track, wire=None), q=q, **steady)
            if q > 0.5 and measured.value is not None:  # what never came is in it
                counted = measured.rests_on + never_came[medium]
                measured = replace(measured, rests_on=counted)
            yield f"{medium}_latency_p{round(q * 100)}", measured


def _rejects(track: Track, steady: Window) -> dict[str, int]:
    """What came in the steady state and has no latency; where nothing has, the metric says why."""
    try:
        return latencies(track, **steady).rejects
    except NoEvidenceError:
        return {}


def _together(call: Call, steady: Window) -> Mapping[str, Measurement]:
    beyond = {
        f"skew_beyond_{name}": outside_ratio(call.pair, band=band, **steady)
        for name, band in BANDS.items()
    }
    return {
        "skew_median": median_skew(call.pair, **steady),
        "skew_worst": worst_skew(call.pair, band=DETECTABILITY, **steady),
        "skew_drift": _drift(call, steady),
        **beyond,
    }


def _drift(call: Call, steady: Window) -> Measurement:
    lasted_s = (steady["until_ns"] - steady["since_ns"]) / NS_PER_S
    if lasted_s < DRIFT_S:
        return missing(
            "ms/min",
            f"a jitter buffer that settles is a slope too: over {lasted_s:.0f} s it cannot be told "
            f"from a drift; {DRIFT_S} s needed, --minutes 2",
        )
    return skew_drift(call.pair, **steady)


def _onsets(call: Call) -> Mapping[str, Measurement]:
    """From asking for the tracks, before any steady state."""
    sound = Window(since_ns=call.sound_asked_ns, until_ns=call.until_ns)
    picture = Window(since_ns=call.picture_asked_ns, until_ns=call.until_ns)
    return {
        "onset_picture": first_frame(call.pictures, call.picture.track_code, **picture),
        "onset_full_picture": first_full_picture(call.pictures, call.picture, **picture),
        "onset_sound": first_tone(call.sound, call.tone, **sound),
        "onset_clean_sound": first_clean_sound(call.sound, call.tone, **sound),
    }


def _breaks(call: Call, steady: Window) -> Mapping[str, Measurement]:
    seen, code, told = call.pictures, call.picture.track_code, call.statistics
    return {
        "freezes": freeze_count(seen, code, statistics=told, **steady),
        "frozen_time": frozen_time(seen, code, statistics=told, **steady),
        "freeze_longest": longest_freeze(seen, code, statistics=told, **steady),
        "sound_gap_longest": sound_gap(call.sound, call.tone, statistics=told, **steady),
    }


def _traffic(call: Call) -> Mapping[str, Measurement]:
    sound, picture = call.sound.track, call.pictures.track
    return {
        "sound_concealed": concealed_share(call),
        "sound_loss_up": lost_share(call, direction="up", track=sound),
        "sound_loss_down": lost_share(call, direction="down", track=sound),
        "picture_loss_up": lost_share(call, direction="up", track=picture),
        "picture_loss_down": lost_share(call, direction="down", track=picture),
    }
