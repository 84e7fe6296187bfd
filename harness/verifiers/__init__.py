"""How was it: evidence to measurement, pure functions, one file per concern."""
