"""The screen editor: a screen as a form, as its YAML and as a phone shows it, with what the checks say of it."""
