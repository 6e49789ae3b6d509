"""Data flow: variables that are unset or unused, and what actions are given."""
