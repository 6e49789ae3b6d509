"""Monitoring: logs without personal data, the counters of this process, and the sums over all processes."""
