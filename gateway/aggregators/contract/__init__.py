"""Contract: what an adapter must provide, and what adapters share: payload fields, HTTP status, SMPP."""
