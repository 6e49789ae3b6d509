"""Development: what only a developer's machine runs; nothing else imports it."""
