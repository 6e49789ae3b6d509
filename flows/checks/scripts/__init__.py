"""Scripted calls: what they name, what they reach, and the line of the flow at fault where one differs."""
