from __future__ import annotations

from collections.abc import Iterator
from pathlib import Path
from typing import cast

import pytest

from harness.calibration import calibrate as calibrate_module
from harness.calibration.calibrate import Measured, calibrate
from harness.evidence.floors import FLOORS
from harness.evidence.measurement import Measurement
from harness.gateway.program import main as gateway_main
from harness.judging.calibration import MAX_TRIES
from harness.participant.handle import WORKER
from harness.processes.keeper_client import Keeper
from harness.processes.watcher_client import WatcherError, WatcherProcess
from harness.server.choose import Wanted, choose
from harness.server.model import Server, ServerConfig, ServerError
from harness.stage.stage import StageSetup
from tests.stage.test_stage import SERVER

pytestmark = pytest.mark.asyncio


class Machine:
    """Stands at the seam `_measure`: busy for some tries."""

    def __init__(self, *busy: float) -> None:
        self.busy = list(busy)
        self.setups: list[StageSetup] = []

    async def measure(self, setup: StageSetup, steady_s: float | None) -> Measured:
        assert setup.folder.is_dir()
        self.steady_s = steady_s
        self.setups.append(setup)
        return Measured(
            floors={"skew_ms": Measurement(value=-35.0, unit="ms")},
            offset_ms=(-0.01, 0.01),
            health={"machine": {"machine_busy_ratio": self.busy.pop(0)}},
        )


@pytest.fixture
def setup(tmp_path: Path) -> StageSetup:
    keeper = cast("Keeper", None)  # nobody asks it for anything
    return StageSetup(keeper=keeper, server=SERVER, folder=tmp_path / "before", room="r")


async def test_a_calm_machine_is_measured_once(
    setup: StageSetup, monkeypatch: pytest.MonkeyPatch
) -> None:
    machine = Machine(0.2)
    monkeypatch.setattr(calibrate_module, "_measure", machine.measure)
    done = await calibrate(setup, when="after", steady_s=5.0)

    assert (done.when, done.tries, done.disturbance) == ("after", 1, None)
    assert machine.steady_s == 5.0
    assert (done.floors["skew_ms"].value, done.clock_offset_ms) == (-35.0, (-0.01, 0.01))
    assert done.clock_resolution_ns is not None
    assert machine.setups[0].folder == setup.folder / "1"


async def test_a_disturbed_machine_is_measured_once_more_in_a_room_of_its_own(
    setup: StageSetup, monkeypatch: pytest.MonkeyPatch
) -> None:
    machine = Machine(0.9, 0.3)
    monkeypatch.setattr(calibrate_module, "_measure", machine.measure)
    done = await calibrate(setup, when="before")

    assert (done.tries, done.disturbance) == (2, None)
    assert [setup.room for setup in machine.setups] == ["r-1", "r-2"]


async def test_a_machine_that_stays_disturbed_keeps_its_floors_with_the_reason(
    setup: StageSetup, monkeypatch: pytest.MonkeyPatch
) -> None:
    machine = Machine(*[0.9] * MAX_TRIES)
    monkeypatch.setattr(calibrate_module, "_measure", machine.measure)
    done = await calibrate(setup, when="before")

    assert done.tries == MAX_TRIES
    assert done.disturbance == "machine: busy at 90 %, limit 50 %"
    assert done.floors["skew_ms"].value == -35.0


async def test_a_watcher_that_does_not_answer_is_ended_all_the_same(
    setup: StageSetup, monkeypatch: pytest.MonkeyPatch
) -> None:
    async def no_loop(*_: object) -> dict[str, Measurement]:
        return {}

    class Silent:
        closes = 0

        async def clock_offset(self) -> tuple[int, int]:
            raise WatcherError("the watcher does not answer")

        def close(self) -> None:
            self.closes += 1

    watcher = Silent()
    monkeypatch.setattr(calibrate_module, "measure_loop", no_loop)
    monkeypatch.setattr(WatcherProcess, "start", lambda *_, **__: watcher)
    with pytest.raises(WatcherError):
        await calibrate(setup, when="before")

    assert watcher.closes == 1


@pytest.fixture(scope="module")
def keeper(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Keeper]:
    log = tmp_path_factory.mktemp("keeper") / "keeper.log"
    with Keeper.start(preload=[WORKER, gateway_main.__module__], log=log) as running:
        yield running


@pytest.fixture(scope="module")
def server(keeper: Keeper, tmp_path_factory: pytest.TempPathFactory) -> Server:
    try:
        backend = choose(Wanted(), lambda _: None).backend
    except ServerError as error:
        pytest.skip(str(error))
    return backend.start(ServerConfig(), keeper, tmp_path_factory.mktemp("server")).server


@pytest.mark.real
async def test_every_floor_can_be_measured_on_a_real_server(
    keeper: Keeper, server: Server, tmp_path: Path
) -> None:
    setup = StageSetup(keeper=keeper, server=server, folder=tmp_path / "before", room="floors")
    done = await calibrate(setup, when="before")

    assert done.floors.keys() == FLOORS.keys()
    assert {name: floor.missing for name, floor in done.floors.items() if floor.missing} == {}
    assert done.clock_offset_ms is not None
    assert done.clock_offset_ms[0] <= 0 <= done.clock_offset_ms[1]
    assert done.health.keys() == {"alice", "bob", "machine"}
