"""Simulator: a phone in the browser and in the terminal, for development."""
