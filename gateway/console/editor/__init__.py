"""Editor: a screen as a form, as YAML and on the phone, with the findings of the checks."""
