"""What is sent and read back: sound and picture with known truth (numpy only)."""
