"""Pages made when the site is built: of catalogue, profiles and code, and files outside `docs`."""

from __future__ import annotations

import argparse
import ast
import json
import os
import re
import textwrap
from collections.abc import Iterator
from itertools import groupby, pairwise
from pathlib import Path, PurePosixPath
from typing import TYPE_CHECKING, Any, TypeGuard

from harness.clauses.catalogue import SHIPPED, Catalogue
from harness.cli import COMMANDS, build_parser
from harness.commands.epilog import exit_codes
from harness.judging.wording import expected
from harness.network.profile import load_profile, profile_names
from harness.network.profile_text import length, needs
from harness.plugin import pytest_addoption
from harness.report.markdown import code, sentence

if TYPE_CHECKING:
    from mkdocs.config.defaults import MkDocsConfig
    from mkdocs.structure.files import Files
    from mkdocs.structure.pages import Page

    from harness.clauses.model import Clause
    from harness.commands.command import Command

ROOT = Path(__file__).parent.parent
HARNESS = ROOT / "harness"
STAGE = ("Stage", "Moderator", "Participant", "Guest", "Publication", "Received")
"""Classes of `harness.stage`, each in the module of its name."""
GIVEN = {
    "Tone": "signals/sound.py",
    "ColourCode": "signals/picture.py",
    "Spoken": "signals/spoken.py",
    "PublishOptions": "participant/protocol.py",
    "Grants": "stage/tokens.py",
    "ServerConfig": "server/model.py",
    "Toxic": "network/tcp_faults.py",
}
"""Data that a scenario gives to it, by the file below `harness`."""
NOT_FOR_SCENARIOS = ("_", "finish", "close", "check_alive", "prepare_removal")
Function = ast.FunctionDef | ast.AsyncFunctionDef
ELSEWHERE = {
    "scenarios/examples/agent/README.md": "how-to/judge-your-agent.md",
    "CONTRIBUTING.md": "how-to/contribute.md",
    "ARCHITECTURE.md": "explanation/architecture.md",
}
"""Files that are pages of the site."""
MADE = {
    "harness/clauses": "reference/clauses.md",
    "harness/commands": "reference/commands.md",
    "harness/report/comparison_json.py": "reference/compare.md",
    "harness/report/document.py": "reference/results.md",
    "harness/stage": "reference/stage.md",
    "harness/verifiers": "reference/verifiers.md",
    "harness/network/profiles": "reference/shipped-profiles.md",
}
"""What a page is made of, which is what is linked to where there is no site."""
RESULTS, COMPARED = "results.schema.json", "compare.schema.json"
"""Schemas, in `docs`."""
USAGE_WIDTH = 100
CODE = re.compile("`[^`]+`")


def on_files(files: Files, config: MkDocsConfig) -> Files:
    """Add the pages."""
    from mkdocs.structure.files import File  # what builds the site has it; the tests have not

    made = {page: (ROOT / name).read_text() for name, page in ELSEWHERE.items()}
    made["reference/clauses.md"] = "\n".join(clauses_page(Catalogue.load(SHIPPED)))
    made["reference/commands.md"] = "\n".join(commands_page())
    made["reference/results.md"] = "\n".join(keys_page("results.json", RESULTS))
    made["reference/compare.md"] = "\n".join(keys_page("compare --json", COMPARED))
    made["reference/stage.md"] = "\n".join(stage_page())
    made["reference/verifiers.md"] = "\n".join(verifiers_page())
    made["reference/shipped-profiles.md"] = "\n".join(profiles_page())
    for path, content in made.items():
        files.append(File.generated(config, path, content=content))
    return files


def on_page_markdown(markdown: str, *, page: Page, config: MkDocsConfig, files: Files) -> str:
    """Let links to what a page is made of lead to the page, and code in tables be as is meant."""
    del config, files
    return with_bars(linked(markdown, PurePosixPath(page.file.src_uri).parent))


def linked(markdown: str, folder: PurePosixPath) -> str:
    """The text of a page in that folder of `docs`."""
    for name, target in (ELSEWHERE | MADE).items():
        source = os.path.relpath(name, "docs" / folder)
        markdown = markdown.replace(f"]({source})", f"]({os.path.relpath(target, folder)})")
    return markdown


def with_bars(markdown: str) -> str:
    """A bar in code of a table loses its backslash: what builds the site would show that, too."""
    return re.sub(r"^\|.*", lambda row: CODE.sub(_with_bars, row[0]), markdown, flags=re.MULTILINE)


def _with_bars(code_span: re.Match[str]) -> str:
    return code_span[0].replace(r"\|", "|")


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
    yield "What a participant, a publication or the moderator does returns the monotonic"
    yield "nanosecond just before the call; `impair`, `play` and `set_toxics` return when they took"
    yield "hold, `run` when it ended. An overview: [Stage and verifiers](stage-and-verifiers.md).\n"
    for name in STAGE:
        module = ast.parse((HARNESS / "stage" / f"{name.lower()}.py").read_text())
        (kind,) = (
            node for node in module.body if isinstance(node, ast.ClassDef) and node.name == name
        )
        yield f"## {name}\n\n{ast.get_docstring(kind)}\n"
        for node in kind.body:
            if isinstance(node, Function) and not node.name.startswith(NOT_FOR_SCENARIOS):
                yield from _function(node)

    for name, file in GIVEN.items():
        yield from _fields(name, HARNESS / file)


def _fields(name: str, file: Path) -> Iterator[str]:
    """What a class holds: a table of its fields, with what stands below each."""
    module = ast.parse(file.read_text())
    (kind,) = (one for one in module.body if isinstance(one, ast.ClassDef) and one.name == name)
    yield f"## {name}\n\n{ast.get_docstring(kind)}\n"
    yield "| field | if left out | what it says |"
    yield "|---|---|---|"
    for node, below in pairwise([*kind.body, ast.Pass()]):
        if isinstance(node, ast.AnnAssign):
            left_out = "" if node.value is None else code(ast.unparse(node.value))
            typed = code(f"{ast.unparse(node.target)}: {ast.unparse(node.annotation)}")
            yield _cells(typed, left_out, " ".join(_text(below).split()))
    yield ""


def _text(node: ast.stmt) -> str:
    """Of a string that stands by itself; else nothing."""
    match node:
        case ast.Expr(value=ast.Constant(value=str(text))):
            return text
    return ""


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


def commands_page() -> Iterator[str]:
    """What pytest and `livekit-harness` understand, as their help says it."""
    yield "# Options and commands, one by one\n"
    yield "As `pytest --help` and `livekit-harness COMMAND --help` tell them. More on what those of"
    yield "pytest are for: [Options of pytest](options.md).\n"
    yield "## pytest\n"
    asked = AskedOfPytest()
    pytest_addoption(asked)
    yield from _arguments(asked.parser)
    yield "| setting of pytest | what it says |"
    yield "|---|---|"
    yield from (_cells(code(name), text) for name, text in asked.settings.items())
    yield ""
    parsers = {name: parser for name, _, parser in _subcommands(build_parser())}
    for command in COMMANDS:
        yield from _command(command, parsers[command.name])


class AskedOfPytest:
    """Stands where the plugin has pytest's own parser, and keeps what it is given."""

    def __init__(self) -> None:
        self.parser = argparse.ArgumentParser(add_help=False)
        self.addoption = self.parser.add_argument
        self.settings: dict[str, str] = {}

    def getgroup(self, name: str, description: str) -> AskedOfPytest:
        """One group is as good as another."""
        del name, description
        return self

    def addini(self, name: str, text: str, **more: object) -> None:
        """Keep what a setting says."""
        del more
        self.settings[name] = text


def _command(command: Command, parser: argparse.ArgumentParser) -> Iterator[str]:
    yield f"## {command.name}\n"
    yield f"{sentence(command.help)}\n"
    yield from (f"- {code(one.line)}: {one.does}" for one in command.examples)
    yield from _parser(parser)
    for name, text, action in _subcommands(parser):
        yield f"### {command.name} {name}\n"
        yield f"{sentence(text)}"
        yield from _parser(action)
    if codes := exit_codes(command):
        yield "| exit code | what it says |"
        yield "|---|---|"
        yield from (_cells(str(int(number)), text) for number, text in codes.items())
        yield ""
    if command.note:
        yield f"{command.note}\n"


def _parser(parser: argparse.ArgumentParser) -> Iterator[str]:
    """Usage and arguments."""
    usage = " ".join(parser.format_usage().removeprefix("usage: ").split())
    wrapped = textwrap.fill(
        usage, USAGE_WIDTH, subsequent_indent="    ", break_on_hyphens=False, break_long_words=False
    )
    yield f"\n```text\n{wrapped}\n```\n"
    yield from _arguments(parser)


def _subcommands(
    parser: argparse.ArgumentParser,
) -> Iterator[tuple[str, str, argparse.ArgumentParser]]:
    """Name, help and parser of each."""
    for action in parser._actions:  # noqa: SLF001 - argparse has no other way to ask
        if isinstance(action, argparse._SubParsersAction):  # noqa: SLF001
            told = {one.dest: one.help for one in action._choices_actions}  # noqa: SLF001
            yield from ((name, told[name], one) for name, one in action.choices.items())


def _arguments(parser: argparse.ArgumentParser) -> Iterator[str]:
    """A table of all but `--help` and subcommands."""
    left_out = (argparse._HelpAction, argparse._SubParsersAction)  # noqa: SLF001
    actions = [one for one in parser._actions if not isinstance(one, left_out)]  # noqa: SLF001
    if not actions:
        return
    yield "| argument | if left out | what it says |"
    yield "|---|---|---|"
    for action in actions:
        yield _cells(_typed(action), _if_left_out(action), _meaning(action))
    yield ""


def _typed(action: argparse.Action) -> str:
    names = ", ".join(action.option_strings)
    if action.nargs == 0:
        return code(names)
    value = action.metavar or (names and "…") or action.dest  # … is one of those that are listed
    if action.nargs == "?":
        value = f"[{value}]"
    return code(f"{names} {value}".strip())


def _if_left_out(action: argparse.Action) -> str:
    if action.required:
        return "an error"
    if action.default in (None, False, "", [], argparse.SUPPRESS):
        return ""
    value = action.default
    return code(f"{value:g}" if isinstance(value, float) else str(value))


def _meaning(action: argparse.Action) -> str:
    text = str(action.help)
    if action.choices is None:
        return text
    return f"{text}: {', '.join(map(code, action.choices))}"


def keys_page(document_name: str, schema: str) -> Iterator[str]:
    """Every key of a document that has a schema, by the table that it is in."""
    document = json.loads((ROOT / "docs" / schema).read_text("utf-8"))
    yield f"# {document_name}, key by key\n"
    yield f"For programs: [{schema}](../{schema}). Under one schema number keys are only added; all"
    yield "that are told here are there, in every document."
    yield f"{_type(document)} is the whole of it.\n"
    for name, kind in document["$defs"].items():
        yield f"## {name}\n"
        if "description" in kind:
            yield f"{kind['description']}\n"
        yield from _keys(kind)


def _keys(kind: dict[str, Any]) -> Iterator[str]:
    if "enum" in kind:
        yield f"One of {', '.join(map(code, kind['enum']))}.\n"
        return
    yield "| key | type | what it says |"
    yield "|---|---|---|"
    for key, value in kind["properties"].items():
        yield _cells(code(key), _type(value), value.get("description", ""))
    yield ""


def _type(kind: dict[str, Any]) -> str:
    """In words, with a link to what has a table of its own."""
    if "$ref" in kind:
        name = kind["$ref"].rpartition("/")[2]
        return f"[{name}](#{name.lower()})"
    if "anyOf" in kind:
        return " or ".join(map(_type, kind["anyOf"]))
    if "enum" in kind:
        return " or ".join(code(str(one)) for one in kind["enum"])
    if "prefixItems" in kind:
        return f"array ({', '.join(map(_type, kind['prefixItems']))})"
    if kind.get("type") == "array":
        return f"array of {_type(kind['items'])}"
    if kind.get("type") == "object":
        return f"object (name to {_type(kind['additionalProperties'])})"
    return str(kind.get("type", "any"))
