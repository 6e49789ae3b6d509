"""Structure: unreachable screens, keys, lists, conditions, references, retries, and how far away screens are."""
