"""`proof.json`: which clause which sabotage kills, for machines."""

from __future__ import annotations

from typing import Any

import msgspec

from harness.judging.proof import Proof, Said

SCHEMA = 1


def proof_json(proof: Proof) -> bytes:
    """The whole file, UTF-8.

    `clauses` counts those of the catalogue, `killed` those that a sabotage or a known deviation
    turned to FAIL, `unproven` lists the others; where the proof was `cut`, those that were not
    played are in `not_played` instead. `sabotages` counts those that were played, without the
    control, `not_tried` lists those that were asked for and had no scenario, `unnoticed` those that
    nothing noticed; `missed` is each clause that is named and
    did not turn to FAIL, or passed though it was to starve, `undecided` each of which the machine
    was too busy to say, `unexpected` each that did without being named, `starved` each of the
    others without a verdict.
    `by_clause` says what kills a clause: `{"sabotages": {name: scenarios}}` or `{"deviation": id}`.
    """
    document = {
        "schema": SCHEMA,
        "whole": proof.whole,
        "holds": proof.holds,
        "clauses": len(proof.clauses),
        "killed": len(proof.killed),
        "unproven": proof.unproven,
        "cut": proof.cut,
        "not_played": proof.not_played,
        "sabotages": len(proof.sabotages),
        "not_tried": proof.not_tried,
        "unnoticed": proof.unnoticed,
        "missed": [msgspec.to_builtins(said) for said in proof.missed],
        "undecided": [msgspec.to_builtins(said) for said in proof.undecided],
        "unexpected": [msgspec.to_builtins(said) for said in proof.unexpected],
        "starved": [msgspec.to_builtins(said) for said in proof.starved],
        "by_clause": {clause: _killers(proof, clause) for clause in proof.killed},
    }
    return msgspec.json.format(msgspec.json.encode(document), indent=2) + b"\n"


def _killers(proof: Proof, clause: str) -> dict[str, Any]:
    if clause in proof.deviations:
        return {"deviation": proof.deviations[clause]}
    return {"sabotages": scenarios_by_sabotage(proof.kills[clause])}


def scenarios_by_sabotage(all_said: tuple[Said, ...]) -> dict[str, list[str]]:
    """In which scenarios each sabotage killed a clause."""
    killers: dict[str, list[str]] = {}
    for said in all_said:
        killers.setdefault(said.sabotage, []).append(said.scenario)
    return killers
