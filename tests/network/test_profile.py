from __future__ import annotations

from pathlib import Path

import pytest

from harness.network.impairment import Target
from harness.network.impairments import DropList, Loss
from harness.network.profile import ProfileError, load_profile, parse_profile, profile_names

PHASES = """
title = "Steps"
cite = "made up"
[[phase]]
at_s = 0
udp.down = { loss_ratio = 0.5, drop_indices = [3, 4] }
[[phase]]
at_s = 2.5
udp.up = { loss_ratio = 1 }
"""


def parse(text: str) -> None:
    parse_profile(text, name="mine", file="mine.toml")


@pytest.mark.parametrize("name", profile_names())
def test_profiles_that_come_along_are_well_formed(name: str) -> None:
    profile = load_profile(name)
    assert profile.name == name
    assert profile.phases[0].at_ns == 0


def test_clean_does_nothing_and_lossy_downlink_loses_five_percent() -> None:
    assert load_profile("clean").phases[0].impairments == ()
    (loss,) = load_profile("lossy-downlink", participant="bob").phases[0].impairments
    assert loss == Loss(ratio=0.05, target=Target(participant="bob", direction="down"))


def test_phases_become_a_timeline() -> None:
    profile = parse_profile(PHASES, name="steps", file="steps.toml", participant="bob")
    down, up = (
        Target(participant="bob", direction="down"),
        Target(participant="bob", direction="up"),
    )
    first, second = profile.phases
    assert (first.at_ns, second.at_ns) == (0, 2_500_000_000)
    assert first.impairments == (
        DropList(indices=(3, 4), target=down),
        Loss(ratio=0.5, target=down),
    )
    assert second.impairments == (Loss(ratio=1.0, target=up),)


@pytest.mark.parametrize(
    ("old", "new", "error"),
    [
        ('cite = "made up"', "", r"mine.toml: .*missing required field `cite`"),
        ('cite = "made up"', 'cite = ""', r"mine.toml: .*length >= 1 - at `cite`"),
        ("loss_ratio = 0.5", "loss_ratio = 1.5", r"<= 1.0 - at `phase\[0\].udp.down.loss_ratio`"),
        ("loss_ratio = 1", 'loss_ratio = "1"', r"got `str` - at `phase\[1\].udp.up.loss_ratio`"),
        ("[3, 4]", "[-1]", r">= 0 - at `phase\[0\].udp.down.drop_indices\[0\]`"),
        ("loss_ratio = 0.5", "los_ratio = 0.5", r"unknown field `los_ratio` - at `phase\[0\].udp"),
        ("at_s = 2.5", "at_s = 0", r"mine.toml: `phase` - `at_s` must begin at 0 and grow"),
        ("at_s = 0", "at_s = 1", r"mine.toml: `phase` - `at_s` must begin at 0 and grow"),
        ("at_s = 2.5", "at_s = ", r"mine.toml: Invalid value \(at line 8"),
    ],
)
def test_errors_name_file_and_key(old: str, new: str, error: str) -> None:
    assert old in PHASES
    with pytest.raises(ProfileError, match=error):
        parse(PHASES.replace(old, new, 1))


def test_unknown_profile_lists_the_known_ones() -> None:
    with pytest.raises(ProfileError, match="no profile 'wifi'; known are clean, lossy-downlink"):
        load_profile("wifi")


def test_a_users_own_file_is_named_by_its_path(tmp_path: Path) -> None:
    path = tmp_path / "steps.toml"
    path.write_text(PHASES)
    assert load_profile(str(path)).title == "Steps"
    path.write_bytes(b"\xff")
    with pytest.raises(ProfileError, match="cannot read the profile"):
        load_profile(str(path))
