"""Who takes part: the worker process, its line protocol, its handle."""
