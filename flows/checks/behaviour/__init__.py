"""Behaviour: keywords, scripted calls, the contract of SMS answers, and changes that break the live revision."""
