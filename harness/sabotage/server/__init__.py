"""Servers that are set up otherwise, stopped, killed or restarted, or that forbid nothing."""
