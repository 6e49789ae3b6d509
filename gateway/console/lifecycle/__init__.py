"""Publishing: review, publication now or on schedule, comparison, rollback, and the codes that lead to flows."""
