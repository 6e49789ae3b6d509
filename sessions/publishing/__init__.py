"""Publishing: makes revisions live, connects short codes to flows, and caches published flows."""
