"""A call of known truth, a report with all there can be, and a server for the real thing."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import replace

import numpy as np
import pytest

from harness.evidence.clock import NS_PER_S
from harness.evidence.measurement import Measurement, missing
from harness.evidence.run_event import CalibrationDone
from harness.gateway.program import main as gateway_main
from harness.measuring.call import Call
from harness.measuring.latency_report import SPECS, Discarded, LatencyReport, without_call
from harness.measuring.measured import Measured, Setting, floors_of
from harness.measuring.metric import Metric, Spec
from harness.measuring.parts import specs
from harness.measuring.spans import Span
from harness.measuring.timed import Ages, Timed
from harness.network.profile import load_profile
from harness.participant.handle import WORKER
from harness.processes.keeper_client import Keeper
from harness.server.choose import Wanted, choose
from harness.server.model import Server, ServerConfig, ServerError
from tests.measuring.fake_call import fake_call

EVIL = "<script>alert(1)</script>"

NOTES = {
    "freezes": (f"a note on {EVIL}",),
    "onset_sound": ("it may have begun before",),
    "onset_clean_sound": ("it may have begun before",),
}
FLOORS = floors_of(
    CalibrationDone(
        at_ns=0,
        when="before",
        tries=2,
        took_s=5.0,
        floors={
            "picture_latency_ms": Measurement(value=15.2, unit="ms", error=2.0, rests_on=45),
            "sound_latency_ms": missing("ms", f"no markers, {EVIL}"),
        },
        clock_offset_ms=(0.0, 0.0),
        clock_resolution_ns=1.0,
        health={},
        disturbance="the machine was busy",
    )
)


@pytest.fixture(scope="session")
def call(tmp_path_factory: pytest.TempPathFactory) -> Call:
    """A minute with one freeze of a second, and half a second in which nothing came down."""
    return fake_call(tmp_path_factory.mktemp("call"), frozen=[(20, 21)], cut=(30, 30.5))


@pytest.fixture
def measured() -> Measured:
    """Two calls and one that was not made; a metric of each kind."""
    return everything()


def everything() -> Measured:
    """All there can be in a report."""
    return Measured(
        setting=Setting(
            started="2026-11-21T10:00:00+00:00",
            command=("livekit-harness", "measure", "--profiles", f"clean,3g,{EVIL}"),
            machine={"cores": "2", "memory": "24 GiB", "python": "3.11.7", "system": "Linux"},
            versions={"livekit-server": "1.13.5", "livekit": "1.2.0"},
            backend="embedded",
            seed=81,
            minutes=1.0,
            profiles=("clean", "3g", "blackhole", "wifi-loss5"),
            floors=FLOORS,
        ),
        reports=(
            FLOORS.beside(made("clean", "Clean: every packet passes", scale=1.0)),
            replace(
                made("3g", f"3G with {EVIL}", scale=20.0, disturbance="the machine was busy"),
                folder="calls/3g-3",
                discarded=(
                    Discarded(folder="calls/3g", reason=f"disturbed: {EVIL}"),
                    Discarded(folder="calls/3g-2", reason="disturbed: load"),
                ),
            ),
            replace(
                without_call(load_profile("blackhole"), "no call: the gateway died"),
                folder="calls/blackhole",
            ),
        ),
    )


def made(
    profile: str, title: str, *, scale: float, disturbance: str | None = None
) -> LatencyReport:
    """A report of ten seconds whose pictures grow older each second."""
    times = np.arange(100, dtype=np.int64) * NS_PER_S // 10
    ages = scale * (15 + np.arange(100) / 10)
    return LatencyReport(
        folder=f"calls/{profile}",
        profile=profile,
        title=title,
        seconds=8.0,
        metrics=tuple(metric(spec, scale) for spec in SPECS),
        began_ns=0,
        since_ns=2 * NS_PER_S,
        until_ns=10 * NS_PER_S,
        pictures=Timed(at_ns=times, value_ms=ages),
        sounds=Timed(at_ns=times[::5], value_ms=ages[::5] + 30),
        skews=Timed(at_ns=times[::5], value_ms=-ages[::5]),
        picture_ages=Ages(value_ms=ages[20:], never_came=20 if disturbance else 0),
        sound_ages=Ages(value_ms=ages[20::5] + 30),
        spans=(
            Span(since_ns=4 * NS_PER_S, until_ns=5 * NS_PER_S, words=f"nothing {EVIL}",
                 kind="fault"),
        ),
        parts=(
            tuple(
                spec.of(
                    Measurement(
                        value=scale * n,
                        unit="ms",
                        sampling=(scale * n * 0.9, scale * n * 1.2),
                        rests_on=500,
                    )
                )
                for n, spec in enumerate(specs("picture"))
            ),
            tuple(spec.of(missing("ms", f"no record, {EVIL}")) for spec in specs("sound")),
        ),
        disturbance=disturbance,
        unclosed=(f"picture: moves, {EVIL}",) if disturbance else (),
    )  # fmt: skip


def metric(spec: Spec, scale: float) -> Metric:
    """What a metric of this name may be."""
    if spec.name.endswith("p99"):
        return spec.of(missing(spec.unit, f"too few, {EVIL}"))
    value = 0.0125 * scale if spec.unit == "ratio" else 3.75 * scale
    measurement = Measurement(
        value=value,
        unit=spec.unit,
        error=0.25 if spec.unit == "ms" else 0.0,
        sampling=None if spec.unit == "events" else (value * 0.9, value * 1.1),
        at_least=spec.name == "freeze_longest",
        rests_on=1000,
        notes=NOTES.get(spec.name, ()),
    )
    rejects = {"of another track": 3, "not read (bad crc)": 1}
    return spec.of(measurement, rejects if spec.name == "picture_latency_p50" else None)


@pytest.fixture(scope="session")
def keeper(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Keeper]:
    log = tmp_path_factory.mktemp("keeper") / "keeper.log"
    with Keeper.start(preload=[WORKER, gateway_main.__module__], log=log) as running:
        yield running


@pytest.fixture(scope="session")
def server(keeper: Keeper, tmp_path_factory: pytest.TempPathFactory) -> Server:
    """A livekit-server of this machine; ends with the keeper."""
    try:
        backend = choose(Wanted(backend="embedded"), lambda _: None).backend
    except ServerError as error:
        pytest.skip(str(error))
    return backend.start(ServerConfig(), keeper, tmp_path_factory.mktemp("server")).server
