"""Mutants: modules with one small fault each, and a sample of them that edits hardly move.

Faults are made by cosmic-ray: other operators of arithmetic, of bits and of comparison, numbers one
more and one less, conditions negated, `and` for `or`, loops that do not run, handlers that do not
catch, decorators that are gone. Left out is what no test can or should see: text that is no
program, types, documentation, and what the type checker sees to: `*` and `/` of a signature,
`frozen` and the like of data. An operator is replaced by one of its kind: bits for arithmetic would
hardly ever even run, order for equality often says the same, and whether `is` does is decided by a
Python's interning. Each place gives one fault of a kind, drawn by the seed: else the ways to
replace a `+` would outvote all other faults.

A place is known by its function and the text of its line, and the sample is the places with the
lowest hash of that: a change somewhere leaves the sample everywhere else as it was.
"""

from __future__ import annotations

import ast
import hashlib
import itertools
import warnings
from collections import Counter, defaultdict
from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from functools import cache
from pathlib import Path

import cosmic_ray.plugins
from cosmic_ray.ast import ast_nodes, get_ast
from cosmic_ray.mutating import mutate_code

ROOT = Path(__file__).parent.parent
_OF_ONE_KIND = (
    frozenset({"Add", "Sub", "Mul", "Div", "FloorDiv", "Mod", "Pow"}),
    frozenset({"BitOr", "BitAnd", "BitXor", "LShift", "RShift"}),
    frozenset({"Is", "IsNot"}),
    frozenset({"Eq", "NotEq"}),
    frozenset({"Lt", "LtE", "Gt", "GtE"}),
)
"""Operators that replace each other."""
_MARKS_OF_DATA = frozenset({"frozen", "kw_only", "slots"})
"""What data may not be used for; the type checker sees to it."""


@dataclass(frozen=True, kw_only=True)
class Place:
    """Where a kind of fault can be made; known by all but the faults."""

    module: str
    """Path of the module below the root."""
    kind: str
    """The operators of cosmic-ray, without what each puts there."""
    function: str
    """Qualified name of the innermost class or function; empty for the module itself."""
    line: str
    """Text of the line, without the space around it."""
    repeat: int
    """Counts the places that are alike."""
    faults: tuple[tuple[str, int], ...]
    """Names of cosmic-ray's operators, each with how many places it has before this one."""

    def rank(self, *more: object) -> bytes:
        """Its place in the order in which samples are taken."""
        key = (self.module, self.kind, self.function, self.line, self.repeat, *more)
        return hashlib.sha256(repr(key).encode()).digest()


@dataclass(frozen=True, kw_only=True)
class Mutant:
    """A module with a fault."""

    module: str
    function: str
    number: int
    """Line of the fault, from 1."""
    was: str
    """The lines that changed, each without the space around it, joined by a space."""
    becomes: str
    before: str
    """The whole module as it is."""
    after: str
    """The whole module with the fault."""


def sample(modules: Sequence[str], *, count: int, seed: int) -> list[Mutant]:
    """This many mutants of modules, by module and line; fewer where there are no more."""
    places = sorted(
        (place for module in modules for place in _places(module)),
        key=lambda place: place.rank(seed),
    )
    made = (mutant for place in places if (mutant := _mutant(place, seed)) is not None)
    return sorted(itertools.islice(made, count), key=lambda one: (one.module, one.number))


def _places(module: str) -> Iterator[Place]:
    source = (ROOT / module).read_text()
    lines, functions = source.splitlines(), _functions(source)
    seen: Counter[tuple[str, str, str]] = Counter()
    for (number, _, kind), faults in sorted(_faults(source).items()):
        at = kind, functions.get(number, ""), lines[number - 1].strip()
        yield Place(
            module=module,
            kind=kind,
            function=at[1],
            line=at[2],
            repeat=seen[at],
            faults=tuple(faults),
        )
        seen[at] += 1


def _faults(source: str) -> dict[tuple[int, int, str], list[tuple[str, int]]]:
    """Operators and occurrences, by line, column and kind."""
    faults: dict[tuple[int, int, str], list[tuple[str, int]]] = defaultdict(list)
    nodes = list(ast_nodes(get_ast(source)))
    for name in _operators():
        operator = cosmic_ray.plugins.get_operator(name)()
        starts = (start for node in nodes for start, _ in operator.mutation_positions(node))
        for occurrence, (number, column) in enumerate(starts):
            faults[number, column, name.split("_")[0]].append((name, occurrence))
    return faults


@cache
def _operators() -> tuple[str, ...]:
    """Names of the operators that need no arguments and stay within their kind."""
    return tuple(
        name
        for name in cosmic_ray.plugins.operator_names()
        if not cosmic_ray.plugins.get_operator(name).arguments()
        and not any(len(kind.intersection(name.split("_"))) == 1 for kind in _OF_ONE_KIND)
    )


def _functions(source: str) -> dict[int, str]:
    """Qualified names by the number of a line."""
    names: dict[int, str] = {}

    def walk(node: ast.AST, outer: tuple[str, ...]) -> None:
        for child in ast.iter_child_nodes(node):
            if isinstance(child, ast.FunctionDef | ast.AsyncFunctionDef | ast.ClassDef):
                inner = (*outer, child.name)
                first = min((one.lineno for one in child.decorator_list), default=child.lineno)
                lines = range(first, (child.end_lineno or child.lineno) + 1)
                names.update(dict.fromkeys(lines, ".".join(inner)))
                walk(child, inner)
            else:
                walk(child, outer)

    walk(ast.parse(source), ())
    return names


def _mutant(place: Place, seed: int) -> Mutant | None:
    """None where every fault is no program, or does nothing when it runs."""
    before = (ROOT / place.module).read_text()
    drawn = sorted(enumerate(place.faults), key=lambda fault: place.rank(seed, fault[0]))
    for _, (name, occurrence) in drawn:
        after = _with_fault(before, name, occurrence)
        if _what_runs(after) not in {None, _what_runs(before)}:
            return _described(place, before, after)
    return None


def _with_fault(source: str, operator: str, occurrence: int) -> str:
    """As it was where cosmic-ray breaks: it knows no exception with a dot in its name."""
    try:
        made: str = mutate_code(source, cosmic_ray.plugins.get_operator(operator)(), occurrence)
    except AttributeError:
        return source
    return made


def _described(place: Place, before: str, after: str) -> Mutant:
    old, new = before.splitlines(), after.splitlines()
    first = _common(old, new)
    last = _common(old[first:][::-1], new[first:][::-1])
    return Mutant(
        module=place.module,
        function=place.function,
        number=first + 1,
        was=_joined(old[first : len(old) - last]),
        becomes=_joined(new[first : len(new) - last]),
        before=before,
        after=after,
    )


def _common(one: Sequence[str], other: Sequence[str]) -> int:
    """How many lines are the same at the beginning."""
    pairs = enumerate(zip(one, other, strict=False))
    return next((n for n, (a, b) in pairs if a != b), min(len(one), len(other)))


def _joined(lines: Sequence[str]) -> str:
    return " ".join(" ".join(lines).split())


@cache
def _what_runs(source: str) -> str | None:
    """The program without what does nothing when it runs; None if it is none."""
    try:
        with warnings.catch_warnings(action="ignore"):
            tree = ast.parse(source)
            compile(tree, "mutant", "exec")
    except SyntaxError:
        return None
    return ast.dump(_Bare().visit(tree))


class _Bare(ast.NodeTransformer):
    """Takes types, documentation and marks of signatures and data out of a program."""

    def visit_arguments(self, node: ast.arguments) -> ast.AST:
        positional = [*node.posonlyargs, *node.args]
        every = [*positional, *node.kwonlyargs]
        for one in [*every, node.vararg, node.kwarg]:
            if one is not None:
                one.annotation = None
        missing: list[ast.expr | None] = [None] * (len(positional) - len(node.defaults))
        node.kw_defaults = [*missing, *node.defaults, *node.kw_defaults]
        node.posonlyargs, node.args, node.defaults, node.kwonlyargs = [], [], [], every
        self.generic_visit(node)
        return node

    def visit_FunctionDef(self, node: ast.FunctionDef) -> ast.AST:
        node.returns = None
        self.generic_visit(node)
        return node

    def visit_ClassDef(self, node: ast.ClassDef) -> ast.AST:
        calls = (one for one in node.decorator_list if isinstance(one, ast.Call))
        marked: list[ast.ClassDef | ast.Call] = [node, *calls]
        for call in marked:
            call.keywords = [one for one in call.keywords if one.arg not in _MARKS_OF_DATA]
        self.generic_visit(node)
        return node

    def visit_AnnAssign(self, node: ast.AnnAssign) -> ast.AST:
        node.annotation = ast.Constant(value=None)
        self.generic_visit(node)
        return node

    def visit_If(self, node: ast.If) -> ast.AST | None:
        if isinstance(node.test, ast.Name) and node.test.id == "TYPE_CHECKING":
            return None
        self.generic_visit(node)
        return node

    def visit_Expr(self, node: ast.Expr) -> ast.AST | None:
        if isinstance(node.value, ast.Constant):
            return None
        self.generic_visit(node)
        return node
