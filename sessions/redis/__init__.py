"""Redis: clients for it, found at a fixed address or through Sentinel."""
