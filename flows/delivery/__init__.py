"""Delivery: backoff, routes by number and network, quiet hours, and which text an event needs."""
