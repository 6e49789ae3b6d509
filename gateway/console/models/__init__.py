"""The model of texts in use: its card, and who published which model when and why."""
