"""Attempts, repetition, events and the exit code of a run."""
