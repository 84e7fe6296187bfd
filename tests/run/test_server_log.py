from __future__ import annotations

from dataclasses import replace
from pathlib import Path
from typing import TYPE_CHECKING, cast

import pytest

from harness.evidence.finding import Attempt, Verdict
from harness.run.attempt import error_attempt
from harness.run.server_log import SERVER_LOG, keep_server_log
from harness.server.model import Server, ServerConfig
from harness.stage.stage import StageSetup
from tests.run.conftest import FakeServer, does_nothing
from tests.run.playing import FAILS, HOLDS, UNCERTAIN, finished, measured

if TYPE_CHECKING:
    from harness.processes.keeper_client import Keeper
    from tests.run.conftest import Make

LOG = (
    'joined {"room": "lk-harness-1"}',
    'joined {"room": "lk-harness-11"}',
    "no route",
    'left {"room": "lk-harness-11"}',
    "1 goroutine fewer",
)


@pytest.fixture
def server() -> FakeServer:
    return FakeServer(config=ServerConfig(), said=LOG)


@pytest.fixture
def later(tmp_path: Path) -> StageSetup:
    """Of the second room on that server."""
    keeper, server = cast("Keeper", None), cast("Server", None)
    return StageSetup(keeper=keeper, server=server, folder=tmp_path, room="lk-harness-11")


@pytest.fixture
def broken(make: Make) -> Attempt:
    return error_attempt(make.plan(does_nothing, make.clause()), "bob died")


def kept(attempt: Attempt, setup: StageSetup, server: FakeServer) -> list[str] | None:
    keep_server_log(attempt, setup, server)
    file = setup.folder / SERVER_LOG
    return file.read_text().splitlines() if file.exists() else None


def test_what_came_since_its_room_began(
    broken: Attempt, later: StageSetup, server: FakeServer
) -> None:
    assert kept(broken, later, server) == list(LOG[1:])
    assert kept(broken, replace(later, room="lk-harness-1"), server) == list(LOG)


def test_nothing_of_a_room_that_the_server_never_heard_of_and_of_a_silent_one(
    broken: Attempt, later: StageSetup, server: FakeServer
) -> None:
    assert kept(broken, replace(later, room="lk-harness-111"), server) is None
    assert kept(broken, later, replace(server, said=())) is None


def test_of_an_attempt_in_which_all_holds_nothing_is_kept(
    make: Make, later: StageSetup, server: FakeServer
) -> None:
    plan = make.plan(does_nothing, make.clause())

    assert kept(finished(plan, measured(HOLDS)), later, server) is None
    for measurement in (UNCERTAIN, measured(FAILS)):
        attempt = finished(plan, measurement)
        assert attempt.results[0].verdict in (Verdict.INCONCLUSIVE, Verdict.FAIL)
        assert kept(attempt, later, server) == list(LOG[1:])
        (later.folder / SERVER_LOG).unlink()


def test_a_folder_that_cannot_be_written_costs_no_verdict(
    broken: Attempt, later: StageSetup, server: FakeServer, caplog: pytest.LogCaptureFixture
) -> None:
    nowhere = replace(later, folder=later.folder / "nowhere")
    keep_server_log(broken, nowhere, server)

    assert str(nowhere.folder) in caplog.text
