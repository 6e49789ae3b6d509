"""Menus: revisions, drafts, the outcomes of actions, and counts of screens."""
