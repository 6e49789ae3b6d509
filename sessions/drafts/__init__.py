"""Drafts: edited, reviewed, scheduled, imported, copied, and begun from an earlier revision."""
