"""The program on the wire: signalling proxy, UDP relay, control API."""
