"""Participants that die, stall or answer late."""
