from __future__ import annotations

import os
import stat
from pathlib import Path

import pytest

from harness.evidence.run_folder import Owner
from harness.gateway.errors import GatewayError
from harness.standalone.running import FILE_NAME, RunningGateway, announce, find, withdraw

ENDED = Owner(pid=2**22 + 1, created_s=1.0)


@pytest.fixture(autouse=True)
def state_home(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Path:
    monkeypatch.setenv("XDG_STATE_HOME", str(tmp_path / "state"))
    return tmp_path / "state"


def gateway(folder: Path, owner: Owner | None = None) -> RunningGateway:
    folder.mkdir()
    return RunningGateway(
        owner=owner or Owner.current(),
        url="ws://127.0.0.1:1",
        control="http://127.0.0.1:2",
        token="hush",
        folder=str(folder),
    )


def test_one_that_runs_is_found_by_its_folder_and_without(tmp_path: Path) -> None:
    running = gateway(tmp_path / "a")
    announce(running)

    assert find(None) == running
    assert find(tmp_path / "a") == running
    withdraw(running)
    with pytest.raises(GatewayError, match="no gateway of yours runs: start one"):
        find(None)
    with pytest.raises(GatewayError, match="no gateway records in"):
        find(tmp_path / "a")


def test_the_token_is_only_for_its_owner(tmp_path: Path, state_home: Path) -> None:
    announce(gateway(tmp_path / "a"))
    said = [path.read_text() for path in state_home.rglob("*") if path.is_file()]

    assert stat.S_IMODE((tmp_path / "a" / FILE_NAME).stat().st_mode) == 0o600
    assert said == [str(tmp_path / "a")]


def test_of_several_one_has_to_be_named(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    first = gateway(tmp_path / "a")
    second = gateway(tmp_path / "b", Owner(pid=os.getppid(), created_s=0.0))
    monkeypatch.setattr(Owner, "alive", lambda self: True)
    announce(first)
    announce(second)

    with pytest.raises(GatewayError, match="2 gateways run: name one with --record"):
        find(None)
    assert find(tmp_path / "b") == second


def test_one_that_was_killed_is_forgotten(tmp_path: Path, state_home: Path) -> None:
    announce(gateway(tmp_path / "a", ENDED))

    with pytest.raises(GatewayError, match="no gateway of yours runs"):
        find(None)
    assert not [path for path in state_home.rglob("*") if path.is_file()]


def test_without_a_home_the_folder_still_leads_to_it(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setenv("XDG_STATE_HOME", "/dev/null/none")
    running = gateway(tmp_path / "a")
    announce(running)

    assert find(tmp_path / "a") == running
    withdraw(running)


def test_a_file_that_is_none_is_no_gateway(tmp_path: Path) -> None:
    (tmp_path / FILE_NAME).write_text('{"token": 1}')
    with pytest.raises(GatewayError, match="no gateway records in"):
        find(tmp_path)
