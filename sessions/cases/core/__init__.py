"""Core: one transition of a case: who may make it, its history and its clock."""
