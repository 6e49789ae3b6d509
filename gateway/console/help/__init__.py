"""Help: what each code of a check means, why it matters, an example, and how to correct it."""
