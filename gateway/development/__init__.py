"""Development: what only a developer's machine runs. Nothing else imports it."""
