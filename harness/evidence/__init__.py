"""What was seen: types and files of recordings, ledger, events, measurements, findings."""
