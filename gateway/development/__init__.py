"""What only a developer's machine runs: the stand-in aggregator, the launcher, the demonstration.

All of it listens on 127.0.0.1 and nothing in the other rooms imports it.
"""
