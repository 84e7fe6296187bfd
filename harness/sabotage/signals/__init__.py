"""What is sent in place of the known signals."""
