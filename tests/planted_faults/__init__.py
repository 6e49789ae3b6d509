"""Faults of meaning that are planted into copies of flows, to measure how many of them `flask flows check` finds."""
