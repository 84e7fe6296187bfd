"""The live table of a gateway, and the lines that tell of changes where there is no terminal."""

from __future__ import annotations

from harness.evidence.printable import printable_line
from harness.standalone.view import ParticipantView, TrackView, View

ARROWS = {"up": "↑", "down": "↓"}
NAME_WIDTH = 34
HEAD = f"{'participant, track':<{NAME_WIDTH}}{'packets':>10}{'lost':>9}{'kbit/s':>10}"


def table(view: View, *, width: int, height: int) -> list[str]:
    """Lines of at most `width` characters, at most `height` of them.

    Args:
        view: What to draw.
        width: Columns of the terminal.
        height: Lines that there is room for, two at least.
    """
    lines = [HEAD]
    for participant in view:
        lines.append(_participant_line(participant))
        lines += [_track_line(track) for track in participant.tracks]
    if not view:
        lines.append("nobody has connected yet")
    if len(lines) > height:
        hidden = len(lines) - height + 1
        lines[height - 1 :] = [f"… {hidden} more lines; make the terminal higher"]
    return [line[:width] for line in lines]


def _participant_line(one: ParticipantView) -> str:
    return f"{printable_line(one.identity)}{_where(one)}  {_network(one)}"


def _where(one: ParticipantView) -> str:
    return f" in {printable_line(one.room)}" if one.connected else " (left)"


def _network(one: ParticipantView) -> str:
    return one.profile if one.phase is None else f"{one.profile}, phase {one.phase + 1}"


def _track_line(track: TrackView) -> str:
    name = f"  {ARROWS[track.direction]} {printable_line(track.name)} {track.medium}"
    rate = "" if track.rate_kbps is None else f"{track.rate_kbps:,.0f}"
    return (
        f"{name[: NAME_WIDTH - 1]:<{NAME_WIDTH}}"
        f"{track.packets:>10,}{track.lost_ratio:>9.1%}{rate:>10}"
    )


def changes(before: View, now: View) -> list[str]:
    """Who came, who left, whose network changed: a line each."""
    known = {one.identity: one for one in before}
    lines = []
    for one in now:
        was = known.get(one.identity)
        if one.connected and (was is None or not was.connected):
            lines.append(f"{printable_line(one.identity)} connected{_where(one)}: {_network(one)}")
        elif was is not None and was.connected and not one.connected:
            lines.append(f"{printable_line(one.identity)} left")
        elif was is not None and _network(was) != _network(one):
            lines.append(f"{printable_line(one.identity)}: {_network(one)}")
    return lines
