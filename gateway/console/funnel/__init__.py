"""Funnel: how far callers get in a live flow, where they leave, and what they mistype."""
