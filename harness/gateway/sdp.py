"""The little of an SDP that the gateway needs: its media sections and their attributes."""

from __future__ import annotations

from dataclasses import dataclass

MAX_SECTIONS = 1024


@dataclass(frozen=True, kw_only=True)
class Section:
    """One `m=` section."""

    medium: str
    """`audio`, `video` or `application`."""
    attributes: tuple[tuple[str, str], ...]
    """Name and value of each `a=` line, in order; the value of a flag is empty."""

    def values(self, name: str) -> list[str]:
        """Every value of an attribute, in order."""
        return [value for key, value in self.attributes if key == name]

    @property
    def mid(self) -> str | None:
        """The section's identification, or None."""
        return next(iter(self.values("mid")), None)

    @property
    def sends(self) -> bool:
        """Whether the author of the SDP sends in this section (`sendrecv` when nothing is said)."""
        names = {key for key, _ in self.attributes}
        return not names & {"recvonly", "inactive"}


def sections(sdp: str) -> list[Section]:
    """Split an SDP into its media sections; any text is taken, lines that are none are left out."""
    found: list[tuple[str, list[tuple[str, str]]]] = []
    for line in sdp.splitlines():
        if line.startswith("m=") and len(found) < MAX_SECTIONS:
            found.append((line[2:].partition(" ")[0], []))
        elif line.startswith("a=") and found:
            name, _, value = line[2:].partition(":")
            found[-1][1].append((name, value))
    return [Section(medium=medium, attributes=tuple(lines)) for medium, lines in found]


def ice_ufrags(sdp: str) -> list[str]:
    """Every ICE user fragment that an SDP names, of the session or of a section, once each."""
    lines = (line.partition(":") for line in sdp.splitlines())
    return list(dict.fromkeys(value for name, _, value in lines if name == "a=ice-ufrag" and value))
