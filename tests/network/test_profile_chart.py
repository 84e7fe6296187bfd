from __future__ import annotations

import pytest

from harness.evidence.clock import NS_PER_S
from harness.network.impairments import (
    Blackhole,
    BurstLoss,
    Delay,
    DelayTrace,
    DropList,
    FourStateLoss,
    Impairment,
    Jitter,
    LinkFlap,
    Loss,
    RateLimit,
    RateTrace,
)
from harness.network.phase import Phase
from harness.network.profile import Profile, load_profile, parse_profile, profile_names
from harness.network.profile_chart import Moment, chart, drawn_ns, moment


def at(at_s: float, *impairments: Impairment, since_s: int = 0) -> Moment:
    phase = Phase(at_ns=since_s * NS_PER_S, impairments=impairments)
    begin_ns = round(at_s * NS_PER_S)
    return moment(phase, "up", begin_ns, begin_ns + NS_PER_S)


def test_losses_of_several_impairments_are_joined() -> None:
    assert at(0, Loss(ratio=0.5), BurstLoss(ratio=0.5, burst_packets=3)).loss_ratio == 0.75
    assert at(0, DropList(indices=(1,))).loss_ratio == 0
    # from bad it goes to good as often as from good to bad, and good is three times as long
    chain = FourStateLoss(p13_ratio=0.1, p31_ratio=0.3)
    assert at(0, chain).loss_ratio == pytest.approx(0.25, abs=0.02)


def test_outages_count_from_the_start_of_their_phase() -> None:
    hole, flap = Blackhole(from_ms=1000, for_ms=1000), LinkFlap(up_ms=3000, down_ms=1000)
    lost = [at(second + 0.5, hole, flap, since_s=10).loss_ratio for second in range(10, 18)]
    assert lost == [0, 1, 0, 1, 0, 0, 0, 1]


def test_the_lowest_rate_counts() -> None:
    trace = RateTrace(opportunities_ms=(500, 1000, 1500, 4000))
    assert at(0).rate_kbps is None
    assert at(0, RateLimit(rate_kbps=7), RateLimit(rate_kbps=5)).rate_kbps == 5
    assert [at(s, trace).rate_kbps for s in (0, 1, 2, 4)] == [12, 24, 0, 12]


def test_delays_add_up_and_jitter_is_its_median() -> None:
    flap = DelayTrace(delays_ms=(0, 8), step_ms=1000)
    assert at(0.5, Delay(delay_ms=10), Jitter(jitter_ms=4), flap).delay_ms == 12
    assert at(1.5, Delay(delay_ms=10), Jitter(jitter_ms=4), flap).delay_ms == 20


def test_other_directions_and_what_is_aimed_are_left_out() -> None:
    phase = parse_profile(
        'title = "T"\ncite = "RFC 8867"\n[[phase]]\nat_s = 0\nudp.down.loss_ratio = 1\n'
        'aimed = [{ medium = "audio", delay_ms = 5 }]',
        name="mine",
        file="mine.toml",
    ).phases[0]
    assert moment(phase, "up", 0, 1) == Moment(loss_ratio=0, rate_kbps=None, delay_ms=0)
    assert moment(phase, "down", 0, 1) == Moment(loss_ratio=1, rate_kbps=None, delay_ms=0)


def test_steps_are_drawn_in_their_columns() -> None:
    profile = Profile(
        name="steps",
        title="",
        cite="",
        phases=(
            Phase(at_ns=0, impairments=(RateLimit(rate_kbps=800),)),
            Phase(at_ns=10 * NS_PER_S, impairments=(RateLimit(rate_kbps=200),)),
        ),
    )
    assert list(chart(profile, 58)) == [
        "  both  loss  0 %",
        "  both  rate  200 to 800 kbit/s       ██████████▂▂▂▂▂▂▂▂▂▂",
        "  both  delay 0 ms",
        "                                      0 s             20 s",
    ]


def test_a_column_is_the_mean_of_what_holds_in_it() -> None:
    trace = RateTrace(opportunities_ms=(500, 1000, 1500, 4000))
    phases = (
        Phase(at_ns=0, impairments=(Loss(ratio=0.1), Delay(delay_ms=20), trace)),
        Phase(at_ns=10 * NS_PER_S, impairments=(Loss(ratio=0.4), Delay(delay_ms=90))),
        Phase(at_ns=20 * NS_PER_S, impairments=(LinkFlap(up_ms=3000, down_ms=1000),)),
    )
    profile = Profile(name="mixed", title="", cite="", phases=phases)
    assert list(chart(profile, 58)) == [
        "  both  loss  0 to 67.2 %             ▂▂▂▂▂▂▃▅▅▅▅▅▅▂ █  █",
        "  both  rate  0 to 24 kbit/s          ▆▃▃█ ▆█",
        "  both  delay 0 to 90 ms              ▂▂▂▂▂▂▄██████▃",
        "                                      0 s             30 s",
    ]


def test_each_direction_has_rows_of_its_own_where_they_differ() -> None:
    rows = [line.split()[:2] for line in chart(load_profile("lossy-uplink"), 80)]
    assert rows[:6] == [
        [way, curve] for way in ("up", "down") for curve in ("loss", "rate", "delay")
    ]


def test_it_is_said_what_is_not_drawn() -> None:
    text = 'title = "T"\ncite = "RFC 8867"\n[[phase]]\nat_s = 0\n'
    text += 'aimed = [{ medium = "audio", delay_ms = 5 }]'
    profile = parse_profile(text, name="mine", file="mine.toml")
    assert list(chart(profile, 80))[-1] == "  not drawn: what is aimed at some packets only"


@pytest.mark.parametrize(
    ("name", "until_s"),
    [("clean", 10), ("congested-downlink", 130), ("blackhole", 14), ("lte-walk", 60)],
)
def test_it_is_drawn_as_long_as_something_happens(name: str, until_s: int) -> None:
    assert drawn_ns(load_profile(name)) == until_s * NS_PER_S


@pytest.mark.parametrize(
    ("one", "until_s"),
    [
        (Loss(ratio=0.1), 10),
        (Blackhole(from_ms=1000, for_ms=8000), 16),
        (Blackhole(from_ms=9000), 18),
        (Blackhole(for_ms=1000, every_ms=7000), 14),
        (LinkFlap(up_ms=6000, down_ms=1000), 14),
        (DelayTrace(delays_ms=(0, 1, 2, 3, 4, 5, 6, 7), step_ms=1000), 16),
        (RateTrace(opportunities_ms=(500, 12_000)), 12),
        (RateTrace(opportunities_ms=(500, 12_000), period_ms=30_000), 30),
    ],
)
def test_what_repeats_is_drawn_twice(one: Impairment, until_s: int) -> None:
    phases = (Phase(at_ns=5 * NS_PER_S, impairments=(one,)),)
    ends_ns = drawn_ns(Profile(name="mine", title="", cite="", phases=phases))
    assert ends_ns == (5 + until_s) * NS_PER_S


def test_a_trace_that_goes_on_after_its_last_opportunity() -> None:
    trace = RateTrace(opportunities_ms=(500,), period_ms=2000)
    assert [at(s, trace).rate_kbps for s in range(4)] == [12, 0, 12, 0]


def test_a_trace_begins_with_its_phase() -> None:
    trace = RateTrace(opportunities_ms=(500,), period_ms=2000)
    assert [at(s, trace, since_s=3).rate_kbps for s in range(3, 7)] == [12, 0, 12, 0]


@pytest.mark.parametrize("columns", [0, 58, 200])
@pytest.mark.parametrize("name", profile_names())
def test_every_profile_fits_the_terminal(name: str, columns: int) -> None:
    assert all(len(line) <= max(columns, 58) for line in chart(load_profile(name), columns))


@pytest.mark.parametrize(
    ("name", "said"), [("g1050-b", "outages of 64 ms"), ("quic-droplist", "exact drops")]
)
def test_what_the_lines_cannot_show_is_said(name: str, said: str) -> None:
    assert list(chart(load_profile(name), 80))[-1] == f"  not drawn: {said}"


def test_an_outage_that_is_as_long_as_a_step_is_drawn() -> None:
    lines = list(chart(load_profile("g1050-f"), 80))
    assert "loss  0.2 to 3" in lines[0]
    assert "not drawn" not in lines[-1]
