from __future__ import annotations

from harness.stage.machine import machine_facts, versions


def test_a_machine_is_its_cores_and_memory() -> None:
    facts = machine_facts()

    assert int(facts["cores"]) > 0
    assert facts["memory"].endswith(" GiB")


def test_versions_are_of_what_decides_the_numbers() -> None:
    assert {"livekit", "numpy"} <= versions().keys()
