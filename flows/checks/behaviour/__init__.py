"""Behaviour: keywords, what SMS replies must contain, and changes that break the live revision."""
