"""Pages made when the site is built: of catalogue, profiles and code, and files outside `docs`."""

from __future__ import annotations

import ast
import os
import re
import textwrap
from collections.abc import Iterator
from itertools import groupby
from pathlib import Path, PurePosixPath
from typing import TYPE_CHECKING, TypeGuard

from harness.clauses.catalogue import SHIPPED, Catalogue
from harness.judging.wording import expected
from harness.network.profile import load_profile, profile_names
from harness.network.profile_text import length, needs

if TYPE_CHECKING:
    from mkdocs.config.defaults import MkDocsConfig
    from mkdocs.structure.files import Files
    from mkdocs.structure.pages import Page

    from harness.clauses.model import Clause

ROOT = Path(__file__).parent.parent
HARNESS = ROOT / "harness"
STAGE = ("Stage", "Moderator", "Participant", "Guest", "Publication", "Received")
"""Classes of `harness.stage`, each in the module of its name."""
NOT_FOR_SCENARIOS = ("_", "finish", "close", "check_alive", "prepare_removal")
Function = ast.FunctionDef | ast.AsyncFunctionDef
ELSEWHERE = {
    "scenarios/examples/agent/README.md": "how-to/judge-your-agent.md",
    "CONTRIBUTING.md": "how-to/extend.md",
    "ARCHITECTURE.md": "explanation/architecture.md",
}
"""Files that are pages of the site."""
MADE = {
    "harness/clauses": "reference/clauses.md",
    "harness/stage": "reference/stage.md",
    "harness/verifiers": "reference/verifiers.md",
    "harness/network/profiles": "reference/shipped-profiles.md",
}
"""What a page is made of, which is what is linked to where there is no site."""


def on_files(files: Files, config: MkDocsConfig) -> Files:
    """Add the pages."""
    from mkdocs.structure.files import File  # what builds the site has it; the tests have not

    made = {page: (ROOT / name).read_text() for name, page in ELSEWHERE.items()}
    made["reference/clauses.md"] = "\n".join(clauses_page(Catalogue.load(SHIPPED)))
    made["reference/stage.md"] = "\n".join(stage_page())
    made["reference/verifiers.md"] = "\n".join(verifiers_page())
    made["reference/shipped-profiles.md"] = "\n".join(profiles_page())
    for path, content in made.items():
        files.append(File.generated(config, path, content=content))
    return files


def on_page_markdown(markdown: str, *, page: Page, config: MkDocsConfig, files: Files) -> str:
    """Let links to what a page is made of lead to the page."""
    del config, files
    return linked(markdown, PurePosixPath(page.file.src_uri).parent)


def linked(markdown: str, folder: PurePosixPath) -> str:
    """The text of a page in that folder of `docs`."""
    for name, target in (ELSEWHERE | MADE).items():
        source = os.path.relpath(name, "docs" / folder)
        markdown = markdown.replace(f"]({source})", f"]({os.path.relpath(target, folder)})")
    return markdown


def clauses_page(catalogue: Catalogue) -> Iterator[str]:
    """All clauses, a table each area."""
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
    return _cells(*cells)


def _cells(*cells: str) -> str:
    return "| " + " | ".join(cell.replace("|", "\\|") for cell in cells) + " |"


def profiles_page() -> Iterator[str]:
    """The profiles that come along, each with the source of its numbers."""
    yield "# Profiles that come along\n"
    yield "`livekit-harness profiles show NAME` draws one. How they are written, and how sources"
    yield "were read: [Network profiles](profiles.md).\n"
    yield "| | what it is | lasts | needs | source |"
    yield "|---|---|---|---|---|"
    for profile in map(load_profile, profile_names()):
        cite = " ".join(profile.cite.split())
        yield _cells(f"`{profile.name}`", profile.title, length(profile), needs(profile), cite)


def verifiers_page() -> Iterator[str]:
    """Every public function that measures: its arguments, and what its docstring says."""
    yield "# Verifiers, one by one\n"
    yield "By module of `harness.verifiers`; all return a measurement. An overview:"
    yield "[Stage and verifiers](stage-and-verifiers.md).\n"
    for path in sorted((HARNESS / "verifiers").glob("*.py")):
        module = ast.parse(path.read_text())
        functions = [node for node in module.body if _measures(node)]
        if functions:
            yield f"## {path.stem}\n\n{ast.get_docstring(module)}\n"
        for function in functions:
            yield from _function(function)


def _measures(node: ast.stmt) -> TypeGuard[ast.FunctionDef]:
    if not isinstance(node, ast.FunctionDef) or node.name.startswith("_") or node.returns is None:
        return False
    return ast.unparse(node.returns) == "Measurement"


def stage_page() -> Iterator[str]:
    """Every public method of what a scenario has in its hands."""
    yield "# The stage, call by call\n"
    yield "What acts returns the monotonic nanosecond just before the call. An overview:"
    yield "[Stage and verifiers](stage-and-verifiers.md).\n"
    for name in STAGE:
        module = ast.parse((HARNESS / "stage" / f"{name.lower()}.py").read_text())
        (kind,) = (
            node for node in module.body if isinstance(node, ast.ClassDef) and node.name == name
        )
        yield f"## {name}\n\n{ast.get_docstring(kind)}\n"
        for node in kind.body:
            if isinstance(node, Function) and not node.name.startswith(NOT_FOR_SCENARIOS):
                yield from _function(node)


def _function(node: Function) -> Iterator[str]:
    text, *sections = re.split(r"\n\n(Args|Returns|Raises):\n", ast.get_docstring(node) or "")
    arguments = ast.unparse(node.args).removeprefix("self").removeprefix(", ")
    given = "" if _is_property(node) else f"({arguments})"
    wait = "await " if isinstance(node, ast.AsyncFunctionDef) else ""
    yield f"### {node.name}\n"
    yield f"```python\n{wait}{node.name}{given}\n```\n"
    yield f"{text}\n"
    for title, lines in zip(sections[::2], sections[1::2], strict=True):
        items = re.sub(r"^(\w+): ", r"- `\1`: ", textwrap.dedent(lines), flags=re.MULTILINE)
        yield f"{title}:\n\n{items}\n"


def _is_property(node: Function) -> bool:
    return any(ast.unparse(decorator) == "property" for decorator in node.decorator_list)
