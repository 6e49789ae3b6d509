"""Lists: the rows of a draft's lists, changed by hand or by an uploaded CSV file with a preview."""
