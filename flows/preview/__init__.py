"""Preview: scripted calls played and recorded, rehearsed calls, and sample answers."""
