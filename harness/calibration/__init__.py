"""What this machine can measure: floors, clocks and load, before and after a run."""
