"""What is broken on purpose, to prove that clauses can fail."""
