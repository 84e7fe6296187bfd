"""`results.json`: the run for machines. What it holds is in `harness.report.document`."""

from __future__ import annotations

from dataclasses import replace

import msgspec

from harness.evidence.finding import Finding
from harness.evidence.run_event import CalibrationDone
from harness.report.document import SCHEMA, Calibration, ClauseRow, CutRow, Floor, Results, Run
from harness.report.model import Report


def results(report: Report) -> bytes:
    """The whole file, UTF-8."""
    return msgspec.json.format(msgspec.json.encode(document(report)), indent=2) + b"\n"


def document(report: Report) -> Results:
    """A run as machines see it."""
    return Results(
        schema=SCHEMA,
        run=_run(report),
        summary=report.outcome.summary,
        coverage=report.outcome.coverage,
        findings=tuple(map(with_all_fields, report.findings)),
        cut=tuple(
            CutRow(
                scenario=cut.scenario, profile=cut.cell.profile, clauses=cut.clauses, why=cut.why
            )
            for cut in report.cut
        ),
        clauses={
            clause.id: ClauseRow(
                statement=clause.statement,
                level=clause.level,
                source=clause.source,
                claims=clause.claims,
            )
            for clause in report.clauses.values()
        },
        deviations=tuple(replace(one) for one in report.deviations),
    )


def with_all_fields(finding: Finding) -> Finding:
    """As it must be to be encoded: a decoder leaves defaults out, and an encoder does then too."""
    seen = replace(finding.seen) if finding.seen else None
    return replace(finding, cell=replace(finding.cell), seen=seen)


def _run(report: Report) -> Run:
    started = report.started
    return Run(
        name=report.folder.name,
        state=report.state,
        complete=report.complete,
        conformant=report.conformant and report.proof is None,
        headline=report.headline,
        why=report.why,
        exit_code=report.exit_code,
        gate=report.gate.text if started else None,
        versions=report.versions,
        seed=started.seed if started else None,
        backend=started.backend if started else None,
        command=started.command if started else None,
        machine=started.machine if started else {},
        sabotage=started.sabotage if started else None,
        started=started.started if started else None,
        duration_s=round(report.duration_s, 3),
        calibrations=tuple(_calibration(done) for done in report.calibrations),
        notes=report.notes,
        problems=report.problems,
    )


def _calibration(done: CalibrationDone) -> Calibration:
    return Calibration(
        when=done.when,
        tries=done.tries,
        took_s=round(done.took_s, 3),
        disturbance=done.disturbance,
        clock_offset_ms=done.clock_offset_ms,
        clock_resolution_ns=done.clock_resolution_ns,
        floors={
            name: Floor(
                value=floor.value,
                unit=floor.unit,
                interval=floor.interval,
                rests_on=floor.rests_on,
                missing=floor.missing,
            )
            for name, floor in done.floors.items()
        },
        health=done.health,
    )
