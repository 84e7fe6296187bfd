"""The plugin in a project that has no scenarios: it offers its options and is hardly there."""

from __future__ import annotations

import subprocess
import sys

import pytest

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
