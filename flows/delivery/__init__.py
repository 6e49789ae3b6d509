"""Delivery: backoff between attempts, routes by number and network, quiet hours, and which text an event calls for."""
