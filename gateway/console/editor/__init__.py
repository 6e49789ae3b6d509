"""Editor: a screen as a form, as YAML and on the phone, with what the checks say of it."""
