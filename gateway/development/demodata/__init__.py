"""Sample data: three months of calls, complaints and texts for the console to show."""
