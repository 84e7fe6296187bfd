"""The three files of a report, beside the evidence of its calls."""

from __future__ import annotations

from pathlib import Path

from harness.evidence.replace_file import replace_file
from harness.measuring.latency_html import latency_html
from harness.measuring.latency_json import latency_json
from harness.measuring.latency_markdown import latency_markdown
from harness.measuring.measured import Measured

HTML, JSON, MARKDOWN = "latency.html", "latency.json", "latency.md"


def write_reports(folder: Path, measured: Measured) -> None:
    """Write them, in place of those that are there, whole at any moment. Raises OSError."""
    replace_file(folder / JSON, latency_json(measured))
    replace_file(folder / MARKDOWN, latency_markdown(measured).encode())
    replace_file(folder / HTML, latency_html(measured).encode())
