"""The lists of a draft: rows changed by hand or by an uploaded CSV file with a preview."""
