"""Monitoring: logs without personal data, counters of this process, and their sums over all."""
