"""The composite action: valid, and its steps run as a runner runs them, pytest replaced."""

from __future__ import annotations

import os
import re
import subprocess
import sys
from dataclasses import dataclass, field
from pathlib import Path
from typing import Any

import pytest
from ruamel.yaml import YAML

from tests.report.comparisons import FAILS, LATER, again, changed
from tests.report.conftest import run_events, write

ROOT = Path(__file__).parent.parent
ACTION: dict[str, Any] = YAML(typ="safe").load((ROOT / "action.yml").read_text())
STEPS: dict[str, dict[str, Any]] = {step.get("name", ""): step for step in ACTION["runs"]["steps"]}
FAKE = """#!/usr/bin/env bash
printf '%s\\n' "$PWD" "$@" >"$SAID"
for word in "$@"; do case $word in --lk-reports=*) reports=${word#*=};; esac; done
cp -r "$RUN" "$reports/run" && ln -s run "$reports/latest"
exit "$CODE"
"""


@dataclass(frozen=True, kw_only=True)
class Runner:
    """A workspace, and the programs that the action installs."""

    folder: Path
    run: Path
    """The run folder that pytest makes."""
    code: int = 0
    """What pytest says."""
    outputs: dict[str, dict[str, str]] = field(default_factory=dict)

    def go(self, step: str, **inputs: str) -> subprocess.CompletedProcess[str]:
        told = STEPS[step]
        output = self.folder / "output"
        output.write_text("")
        env = os.environ | {
            "RUNNER_TEMP": str(self.folder / "temp"),
            "GITHUB_ACTION_PATH": str(ROOT),
            "GITHUB_OUTPUT": str(output),
            "GITHUB_STEP_SUMMARY": str(self.folder / "page.md"),
            "SAID": str(self.folder / "said"),
            "RUN": str(self.run),
            "CODE": str(self.code),
        }
        env |= {name: self._filled(text, inputs) for name, text in told.get("env", {}).items()}
        argv = ["bash", "--noprofile", "--norc", "-eo", "pipefail", "-c", told["run"]]
        done = subprocess.run(
            argv, cwd=self.folder, env=env, capture_output=True, text=True, timeout=60, check=False
        )
        lines = output.read_text().splitlines()
        self.outputs[told.get("id", "")] = dict(line.split("=", 1) for line in lines)
        return done

    def _filled(self, text: str, inputs: dict[str, str]) -> str:
        def value(match: re.Match[str]) -> str:
            kind, *path = match[1].split(".")
            if kind == "inputs":
                given: str = inputs.get(path[0], ACTION["inputs"][path[0]]["default"])
                return given
            return self.outputs.get(path[0], {}).get(path[2], "")

        return re.sub(r"\$\{\{ ([\w.-]+) \}\}", value, text)

    @property
    def said(self) -> list[str]:
        """Where pytest was called, and with what."""
        return (self.folder / "said").read_text().splitlines()


@pytest.fixture
def runner(tmp_path: Path) -> Runner:
    programs = tmp_path / "temp" / "livekit-harness" / "scenarios" / "bin"
    programs.mkdir(parents=True)
    (programs / "pytest").write_text(FAKE)
    (programs / "pytest").chmod(0o755)
    (programs / "livekit-harness").write_text(
        f"#!{sys.executable}\nimport sys\nfrom harness.cli import main\nsys.exit(main())\n"
    )
    (programs / "livekit-harness").chmod(0o755)
    return Runner(folder=tmp_path, run=write(tmp_path / "made", run_events()))


def test_the_scenarios_of_the_harness_are_judged_where_nothing_is_said(runner: Runner) -> None:
    assert runner.go("Judge").returncode == 0
    reports = runner.folder / "livekit-reports"
    assert runner.said == [str(ROOT), "-n", "3", f"--lk-reports={reports}", "scenarios"]
    assert runner.outputs["judge"] == {"exit-code": "0", "report": str(reports / "run")}


def test_what_is_asked_for_reaches_pytest(runner: Runner) -> None:
    runner.go(
        "Judge",
        **{"server-version": "1.14.0", "gate": "MUST,-LAT", "scenarios": "a b\nc.py\n"},
        deviations="known.toml",
        arguments="-m\nnot long",
        processes="2",
    )
    assert runner.said == [
        str(runner.folder), "-n", "2", f"--lk-reports={runner.folder / 'livekit-reports'}",
        "--lk-server-version=1.14.0", "--lk-gate=MUST,-LAT",
        f"--lk-deviations={runner.folder / 'known.toml'}", "-m", "not long", "a b", "c.py",
    ]  # fmt: skip


def test_an_input_is_no_command(runner: Runner) -> None:
    evil = '"; touch evil; $(touch evil)'
    runner.go("Judge", gate=evil, arguments=evil, url=evil)
    assert not (runner.folder / "evil").exists()
    assert f"--lk-gate={evil}" in runner.said


@pytest.mark.parametrize(
    ("code", "worse", "ends"), [(0, False, 0), (0, True, 1), (11, False, 11), (11, True, 11)]
)
def test_the_job_ends_as_run_and_comparison_say(
    runner: Runner, tmp_path: Path, code: int, *, worse: bool, ends: int
) -> None:
    changed(tmp_path / "worse", FAILS, LATER)
    made = tmp_path / "worse" if worse else runner.run
    judged = Runner(folder=runner.folder, run=made, code=code)
    judged.go("Judge")
    assert judged.go("Compare", base=str(runner.run)).returncode == 0
    assert judged.outputs["compare"] == {"exit-code": str(int(worse))}
    page = (runner.folder / "page.md").read_text()
    assert page.startswith("## LiveKit: regressed" if worse else "## LiveKit: no regression")
    assert judged.go("Gate").returncode == ends


def test_the_page_says_what_changed_since_all_runs_of_base(runner: Runner, tmp_path: Path) -> None:
    changed(tmp_path / "worse", FAILS, LATER)
    judged = Runner(folder=runner.folder, run=tmp_path / "worse")
    judged.go("Judge")
    judged.go("Compare", base=f"{runner.run}\n{again(runner.run)}\n")
    page = (runner.folder / "livekit-reports" / "run" / "report.html").read_text()
    assert "</a>: 1 regression.</p>" in page
    assert page.count("<li>BASE: ") == 2


def test_a_base_that_cannot_be_read_fails_the_job_and_not_its_step(runner: Runner) -> None:
    runner.go("Judge")
    assert runner.go("Compare", base="nowhere").returncode == 0
    assert runner.outputs["compare"] == {"exit-code": "2"}
    assert runner.go("Gate").returncode == 2


def test_without_a_comparison_the_run_decides(runner: Runner) -> None:
    runner.go("Judge")
    assert runner.go("Gate").stdout == "judged: exit code 0\n"


def test_a_run_that_could_not_start_has_no_report(runner: Runner) -> None:
    broken = Runner(folder=runner.folder, run=runner.folder / "none", code=4)
    broken.go("Judge")
    assert broken.outputs["judge"] == {"exit-code": "4"}
    assert broken.go("Gate").returncode == 4


def test_what_is_installed_is_what_is_called() -> None:
    assert "-e scenarios --notest" in STEPS["Install livekit-harness"]["run"]
    assert "scenarios/bin/pytest" in STEPS["Judge"]["run"]
