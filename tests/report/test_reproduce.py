from __future__ import annotations

import shlex
from dataclasses import replace
from pathlib import Path

from harness.report.model import read_report
from harness.report.reproduce import reproduce


def test_the_command_names_scenario_seed_and_server(run: Path) -> None:
    report = read_report(run)
    assert shlex.split(reproduce(report.findings[0], report.started)) == [
        "pytest",
        "scenarios/mute/test_sound.py::test_silence[48000]",
        "--lk-seed=81",
        "--lk-backend=binary",
    ]


def test_a_sabotage_belongs_to_it(run: Path) -> None:
    finding = read_report(run).findings[0]
    broken = replace(finding, cell=replace(finding.cell, sabotage="swallow-mute"))
    assert reproduce(broken, None).endswith("--lk-seed=81 --lk-sabotage=swallow-mute")
    control = replace(finding, cell=replace(finding.cell, sabotage="control"))
    assert reproduce(control, None).endswith("--lk-seed=81")


def test_what_the_run_was_judged_by_belongs_to_it(run: Path) -> None:
    report = read_report(run)
    assert report.started is not None
    asked = ("pytest", "--lk-deviations=a b.toml", "--lk-gate", "-LAT", "-x", "--lk-deviations=c")
    again = reproduce(report.findings[0], replace(report.started, command=asked))
    assert shlex.split(again)[4:] == [
        "--lk-deviations=a b.toml", "--lk-gate=-LAT", "--lk-deviations=c",
    ]  # fmt: skip


def test_a_hostile_name_stays_one_word(run: Path) -> None:
    finding = replace(read_report(run).findings[0], scenario="a.py::t[$(rm -rf /); '\"]")
    assert shlex.split(reproduce(finding, None))[1] == finding.scenario
