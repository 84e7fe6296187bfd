from __future__ import annotations

import pytest

from harness.network.profile_problems import ProfileError
from harness.network.profile_reader import LONGEST_CHARACTERS, read_tables

HEAD = 'title = "T"\ncite = "RFC 8867"\n[[phase]]\nat_s = 0\n'


def problems(text: str) -> tuple[str, ...]:
    with pytest.raises(ProfileError) as caught:
        read_tables(text, "mine.toml")
    return caught.value.problems


@pytest.mark.parametrize(
    ("line", "said"),
    [
        ("udp.up.los_ratio = 1", "udp.up.los_ratio: no such key; did you mean loss_ratio?"),
        ("tcp.signal.up.bandwidth = 1", "tcp.signal.up.bandwidth: no such key; there are latency"),
        ("tcp.signal.up.toxicity = 1", "tcp.signal.up.toxicity: is random in toxiproxy and cannot"),
        ("udp.up.flap.impairment = 1", "udp.up.flap.impairment: no such key"),
        ("udp.up.flap.target = {}", "udp.up.flap.target: no such key"),
        ("udp.up.flap.up_ms = 1", "udp.up.flap: down_ms is missing"),
        ('udp.up.loss_ratio = "1"', "udp.up.loss_ratio: must be a number, not a text"),
        ("udp.up.loss_ratio = 1979-05-27", "udp.up.loss_ratio: must be a number, not date"),
        ("udp.up.drop_indices = [1, 2.5]", "udp.up.drop_indices[1]: must be a whole number, not a"),
        ("udp.up = 3", "udp.up: must be a table, not a whole number"),
        ("udp.up.jitter = { jitter_ms = -1 }", "udp.up.jitter.jitter_ms: must be a number ≥ 0"),
        ("tcp.signal.up.rate_kbps = 0", "tcp.signal.up.rate_kbps: must be a number ≥ 8"),
        ("tcp.signal.up.latency_ms = nan", "tcp.signal.up.latency_ms: must be a whole number, not"),
        ('aimed = [{ medium = "all" }]', 'aimed[0].medium: can only be "audio" or "rtcp" or "vid'),
        ("rebind = { first_ms = 1, every_ms = 1 }", "rebind.every_ms: must be a number ≥ 100"),
        (
            "udp.up.blackhole = { every_ms = 1 }",
            "udp.up.blackhole: every_ms must be longer than for_ms, which must be given",
        ),
        ("at_s = 1", "Cannot overwrite a value (column 9)"),
        ("udp.up = {", "Invalid"),
    ],
)
def test_each_problem_has_its_line(line: str, said: str) -> None:
    (problem,) = problems(HEAD + line + "\n")
    assert problem.startswith(f"mine.toml:5: {said}"), problem


def test_several_problems_are_found_at_once_and_none_twice() -> None:
    text = HEAD + (
        'udp.up = { los_ratio = 1, jitter = { jitter_ms = -1, distribution = "x" } }\n'
        'udp.down = { loss_ratio = "a", delay_ms = [] }\n'
    )
    assert [problem.split(":")[1] for problem in problems(text)] == ["5", "5", "5", "6", "6"]


def test_a_wrong_element_hides_no_other_problem_beside_its_list() -> None:
    found = problems(HEAD + 'udp.up = { drop_indices = [1, 2.5], loss_ratio = "a" }\n')
    assert [problem.split(": ")[1] for problem in found] == [
        "udp.up.drop_indices[1]",
        "udp.up.loss_ratio",
    ]


def test_what_ends_too_early_is_wrong_at_its_last_line() -> None:
    assert problems('title = "T"\ncite = [\n1\n') == ("mine.toml:3: Unclosed array",)


@pytest.mark.parametrize(
    ("text", "said"),
    [
        ("a = " + "[" * 10_000, "mine.toml: lists or tables are nested too deeply"),
        ("a = " + "1" * 5_000, "mine.toml:1: Exceeds the limit"),
        ("#\n" * LONGEST_CHARACTERS, "mine.toml: longer than 262144 characters: no profile"),
        ("\n" + "a." * 100_000 + "a = 1", "mine.toml:2: break this line"),
    ],
    ids=["nested", "digits", "long", "dotted"],
)
def test_what_is_out_of_all_measure_is_refused(text: str, said: str) -> None:
    assert problems(text)[0].startswith(said)


def test_tables_and_lines_of_what_is_right() -> None:
    tables, lines = read_tables(HEAD + "udp.up.loss_ratio = 1\n", "mine.toml")
    assert tables.phase[0].udp.up.loss_ratio == 1
    assert lines["phase", 0, "udp", "up", "loss_ratio"] == 5
