"""Development: what only a developer's machine runs, and nothing else imports."""
