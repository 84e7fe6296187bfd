from __future__ import annotations

from pathlib import Path
from typing import Any

import msgspec
import pytest
from hypothesis import given
from hypothesis import strategies as st

from harness.network.impairment import Target
from harness.network.impairments import REGISTRY, DropList, Loss
from harness.network.profile import Profile, ProfileError, load_profile, parse_profile
from harness.network.profile_tables import Aimed, Drop, File, PhaseTable, Tcp, TcpWay

PHASES = """\
title = "Steps"
cite = "RFC 8867"
[[phase]]
at_s = 0
udp.down = { loss_ratio = 0.5, drop_indices = [3, 4] }
[[phase]]
at_s = 2.5
cite = "ours: what we like"
udp.up = { loss_ratio = 1 }
"""


def parse(text: str) -> Profile:
    return parse_profile(text, name="mine", file="mine.toml")


def test_what_comes_with_the_harness_has_a_name() -> None:
    assert load_profile("clean").name == "clean"


def test_phases_become_a_timeline() -> None:
    profile = parse(PHASES)
    first, second = profile.phases
    down = Target(direction="down")
    assert (first.at_ns, second.at_ns) == (0, 2_500_000_000)
    assert set(first.impairments) == {
        DropList(indices=(3, 4), target=down),
        Loss(ratio=0.5, target=down),
    }
    assert second.impairments == (Loss(ratio=1.0, target=Target(direction="up")),)


def test_a_citation_of_a_phase_is_told_with_its_time() -> None:
    assert parse(PHASES).cite == "RFC 8867\nfrom 2.5 s: ours: what we like"


@pytest.mark.parametrize(
    ("line", "toxiproxy"),
    [
        ("tcp.signal.down.latency_ms = 1", True),
        ("tcp.media.down.latency_ms = 1", True),
        ("tcp.signal.cut = true", False),
        ("tcp.signal.up.stall = true", False),
        ("udp.up.delay_ms = 1", False),
    ],
)
def test_only_toxics_need_toxiproxy(line: str, toxiproxy: bool) -> None:
    text = f'title = "T"\ncite = "RFC 8867"\nice_tcp = true\n[[phase]]\nat_s = 0\n{line}\n'
    assert parse(text).needs_toxiproxy is toxiproxy
    assert parse(text).ice_tcp


@pytest.mark.parametrize(
    ("old", "new", "error"),
    [
        ("los", "LOS", r"mine.toml:5: udp.down.LOSs_ratio: no such key; did you mean loss_ratio\?"),
        ("at_s = 2.5", "at_s = 0", r"mine.toml:7: at_s: must be later than that of the phase"),
        ("loss_ratio = 1", "loss_ratio = 2", r"mine.toml:9: udp.up.loss_ratio: must be a number"),
        ("at_s = 2.5", "at_s = ", r"mine.toml:7: Invalid value \(column 8\)"),
    ],
)
def test_errors_name_file_and_line(old: str, new: str, error: str) -> None:
    assert old in PHASES
    with pytest.raises(ProfileError, match=error):
        parse(PHASES.replace(old, new, 1))


@pytest.mark.parametrize("name", ["wifi", "", "../profiles/clean", "\0"])
def test_unknown_profile_lists_the_known_ones(name: str) -> None:
    with pytest.raises(ProfileError, match=r"^no profile .*; known are 3g, 4g-unstable, .*clean"):
        load_profile(name)


def test_what_is_near_to_two_profiles_names_both() -> None:
    with pytest.raises(ProfileError, match=r"\(did you mean lossy-uplink or lossy-downlink\?\)"):
        load_profile("lossy-link")


def test_a_file_that_is_not_there_is_told_with_where_it_was_looked_for(tmp_path: Path) -> None:
    (tmp_path / "slow.toml").write_text(PHASES)
    with pytest.raises(
        ProfileError, match=r"slwo\.toml: No such file in .*; did you mean slow\.toml"
    ):
        load_profile("slwo.toml", beside=tmp_path)
    with pytest.raises(ProfileError) as raised:
        load_profile("other.toml", beside=tmp_path)
    assert str(raised.value).endswith(f"No such file in {tmp_path} or {Path.cwd()}")


def test_a_users_own_file_is_named_by_its_path(tmp_path: Path) -> None:
    path = tmp_path / "steps.toml"
    with pytest.raises(ProfileError, match=r"cannot read the profile .*steps.toml: .*No such file"):
        load_profile(str(path))
    path.write_text(PHASES)
    assert load_profile(str(path)).name == "steps"
    path.write_bytes(b"\xff")
    with pytest.raises(ProfileError, match="cannot read the profile"):
        load_profile(str(path))


def test_a_file_is_looked_for_beside_the_scenario_before_the_working_folder(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    beside = tmp_path / "scenarios"
    beside.mkdir()
    monkeypatch.chdir(tmp_path)
    (tmp_path / "steps.toml").write_text(PHASES)

    assert load_profile("steps.toml", beside=beside).title == "Steps"
    (beside / "steps.toml").write_text(PHASES.replace("Steps", "Own"))
    assert load_profile("steps.toml", beside=beside).title == "Own"
    assert load_profile("steps.toml").title == "Steps"


def profile_or_error(text: str) -> None:
    """A profile that survives the wire, or lines that say what is wrong."""
    problems: tuple[str, ...] = ()
    try:
        profile = parse(text)
    except ProfileError as error:
        problems = error.problems
    else:
        data = msgspec.json.encode(profile)
        assert msgspec.json.decode(data, type=Profile) == profile
    assert all(line.isprintable() and line.startswith("mine.toml") for line in problems)


@given(st.text())
def test_any_text_is_a_profile_or_refused(text: str) -> None:
    profile_or_error(text)


@given(st.lists(st.sampled_from(PHASES.splitlines()), max_size=12), st.text(max_size=5))
def test_any_lines_are_a_profile_or_refused(lines: list[str], between: str) -> None:
    profile_or_error(between.join(f"{line}\n" for line in lines))


KINDS: tuple[type[msgspec.Struct], ...] = (
    File,
    PhaseTable,
    Aimed,
    Drop,
    Tcp,
    TcpWay,
    *REGISTRY.values(),
)
KEYS = sorted({name for kind in KINDS for name in kind.__struct_fields__} | {"x", "impairment"})
NUMBERS = ["0", "1", "-1", "0.5", "1e400", "nan", "inf", "true", "9" * 20, "1979-05-27", "07:32:00"]
OTHERS = [
    "''",
    "'x'",
    "'up'",
    "'video'",
    "'codel'",
    "'clean.toml'",
    '"\\u0000"',
    "[]",
    "{}",
    "[{}]",
]
VALUES = [*NUMBERS, *OTHERS, "[1]", "[0, 0.5]", "['x']", "[[]]"]
inner = st.dictionaries(st.sampled_from(KEYS), st.sampled_from(VALUES), max_size=3)
tables = st.dictionaries(
    st.sampled_from(KEYS),
    st.sampled_from(VALUES)
    | inner.map(lambda some: "{" + ", ".join(f"{k} = {v}" for k, v in some.items()) + "}"),
    max_size=5,
)


@given(
    st.sampled_from(["phase.udp.up", "phase.tcp.signal.up", "phase.tcp", "[phase.aimed]"]),
    tables,
    tables,
)
def test_any_tables_are_a_profile_or_refused(
    where: str, phase: dict[str, Any], more: dict[str, Any]
) -> None:
    lines = [f"{key} = {value}" for key, value in phase.items()]
    inside = [f"{key} = {value}" for key, value in more.items()]
    head = 'title = "T"\ncite = "RFC 8867"\n[[phase]]\nat_s = 0\n'
    profile_or_error("\n".join([head, *lines, f"[{where}]", *inside]))
