"""Stand-in: an aggregator on this machine, which plays every phone and can be made to fail."""
