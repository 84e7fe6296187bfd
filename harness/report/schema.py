"""JSON Schemas of the documents that we write, made from their types."""

from __future__ import annotations

import ast
import inspect
import textwrap
from dataclasses import is_dataclass
from typing import Any, get_args, get_type_hints

import msgspec

DIALECT = "https://json-schema.org/draft/2020-12/schema"


def schema(kind: type, *, title: str) -> bytes:
    """The whole file, UTF-8: what a document of a dataclass looks like.

    A writer writes every field, so all are required. What else is there is allowed: a later version
    may add keys. Docstrings of fields are the descriptions.
    """
    document = msgspec.json.schema(kind)
    for one in _dataclasses(kind, set()):
        described = document["$defs"][one.__name__]
        described["required"] = list(described["properties"])
        says = _docstrings(one)
        for name, entry in described["properties"].items():
            entry.pop("default", None)
            if name in says:  # beside a reference: this dialect allows it
                entry["description"] = says[name]
    whole = {"$schema": DIALECT, "title": title, **document}
    return msgspec.json.format(msgspec.json.encode(whole), indent=2) + b"\n"


def _dataclasses(kind: Any, seen: set[type]) -> set[type]:  # noqa: ANN401 - any annotation
    """The dataclasses that a type is made of, itself too."""
    if is_dataclass(kind) and isinstance(kind, type) and kind not in seen:
        seen.add(kind)
        for part in get_type_hints(kind).values():
            _dataclasses(part, seen)
    for part in get_args(kind):
        _dataclasses(part, seen)
    return seen


def _docstrings(kind: type) -> dict[str, str]:
    """Field to the text below it in the source, on one line."""
    (tree,) = ast.parse(textwrap.dedent(inspect.getsource(kind))).body
    assert isinstance(tree, ast.ClassDef), "a dataclass is a class"
    return {
        field.target.id: " ".join(text.value.value.split())
        for field, text in zip(tree.body, tree.body[1:], strict=False)
        if isinstance(field, ast.AnnAssign)
        and isinstance(field.target, ast.Name)
        and isinstance(text, ast.Expr)
        and isinstance(text.value, ast.Constant)
        and isinstance(text.value.value, str)
    }
