"""The plugin in a project that has no scenarios: it offers its options and is hardly there."""

from __future__ import annotations

import signal
import subprocess
import sys
import threading

import pytest

from harness.plugin import interrupts_later
from harness.server.names import BACKENDS

pytest_plugins = ["pytester"]
HEAVY = ("numpy", "aiohttp", "docker", "testcontainers", "livekit", "harness.run_hooks")
"""What only scenarios need."""


def test_a_project_without_scenarios_does_not_pay_for_them(pytester: pytest.Pytester) -> None:
    pytester.makepyfile(
        f"""
        import sys

        def test_nothing_heavy_is_loaded():
            assert not [name for name in {HEAVY!r} if name in sys.modules]
        """
    )
    result = pytester.runpytest_subprocess()

    result.assert_outcomes(passed=1)


def test_the_options_are_offered(pytester: pytest.Pytester) -> None:
    shown = pytester.runpytest_subprocess("--help").stdout.str()

    for option in ("--lk-backend", "--lk-url", "--lk-seed", "--lk-sabotage", "lk_clauses"):
        assert option in shown


def test_a_backend_that_is_none_is_refused_by_name(pytester: pytest.Pytester) -> None:
    result = pytester.runpytest_subprocess("--lk-backend", "cloud")

    assert result.ret == pytest.ExitCode.USAGE_ERROR
    assert all(name in result.stderr.str() for name in BACKENDS)


def test_the_marks_are_registered(pytester: pytest.Pytester) -> None:
    done = subprocess.run(
        [sys.executable, "-m", "pytest", "--markers"],
        cwd=pytester.path, capture_output=True, text=True, timeout=30, check=True,
    )  # fmt: skip

    assert "@pytest.mark.smoke" in done.stdout


def test_an_interrupt_while_the_hooks_are_loaded_comes_afterwards() -> None:
    before = signal.getsignal(signal.SIGINT)
    loaded: list[str] = []

    def load() -> None:
        with interrupts_later():
            signal.raise_signal(signal.SIGINT)
            loaded.append("all of them")

    with pytest.raises(KeyboardInterrupt):
        load()

    assert loaded == ["all of them"]
    assert signal.getsignal(signal.SIGINT) is before


def test_another_thread_than_the_first_cannot_hold_an_interrupt_and_goes_on() -> None:
    went_on: list[bool] = []

    def load() -> None:
        with interrupts_later():
            went_on.append(True)

    thread = threading.Thread(target=load)
    thread.start()
    thread.join(10)

    assert went_on == [True]
