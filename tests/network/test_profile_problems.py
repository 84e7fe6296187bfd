from __future__ import annotations

import pytest

from harness.network.profile_lines import Path
from harness.network.profile_problems import MOST_SHOWN, Problem, ProfileError, dotted, refuse


def test_problems_come_in_the_order_of_their_lines_and_at_most_so_many() -> None:
    lines: dict[Path, int] = {("a",): 7, ("b",): 2}
    with pytest.raises(ProfileError) as caught:
        refuse("x.toml", lines, [Problem(("a", "c"), "late"), Problem(("b",), "early")])
    assert caught.value.problems == ("x.toml:2: b: early", "x.toml:7: a.c: late")
    assert str(caught.value).startswith("x.toml:2: b: early (and 1 more")
    with pytest.raises(ProfileError) as caught:
        refuse("x.toml", {}, [Problem((str(n),), "wrong") for n in range(50)])
    assert len(caught.value.problems) == MOST_SHOWN


def test_nothing_wrong_raises_nothing() -> None:
    refuse("x.toml", {}, [])


def test_a_problem_stays_one_line_whatever_the_key() -> None:
    with pytest.raises(ProfileError) as caught:
        refuse("x.toml", {}, [Problem(("a\nb\x1b[1m",), "wrong")])
    assert str(caught.value).isprintable()


def test_paths_are_written_from_the_phase_on() -> None:
    assert dotted(("phase", 3, "udp", "up", "drop", 1, "indices")) == "udp.up.drop[1].indices"
    assert dotted(("phase", 3)) == "phase[3]"
    assert dotted(()) == ""
