"""What happens to packets: RTP headers, impairments, the sans-IO engine."""
