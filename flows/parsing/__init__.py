"""From YAML and CSV text to the nouns of flows.model, with the file and line of everything that is wrong."""
