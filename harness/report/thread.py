"""What many failures have in common, for who looks for one cause: counts beside what held."""

from __future__ import annotations

from collections import Counter
from collections.abc import Callable, Iterable, Mapping, Sequence
from pathlib import PurePosixPath

from harness.report.finding_view import LEDGER_FILES, FindingView
from harness.report.pictures.attempt_folder import EVENTS, STATISTICS

MANY = 4
"""Fewer can be read one by one."""
MOST_NAMED = 6
KINDS: Mapping[str, str] = {
    ".wav": "decoded sound",
    ".frames": "decoded pictures",
    EVENTS: "what SDKs told",
    STATISTICS: "statistics of SDKs",
    **dict.fromkeys(LEDGER_FILES, "packets"),
}
"""Name of a file of evidence, or its ending, to what it is."""


def common_thread(views: Sequence[FindingView]) -> list[str]:
    """A line each: which areas fail, under which networks, and on what evidence.

    Nothing where fewer than MANY fail. A known deviation is no failure here.
    """
    failed = [view for view in views if view.letter == "F"]
    if len(failed) < MANY:
        return []
    known = sum(view.letter == "K" for view in views)
    aside = f" besides {known} known deviation{'s' * (known > 1)}" if known else ""
    return [
        f"{len(failed)} findings fail{aside}. By area: {_shares(failed, views, _area)}",
        f"By network: {_shares(failed, views, _network)}",
        f"By evidence: {_shares(failed, views, _evidence)}",
    ]


def _shares(
    failed: Iterable[FindingView],
    views: Iterable[FindingView],
    of: Callable[[FindingView], set[str]],
) -> str:
    """`LAT 9 of 31, SYNC 3 of 9; none in 4 others`: who fails most first, in shares."""
    bad = Counter(name for view in failed for name in of(view))
    every = Counter(name for view in views if view.letter in "FP" for name in of(view))
    names = sorted(bad, key=lambda name: (-bad[name] / every[name], -bad[name], name))
    told = ", ".join(f"{name} {bad[name]} of {every[name]}" for name in names[:MOST_NAMED])
    more = f" and {len(names) - MOST_NAMED} more" if len(names) > MOST_NAMED else ""
    spared = sorted(every.keys() - bad.keys())
    if not spared:
        return f"{told}{more}."
    none = ", ".join(spared) if len(spared) <= MOST_NAMED else f"{len(spared)} others"
    return f"{told}{more}; none of {none}."


def _area(view: FindingView) -> set[str]:
    return {view.finding.clause.rpartition("-")[0]}


def _network(view: FindingView) -> set[str]:
    return {view.finding.cell.profile}


def _evidence(view: FindingView) -> set[str]:
    files = map(PurePosixPath, view.finding.evidence)
    kinds = {KINDS.get(file.name) or KINDS.get(file.suffix) for file in files}
    return {kind for kind in kinds if kind}
