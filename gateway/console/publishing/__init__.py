"""Publishing: drafts reviewed, published now or on schedule, compared, rolled back, and the codes of flows."""
