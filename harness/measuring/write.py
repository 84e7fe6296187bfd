"""The three files of a report, beside the evidence of its calls."""

from __future__ import annotations

from pathlib import Path

from harness.measuring.latency_html import latency_html
from harness.measuring.latency_json import latency_json
from harness.measuring.latency_markdown import latency_markdown
from harness.measuring.measured import Measured

HTML, JSON, MARKDOWN = "latency.html", "latency.json", "latency.md"


def write_reports(folder: Path, measured: Measured) -> None:
    """Write them, in place of those that are there. Raises OSError."""
    (folder / JSON).write_bytes(latency_json(measured))
    (folder / MARKDOWN).write_text(latency_markdown(measured), "utf-8")
    (folder / HTML).write_text(latency_html(measured), "utf-8")
