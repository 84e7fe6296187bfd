"""What passes between the Python SDK and its native library."""
