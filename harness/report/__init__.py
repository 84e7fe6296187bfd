"""What people read: one writer per format, rendered from the run folder alone."""
