"""One call, measured: from what was recorded of it to a report of its latency."""
