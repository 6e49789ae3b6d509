"""Delivery: claims due messages, decides how to dispatch them, records outcomes, matches reports, and pauses routes."""
