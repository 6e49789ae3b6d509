"""Preview: plays and records scripted calls, rehearses calls, and provides sample answers."""
