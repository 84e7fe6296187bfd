"""Links of the pages that are read outside the site; its own are checked when it is built."""

from __future__ import annotations

import re
from pathlib import Path

import pytest

ROOT = Path(__file__).parent.parent.parent
PAGES = (
    *("README.md", "CONTRIBUTING.md", "ARCHITECTURE.md", "CHANGELOG.md"),
    *("reports/README.md", "scenarios/examples/agent/README.md"),
)
LINK = re.compile(r"\]\(([^)\s]+)\)")
HEADING = re.compile(r"^#+ (.*)$", re.MULTILINE)


def anchors(page: Path) -> set[str]:
    """As GitHub makes them of headings."""
    headings = HEADING.findall(page.read_text())
    return {re.sub(r"[^\w\- ]", "", text).strip().lower().replace(" ", "-") for text in headings}


@pytest.mark.parametrize("page", PAGES)
def test_each_leads_somewhere(page: str) -> None:
    here = ROOT / page
    for link in LINK.findall(here.read_text()):
        if "://" in link:
            continue
        name, _, anchor = link.partition("#")
        there = (here.parent / name) if name else here
        assert there.exists(), link
        assert not anchor or anchor in anchors(there), link
