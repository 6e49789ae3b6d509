"""Data flow: variables that are not set or not used, and the arguments of actions."""
