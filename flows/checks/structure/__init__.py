"""Structure: screens nobody reaches, keys, lists, conditions, references, retries and distance."""
