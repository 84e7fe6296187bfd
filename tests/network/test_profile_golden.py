from __future__ import annotations

import os
from hashlib import sha256
from pathlib import Path
from typing import Any

import msgspec
import pytest

from harness.network.profile import Profile, load_profile, profile_names

GOLDEN = Path(__file__).parent / "golden" / "profiles"
LONGEST = 32


def short(value: Any) -> Any:  # noqa: ANN401 - what JSON holds
    """Long lists by their length and digest."""
    if isinstance(value, dict):
        return {key: short(inner) for key, inner in value.items()}
    if not isinstance(value, list):
        return value
    if len(value) > LONGEST:
        return {"length": len(value), "sha256": sha256(msgspec.json.encode(value)).hexdigest()}
    return [short(inner) for inner in value]


def timeline(profile: Profile) -> bytes:
    data = msgspec.json.encode(profile.phases, order="deterministic")
    phases = short(msgspec.json.decode(data))
    shown = {"ice_tcp": profile.ice_tcp, "phases": phases}
    return msgspec.json.format(msgspec.json.encode(shown), indent=1) + b"\n"


@pytest.mark.parametrize("name", profile_names())
def test_the_timeline_of_a_profile_that_comes_along_is_as_it_was(name: str) -> None:
    golden = GOLDEN / f"{name}.json"
    told = timeline(load_profile(name))
    if os.environ.get("UPDATE_GOLDEN") == "1":
        golden.parent.mkdir(parents=True, exist_ok=True)
        golden.write_bytes(told)
    assert told == golden.read_bytes()


def test_no_timeline_is_left_over() -> None:
    assert {path.stem for path in GOLDEN.glob("*.json")} == set(profile_names())


@pytest.mark.parametrize("name", profile_names())
def test_profiles_that_come_along_are_named_cited_and_survive_the_wire(name: str) -> None:
    profile = load_profile(name)
    assert profile.name == name
    assert len(profile.title) <= 80
    assert all(len(line) <= 100 for line in profile.cite.splitlines())
    assert msgspec.json.decode(msgspec.json.encode(profile), type=Profile) == profile


def test_those_that_were_asked_for_are_there() -> None:
    wanted = """
        clean rfc8867-5.1-up rfc8867-5.1-down rfc8867-5.2-up rfc8867-5.2-down rfc8867-5.3-up
        rfc8867-5.3-down g1050-a g1050-b g1050-c g1050-d g1050-e g1050-f g1050-g g1050-h wifi-loss5
        3g poor-3g 4g-unstable satellite burst-loss quic-droplist blackhole rebind udp-blocked
        tcp-signal-stall tcp-slow lossy-uplink lossy-downlink congested-downlink lte-walk
    """
    assert set(wanted.split()) == set(profile_names())
