from __future__ import annotations

from dataclasses import replace

from harness.standalone.table import changes, table
from harness.standalone.view import ParticipantView, TrackView

NOISE = TrackView(
    direction="up", name="noise", medium="video", packets=12_345, lost_ratio=0.0149, rate_kbps=741.6
)
ALICE = ParticipantView(
    identity="alice", room="demo", connected=True, profile="3g", phase=0, tracks=(NOISE,)
)
LEFT = replace(ALICE, connected=False)


def test_a_participant_and_its_tracks_are_lines() -> None:
    assert table((ALICE,), width=80, height=24) == [
        "participant, track                   packets     lost    kbit/s",
        "alice in demo  3g, phase 1",
        "  ↑ noise video                       12,345     1.5%       742",
    ]


def test_the_first_look_has_no_rate_and_nobody_is_said() -> None:
    fresh = replace(ALICE, tracks=(replace(NOISE, rate_kbps=None),))

    assert table((fresh,), width=80, height=24)[-1].endswith("1.5%          ")
    assert table((), width=80, height=24)[-1] == "nobody has connected yet"


def test_it_fits_the_terminal() -> None:
    many = tuple(replace(ALICE, identity=f"someone {n}") for n in range(20))
    lines = table(many, width=30, height=10)

    assert len(lines) == 10
    assert max(map(len, lines)) == 30
    assert lines[-1].startswith("… 32 more lines")


def test_names_cannot_steer_the_terminal() -> None:
    evil = replace(ALICE, identity="a\x1b[2J", room="b\n", tracks=(replace(NOISE, name="c\x07"),))
    drawn = "".join(table((evil,), width=80, height=24))

    assert drawn.isprintable()
    assert "a\ufffd[2J in b\ufffd" in drawn
    assert changes((), (evil,))[0].isprintable()


def test_comings_goings_and_networks_are_told_once() -> None:
    other = replace(ALICE, profile="clean")
    second = replace(ALICE, phase=1)

    assert changes((), (ALICE,)) == ["alice connected in demo: 3g, phase 1"]
    assert changes((ALICE,), (ALICE,)) == []
    assert changes((ALICE,), (second,)) == ["alice: 3g, phase 2"]
    assert changes((ALICE,), (other,)) == ["alice: clean, phase 1"]
    assert changes((ALICE,), (LEFT,)) == ["alice left"]
    assert changes((LEFT,), (LEFT,)) == []
    assert changes((LEFT,), (ALICE,)) == ["alice connected in demo: 3g, phase 1"]
    assert changes((), (LEFT,)) == []
