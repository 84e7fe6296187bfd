"""What becomes of signalling messages on their way."""
