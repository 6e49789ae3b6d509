"""Publishing: reviews, publishes, schedules, compares and rolls back drafts, and connects codes to flows."""
