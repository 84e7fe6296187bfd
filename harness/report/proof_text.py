"""A proof on the terminal: what is left to explain, then what is not proven."""

from __future__ import annotations

import textwrap
from collections.abc import Sequence

from harness.evidence.plural import plural
from harness.judging.proof import Proof, Said

WIDTH = 100
MOST = 40
"""Lines of a kind; `proof.json` has all."""


def proof_lines(proof: Proof) -> list[str]:
    """Nothing but the counts where all is as declared."""
    harmless = sum(bool(one.harmless) for one in proof.sabotages)
    lines = [f"  played: {plural(len(proof.sabotages), 'sabotage')}, {harmless} of them harmless"]
    lines += _said(
        "FAIL without being named, or ERROR where nothing was to be noticed", proof.unexpected
    )
    lines += _said("named, and did not FAIL", proof.missed)
    lines += _said("named, and the machine was too busy to say", proof.undecided)
    lines += _again(proof.undecided)
    if proof.not_tried:
        lines += _wrapped("no scenario of those chosen is played under", proof.not_tried)
    if proof.unnoticed:
        lines += _wrapped("unnoticed", proof.unnoticed)
    if proof.whole and proof.unproven:
        lines += _wrapped("not proven able to fail", proof.unproven)
    if proof.not_played:
        lines += _wrapped("not played", proof.not_played)
    starved = {said.clause for said in proof.starved}
    lines.append(f"  left without a verdict by a sabotage: {plural(len(starved), 'clause')}")
    return lines


def _again(undecided: Sequence[Said]) -> list[str]:
    names = sorted({said.sabotage for said in undecided})
    return [f"  on a quieter machine, again: --lk-prove={','.join(names)}"] if names else []


def _said(title: str, all_said: Sequence[Said]) -> list[str]:
    if not all_said:
        return []
    lines = [f"  {title}:"]
    for said in all_said[:MOST]:
        text = f"{said.sabotage}: {said.clause} {said.verdict}, {said.reason} ({said.scenario})"
        lines += textwrap.wrap(text, WIDTH, initial_indent=" " * 4, subsequent_indent=" " * 8)
    if len(all_said) > MOST:
        lines.append(f"    and {len(all_said) - MOST} more, see proof.json")
    return lines


def _wrapped(title: str, names: Sequence[str]) -> list[str]:
    return textwrap.wrap(
        f"{title}: {', '.join(names)}", WIDTH, initial_indent="  ", subsequent_indent=" " * 4
    )
