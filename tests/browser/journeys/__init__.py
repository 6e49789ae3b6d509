"""Jobs of operators from their first page to their last, each written once and done in every way of `WAYS`."""
