"""Where servers come from: external URL, containers, binaries, Go modules."""
