"""Menus: revisions, drafts, the outcomes of actions in calls, and counts of screens."""
