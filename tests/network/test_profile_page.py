from __future__ import annotations

import re
from pathlib import Path

import pytest

from harness.network.profile import ProfileError, parse_profile
from harness.network.profile_tables import Aimed, TcpWay

PAGE = (Path(__file__).parents[2] / "docs/reference/profiles.md").read_text()
WRONG = """\
title = "Lift"
cite = "ours: what our office lift does to a call"

[[phase]]
at_s = 0
udp.down.los_ratio = 0.02
tcp.signal.up.rate_kbps = 0
"""


def test_the_example_is_a_profile() -> None:
    (example,) = re.findall(r"```toml\n(.*?)```", PAGE, re.DOTALL)
    profile = parse_profile(example, name="mine", file="mine.toml")
    assert [phase.at_ns // 1_000_000_000 for phase in profile.phases] == [0, 15, 20]
    assert profile.needs_toxiproxy


def test_the_shown_errors_are_those_that_are_told() -> None:
    (shown,) = re.findall(r"```\n(mine.*?)```", PAGE, re.DOTALL)
    with pytest.raises(ProfileError) as caught:
        parse_profile(WRONG, name="mine", file="mine.toml")
    assert list(caught.value.problems) == shown.splitlines()


def test_no_key_is_left_out() -> None:
    prose = re.sub(r"```.*?```", "", PAGE, flags=re.DOTALL)
    named = set(re.findall(r"\w+", " ".join(re.findall(r"`([^`]+)`", prose))))
    assert {*Aimed.__struct_fields__, *TcpWay.__struct_fields__} <= named
