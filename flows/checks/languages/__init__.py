"""Languages: what a flow says in one language and not in another: numbers, keys, yes and no, promises of an SMS."""
