"""Session descriptions that were exchanged: whether something needed a renegotiation."""

from __future__ import annotations

from pathlib import Path

from harness.evidence.measurement import Measurement
from harness.evidence.signalling import FILE_NAME, read_signalling
from harness.verifiers.answer import NoEvidenceError, in_unit

DESCRIPTIONS = ("offer", "answer")


@in_unit("messages")
def descriptions_between(
    folder: Path, *, participant: str | None = None, since_ns: int, until_ns: int
) -> Measurement:
    """Offers and answers in [since, until).

    Rests on a description before `since_ns`, and on any message after it: a record that saw
    neither cannot tell.

    Args:
        folder: Of the gateway's record.
        participant: Identity of who exchanged them with the server; None for anybody.
        since_ns: From here on,
        until_ns: up to here, which is not counted.
    """
    try:
        record = read_signalling(folder)
    except ValueError as error:
        raise NoEvidenceError(str(error)) from error
    messages = [m for m in record if participant in (None, m.participant)]
    described = [m for m in messages if m.kind in (*DESCRIPTIONS, "join_request")]
    if not any(m.at_ns < since_ns for m in described):
        raise NoEvidenceError("no session description was seen before: nobody was recording")
    if not any(since_ns <= m.at_ns < until_ns for m in messages):
        raise NoEvidenceError("no message at all was seen: nobody was recording")
    found = [m for m in described if since_ns <= m.at_ns < until_ns and m.kind in DESCRIPTIONS]
    notes = tuple(f"{m.kind} of the {m.direction} with {m.participant}" for m in found[:5])
    return Measurement(
        value=float(len(found)),
        unit="messages",
        rests_on=len(messages),
        notes=notes,
        evidence=(FILE_NAME,),
    )
