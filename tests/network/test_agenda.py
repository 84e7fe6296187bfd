from __future__ import annotations

from hypothesis import given
from hypothesis import strategies as st

from harness.network.agenda import Agenda


class Thing:
    pass


THINGS = [Thing() for _ in range(5)]


@given(st.lists(st.tuples(st.integers(0, 4), st.none() | st.integers(0, 20)), max_size=40))
def test_each_thing_comes_once_at_the_time_that_was_said_last(
    said: list[tuple[int, int | None]],
) -> None:
    agenda: Agenda[Thing] = Agenda()
    last: dict[Thing, int | None] = {}
    for number, due_ns in said:
        agenda.put(THINGS[number], due_ns)
        last[THINGS[number]] = due_ns
    due = {thing: due_ns for thing, due_ns in last.items() if due_ns is not None}
    assert agenda.next_ns == min(due.values(), default=None)
    popped = []
    while (one := agenda.pop(20)) is not None:
        popped.append(one)
    assert {thing: due_ns for due_ns, thing in popped} == due
    assert [due_ns for due_ns, _ in popped] == sorted(due.values())
    assert agenda.next_ns is None


def test_what_is_due_later_stays() -> None:
    agenda: Agenda[Thing] = Agenda()
    agenda.put(THINGS[0], 5)
    assert agenda.pop(4) is None
    assert agenda.pop(5) == (5, THINGS[0])
