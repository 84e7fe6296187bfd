"""What all exports of a ledger have in common: the file that they write."""

from __future__ import annotations

from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path
from typing import BinaryIO

from harness.evidence.bindings import FILE_NAME
from harness.evidence.ledger_records import LedgerError, RecordKind, file_name


@contextmanager
def export_file(path: Path, folder: Path) -> Iterator[BinaryIO]:
    """A file to write an export of the ledger in `folder` to; one that is there is replaced.

    Raises: LedgerError when it cannot be written, is a file of the ledger itself, or is `-`.
    """
    if path == Path("-"):
        raise LedgerError("an export goes to a file: name one instead of - (or /dev/stdout)")
    own = [folder / FILE_NAME, *(folder / file_name(kind) for kind in RecordKind)]
    if path.resolve() in [one.resolve() for one in own]:
        raise LedgerError(f"{path} is a part of the ledger itself; name another file")
    try:
        with path.open("wb") as file:
            yield file
    except OSError as error:
        raise LedgerError(f"cannot write {path}: {error.strerror}") from error
