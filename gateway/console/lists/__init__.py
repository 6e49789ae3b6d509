"""Lists: the rows of a draft's lists, edited on the page or imported from a CSV file with a preview."""
