from __future__ import annotations

import pytest

from harness.network.profile_problems import dotted
from harness.network.profile_reader import read_tables
from harness.network.profile_rules import rule_problems

HEAD = 'title = "T"\ncite = "RFC 8867"\n'


def found(text: str) -> list[str]:
    tables, _ = read_tables(text, "mine.toml")
    return [f"{dotted(path)}: {said}" for path, said in rule_problems(tables)]


@pytest.mark.parametrize(
    ("lines", "said"),
    [
        ("udp.up.burst_packets = 3", "udp.up.burst_packets: needs loss_ratio beside it"),
        ("udp.up.queue_ms = 3", "udp.up.queue_ms: needs rate_kbps or rate_trace beside it"),
        ('udp.up.aqm = "codel"', "udp.up.aqm: needs rate_kbps or rate_trace beside it"),
        ('udp.up = { rate_kbps = 1, rate_trace = "x" }', "udp.up.rate_trace: cannot stand beside"),
        (
            "udp.up = { rate_kbps = 1, queue_ms = 1, queue_bytes = 1 }",
            "udp.up.queue_bytes: cannot stand beside queue_ms: give one of them",
        ),
        (
            "udp.up = { jitter_ms = 1, jitter = { jitter_ms = 1 } }",
            "udp.up.jitter: cannot stand beside jitter_ms: give one of them",
        ),
        ("udp.up.drop = [{ layer = 'q' }]", "udp.up.drop[0]: drops nothing: give indices or"),
        (
            "udp.down.drop = [{ layer = 'q', indices = [1] }]",
            "udp.down.drop[0].layer: cannot be told on the way down",
        ),
        (
            "aimed = [{ direction = 'down', layer = 'q', loss_ratio = 1 }]",
            "aimed[0].layer: cannot be told on the way down",
        ),
        ("aimed = [{ medium = 'audio' }]", "aimed[0]: says what is aimed at, but not what happens"),
        ("tcp.signal.up.slicer_delay_us = 1", "tcp.signal.up.slicer_delay_us: needs slicer_bytes"),
        ("tcp.signal = { cut = true, up.stall = true }", "tcp.signal.up: cannot stand beside cut"),
        ("tcp.media.cut = true", "tcp.media: needs ice_tcp = true at the top of the file"),
        ("cite = 'somewhere'", "cite: names no source that one can follow"),
    ],
)
def test_keys_that_make_no_sense_together(lines: str, said: str) -> None:
    (problem,) = found(HEAD + "[[phase]]\nat_s = 0\n" + lines)
    assert problem.startswith(said), problem


@pytest.mark.parametrize(
    ("text", "said"),
    [
        ('cite = "RFC 1"\n[[phase]]\nat_s = 0', "title: is missing"),
        ('title = "T"\n[[phase]]\nat_s = 0', "cite: is missing"),
        (HEAD, "phase: is missing"),
        (HEAD + "[[phase]]", "at_s: is missing: when the phase begins"),
        (HEAD + "[[phase]]\nat_s = 1", "at_s: must be 0 in the first phase"),
        (HEAD + "[[phase]]\nat_s = 0\n[[phase]]\nat_s = 0", "at_s: must be later than"),
    ],
)
def test_what_every_profile_says(text: str, said: str) -> None:
    assert any(problem.startswith(said) for problem in found(text))


def test_phases_that_follow_each_other_are_in_order() -> None:
    assert found(HEAD + "[[phase]]\nat_s = 0\n[[phase]]\nat_s = 2.5\n[[phase]]\nat_s = 3") == []
    between = HEAD + "[[phase]]\nat_s = 0\n[[phase]]\n[[phase]]\nat_s = 3"
    assert found(between) == ["at_s: is missing: when the phase begins, in seconds"]


@pytest.mark.parametrize(
    ("cite", "good"),
    [
        ("https://example.org/page", True),
        ("RFC 8867, 5.1", True),
        ("ITU-T G.1050 (2007)", True),
        ("3GPP TS 26.131", True),
        ("IEEE 802.11", True),
        ("ours: five times the worst that was seen", True),
        ("ours:", False),
        ("ours", False),
        ("hours: of work", False),
        ("a well-known value", False),
        ("https://x", False),
    ],
)
def test_a_citation_can_be_followed(cite: str, good: bool) -> None:
    text = f'title = "T"\ncite = "{cite}"\n[[phase]]\nat_s = 0'
    assert found(text) == [] if good else len(found(text)) == 1
