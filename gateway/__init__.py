"""The doors: webhooks, outward calls, commands and pages. Everything that touches the world outside."""
