"""Scenes: scripts of what people do with their phones and what must come of it, played on all of Sunwai."""
