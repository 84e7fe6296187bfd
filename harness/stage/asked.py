"""What a scenario did to the network, and whether it can have had an effect."""

from __future__ import annotations

from collections.abc import Collection, Mapping, Sequence
from typing import Any

import msgspec

from harness.evidence.ledger_causes import impairment_words
from harness.network.impairments import Impairment
from harness.network.profile import Profile
from harness.stage.errors import StageError


class Asked:
    """What was asked for beside the profile of the scenario, and of no sabotage."""

    def __init__(self) -> None:
        self._people: set[str] = set()
        self._impairments: list[Impairment] = []

    def impair(self, impairments: Sequence[Impairment]) -> None:
        """Note what is to be in force."""
        self._people |= {one.target.participant for one in impairments if one.target.participant}
        self._impairments += impairments

    def play(self, profile: Profile, participant: str | None) -> None:
        """Note what is to be played, and whose network it is; None is everybody's."""
        self._people |= {participant} if participant else set()
        self._impairments += [one for phase in profile.phases for one in phase.impairments]

    def check_aim(self, there: Sequence[str]) -> None:
        """Raises StageError unless all whose network was to have a fault are among these."""
        for missed in sorted(self._people.difference(there)):
            raise StageError(
                f"a fault was aimed at {missed!r}, who never joined; there were {', '.join(there)}"
            )

    def unmet(
        self, in_force: Mapping[int, Mapping[str, Any]], met: Collection[int]
    ) -> tuple[str, ...]:
        """Words for each impairment that came into force and met no packet.

        Who hears nothing of a loss that hit nothing has shown nothing. Not told is what never came
        into force: a phase of a profile that the scenario did not wait for.

        Args:
            in_force: Cause → impairment of all that was, as `Ledger.impairments`.
            met: Causes of those that met something, as `Snapshot.met`.
        """
        return tuple(
            f"{impairment_words(one)} met no packet of its target"
            for cause, one in in_force.items()
            if cause not in met and msgspec.convert(one, Impairment) in self._impairments
        )
