"""Conformance harness and network simulator for LiveKit, judged on decoded media."""
