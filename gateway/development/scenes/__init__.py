"""Scenes: scripts of what people do with their phones and what must follow, played on the whole service."""
