"""The exit code of a run, out of pytest's own and that of the findings."""

from __future__ import annotations

from harness.judging.outcome import ExitCode, Outcome

PYTEST_OK = 0
PYTEST_FAILED = 1
_OTHER_ENDS = {
    1: "another test failed",
    2: "interrupted",
    3: "pytest itself failed",
    ExitCode.INCONCLUSIVE: "the record is not whole",
}
"""What an exit code says that findings do not explain."""


def exit_code(pytest_code: int, judged: ExitCode, *, others_failed: bool) -> int:
    """What the process says at its end.

    Args:
        pytest_code: what pytest would have said.
        judged: what the findings say.
        others_failed: whether a test failed that is no scenario, or a scenario by something else
            than its findings.

    pytest's 2 to 5 keep their meaning. Its 1 stays where it is not explained by the findings
    alone; where it is, they decide, and so they do where every test passed.
    """
    if pytest_code not in (PYTEST_OK, PYTEST_FAILED):
        return pytest_code
    return PYTEST_FAILED if others_failed else int(judged)


def why_ended(code: int, judged: Outcome) -> str:
    """In a sentence: what the findings say where they decided, else what did."""
    return judged.why if code == judged.exit_code else _OTHER_ENDS.get(code, "see pytest")
