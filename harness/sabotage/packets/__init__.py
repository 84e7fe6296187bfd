"""What becomes of packets on their way."""
