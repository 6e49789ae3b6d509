"""Behaviour: keywords, scripted calls, what SMS replies must contain, and changes that break the live revision."""
