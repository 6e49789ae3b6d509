"""How a draft of a live flow starts, from whatever page of the console."""
