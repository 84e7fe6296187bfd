"""Pages that are made when the site is built: the catalogue, and files that are not in `docs`."""

from __future__ import annotations

from collections.abc import Iterator
from itertools import groupby
from pathlib import Path
from typing import TYPE_CHECKING

from mkdocs.structure.files import File

from harness.clauses.catalogue import SHIPPED, Catalogue
from harness.judging.wording import expected

if TYPE_CHECKING:
    from mkdocs.config.defaults import MkDocsConfig
    from mkdocs.structure.files import Files

    from harness.clauses.model import Clause

ROOT = Path(__file__).parent.parent
ELSEWHERE = {
    "scenarios/examples/agent/README.md": "how-to/judge-your-agent.md",
    "CONTRIBUTING.md": "how-to/extend.md",
    "ARCHITECTURE.md": "explanation/architecture.md",
}


def on_files(files: Files, config: MkDocsConfig) -> Files:
    """Add the pages."""
    made = {page: (ROOT / name).read_text() for name, page in ELSEWHERE.items()}
    made["reference/clauses.md"] = "\n".join(_clauses(Catalogue.load(SHIPPED)))
    for path, content in made.items():
        files.append(File.generated(config, path, content=content))
    return files


def _clauses(catalogue: Catalogue) -> Iterator[str]:
    yield "# Clauses\n"
    yield f"The {len(catalogue)} clauses that come along, by area. `livekit-harness clauses show`"
    yield "tells where a limit comes from, which scenario judges a clause, and its last verdicts.\n"
    ordered = sorted(catalogue.values(), key=lambda clause: clause.id)
    for area, clauses in groupby(ordered, key=lambda clause: clause.area):
        yield f"## {area}\n"
        yield "| | level | what must hold | limit | source |"
        yield "|---|---|---|---|---|"
        yield from map(_row, clauses)
        yield ""


def _row(clause: Clause) -> str:
    source = f"<{clause.source}>" if clause.source.startswith("http") else clause.source
    cells = (
        clause.id,
        clause.level,
        clause.statement,
        expected(clause.limit, clause.unit),
        source,
    )
    return "| " + " | ".join(cell.replace("|", "\\|") for cell in cells) + " |"
