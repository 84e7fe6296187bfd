"""All files that are made from a run folder, in one go."""

from __future__ import annotations

from contextlib import suppress
from dataclasses import replace
from pathlib import Path

from harness.evidence.replace_file import replace_file
from harness.evidence.run_folder import RunFolderError, unreported
from harness.report.badge import badge
from harness.report.finding_view import finding_views
from harness.report.html import drawn, html
from harness.report.junit import junit
from harness.report.model import Report, read_report
from harness.report.pcaps import write_pcaps
from harness.report.proof_json import proof_json
from harness.report.results import results
from harness.report.summary_markdown import summary_markdown


def render(folder: Path) -> Report:
    """Write all files: of a run that judges `junit.xml` and `badge.svg`, of a proof `proof.json`.

    Works for a run that was killed, and again at any time. Raises RunFolderError when `folder`
    is not a run folder, or cannot be written.
    """
    report = read_report(folder)
    pictures = drawn(report)
    if pictures.not_drawn is not None:
        report = replace(report, notes=(*report.notes, pictures.not_drawn))
    views = finding_views(report)
    _write(folder / "results.json", results(report))
    if report.proof is None:
        _write(folder / "junit.xml", junit(report))
        _write(folder / "badge.svg", _text(badge(report)))
        write_pcaps(report, views)
    else:  # its FAILs are no test's failure
        _write(folder / "proof.json", proof_json(report.proof))
    _write(folder / "summary.md", _text(summary_markdown(report, views)))
    _write(folder / "report.html", _text(html(report, pictures)))
    return report


def render_killed(reports: Path) -> None:
    """Report the runs of a folder that ended before they could; who cannot be is left as it is."""
    for folder in unreported(reports):
        with suppress(RunFolderError):  # whoever wants to know asks `livekit-harness report`
            render(folder)


def _text(text: str) -> bytes:
    return text.encode("utf-8", errors="replace")


def _write(path: Path, data: bytes) -> None:
    try:
        replace_file(path, data)
    except OSError as error:
        raise RunFolderError(
            f"cannot write {path}: {error.strerror}; make room there or report from a copy"
        ) from None
