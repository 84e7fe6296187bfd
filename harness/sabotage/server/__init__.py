"""Servers that are set up otherwise, stopped or killed, and a ledger that lies."""
