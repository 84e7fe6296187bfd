from __future__ import annotations

import json
import re

from harness.server.config import Keys, Ports, render
from harness.server.model import Json, ServerConfig

PORTS = Ports(http=1, udp=2, tcp=0)


def test_everything_of_a_process_is_on_loopback() -> None:
    rendered = render(ServerConfig(), PORTS, own_network=False)
    assert rendered["bind_addresses"] == ["127.0.0.1"]
    rtc = rendered["rtc"]
    assert isinstance(rtc, dict)
    assert rtc["ips"] == {"includes": ["127.0.0.1/32"]}
    assert rtc["tcp_port"] == 0
    assert rtc["use_ice_lite"] is True


def test_container_with_interfaces_of_its_own_binds_to_them() -> None:
    rendered = render(ServerConfig(), PORTS, own_network=True)
    assert "bind_addresses" not in rendered
    rtc = rendered["rtc"]
    assert isinstance(rtc, dict)
    assert not {"interfaces", "ips", "enable_loopback_candidate"} & rtc.keys()
    assert rtc["node_ip"] == "127.0.0.1"


def test_options_of_a_scenario_are_merged_in_and_win() -> None:
    options: dict[str, Json] = {
        "room": {"enabled_codecs": [{"mime": "audio/opus"}]},
        "rtc": {"force_tcp": True},
    }
    rendered = render(ServerConfig(options=options), PORTS, own_network=False)
    assert rendered["room"] == options["room"]
    rtc = rendered["rtc"]
    assert isinstance(rtc, dict)
    assert rtc["force_tcp"] is True
    assert rtc["udp_port"] == 2


def test_ice_tcp_has_a_port_only_when_asked_for() -> None:
    assert Ports.free(ServerConfig()).tcp == 0
    ports = Ports.free(ServerConfig(ice_tcp=True))
    assert len({ports.http, ports.udp, ports.tcp}) >= 2
    assert ports.tcp > 0


def test_keys_are_random_quoted_and_not_shown() -> None:
    first, second = Keys(), Keys()
    assert first != second
    assert first.api_secret not in repr(first)
    assert len(first.api_secret) >= 32, "livekit-server complains about shorter ones"
    value = first.environment()["LIVEKIT_KEYS"]
    assert json.loads(value) == {first.api_key: first.api_secret}
    assert re.search(f': "{first.api_secret}"', value), "digits alone would be a number in YAML"
