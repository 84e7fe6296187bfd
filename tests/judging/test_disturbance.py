from __future__ import annotations

import math

import pytest

from harness.judging.disturbance import THRESHOLDS, disturbance

CALM = {name: limit for name, (limit, _) in THRESHOLDS.items()}


def test_at_the_threshold_nothing_is_disturbed() -> None:
    assert disturbance({"alice": CALM, "relay": {"relay_overshoot_p99_ms": 1.0}}) is None


@pytest.mark.parametrize("name", sorted(THRESHOLDS))
def test_each_threshold_alone_disturbs(name: str) -> None:
    reason = disturbance({"alice": CALM | {name: CALM[name] * 1.01}, "bob": CALM})
    assert reason is not None
    assert reason.startswith("alice: ")
    assert ";" not in reason


@pytest.mark.parametrize(
    ("name", "limit"),
    [
        ("loop_lag_p99_ms", 8.0),
        ("late_handover_ratio", 0.01),
        ("inter_arrival_p99_ms", 20.0),
        ("machine_busy_ratio", 0.75),
        ("relay_overshoot_p99_ms", 10.0),
        ("steal_ratio", 0.01),
        ("stall_p99_ms", 8.0),
        ("stall_max_ms", 100.0),
        ("clock_step_ms", 1.0),
        ("clock_rate_ppm", 1000.0),
        ("suspended_ms", 1.0),
    ],
)
def test_thresholds_are_those_that_were_measured(name: str, limit: float) -> None:
    assert disturbance({"alice": {name: limit}}) is None
    assert disturbance({"alice": {name: limit * 1.01}}) is not None


def test_the_reason_is_a_sentence_with_the_limit() -> None:
    reason = disturbance({"alice": {"loop_lag_p99_ms": 12.0, "machine_busy_ratio": 0.9}})
    assert reason == (
        "alice: event loop late by 12 ms (p99), limit 8; alice: busy at 90 %, limit 75 %"
    )


def test_no_news_is_not_good_news() -> None:
    assert disturbance({}) == "nobody reported how busy it was"
    assert disturbance({"alice": {"loop_lag_p99_ms": None}}) == (
        "alice: no report of how busy it was"
    )
    assert disturbance({"alice": {"loop_lag_p99_ms": math.nan}}) is not None


def test_what_does_not_apply_and_what_is_unknown_is_ignored() -> None:
    assert disturbance({"alice": {"loop_lag_p99_ms": 1.0, "inter_arrival_p99_ms": None}}) is None
    assert disturbance({"alice": {"loop_lag_p99_ms": 1.0, "cpu_ratio": 9.0}}) is None
