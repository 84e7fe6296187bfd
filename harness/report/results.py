"""`results.json`: the run for machines, schema 1."""

from __future__ import annotations

from typing import Any

import msgspec

from harness.evidence.finding import Finding
from harness.evidence.run_event import CalibrationDone
from harness.report.model import Report

SCHEMA = 1


def results(report: Report) -> bytes:
    """The whole file, UTF-8.

    `summary` counts findings by verdict; a FAIL that a known deviation explains counts as FAIL and
    once more in `coverage.deviations`. `run.complete` is false for a run that was killed.

    A key may be added under the same schema number; one that goes or changes raises it.
    """
    document = {
        "schema": SCHEMA,
        "run": _run(report),
        "summary": report.outcome.summary,
        "coverage": msgspec.to_builtins(report.outcome.coverage),
        "findings": [finding_row(finding) for finding in report.findings],
    }
    return msgspec.json.format(msgspec.json.encode(document), indent=2) + b"\n"


def _run(report: Report) -> dict[str, Any]:
    started = report.started
    return {
        "versions": report.versions,
        "seed": started.seed if started else None,
        "backend": started.backend if started else None,
        "command": list(started.command) if started else None,
        "machine": started.machine if started else {},
        "sabotage": started.sabotage if started else None,
        "started": started.started if started else None,
        "duration_s": round(report.duration_s, 3),
        "exit_code": report.finished.exit_code if report.finished else None,
        "complete": report.complete,
        "calibrations": [_calibration(done) for done in report.calibrations],
    }


def _calibration(done: CalibrationDone) -> dict[str, Any]:
    return {
        "when": done.when,
        "tries": done.tries,
        "took_s": round(done.took_s, 3),
        "disturbance": done.disturbance,
        "clock_offset_ms": done.clock_offset_ms,
        "clock_resolution_ns": done.clock_resolution_ns,
        "floors": {
            name: {
                "value": floor.value,
                "unit": floor.unit,
                "interval": floor.interval,
                "rests_on": floor.rests_on,
                "missing": floor.missing,
            }
            for name, floor in done.floors.items()
        },
        "health": done.health,
    }


def finding_row(finding: Finding) -> dict[str, Any]:
    """A finding as JSON values."""
    return {
        "clause": finding.clause,
        "scenario": finding.scenario,
        "cell": msgspec.to_builtins(finding.cell),
        "attempts": finding.attempts,
        "verdict": finding.verdict.value,
        "reason": finding.reason,
        "measured": finding.measured,
        "unit": finding.unit,
        "direction": finding.direction,
        "interval": finding.interval,
        "limit": finding.limit,
        "floor": finding.floor,
        "deviation": finding.deviation,
        "evidence": finding.evidence,
        "notes": finding.notes,
        "remarks": finding.remarks,
        "disturbed": finding.disturbed,
    }
