from __future__ import annotations

from pathlib import Path

import pytest

from harness.network.profile import Profile, ProfileError
from harness.network.tcp_faults import TcpFaults, Toxic
from harness.run import scenario as scenario_module
from harness.run.scenario import Demands
from harness.server.model import ServerConfig
from harness.stage.fault import fault


@pytest.fixture
def played(monkeypatch: pytest.MonkeyPatch) -> dict[str, Profile]:
    """Profiles by name, in place of those that come with the harness."""
    profiles: dict[str, Profile] = {"clean": fault(seconds=1)}
    monkeypatch.setattr(scenario_module, "load_profile", lambda name, beside: profiles[name])
    return profiles


def test_toxiproxy_is_needed_by_who_asks_and_by_a_profile_with_toxics(
    played: dict[str, Profile],
) -> None:
    slow = TcpFaults(toxics=(Toxic(type="latency", attributes={"latency": 5}),))
    played["slow"] = fault(seconds=1, signal=slow)

    assert not Demands(clauses=("A-001",)).needs_toxiproxy
    assert Demands(clauses=("A-001",), toxiproxy=True).needs_toxiproxy
    assert Demands(clauses=("A-001",), profile="slow").needs_toxiproxy
    tcp = ServerConfig(ice_tcp=True)
    assert not Demands(clauses=("A-001",), server=tcp).needs_toxiproxy


def test_ice_tcp_is_offered_by_who_asks_and_for_a_profile_that_wants_it(
    played: dict[str, Profile],
) -> None:
    clean = played["clean"]
    played["blocked"] = Profile(
        name="blocked", title="t", cite="c", ice_tcp=True, phases=clean.phases
    )
    tcp, own = ServerConfig(ice_tcp=True), ServerConfig(options={"room": {}})

    assert not Demands(clauses=("A-001",)).server_config.ice_tcp
    assert Demands(clauses=("A-001",), server=tcp).server_config == tcp
    wanted = Demands(clauses=("A-001",), server=own, profile="blocked").server_config
    assert wanted == ServerConfig(ice_tcp=True, options={"room": {}})


def test_a_profile_that_is_not_there_or_wrong_is_said(tmp_path: Path) -> None:
    with pytest.raises(ProfileError, match="no profile 'nope'"):
        _ = Demands(clauses=("A-001",), profile="nope").network
    (tmp_path / "bad.toml").write_text("title = ")
    with pytest.raises(ProfileError, match=r"bad\.toml"):
        _ = Demands(clauses=("A-001",), profile=str(tmp_path / "bad.toml")).network
