"""Contract: what an adapter is, and what adapters share: payload fields, HTTP status, SMPP."""
