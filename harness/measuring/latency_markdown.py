"""`latency.md`: the table for a page of documentation or a comment."""

from __future__ import annotations

import re
import shlex
from collections.abc import Iterator, Sequence

from harness.evidence.printable import printable
from harness.measuring.cells import (
    INTERVALS,
    NO_GATE,
    SIGN,
    column_name,
    doubts,
    evidence_words,
    floor_words,
    floors_words,
    metric_words,
    missing_words,
    onset_words,
    parts_words,
    unit_words,
)
from harness.measuring.measured import Measured, Setting
from harness.measuring.metric import Metric

_SPECIAL = re.compile(r"([\\`*_{}\[\]<>|#])")


def latency_markdown(measured: Measured) -> str:
    """Where it was measured, the table, what is missing and why."""
    lines = [
        "# Latency report",
        "",
        *_setting(measured.setting),
        "",
        *_table(measured),
        "",
        INTERVALS,
        SIGN,
        NO_GATE,
        "",
        "Floors of this machine:",
        "",
        *(f"- {_plain(words)}" for words in floors_words(measured.setting.floors)),
    ]
    for report in measured.reports:
        lines += ["", f"## {_plain(report.profile)}", "", _plain(report.title) + "."]
        if report.problem is None:
            lines.append(f"{report.seconds:.0f} s of steady state.")
        lines += ["", *(f"- {_plain(words)}" for words in evidence_words(report))]
        lines += [line for doubt in doubts(report) for line in ("", f"**{_plain(doubt)}**")]
        if report.parts:
            lines += ["", "Parts, means that add up:", ""]
            lines += [f"- {_plain(parts_words(parts))}" for parts in report.parts]
        onsets = onset_words(report)
        if onsets:
            lines += ["", "Onset:", "", *(f"- {_plain(words)}" for words in onsets)]
        reasons = missing_words(report)
        if reasons:
            lines += ["", "Missing:", "", *(f"- {_plain(reason)}" for reason in reasons)]
        rejected = _rejected(report.metrics)
        if rejected:
            lines += ["", "Came and was not counted:", "", *rejected]
    return printable("\n".join(lines)) + "\n"


def _setting(setting: Setting) -> Iterator[str]:
    machine = setting.machine
    yield f"Made {setting.started} with `{shlex.join(setting.command)}`"
    yield (
        f"on {machine.get('cores', '?')} cores with {machine.get('memory', '?')}, "
        f"Python {machine.get('python', '?')},"
    )
    versions = ", ".join(f"{name} {version}" for name, version in setting.versions.items())
    yield f"{_plain(versions)} ({setting.backend}), seed {setting.seed}."


def _table(measured: Measured) -> Iterator[str]:
    names = [_plain(column_name(report)) for report in measured.reports]
    yield f"| | unit | better | floor | {' | '.join(names)} |"
    yield "|---" * (4 + len(names)) + "|"
    for row in zip(*(report.metrics for report in measured.reports), strict=True):
        first = row[0]
        cells = [first.title, unit_words(first.unit), first.better, floor_words(first)]
        yield f"| {' | '.join([*cells, *map(metric_words, row)])} |"


def _rejected(metrics: Sequence[Metric]) -> list[str]:
    return [
        f"- {metric.title}: {', '.join(f'{n} {_plain(why)}' for why, n in metric.rejects.items())}"
        for metric in metrics
        if metric.rejects
    ]


def _plain(text: str) -> str:
    """On one line, with nothing in it that Markdown would take for its own."""
    return _SPECIAL.sub(r"\\\1", " ".join(text.split()))
