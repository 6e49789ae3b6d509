"""Jobs of operators from their first page to their last, each written once for every way of `WAYS`."""
