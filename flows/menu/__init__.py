"""Menu: the data types of a flow (screens, options, lists, texts, keywords) and the actions that it can name."""
