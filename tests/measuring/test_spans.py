from __future__ import annotations

from dataclasses import replace
from pathlib import Path

from harness.evidence.clock import NS_PER_S
from harness.measuring.call import Call
from harness.measuring.spans import faults, phases
from harness.network.impairments import Loss
from harness.network.phase import Phase
from harness.network.profile import Profile, load_profile
from tests.verifiers.conftest import at

STEPS = Profile(
    name="steps", title="steps", cite="ours",
    phases=(
        Phase(at_ns=0),
        Phase(at_ns=10 * NS_PER_S, impairments=(Loss(ratio=0.05), Loss(ratio=0.05))),
        Phase(at_ns=500 * NS_PER_S),
    ),
)  # fmt: skip


def test_phases_are_those_that_were_in_force_during_the_call(call: Call) -> None:
    first, second = phases(STEPS, call)

    assert (first.since_ns, first.until_ns) == (call.sound_asked_ns, at(10))
    assert (second.since_ns, second.until_ns) == (at(10), call.until_ns)
    assert (first.words, second.words) == ("phase 1: clean", "phase 2: loss 5 %")


def test_one_phase_is_no_band(call: Call) -> None:
    assert not list(phases(load_profile("3g"), call))
    assert not list(phases(STEPS, replace(call, profile_ns=None)))


def test_a_time_in_which_nothing_passed_is_a_fault(call: Call) -> None:
    [fault] = faults(call)

    assert fault.words == "nothing passed down for 520 ms"
    assert at(29.9) < fault.since_ns < at(30)
    assert at(30.4) < fault.until_ns < at(30.6)


def test_without_a_ledger_no_fault_is_drawn(call: Call, tmp_path: Path) -> None:
    assert not list(faults(replace(call, folder=tmp_path)))
