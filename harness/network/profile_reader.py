"""From the text of a profile to its tables, with every wrong key and type by its line."""

from __future__ import annotations

import re
import tomllib
from copy import deepcopy
from typing import Any

import msgspec
from msgspec import inspect

from harness.evidence.nearest import did_you_mean
from harness.network.profile_lines import Path, lines_of
from harness.network.profile_problems import MOST_SHOWN, Problem, ProfileError, refuse
from harness.network.profile_tables import File

LONGEST_CHARACTERS = 1 << 18
"""Of a file: far more than any timeline that people write."""
LONGEST_LINE_CHARACTERS = 1 << 14
"""`tomllib` takes a time for a dotted key that grows with the square of its parts."""

_RANDOM_IN_TOXIPROXY = {"jitter", "toxicity", "size_variation"}
_TYPES = {
    "float": "a number",
    "int": "a whole number",
    "str": "a text",
    "bool": "true or false",
    "array": "a list",
    "object": "a table",
    "null": "",
}
_FORM = inspect.type_info(File)


def read_tables(text: str, file: str) -> tuple[File, dict[Path, int]]:
    """The tables of a file, and the lines of what is in it.

    Args:
        text: TOML.
        file: Named in errors.

    Raises: ProfileError with a line for each problem.
    """
    if len(text) > LONGEST_CHARACTERS:
        raise ProfileError(f"{file}: longer than {LONGEST_CHARACTERS} characters: no profile")
    for number, line in enumerate(text.split("\n"), 1):
        if len(line) > LONGEST_LINE_CHARACTERS:
            raise ProfileError(f"{file}:{number}: break this line: it is longer than others may be")
    try:
        data = tomllib.loads(text)
        lines = lines_of(text)
        tables, problems = _convert(data)
    except RecursionError:
        raise ProfileError(f"{file}: lists or tables are nested too deeply") from None
    except ValueError as error:
        raise ProfileError(_syntax(error, text, file)) from None
    refuse(file, lines, problems)
    assert tables is not None, "there is no problem"
    return tables, lines


def type_problem(error: msgspec.ValidationError, form: inspect.Type) -> Problem:
    """What a validation says, in words of the file; the path begins at the converted value.

    Args:
        error: Of a conversion to `form`.
        form: `msgspec.inspect.type_info` of the type that was wanted.
    """
    text, separator, place = str(error).rpartition(" - at `$")
    if not separator:
        text, place = place, ""
    path = _parts(place)
    if missing := re.fullmatch(r"Object missing required field `(.*)`", text):
        return Problem(path, f"{missing[1]} is missing")
    if text.startswith("Invalid enum value"):
        return Problem(path, f"can only be {_choices(_inside(form, path))}")
    return Problem(path, _wanted(text))


def _convert(data: dict[str, Any]) -> tuple[File | None, list[Problem]]:
    """Read; whatever is wrong is noted and left out, so that more than one is found."""
    data = deepcopy(data)
    problems = _unknown_keys(data, _FORM, ())
    while len(problems) < MOST_SHOWN:
        try:
            return msgspec.convert(data, File), problems
        except msgspec.ValidationError as error:
            problem = type_problem(error, _FORM)
            if not any(_is_within(other.path, problem.path) for other in problems):
                problems.append(problem)  # else it is the echo of what was left out
            _leave_out(data, problem.path)
    return None, problems


def _unknown_keys(value: Any, form: inspect.Type, path: Path) -> list[Problem]:  # noqa: ANN401
    """Keys that the format has not; they are left out of the value."""
    form = _some(form)
    problems: list[Problem] = []
    if isinstance(form, inspect.StructType) and isinstance(value, dict):
        forms = {one.encode_name: one.type for one in form.fields if one.encode_name != "target"}
        for key in [key for key in value if key not in forms]:
            problems.append(Problem((*path, key), _unknown(key, list(forms))))
            del value[key]
        for key, inner in value.items():
            problems += _unknown_keys(inner, forms[key], (*path, key))
    if isinstance(form, inspect.VarTupleType) and isinstance(value, list):
        for index, inner in enumerate(value):
            problems += _unknown_keys(inner, form.item_type, (*path, index))
    return problems


def _is_within(path: Path, outer: Path) -> bool:
    return path[: len(outer)] == outer


def _leave_out(data: dict[str, Any], path: Path) -> None:
    """Remove the innermost key of a path: a list whose element is wrong goes as a whole."""
    while isinstance(path[-1], int):
        path = path[:-1]
    table: Any = data
    for part in path[:-1]:
        table = table[part]
    del table[path[-1]]


def _parts(place: str) -> Path:
    """`.phase[0].udp` → its keys and indices; keys on such a path are those of the format."""
    found = re.findall(r"\.(\w+)|\[(\d+)\]", place)
    return tuple(key or int(index) for key, index in found)


def _inside(form: inspect.Type, path: Path) -> inspect.Type:
    for part in path:
        form = _some(form)
        if isinstance(form, inspect.StructType):
            form = next(one.type for one in form.fields if one.encode_name == part)
        elif isinstance(form, inspect.VarTupleType):
            form = form.item_type
    return _some(form)


def _some(form: inspect.Type) -> inspect.Type:
    """What an optional field holds when it is there."""
    if isinstance(form, inspect.UnionType):
        return next(one for one in form.types if not isinstance(one, inspect.NoneType))
    return form


def _unknown(key: str, known: list[str]) -> str:
    if "latency_ms" in known and key in _RANDOM_IN_TOXIPROXY:
        return "is random in toxiproxy and cannot be repeated: not offered"
    hint = did_you_mean(key, known) or f"there are {', '.join(known)}"
    return f"no such key; {hint}"


def _choices(form: inspect.Type) -> str:
    assert isinstance(form, inspect.LiteralType), "only a choice can be out of it"
    return " or ".join(f'"{value}"' for value in form.values)


def _wanted(text: str) -> str:
    """``Expected `float` >= 0.0`` → `must be a number ≥ 0`."""
    for name, sign in ((">=", "≥"), ("<=", "≤")):
        text = text.replace(name, sign)
    text = re.sub(r"(?<=\d)\.0\b", "", text)
    text = re.sub(r"`([^`]*)`", lambda quoted: _words(quoted[1]), text)
    return text.replace("Expected", "must be").replace("got", "not")


def _words(types: str) -> str:
    names = (_TYPES.get(name, name) for name in types.split(" | "))
    return " or ".join(filter(None, names))


def _syntax(error: ValueError, text: str, file: str) -> str:
    said = str(error)
    place = re.search(r" \(at line (\d+), column (\d+)\)$", said)
    if place:
        return f"{file}:{place[1]}: {said[: place.start()]} (column {place[2]})"
    last = text.rstrip("\n").count("\n") + 1
    return f"{file}:{last}: {said.removesuffix(' (at end of document)')}"
