from __future__ import annotations

import asyncio
from collections.abc import Iterator
from pathlib import Path
from typing import cast

import pytest

from harness.measuring.latency_report import LatencyReport
from harness.measuring.plan import Plan
from harness.measuring.series import FILE, PictureRow
from harness.measuring.session import NO_CALL, Session
from harness.network.profile import Profile, load_profile
from harness.participant.connection import CommandTimedOut
from harness.processes.keeper_client import Keeper, KeeperError
from harness.processes.watcher_client import WatcherError
from harness.server.choose import Wanted, choose
from harness.server.model import NotConfigurableError, ServerBackend, ServerError
from harness.stage.errors import GatewayDied, ServerRefused, StageError
from tests.measuring.fake_call import read_series

LIMIT_S = 180.0
MOST_CALLS = 3
CLEAN = load_profile("clean")


class NoKeeper:
    """Starts nothing."""

    def __init__(self) -> None:
        self.closed = False

    def close(self) -> None:
        self.closed = True


@pytest.fixture
def keeper_made(monkeypatch: pytest.MonkeyPatch) -> NoKeeper:
    made = NoKeeper()
    monkeypatch.setattr(Keeper, "start", lambda **_: made)
    return made


def plan(folder: Path, *names: str) -> Plan:
    profiles = tuple(load_profile(name) for name in names)
    return Plan(profiles=profiles, minutes=0.1, seed=1, folder=folder)


class NoBackend:
    """Has no server to give."""

    name = "none"

    def __init__(self, problem: Exception) -> None:
        self.problem = problem

    def start(self, *_: object) -> None:
        raise self.problem


@pytest.mark.asyncio
@pytest.mark.parametrize(
    "problem",
    [
        ServerError("no server\ncan be had"),
        NotConfigurableError("it is not ours"),
        StageError("the relay was too slow"),
        GatewayDied("the gateway ended"),
        ServerRefused("unavailable", "no answer"),
        CommandTimedOut("no answer"),
        TimeoutError(),
        KeeperError("no process can be started"),
        WatcherError("the watcher does not answer"),
    ],
)
async def test_what_keeps_a_profile_from_a_call_is_the_reason_of_its_report(
    problem: Exception, keeper_made: NoKeeper, tmp_path: Path
) -> None:
    backend = cast("ServerBackend", NoBackend(ExceptionGroup("several", [problem])))
    with Session(plan(tmp_path, "clean"), backend) as session:
        report = await session.report(CLEAN, 1)

    assert report.problem is not None
    assert report.problem.startswith("no call: ")
    assert report.folder == "calls/clean"
    assert "\n" not in report.problem
    assert {metric.missing for metric in report.metrics} == {report.problem}
    assert keeper_made.closed


@pytest.mark.asyncio
async def test_a_mistake_of_ours_is_no_reason(keeper_made: NoKeeper, tmp_path: Path) -> None:
    backend = cast("ServerBackend", NoBackend(LookupError("a mistake")))
    with (
        pytest.raises(LookupError, match="a mistake"),
        Session(plan(tmp_path, "clean"), backend) as session,
    ):
        await session.report(CLEAN, 1)

    assert keeper_made.closed


def test_reasons_are_known_kinds() -> None:
    assert not any(issubclass(LookupError, kind) for kind in NO_CALL)


@pytest.fixture(scope="module")
def backend() -> Iterator[ServerBackend]:
    try:
        yield choose(Wanted(backend="embedded"), lambda _: None).backend
    except ServerError as error:
        pytest.skip(str(error))


async def believed(session: Session, profile: Profile) -> LatencyReport:
    """A call that load did not disturb, as a user would ask again for one; else the last."""
    for number in range(1, MOST_CALLS):
        report = await session.report(profile, number)
        if report.problem is None and report.disturbance is None:
            return report
    return await session.report(profile, MOST_CALLS)


@pytest.mark.real
@pytest.mark.asyncio
async def test_a_call_under_each_profile_is_measured(
    backend: ServerBackend, tmp_path: Path
) -> None:
    asked = plan(tmp_path, "clean", "3g")
    with Session(asked, backend) as session:
        async with asyncio.timeout(LIMIT_S):
            clean, mobile = [await believed(session, profile) for profile in asked.profiles]

    assert (clean.problem, mobile.problem) == (None, None)
    first, second = ({metric.name: metric for metric in r.metrics} for r in (clean, mobile))
    least_ms = (first["picture_latency_p50"].value or 0) + 250
    assert (second["picture_latency_p50"].value or 0) > least_ms
    assert (second["sound_latency_p50"].value or 0) > 250
    assert first["sound_loss_down"].value == 0
    assert session.server_version is not None
    assert (tmp_path / mobile.folder / "arrivals.bin").exists()
    told = read_series(tmp_path / mobile.folder / FILE)
    assert sum(isinstance(row, PictureRow) for row in told) > 100
